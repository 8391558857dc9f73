//! The evening sky over the courtyard: a panorama around the horizon.

use super::light::TOWARDS_SUN;
use super::noise::{clouds, ramp, unit};
use super::texture::{Rgb, blend, mix_packed, pack};
use std::f32::consts::TAU;

const WIDTH: usize = 1024;
const HEIGHT: usize = 256;
/// Tangent of the elevation at the panorama's top; above, its top row goes on.
const TOP: f32 = 1.6;

/// A panorama in every direction.
pub struct Sky {
    texels: Vec<u32>,
}

impl Sky {
    /// Paints the panorama.
    pub fn new(seed: u32) -> Self {
        let sun_angle = TOWARDS_SUN[1].atan2(TOWARDS_SUN[0]).rem_euclid(TAU) / TAU;
        let ridges: Vec<f32> = (0..=WIDTH).map(|column| ridge(column as f32 / WIDTH as f32, seed)).collect();
        let texels = (0..WIDTH * HEIGHT)
            .map(|index| {
                let angle = (index % WIDTH) as f32 / WIDTH as f32;
                let elevation = (HEIGHT - 1 - index / WIDTH) as f32 / (HEIGHT - 1) as f32 * TOP;
                let column = index % WIDTH;
                let (ridge, slope) = (ridges[column], (ridges[(column + 4).min(WIDTH)] - ridges[column]));
                let behind = evening(angle, elevation, sun_angle, seed);
                pack(
                    if elevation > ridge + 0.006 {
                        behind
                    } else {
                        before(behind, ridge, slope, angle, elevation, seed)
                    },
                    1.0,
                )
            })
            .collect();
        Self { texels }
    }

    /// The sky in the direction `angle` (radians) at the tangent of its elevation.
    #[inline]
    pub fn sample(&self, angle: f32, elevation: f32) -> u32 {
        let x = (angle * (WIDTH as f32 * 256.0 / TAU)) as i32 as u32;
        let y = (((1.0 - elevation / TOP).clamp(0.0, 1.0)) * ((HEIGHT - 1) as f32 * 256.0)) as u32;
        let (left, right) = ((x >> 8) as usize % WIDTH, ((x >> 8) as usize + 1) % WIDTH);
        let (top, bottom) = ((y >> 8) as usize, ((y >> 8) as usize + 1).min(HEIGHT - 1));
        let row = |row: usize| mix_packed(self.texels[row * WIDTH + left], self.texels[row * WIDTH + right], x & 255);
        mix_packed(row(top), row(bottom), y & 255)
    }
}

/// Tangent of the elevation of the mountains at a share of the full turn.
fn ridge(angle: f32, seed: u32) -> f32 {
    let peaks = 0.5 - (clouds(angle, 0.3, 9, seed ^ 72) - 0.5).abs() * 2.4;
    0.14 + 0.34 * peaks.max(0.0) + 0.05 * clouds(angle, 0.8, 40, seed ^ 73)
}

/// The mountains before the sky.
fn before(sky: Rgb, ridge: f32, slope: f32, angle: f32, elevation: f32, seed: u32) -> Rgb {
    let rock = blend([0.24, 0.17, 0.36], [0.56, 0.32, 0.42], 0.5 + 16.0 * slope);
    let mist = blend(rock, [0.74, 0.42, 0.46], ramp(0.34, 0.06, elevation) * 0.6);
    let snow = ramp(0.30, 0.40, elevation + 0.1 * (clouds(angle, 0.5, 60, seed ^ 74) - 0.5));
    let mountain = blend(mist, [0.98, 0.82, 0.80], snow * (0.6 + 14.0 * slope).clamp(0.15, 0.9));
    blend(sky, mountain, ramp(ridge + 0.006, ridge - 0.006, elevation))
}

/// The sky with stars, clouds and the low sun.
fn evening(angle: f32, elevation: f32, sun_angle: f32, seed: u32) -> Rgb {
    let height = (elevation / TOP).powf(0.75);
    let low = blend([1.0, 0.62, 0.30], [0.86, 0.36, 0.42], ramp(0.0, 0.25, height));
    let sky =
        blend(low, blend([0.40, 0.26, 0.58], [0.07, 0.10, 0.32], ramp(0.5, 1.0, height)), ramp(0.12, 0.62, height));
    let turn = (angle - sun_angle + 0.5).rem_euclid(1.0) - 0.5;
    let from_sun = (turn * TAU).hypot(elevation - 0.5);
    let glow = blend(sky, [1.0, 0.78, 0.40], 0.75 * ramp(0.95, 0.08, from_sun).powi(2));
    let star = unit((angle * 512.0) as i32, (elevation * 90.0) as i32, seed ^ 71);
    let night = ramp(0.55, 0.95, height);
    let stars = blend(glow, [0.9, 0.93, 1.0], if star > 0.992 { night * (star - 0.992) * 125.0 } else { 0.0 });
    let cover = clouds(angle * 2.0, 0.15 + elevation * 0.45, 6, seed);
    let thickness = ramp(0.50, 0.72, cover) * ramp(1.5, 0.4, elevation);
    let edge = clouds(angle * 2.0 + 0.01, 0.17 + elevation * 0.45, 6, seed);
    let lining = blend([0.42, 0.26, 0.46], [1.0, 0.66, 0.46], (cover - edge) * 6.0 + 0.45);
    let clouded = blend(stars, lining, thickness * 0.85);
    let disc = ramp(0.115, 0.10, from_sun) * (1.0 - 0.5 * thickness);
    blend(clouded, [1.0, 0.94, 0.74], disc)
}
