//! The built-in scene: a game that plays itself, the same at every run.
//!
//! A first-person walk through a small castle, painted like an early 3D shooter: textured walls, floors and ceilings
//! found by one ray per column, upright figures that face the camera, sparks, a weapon, and a status bar with text.
//! Once per [`Scene::LOOP`] the picture cuts hard to another room. Because the scene knows its own geometry, it also
//! knows the exact optical flow between any two times: see [`Scene::flow`].

mod actors;
mod camera;
mod figures;
mod flow;
mod font;
mod light;
mod materials;
mod noise;
mod painter;
mod props;
mod sky;
mod source;
mod stage;
mod status_bar;
mod surfaces;
mod texture;
mod weapon;
mod world;

pub use crate::steadiness::Flow;
pub use source::SceneSource;

use crate::frame::{Frame, Size};
use materials::Materials;
use noise::hash;
use stage::Stage;
use std::time::Duration;

/// The scene of one seed. Holds about 6 MB of textures; making one takes about half a second.
pub struct Scene {
    seed: u32,
    materials: Materials,
}

impl Scene {
    /// The camera walks the same way again after this time; enemies, sparks and figures of the status bar go on.
    pub const LOOP: Duration = camera::LOOP;
    /// The hard cut comes at this time of each loop.
    pub const CUT: Duration = camera::CUT;

    /// Makes the scene: the same seed gives the same pictures, byte for byte, on the same machine.
    pub fn new(seed: u64) -> Self {
        let seed = hash(seed as i32, (seed >> 32) as i32, 0x1A5C);
        Self { seed, materials: Materials::new(seed) }
    }

    /// Paints the picture at `time` in the frame's own size and sets the frame's timestamp; allocates nothing.
    pub fn render(&self, time: Duration, frame: &mut Frame) {
        if frame.size.area() == 0 {
            return;
        }
        let stage = Stage::at(time, frame.size, self.seed);
        painter::paint(&stage, &self.materials, time.as_secs_f64(), frame);
        self.materials.weapon.paint(time, frame);
        status_bar::paint(time, frame.size, &mut frame.pixels);
        frame.timestamp = time;
    }

    /// Whether the picture cuts hard between the two times.
    pub fn cuts_between(&self, from: Duration, to: Duration) -> bool {
        let one = Size::new(1, 1);
        camera::View::at(from, one).shot != camera::View::at(to, one).shot
    }

    /// The exact optical flow of the picture of the given size at `to`, looking back to the one at `from`.
    ///
    /// Every pixel's point on a wall, floor, figure or the sky is found by its ray, followed to where it was at `from`
    /// (figures and lava move), projected into that earlier picture, and looked for there.
    pub fn flow(&self, from: Duration, to: Duration, size: Size) -> Flow {
        flow::flow(self.seed, &self.materials, from, to, size)
    }
}
