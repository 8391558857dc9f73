//! Exact optical flow and occlusion between two times.

use super::camera::View;
use super::materials::Materials;
use super::painter::LAVA_DRIFT;
use super::stage::{Placed, Stage};
use super::status_bar;
use super::surfaces::Surface;
use super::texture::WHOLE;
use super::weapon::{Square, Weapon};
use super::world::{Cell, WALL_HEIGHT, WallHit, cell};
use crate::frame::{BYTES_PER_PIXEL, Size};
use crate::steadiness::Flow;
use std::time::Duration;

/// A point is the same one when its depth differs by no more than this share.
const DEPTH_TOLERANCE: f32 = 0.01;

/// What a ray of the screen meets first.
enum Hit<'a> {
    StatusBar,
    Flash,
    Weapon {
        u: f32,
        v: f32,
    },
    Figure {
        placed: &'a Placed,
        u: f32,
        v: f32,
    },
    Solid(Solid),
    /// A direction: angle, and tangent of the elevation.
    Sky {
        angle: f32,
        slope: f32,
    },
}

/// A point of a wall, floor or ceiling.
struct Solid {
    x: f32,
    y: f32,
    z: f32,
    depth: f32,
    is_lava: bool,
}

/// One of the two pictures.
struct Picture<'a> {
    stage: Stage,
    materials: &'a Materials,
    body: Square,
    flash: Option<Square>,
    /// The status bar alone, on transparent ground.
    bar: Vec<u8>,
}

impl<'a> Picture<'a> {
    fn at(time: Duration, size: Size, seed: u32, materials: &'a Materials) -> Self {
        let mut bar = vec![0; size.area() * BYTES_PER_PIXEL];
        status_bar::paint(time, size, &mut bar);
        Self {
            stage: Stage::at(time, size, seed),
            materials,
            body: Weapon::body_at(time, size),
            flash: Weapon::flash_at(time, size),
            bar,
        }
    }

    fn bar_at(&self, index: usize) -> &[u8] {
        &self.bar[index * BYTES_PER_PIXEL..][..BYTES_PER_PIXEL]
    }

    /// What is at a point of the screen, in the order from front to back; `wall` is that of the point's column.
    fn hit(&self, x: f32, y: f32, wall: &WallHit) -> Hit<'_> {
        let size = self.stage.view.size;
        let index = y as usize * size.width as usize + x as usize;
        if self.bar_at(index)[3] != 0 {
            return Hit::StatusBar;
        }
        let weapon = &self.materials.weapon;
        if let Some((u, v)) = self.body.inner(x, y).filter(|&(u, v)| weapon.covers(self.body, u, v)) {
            return Hit::Weapon { u, v };
        }
        if let Some(flash) = self.flash
            && let Some((u, v)) = flash.inner(x, y)
            && weapon.flash_covers(flash, u, v)
        {
            return Hit::Flash;
        }
        for placed in self.stage.placed().iter().rev().filter(|placed| placed.depth < wall.distance) {
            if let Some((u, v)) = placed.inner(x, y) {
                let texture = self.materials.figures.texture(placed.figure);
                let level = texture.level_for(1.2 * (placed.width * placed.height).sqrt());
                let fixed = |place: f32| (place * WHOLE as f32) as i32;
                if texture.sample(level, fixed(u), fixed(v)) >> 24 >= 128 {
                    return Hit::Figure { placed, u, v };
                }
            }
        }
        background(&self.stage.view, x, y, wall)
    }
}

fn background<'a>(view: &View, x: f32, y: f32, wall: &WallHit) -> Hit<'a> {
    let scale = view.focal_px / wall.distance.max(0.01);
    let below = y - view.horizon;
    if below >= -(WALL_HEIGHT - view.eye) * scale && below < view.eye * scale {
        let z = view.eye - below / scale;
        return Hit::Solid(Solid { x: wall.x, y: wall.y, z, depth: wall.distance, is_lava: false });
    }
    let ray = view.ray(x);
    let height = if below > 0.0 { view.eye } else { WALL_HEIGHT - view.eye };
    let depth = height * view.focal_px / below.abs().max(1e-6);
    let (floor_x, floor_y) = (view.x + depth * ray[0], view.y + depth * ray[1]);
    let room = cell(floor_x.floor() as i32, floor_y.floor() as i32);
    let is_lava = below > 0.0 && matches!(room, Cell::Room { floor: Surface::Lava, .. });
    if below < 0.0 && matches!(room, Cell::Room { ceiling: None, .. }) {
        let slope = -below / (view.focal_px * ray[0].hypot(ray[1]));
        return Hit::Sky { angle: ray[1].atan2(ray[0]), slope };
    }
    let z = if below > 0.0 { 0.0 } else { WALL_HEIGHT };
    Hit::Solid(Solid { x: floor_x, y: floor_y, z, depth, is_lava })
}

