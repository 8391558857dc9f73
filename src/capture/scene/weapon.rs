//! The weapon in the player's hands: it sways with the steps and kicks with each shot.

use super::noise::ramp;
use super::painter::lay_over;
use super::status_bar::bar_height;
use super::texture::{Rgb, Texture, WHOLE, blend, lit};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use std::f32::consts::TAU;
use std::time::Duration;

/// Seconds between shots, and how long the muzzle flashes.
pub const SECONDS_PER_SHOT: f64 = 1.5;
const FLASH_SECONDS: f32 = 0.10;
/// Side of the weapon's picture in picture heights.
const SIDE: f32 = 0.44;
const SWAYS_PER_SECOND: f64 = 0.95;

/// The pictures of the weapon and of its muzzle flash.
pub struct Weapon {
    body: Texture,
    flash: Texture,
}

/// A square of the screen that shows one of the weapon's pictures.
#[derive(Debug, Clone, Copy)]
pub struct Square {
    pub left: f32,
    pub top: f32,
    pub side: f32,
}

impl Square {
    /// Where a point of the screen lies within the square, each 0 to 1; `None` outside.
    pub fn inner(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let (u, v) = ((x - self.left) / self.side, (y - self.top) / self.side);
        ((0.0..1.0).contains(&u) && (0.0..1.0).contains(&v)).then_some((u, v))
    }
}

impl Weapon {
    /// Paints the pictures.
    pub fn new() -> Self {
        Self { body: Texture::paint(8, paint_body), flash: Texture::paint(7, paint_flash) }
    }

    /// Where the weapon is at `time`.
    pub fn body_at(time: Duration, size: Size) -> Square {
        let height = size.height as f32;
        let phase = (time.as_secs_f64() * SWAYS_PER_SECOND).fract() as f32 * TAU;
        let kick = 0.05 * (-9.0 * since_shot(time)).exp();
        let side = SIDE * height;
        let sway = 0.016 * height * phase.sin();
        let bob = 0.012 * height * (1.0 - (2.0 * phase).cos());
        let top = height - bar_height(size) as f32 - 0.86 * side + bob + kick * height;
        Square { left: size.width as f32 / 2.0 - side / 2.0 + sway, top, side }
    }

    /// Where the muzzle flashes, if it does at `time`.
    pub fn flash_at(time: Duration, size: Size) -> Option<Square> {
        let body = Self::body_at(time, size);
        let side = body.side * 0.5;
        let (middle_x, middle_y) = (body.left + body.side * 0.5, body.top + body.side * 0.16);
        (since_shot(time) < FLASH_SECONDS).then_some(Square {
            left: middle_x - side / 2.0,
            top: middle_y - side / 2.0,
            side,
        })
    }

    /// Paints weapon and flash over the frame.
    pub fn paint(&self, time: Duration, frame: &mut Frame) {
        if let Some(flash) = Self::flash_at(time, frame.size) {
            paint_square(&self.flash, flash, frame);
        }
        paint_square(&self.body, Self::body_at(time, frame.size), frame);
    }

    /// Whether the weapon covers its square there, mostly.
    pub fn covers(&self, square: Square, u: f32, v: f32) -> bool {
        is_opaque(&self.body, square, u, v)
    }

    /// Whether the flash covers its square there, mostly.
    pub fn flash_covers(&self, square: Square, u: f32, v: f32) -> bool {
        is_opaque(&self.flash, square, u, v)
    }
}

fn since_shot(time: Duration) -> f32 {
    (time.as_secs_f64() % SECONDS_PER_SHOT) as f32
}

fn is_opaque(texture: &Texture, square: Square, u: f32, v: f32) -> bool {
    let level = texture.level_for(square.side);
    let margin = texture.half_texel(level);
    let (u, v) = ((u * WHOLE as f32) as i32, (v * WHOLE as f32) as i32);
    texture.sample(level, u, v.clamp(margin, WHOLE - margin)) >> 24 >= 128
}

