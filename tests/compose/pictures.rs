//! Deterministic pictures: noise, a room with sprites and text, and paintings of them.

use impasto::compose::{Layers, Painting};
use impasto::frame::{Frame, Size, resize_bilinear};
use std::sync::Arc;

/// A picture from a function of the pixel, which gives red, green, blue.
pub fn picture(size: Size, color: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
    let mut frame = Frame::new(size);
    for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let [red, green, blue] = color(index as u32 % size.width, index as u32 / size.width);
        // The fourth byte is 0, as X11 leaves it: nothing may rely on it.
        pixel.copy_from_slice(&[blue, green, red, 0]);
    }
    frame
}

/// Noise without any structure.
pub fn noise(size: Size, seed: u32) -> Frame {
    picture(size, |x, y| {
        let hash = |channel: u32| {
            let mut bits = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ (seed * 3 + channel) << 7;
            bits = (bits ^ bits >> 15).wrapping_mul(0x2C1B_3C6D);
            bits = (bits ^ bits >> 12).wrapping_mul(0x297A_2D39);
            (bits >> 20) as u8
        };
        [hash(0), hash(1), hash(2)]
    })
}

/// A room: shaded wall and floor, a door, a round sprite, and striped marks with one-pixel strokes. `shift` pans the view.
pub fn room(size: Size, shift: i32) -> Frame {
    let (width, height) = (size.width as f32, size.height as f32);
    picture(size, |x, y| {
        let (u, v) = ((x as f32 + shift as f32) / width, y as f32 / height);
        let wave = 12.0 * (u * 23.0).sin() + 9.0 * (u * 61.0 + v * 17.0).sin();
        let shade = |r: f32, g: f32, b: f32| [r + wave, g + wave, b + wave].map(|value| value.clamp(0.0, 255.0) as u8);
        let ball = ((u - 0.3) * width / height).hypot(v - 0.55);
        if y < size.height / 8 && x % 3 == 1 && x > 4 {
            return [250, 246, 220];
        }
        if ball < 0.15 {
            return shade(190.0 + 120.0 * (0.15 - ball), 40.0, 30.0);
        }
        if (0.6..0.75).contains(&u) && v > 0.3 && v < 0.7 {
            return shade(60.0, 110.0, 170.0);
        }
        if v > 0.66 { shade(70.0 + 90.0 * (v - 0.66), 62.0, 50.0) } else { shade(128.0 - 60.0 * v, 118.0, 96.0) }
    })
}

/// Another scene: cold, bright above and dark below, with bars.
pub fn field(size: Size) -> Frame {
    picture(size, |x, y| {
        let bar = if (x * 7 / size.width).is_multiple_of(2) { 40 } else { 0 };
        if y * 2 < size.height { [180, 215 + bar, 215 + bar] } else { [10 + bar / 4, 60, 20] }
    })
}

/// A stand-in for a style network: shrinks, posterizes and recolours.
pub fn paint(frame: &Frame, size: Size) -> Frame {
    let mut small = Frame::new(size);
    resize_bilinear(frame, &mut small);
    for pixel in small.pixels.chunks_exact_mut(4) {
        let flat = |byte: u8| byte / 32 * 32 + 16;
        let [blue, green, red] = [pixel[0], pixel[1], pixel[2]].map(flat);
        pixel.copy_from_slice(&[255 - (255 - blue) / 2, green, red / 2 + green / 4 + 40, 0]);
    }
    small
}

/// A painting of bent strokes a few pixels wide, in blue, cream and orange, that knows nothing of any frame.
pub fn strokes(size: Size) -> Frame {
    picture(size, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let along = x * 0.8 + y + 3.0 * (x * 0.21).sin();
        match along.rem_euclid(9.0) as u32 {
            0..=3 => [40, 60, 130],
            4 | 5 => [225, 210, 150],
            6 => [200, 120, 40],
            _ => [70, 100, 170],
        }
    })
}

pub fn plain(frame: Frame) -> Layers {
    Layers { frame: Arc::new(frame), painting: None }
}

/// A painting of the newest frame.
pub fn fresh(frame: Frame, painting: Frame) -> Layers {
    let frame = Arc::new(frame);
    let painting = Painting { picture: Arc::new(painting), source: Arc::clone(&frame) };
    Layers { frame, painting: Some(painting) }
}

/// A painting of an older frame.
pub fn stale(frame: Frame, source: Frame, painting: Frame) -> Layers {
    let painting = Painting { picture: Arc::new(painting), source: Arc::new(source) };
    Layers { frame: Arc::new(frame), painting: Some(painting) }
}