/// See [`super::Scene::flow`].
pub fn flow(seed: u32, materials: &Materials, from: Duration, to: Duration, size: Size) -> Flow {
    let (before, now) = (Picture::at(from, size, seed, materials), Picture::at(to, size, seed, materials));
    let is_cut = before.stage.view.shot != now.stage.view.shot;
    let seconds = to.as_secs_f64() - from.as_secs_f64();
    let drift = LAVA_DRIFT.map(|speed| (speed * seconds) as f32);
    let walls: Vec<WallHit> = (0..size.width).map(|x| now.stage.wall(x as f32 + 0.5)).collect();
    let mut flow = Flow::cut(size);
    if is_cut {
        return flow;
    }
    let width = size.width as usize;
    for (index, (vector, is_occluded)) in flow.vectors.iter_mut().zip(&mut flow.is_occluded).enumerate() {
        let (x, y) = ((index % width) as f32 + 0.5, (index / width) as f32 + 0.5);
        let hit = now.hit(x, y, &walls[index % width]);
        if matches!(hit, Hit::StatusBar) {
            *is_occluded = before.bar_at(index) != now.bar_at(index);
            continue;
        }
        if let Some([from_x, from_y]) = place_before(&before, &hit, drift) {
            *vector = [from_x - x, from_y - y];
            *is_occluded = !is_seen(&before, &hit, from_x, from_y, drift);
        }
    }
    flow
}

/// Where the point that a ray met was on the earlier screen; `None` where it was not yet or is behind the camera.
fn place_before(before: &Picture<'_>, hit: &Hit<'_>, drift: [f32; 2]) -> Option<[f32; 2]> {
    let view = &before.stage.view;
    match *hit {
        Hit::StatusBar | Hit::Flash => None,
        Hit::Weapon { u, v } => Some([before.body.left + u * before.body.side, before.body.top + v * before.body.side]),
        Hit::Figure { placed, u, v } => {
            let earlier = before.stage.placed().iter().find(|earlier| earlier.identity == placed.identity)?;
            Some([earlier.left + u * earlier.width, earlier.top + v * earlier.height])
        }
        Hit::Solid(Solid { x, y, z, is_lava, .. }) => {
            let [drift_x, drift_y] = if is_lava { drift } else { [0.0; 2] };
            // The texture of the lava is read further along, so its points move the other way.
            view.project(x + drift_x, y + drift_y, z).map(|(x, y, _)| [x, y])
        }
        Hit::Sky { angle, slope } => {
            let turn = angle - view.yaw;
            let depth = turn.cos();
            (depth > 0.01).then(|| {
                let x = view.size.width as f32 * 0.5 + view.focal_px * turn.sin() / depth;
                [x, view.horizon - view.focal_px * slope / depth]
            })
        }
    }
}

/// Whether the earlier picture shows the same point at that place.
fn is_seen(before: &Picture<'_>, hit: &Hit<'_>, x: f32, y: f32, drift: [f32; 2]) -> bool {
    let Size { width, height } = before.stage.view.size;
    if !(0.0..width as f32).contains(&x) || !(0.0..height as f32).contains(&y) {
        return false;
    }
    let earlier = before.hit(x, y, &before.stage.wall(x));
    match (hit, &earlier) {
        (Hit::Weapon { .. }, Hit::Weapon { .. }) | (Hit::Sky { .. }, Hit::Sky { .. }) => true,
        (Hit::Figure { placed, .. }, Hit::Figure { placed: earlier, .. }) => placed.identity == earlier.identity,
        (Hit::Solid(solid), Hit::Solid(earlier)) => {
            let [drift_x, drift_y] = if solid.is_lava { drift } else { [0.0; 2] };
            let (depth, _) = before.stage.view.depth_and_side(solid.x + drift_x, solid.y + drift_y);
            solid.is_lava == earlier.is_lava && (depth - earlier.depth).abs() <= DEPTH_TOLERANCE * depth + 0.01
        }
        _ => false,
    }
}
