//! The painting's colours as a function of the game's: what a pixel that was not painted yet is shown in.

use crate::frame::{BYTES_PER_PIXEL, Frame};

/// About as many pixels are looked at for the fit.
const SAMPLES: usize = 4096;
/// Added to the variances (of values in 0..=1): colours that the frame hardly has must not decide much.
const RIDGE: f64 = 2e-3;

/// An affine map of colours: red, green and blue of the result, each from red, green, blue and 1.
pub(super) type Palette = [[f32; 4]; 3];

/// The game's own colours.
pub(super) const PLAIN: Palette = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];

/// The affine map that turns the guide's colours into the painting's best (least squares with a ridge towards the mean
/// colour). Both pictures have the same size.
pub(super) fn fit(painting: &Frame, guide: &Frame) -> Palette {
    let step = (guide.size.area() / SAMPLES).max(1) * BYTES_PER_PIXEL;
    let pairs = || (0..guide.pixels.len()).step_by(step).map(|at| (color(guide, at), color(painting, at)));
    let count = pairs().count().max(1) as f64;
    let (mut from_mean, mut to_mean) = ([0.0; 3], [0.0; 3]);
    for (from, to) in pairs() {
        for channel in 0..3 {
            from_mean[channel] += from[channel] / count;
            to_mean[channel] += to[channel] / count;
        }
    }
    // Covariance of the guide's channels, and of each with each of the painting's.
    let (mut within, mut across) = ([[0.0; 3]; 3], [[0.0; 3]; 3]);
    for (from, to) in pairs() {
        for row in 0..3 {
            let difference = (from[row] - from_mean[row]) / count;
            for column in 0..3 {
                within[row][column] += difference * (from[column] - from_mean[column]);
                across[row][column] += difference * (to[column] - to_mean[column]);
            }
        }
    }
    for (channel, row) in within.iter_mut().enumerate() {
        row[channel] += RIDGE;
    }
    let inverse = invert(within);
    let mut palette = Palette::default();
    for (channel, row) in palette.iter_mut().enumerate() {
        let mut offset = to_mean[channel];
        for (from, slot) in row[..3].iter_mut().enumerate() {
            let weight: f64 = (0..3).map(|inner| inverse[from][inner] * across[inner][channel]).sum();
            offset -= weight * from_mean[from];
            *slot = weight as f32;
        }
        row[3] = offset as f32;
    }
    palette
}

/// Red, green and blue in 0..=1 of the pixel at a byte offset.
fn color(frame: &Frame, at: usize) -> [f64; 3] {
    let pixel = &frame.pixels[at..at + 3];
    [pixel[2], pixel[1], pixel[0]].map(|byte| f64::from(byte) / 255.0)
}

/// The inverse of a symmetric positive definite matrix, by its cofactors.
fn invert(m: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let cofactor = |row: usize, column: usize| {
        let (a, b) = ((row + 1) % 3, (row + 2) % 3);
        let (c, d) = ((column + 1) % 3, (column + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f64 = (0..3).map(|column| m[0][column] * cofactor(0, column)).sum();
    [0, 1, 2].map(|row| [0, 1, 2].map(|column| cofactor(column, row) / determinant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    fn picture(value: impl Fn(usize) -> [u8; 3]) -> Frame {
        let mut frame = Frame::new(Size::new(16, 16));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel[..3].copy_from_slice(&value(index));
        }
        frame
    }

    fn shown(palette: &Palette, color: [f32; 3]) -> [f32; 3] {
        palette.map(|row| row[0] * color[0] + row[1] * color[1] + row[2] * color[2] + row[3])
    }

    #[test]
    fn finds_a_negative_and_a_change_of_channels() {
        let guide = picture(|index| [(index * 37 % 256) as u8, (index * 91 % 256) as u8, index as u8]);
        let negative =
            picture(|index| [(index * 37 % 256) as u8, (index * 91 % 256) as u8, index as u8].map(|v| 255 - v));
        let [red, green, blue] = shown(&fit(&negative, &guide), [0.2, 0.5, 0.9]);
        assert!((red - 0.8).abs() < 0.02 && (green - 0.5).abs() < 0.02 && (blue - 0.1).abs() < 0.02);
        let turned = picture(|index| [(index * 91 % 256) as u8, index as u8, (index * 37 % 256) as u8]);
        let [red, green, blue] = shown(&fit(&turned, &guide), [0.2, 0.5, 0.9]);
        assert!((red - 0.9).abs() < 0.02 && (green - 0.2).abs() < 0.02 && (blue - 0.5).abs() < 0.02);
    }

    #[test]
    fn a_flat_frame_is_shown_in_the_paintings_mean_colour() {
        let palette = fit(&picture(|_| [10, 20, 30]), &picture(|_| [200, 200, 200]));
        let [red, green, blue] = shown(&palette, [200.0 / 255.0; 3]);
        assert!((red * 255.0 - 30.0).abs() < 1.0 && (green * 255.0 - 20.0).abs() < 1.0);
        assert!((blue * 255.0 - 10.0).abs() < 1.0);
    }
}
