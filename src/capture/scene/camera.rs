//! The walk of the camera through the map, and its perspective.

use crate::frame::Size;
use std::f32::consts::TAU;
use std::time::Duration;

/// Stations of the walk at equal times: x, y in cells, and the direction looked at in degrees (0 is towards larger x,
/// 90 towards larger y). The walk ends with the hard cut back to the first one.
const STATIONS: [[f32; 3]; 18] = [
    [17.8, 1.7, 30.0],
    [20.2, 1.9, 52.0],
    [24.0, 2.2, 84.0],
    [28.9, 2.0, 126.0],
    [30.1, 5.4, 176.0],
    [28.6, 9.3, 205.0],
    [24.3, 9.3, 150.0],
    [24.0, 11.3, 112.0],
    [22.2, 12.9, 168.0],
    [17.6, 13.0, 180.0],
    [12.6, 13.0, 182.0],
    [9.0, 12.9, 226.0],
    [8.0, 11.0, 268.0],
    [8.0, 8.8, 272.0],
    [5.2, 9.0, 300.0],
    [2.1, 8.3, 318.0],
    [1.8, 5.0, 344.0],
    [2.2, 1.9, 14.0],
];
const SECONDS_PER_STATION: f64 = 1.5;

/// Length of the walk: the scene looks for the same places again after it.
pub const LOOP: Duration = Duration::from_millis(25_500);
/// Time of the hard cut within each [`LOOP`].
pub const CUT: Duration = Duration::from_millis(7_500);

/// Height of the eyes above the floor in cells, and how far they bob with the steps.
const EYE_HEIGHT: f32 = 0.66;
const BOB: f32 = 0.014;
const STEPS_PER_SECOND: f64 = 1.9;

/// Focal length in picture heights: 53 degrees from top to bottom.
const FOCAL_LENGTH: f32 = 1.0;
/// Nothing nearer than this is drawn, in cells.
pub const NEAR: f32 = 0.08;

/// The camera's perspective at one time and picture size. Screen coordinates are in pixels; pixel centres lie at .5.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub x: f32,
    pub y: f32,
    /// Height of the eyes in cells.
    pub eye: f32,
    /// Unit vector looked along.
    pub forward: [f32; 2],
    /// Direction looked at in radians.
    pub yaw: f32,
    pub size: Size,
    pub focal_px: f32,
    /// Row of the horizon.
    pub horizon: f32,
    /// Number of hard cuts since time 0.
    pub shot: u64,
}

impl View {
    /// The view at `time`.
    pub fn at(time: Duration, size: Size) -> Self {
        let walk = time.as_secs_f64() + (LOOP - CUT).as_secs_f64();
        let shot = (walk / LOOP.as_secs_f64()).floor();
        let station = (walk - shot * LOOP.as_secs_f64()) / SECONDS_PER_STATION;
        let [x, y, degrees] = spline(station);
        let yaw = degrees.to_radians();
        // The steps are counted over whole loops, so that no large number loses its fraction in `f32`.
        let steps = (time.as_secs_f64() * STEPS_PER_SECOND).fract() as f32;
        let height = size.height as f32;
        Self {
            x,
            y,
            eye: EYE_HEIGHT + BOB * (steps * TAU).sin(),
            forward: [yaw.cos(), yaw.sin()],
            yaw,
            size,
            focal_px: FOCAL_LENGTH * height,
            horizon: height * 0.5,
            shot: shot as u64,
        }
    }

    /// Direction of the ray through column `x`, as long as its depth is 1.
    pub fn ray(&self, x: f32) -> [f32; 2] {
        let side = (x - self.size.width as f32 * 0.5) / self.focal_px;
        let [forward_x, forward_y] = self.forward;
        [forward_x - forward_y * side, forward_y + forward_x * side]
    }

    /// Depth and distance to the right of a place on the map.
    pub fn depth_and_side(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.x, y - self.y);
        let [forward_x, forward_y] = self.forward;
        (dx * forward_x + dy * forward_y, dy * forward_x - dx * forward_y)
    }

    /// Where a point of the world is on the screen, and how deep; `None` behind the near plane.
    pub fn project(&self, x: f32, y: f32, z: f32) -> Option<(f32, f32, f32)> {
        let (depth, side) = self.depth_and_side(x, y);
        let scale = self.focal_px / depth;
        (depth > NEAR).then_some((
            self.size.width as f32 * 0.5 + side * scale,
            self.horizon + (self.eye - z) * scale,
            depth,
        ))
    }
}

/// A Catmull-Rom spline through the stations (Catmull and Rom, "A Class of Local Interpolating Splines", 1974).
fn spline(position: f64) -> [f32; 3] {
    let last = STATIONS.len() - 1;
    let segment = (position.max(0.0) as usize).min(last - 1);
    let t = (position - segment as f64).clamp(0.0, 1.0) as f32;
    let at = |index: usize| STATIONS[index.min(last)];
    let (before, from, to, after) = (at(segment.saturating_sub(1)), at(segment), at(segment + 1), at(segment + 2));
    std::array::from_fn(|axis| {
        let [p0, p1, p2, p3] = [before[axis], from[axis], to[axis], after[axis]];
        let linear = p2 - p0;
        let square = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
        let cubic = 3.0 * (p1 - p2) + p3 - p0;
        p1 + 0.5 * t * (linear + t * (square + t * cubic))
    })
}

#[cfg(test)]
mod tests {
    use super::super::world::{Cell, cell};
    use super::*;

    const SIZE: Size = Size::new(640, 480);

    #[test]
    fn walks_only_through_rooms_and_jumps_once_per_loop() {
        let mut jumps = 0;
        let mut before = View::at(Duration::ZERO, SIZE);
        for millis in (10..=LOOP.as_millis() as u64).step_by(10) {
            let view = View::at(Duration::from_millis(millis), SIZE);
            // Walls keep their distance on all sides.
            for (dx, dy) in [(-0.2, -0.2), (0.2, -0.2), (-0.2, 0.2), (0.2, 0.2)] {
                let near = cell((view.x + dx) as i32, (view.y + dy) as i32);
                assert!(matches!(near, Cell::Room { .. }), "{millis} ms: {view:?}");
            }
            let stride = (view.x - before.x).hypot(view.y - before.y);
            assert_eq!(stride > 0.06, view.shot != before.shot, "{stride} at {millis} ms");
            jumps += u32::from(stride > 0.06);
            before = view;
        }
        assert_eq!(jumps, 1);
    }

    #[test]
    fn projects_a_ray_back_onto_its_column() {
        let view = View::at(Duration::from_secs(3), SIZE);
        let [dx, dy] = view.ray(100.5);
        let (x, y, depth) = view.project(view.x + 4.0 * dx, view.y + 4.0 * dy, view.eye).unwrap();
        assert!((x - 100.5).abs() < 0.01 && (y - 240.0).abs() < 0.01 && (depth - 4.0).abs() < 1e-4);
    }
}
