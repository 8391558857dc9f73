//! Shrinks the full-resolution frame to the painting's size: the guide of the upsampling.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// Samples per axis that one small pixel is averaged over at most; more would only cost time.
const MAX_SAMPLES: usize = 4;
/// About as many pixels are looked at when the painting's contrast is measured.
const CONTRAST_SAMPLES: usize = 8192;
/// A painting that is less negative than this only happens to have light strokes in dark places.
const LEAST_NEGATIVE: f32 = -0.15;
/// Weights of red, green and blue in luma, ITU-R BT.601, for sRGB-encoded values.
pub(super) const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Shrinks pictures; keeps its tables, so that shrinking to the same size again allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Shrinker {
    sizes: Option<(Size, Size)>,
    /// Byte offsets within a row, `samples` for each column of the small picture.
    columns: Vec<usize>,
    /// Row numbers, `samples` for each row of the small picture.
    rows: Vec<usize>,
}

impl Shrinker {
    /// Gives every pixel of `to` the mean of an even grid of samples (at most 4x4) of the area that it covers in
    /// `from`. Exact for whole ratios up to 4; the nearest pixel where `to` is the larger one.
    pub fn shrink(&mut self, from: &Frame, to: &mut Frame) {
        if self.sizes != Some((from.size, to.size)) {
            self.sizes = Some((from.size, to.size));
            sample_points(from.size.width, to.size.width, BYTES_PER_PIXEL, &mut self.columns);
            sample_points(from.size.height, to.size.height, 1, &mut self.rows);
        }
        let stride = from.size.width as usize * BYTES_PER_PIXEL;
        let across = self.columns.len() / to.size.width as usize;
        let down = self.rows.len() / to.size.height as usize;
        let count = (across * down) as u32;
        let to_rows = to.pixels.chunks_exact_mut(to.size.width as usize * BYTES_PER_PIXEL);
        for (to_row, rows) in to_rows.zip(self.rows.chunks_exact(down)) {
            for (pixel, columns) in to_row.chunks_exact_mut(BYTES_PER_PIXEL).zip(self.columns.chunks_exact(across)) {
                let mut sums = [count / 2; 3];
                for &row in rows {
                    let line = &from.pixels[row * stride..(row + 1) * stride];
                    for &column in columns {
                        let sample = &line[column..column + 3];
                        sums[0] += u32::from(sample[0]);
                        sums[1] += u32::from(sample[1]);
                        sums[2] += u32::from(sample[2]);
                    }
                }
                for (byte, sum) in pixel.iter_mut().zip(sums) {
                    *byte = (sum / count) as u8;
                }
                pixel[3] = 255;
            }
        }
    }
}

fn sample_points(from: u32, to: u32, scale: usize, points: &mut Vec<usize>) {
    let samples = (from.div_ceil(to) as usize).clamp(1, MAX_SAMPLES);
    let step = f64::from(from) / f64::from(to) / samples as f64;
    points.clear();
    points.extend((0..to as usize * samples).map(|index| {
        let point = ((index as f64 + 0.5) * step) as usize;
        point.min(from as usize - 1) * scale
    }));
}

/// Luma, 0..=1, of a pixel in the byte order of a frame.
pub(super) fn luma(pixel: &[u8]) -> f32 {
    (LUMA[0] * f32::from(pixel[2]) + LUMA[1] * f32::from(pixel[1]) + LUMA[2] * f32::from(pixel[0])) / 255.0
}

/// How much the painting's luma changes where the guide's changes by one, -1..=1: the slope of the line that fits best
/// (least squares). Fine detail of the frame is added to the painting in this measure, so that a negative stays one.
/// Both pictures have the same size.
pub(super) fn contrast(painting: &Frame, guide: &Frame) -> f32 {
    let step = (guide.size.area() / CONTRAST_SAMPLES).max(1) * BYTES_PER_PIXEL;
    let (mut n, mut sum_g, mut sum_p, mut sum_gg, mut sum_gp) = (0.0f32, 0.0f32, 0.0f32, 0.0f32, 0.0f32);
    for at in (0..guide.pixels.len()).step_by(step) {
        let (g, p) = (luma(&guide.pixels[at..at + 3]), luma(&painting.pixels[at..at + 3]));
        n += 1.0;
        sum_g += g;
        sum_p += p;
        sum_gg += g * g;
        sum_gp += g * p;
    }
    let variance = sum_gg / n - (sum_g / n) * (sum_g / n);
    let covariance = sum_gp / n - (sum_g / n) * (sum_p / n);
    // A flat guide says nothing; there is then no detail to add either.
    if variance < 1e-5 {
        return 1.0;
    }
    let slope = (covariance / variance).clamp(-1.0, 1.0);
    if slope < LEAST_NEGATIVE { slope } else { slope.max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, value: impl Fn(usize) -> u8) -> Frame {
        let mut frame = Frame::new(Size::new(width, height));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel.copy_from_slice(&[value(index), value(index), value(index), 0]);
        }
        frame
    }

    #[test]
    fn a_half_size_pixel_is_the_mean_of_four() {
        let from = picture(4, 2, |index| [0, 10, 100, 100, 20, 30, 100, 104][index]);
        let mut to = Frame::new(Size::new(2, 1));
        Shrinker::default().shrink(&from, &mut to);
        assert_eq!(to.pixels, [15, 15, 15, 255, 101, 101, 101, 255]);
    }

    #[test]
    fn contrast_is_the_slope_and_keeps_its_sign() {
        let guide = picture(8, 8, |index| index as u8 * 3);
        let half = picture(8, 8, |index| 50 + (index as u8 * 3) / 2);
        let negative = picture(8, 8, |index| 255 - index as u8 * 3);
        assert!((contrast(&half, &guide) - 0.5).abs() < 0.02);
        assert!((contrast(&negative, &guide) + 1.0).abs() < 0.02);
        let hardly_negative = picture(8, 8, |index| 200 - index as u8 * 3 / 10);
        assert_eq!(contrast(&hardly_negative, &guide), 0.0);
    }
}
