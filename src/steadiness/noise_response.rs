//! How much a painting changes when its frame changes by nothing but noise.

use super::difference::mean_difference;
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// Noise that is added to every channel of every pixel, independently, and the same at every run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise {
    /// One level of 255, up or down: the least that a frame can change, as by dithering.
    OneLevel,
    /// Normally distributed, with this standard deviation on the scale `0..=1`; rounded to whole levels.
    Normal { sigma: f64 },
}

/// The mean absolute change of the painting, `0..=1`, between the frame and the same frame with noise: both show the
/// same thing, so that all of it is flicker. For the video itself it is the mean absolute noise (about 1/255, or
/// 0.8 sigma).
///
/// # Errors
/// Whatever `paint` returns.
pub fn noise_response<E>(
    frame: &Frame,
    painting: &Frame,
    noise: Noise,
    mut paint: impl FnMut(&Frame) -> Result<Frame, E>,
) -> Result<f64, E> {
    Ok(mean_difference(painting, &paint(&with_noise(frame, noise))?, [0, 0], 0))
}

/// The frame with noise. Values beyond black and white stop there.
fn with_noise(frame: &Frame, noise: Noise) -> Frame {
    let mut noisy = frame.clone();
    let mut random = Random(0x0011_5A57);
    for pixel in noisy.pixels.chunks_exact_mut(BYTES_PER_PIXEL) {
        for byte in &mut pixel[..3] {
            let change = match noise {
                Noise::OneLevel => 1.0 - 2.0 * f64::from((random.next() >> 63) as u8),
                Noise::Normal { sigma } => random.normal() * sigma * 255.0,
            };
            *byte = (f64::from(*byte) + change).round() as u8;
        }
    }
    noisy
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Above 0, at most 1.
    fn fraction(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller's transform.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.fraction().ln()).sqrt() * (std::f64::consts::TAU * self.fraction()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use std::convert::Infallible;

    fn grey(size: Size) -> Frame {
        let mut frame = Frame::new(size);
        frame.pixels.fill(128);
        frame
    }

    fn response(noise: Noise, style: impl Fn(u8) -> u8) -> f64 {
        let frame = grey(Size::new(64, 64));
        let paint = |frame: &Frame| {
            let mut painting = frame.clone();
            painting.pixels.iter_mut().for_each(|byte| *byte = style(*byte));
            Ok::<_, Infallible>(painting)
        };
        let painting = paint(&frame).unwrap();
        noise_response(&frame, &painting, noise, paint).unwrap()
    }

    #[test]
    fn the_video_itself_responds_with_the_noise() {
        assert!((response(Noise::OneLevel, |value| value) - 1.0 / 255.0).abs() < 1e-9);
        let expected = 0.05 * (2.0 / std::f64::consts::PI).sqrt();
        let normal = response(Noise::Normal { sigma: 0.05 }, |value| value);
        assert!((normal / expected - 1.0).abs() < 0.02, "{normal} for {expected}");
    }

    #[test]
    fn a_flat_style_does_not_respond_and_a_jumpy_one_does() {
        assert_eq!(response(Noise::OneLevel, |_| 50), 0.0);
        let jumpy = response(Noise::OneLevel, |value| if value >= 128 { 200 } else { 100 });
        assert!((jumpy / (100.0 / 255.0 / 2.0) - 1.0).abs() < 0.05, "half of the values fall by 100: {jumpy}");
    }

    #[test]
    fn noise_is_the_same_each_time_balanced_and_leaves_the_fourth_byte_alone() {
        let frame = grey(Size::new(64, 64));
        let noisy = with_noise(&frame, Noise::OneLevel);
        assert_eq!(noisy.pixels, with_noise(&frame, Noise::OneLevel).pixels);
        assert!(
            noisy.pixels.chunks_exact(4).all(|pixel| pixel[3] == 128 && pixel[..3].iter().all(|&byte| byte != 128))
        );
        let up = noisy.pixels.iter().filter(|&&byte| byte == 129).count() as f64 / (3 * 64 * 64) as f64;
        assert!((up - 0.5).abs() < 0.03, "{up}");
    }
}
