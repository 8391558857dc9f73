//! Paints walls, floors, ceilings, sky and figures, in strips of columns and row by row within them.

use super::camera::View;
use super::light::{FULL_LIGHT, LightGrid};
use super::materials::Materials;
use super::stage::{Placed, Stage};
use super::surfaces::Surface;
use super::texture::{WHOLE, mix_packed};
use super::world::{Cell, WALL_HEIGHT, cell};
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// Columns that are painted together: their facts stay in the first cache, and on the stack.
const STRIP: usize = 64;
/// Colour of the distance, and how quickly things sink into it per cell.
const FOG: u32 = 0xFF1B_1426;
const FOG_PER_CELL: f32 = 0.042;
/// Walls that run along x are a little darker, so that corners show.
const SIDE_LIGHT: u32 = 214;
/// Floors beyond this are always behind a wall.
const FAR: f32 = 1000.0;
/// Drift of the lava in cells per second.
pub const LAVA_DRIFT: [f64; 2] = [0.11, 0.07];
const LAVA_LIGHT: u32 = (150 << 16) | (150 << 8) | 150;

/// What one column of the screen shows of its wall.
#[derive(Clone, Copy)]
struct Column {
    depth: f32,
    top: f32,
    bottom: f32,
    u: i32,
    v_per_row: f32,
    surface: Surface,
    level: usize,
    light: u32,
    fog: u32,
    ray: [f32; 2],
    sky_angle: f32,
    sky_slope: f32,
}

/// How a horizontal plane looks in one row.
struct Plane {
    distance: f32,
    fog: u32,
    level: usize,
}

/// Paints the world without weapon and status bar. `seconds` moves the lava.
pub fn paint(stage: &Stage, materials: &Materials, seconds: f64, frame: &mut Frame) {
    let width = frame.size.width as usize;
    let drift = LAVA_DRIFT.map(|speed| ((seconds * speed).fract() * f64::from(WHOLE)) as i32);
    let mut columns = [column(stage, materials, 0.5); STRIP];
    for left in (0..width).step_by(STRIP) {
        let columns = &mut columns[..STRIP.min(width - left)];
        for (index, slot) in columns.iter_mut().enumerate() {
            *slot = column(stage, materials, (left + index) as f32 + 0.5);
        }
        let rows = frame.pixels.chunks_exact_mut(width * BYTES_PER_PIXEL).enumerate();
        for (y, row) in rows {
            let pixels = &mut row[left * BYTES_PER_PIXEL..][..columns.len() * BYTES_PER_PIXEL];
            paint_row(&stage.view, materials, drift, columns, y as f32 + 0.5, pixels);
        }
        for placed in stage.placed() {
            paint_figure(placed, materials, columns, left, frame);
        }
    }
}

fn column(stage: &Stage, materials: &Materials, x: f32) -> Column {
    let view = &stage.view;
    let hit = stage.wall(x);
    let depth = hit.distance.max(0.01);
    let scale = view.focal_px / depth;
    let ray = view.ray(x);
    let length = ray[0].hypot(ray[1]);
    // How squarely the ray meets the face: slanted faces are squeezed, so they take smaller levels.
    let squareness = if hit.is_along_y { ray[0].abs() } else { ray[1].abs() } / length;
    // The light just before the wall: the grid's samples behind its face copy it.
    let light = materials.light.at((hit.x * WHOLE as f32) as i32, (hit.y * WHOLE as f32) as i32);
    Column {
        depth,
        top: view.horizon - (WALL_HEIGHT - view.eye) * scale,
        bottom: view.horizon + view.eye * scale,
        u: (hit.u * WHOLE as f32) as i32,
        v_per_row: WHOLE as f32 / (WALL_HEIGHT * scale),
        surface: hit.surface,
        level: materials.surfaces.texture(hit.surface).level_for(1.15 * scale * squareness.sqrt()),
        light: if hit.is_along_y { light } else { mix_packed(0, light, SIDE_LIGHT) },
        fog: fog(depth),
        ray,
        sky_angle: ray[1].atan2(ray[0]),
        sky_slope: 1.0 / (view.focal_px * length),
    }
}

fn paint_row(view: &View, materials: &Materials, drift: [i32; 2], columns: &[Column], y: f32, pixels: &mut [u8]) {
    let below = y - view.horizon;
    let plane = plane(view, below);
    for (pixel, column) in pixels.chunks_exact_mut(BYTES_PER_PIXEL).zip(columns) {
        let colour = if y >= column.top && y < column.bottom {
            let texture = materials.surfaces.texture(column.surface);
            let margin = texture.half_texel(column.level);
            let v = (((y - column.top) * column.v_per_row) as i32).clamp(margin, WHOLE - margin);
            let texel = texture.sample(column.level, column.u, v);
            // Corners with floor and ceiling lie in the shade.
            let edge = (v.min(WHOLE - v) as u32 >> 6).min(96);
            shade(texel, mix_packed(0, column.light, 160 + edge), column.fog)
        } else {
            paint_plane(view, materials, drift, column, below, &plane)
        };
        pixel.copy_from_slice(&colour.to_le_bytes());
    }
}