fn paint_square(texture: &Texture, square: Square, frame: &mut Frame) {
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    let first = |edge: f32| (edge - 0.5).ceil().max(0.0) as usize;
    let (x_from, x_to) = (first(square.left), first(square.left + square.side).min(width));
    let (y_from, y_to) = (first(square.top), first(square.top + square.side).min(height));
    let level = texture.level_for(square.side);
    let step = WHOLE as f32 / square.side;
    // The picture goes on below its square: without the margin its lower edge would shine through at the top.
    let margin = texture.half_texel(level);
    for y in y_from..y_to {
        let v = (((y as f32 + 0.5 - square.top) * step) as i32).clamp(margin, WHOLE - margin);
        let row = &mut frame.pixels[y * width * BYTES_PER_PIXEL..][..width * BYTES_PER_PIXEL];
        for x in x_from..x_to {
            let u = ((x as f32 + 0.5 - square.left) * step) as i32;
            let texel = texture.sample(level, u, v);
            if texel >> 24 != 0 {
                lay_over(&mut row[x * BYTES_PER_PIXEL..][..BYTES_PER_PIXEL], texel);
            }
        }
    }
}

fn inside(distance: f32) -> f32 {
    ramp(0.006, -0.006, distance)
}

/// Metal that is round across: `across` runs from -1 to 1.
fn tube(tint: Rgb, across: f32) -> Rgb {
    let round = (1.0 - across * across).max(0.0).sqrt();
    let light = 0.22 + 0.85 * (0.85 * round - 0.5 * across).max(0.0);
    blend(lit(tint, light), [1.0; 3], 0.7 * (0.85 * round - 0.5 * across).max(0.0).powi(14))
}

fn paint_body(x: f32, y: f32) -> (Rgb, f32) {
    let side = x - 0.5;
    let lean = side.abs();
    let (mut colour, mut alpha) = ([0.0; 3], 0.0f32);
    let mut lay = |over: Rgb, cover: f32| {
        colour = blend(colour, over, cover);
        alpha = alpha.max(cover);
    };
    // Gloved hands around the stock.
    let glove = ((lean - 0.17) / 0.14).hypot((y - 0.90) / 0.15);
    let knuckle = 0.75 + 0.25 * ((y * 46.0).sin() * ramp(0.4, 0.9, glove));
    lay(lit([0.52, 0.30, 0.17], (1.25 - 0.75 * glove) * knuckle), ramp(1.02, 0.97, glove));
    // The wooden stock, wider towards the player.
    let stock = 0.10 + 0.09 * y;
    let grain = 0.85 + 0.15 * ((side / stock) * 19.0 + (y * 8.0).sin()).sin();
    lay(lit(tube([0.60, 0.30, 0.14], side / stock), grain), inside(lean - stock) * ramp(0.50, 0.52, y));
    // Two barrels side by side.
    let half = 0.040 + 0.030 * y;
    let barrels = ramp(0.155, 0.165, y) * ramp(0.76, 0.74, y);
    let across = (lean - half) / half * side.signum();
    lay(tube([0.56, 0.62, 0.74], across), inside(lean - 2.0 * half) * barrels);
    let mouth = ((lean - half) / (half * 0.72)).hypot((y - 0.185) / 0.016);
    lay([0.02, 0.02, 0.04], ramp(1.1, 0.9, mouth) * barrels);
    // Brass rings, and a glowing cell between the barrels.
    for (place, width) in [(0.20, 0.012), (0.42, 0.016), (0.60, 0.022)] {
        let ring = (lean - 2.3 * half).max((y - place).abs() - width);
        lay(tube([0.92, 0.68, 0.24], side / (2.3 * half)), inside(ring));
    }
    let cell = (side / 0.034).hypot((y - 0.51) / 0.062);
    lay([0.08, 0.10, 0.14], ramp(1.35, 1.25, cell));
    lay(blend([0.85, 1.0, 1.0], [0.05, 0.70, 0.95], ramp(0.2, 0.95, cell)), ramp(1.05, 0.95, cell));
    let border = x.min(1.0 - x).min(y);
    (colour, alpha * ramp(0.003, 0.008, border))
}

fn paint_flash(x: f32, y: f32) -> (Rgb, f32) {
    let (dx, dy) = (x - 0.5, y - 0.5);
    let (radius, angle) = (dx.hypot(dy), dy.atan2(dx));
    let spikes = 0.24 + 0.12 * (angle * 7.0 + 0.6).cos() + 0.06 * (angle * 11.0).cos();
    let colour = blend([1.0, 1.0, 0.88], [1.0, 0.55, 0.10], ramp(0.06, 0.30, radius));
    (colour, ramp(spikes, spikes * 0.55, radius))
}