fn plane(view: &View, below: f32) -> Plane {
    let height = if below > 0.0 { view.eye } else { WALL_HEIGHT - view.eye };
    let distance = (height * view.focal_px / below.abs().max(1e-6)).min(FAR);
    // One pixel covers distance / focal across and distance² / (focal * height) along: the level is chosen by the
    // geometric mean of both.
    let cells_per_pixel = distance / view.focal_px * (distance / height).sqrt();
    // All surfaces have the same size, so the level is the same for all.
    let texels = 256.0 * cells_per_pixel;
    let level = if texels > 1.0 { (texels.log2() + 0.5) as usize } else { 0 };
    Plane { distance, fog: fog(distance), level: level.min(8) }
}

#[inline]
fn paint_plane(view: &View, materials: &Materials, drift: [i32; 2], column: &Column, below: f32, plane: &Plane) -> u32 {
    let fixed = |from: f32, ray: f32| ((from + plane.distance * ray) * WHOLE as f32) as i32;
    let (x, y) = (fixed(view.x, column.ray[0]), fixed(view.y, column.ray[1]));
    let Cell::Room { floor, ceiling } = cell(x >> 16, y >> 16) else {
        // Rounding at the foot of a wall may step into it.
        return shade(materials.surfaces.texture(column.surface).sample(8, 0, 0), column.light, column.fog);
    };
    if below > 0.0 {
        let texture = materials.surfaces.texture(floor);
        if floor == Surface::Lava {
            // Its contrast is so high that it needs the softer level.
            let level = (plane.level + 1).min(8);
            return shade(texture.sample(level, x + drift[0], y + drift[1]), LAVA_LIGHT, plane.fog / 2);
        }
        return shade(texture.sample(plane.level, x, y), materials.light.at(x, y), plane.fog);
    }
    match ceiling {
        Some(surface) => {
            let light = mix_packed(0, materials.light.at(x, y), 176);
            shade(materials.surfaces.texture(surface).sample(plane.level, x, y), light, plane.fog)
        }
        None => materials.sky.sample(column.sky_angle, -below * column.sky_slope),
    }
}

fn paint_figure(placed: &Placed, materials: &Materials, columns: &[Column], strip_left: usize, frame: &mut Frame) {
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    let first = |edge: f32| (edge - 0.5).ceil().max(0.0) as usize;
    let (x_from, x_to) =
        (first(placed.left).max(strip_left), first(placed.left + placed.width).min(strip_left + columns.len()));
    let (y_from, y_to) = (first(placed.top), first(placed.top + placed.height).min(height));
    if x_from >= x_to || y_from >= y_to {
        return;
    }
    let texture = materials.figures.texture(placed.figure);
    let level = texture.level_for(1.2 * (placed.width * placed.height).sqrt());
    let light = figure_light(placed, &materials.light);
    let fog = (fog(placed.depth) as f32 * (1.0 - 0.6 * placed.glow)) as u32;
    let (u_step, v_step) = (WHOLE as f32 / placed.width, WHOLE as f32 / placed.height);
    for y in y_from..y_to {
        let v = ((y as f32 + 0.5 - placed.top) * v_step) as i32;
        let row = &mut frame.pixels[y * width * BYTES_PER_PIXEL..][..width * BYTES_PER_PIXEL];
        for x in x_from..x_to {
            if columns[x - strip_left].depth <= placed.depth {
                continue;
            }
            let u = ((x as f32 + 0.5 - placed.left) * u_step) as i32;
            let texel = texture.sample(level, u, v);
            if texel >> 24 != 0 {
                lay_over(&mut row[x * BYTES_PER_PIXEL..][..BYTES_PER_PIXEL], shade(texel, light, fog));
            }
        }
    }
}

fn figure_light(placed: &Placed, grid: &LightGrid) -> u32 {
    let fixed = |position: f32| (position * WHOLE as f32) as i32;
    let light = grid.at(fixed(placed.x), fixed(placed.y));
    let own = FULL_LIGHT << 16 | FULL_LIGHT << 8 | FULL_LIGHT;
    // Figures stand above the floor's contact shadows: a little ambient light keeps their shape readable.
    mix_packed(mix_packed(light, own, 40), own, (placed.glow * 256.0) as u32)
}

/// Share of the fog colour at a depth, 0..=256.
fn fog(depth: f32) -> u32 {
    (256.0 * (1.0 - (-FOG_PER_CELL * depth).exp())) as u32
}

/// A texel under a light, seen through fog. Works on colours multiplied by alpha.
#[inline]
fn shade(texel: u32, light: u32, fog: u32) -> u32 {
    let alpha = texel >> 24;
    let channel = |shift: u32| {
        let lit = (((texel >> shift) & 255) * ((light >> shift) & 255) / FULL_LIGHT).min(255);
        let mist = (((FOG >> shift) & 255) * alpha) >> 8;
        ((lit * (256 - fog) + mist * fog) >> 8) << shift
    };
    (alpha << 24) | channel(16) | channel(8) | channel(0)
}

/// Lays a colour multiplied by its alpha over a pixel.
#[inline]
pub fn lay_over(pixel: &mut [u8], colour: u32) {
    let rest = 255 - (colour >> 24);
    for (byte, over) in pixel.iter_mut().zip(colour.to_le_bytes()) {
        *byte = (u32::from(over) + u32::from(*byte) * rest / 255).min(255) as u8;
    }
}
