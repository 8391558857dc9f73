//! The lattice: what a network paints at the rhythm of its own grid.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// Networks work on squares of 2, 4 or 8 pixels; what repeats after 2 or 4 also repeats after 8.
const CELL: usize = 8;

/// A pattern is averaged over the cells of a square of at most so many pixels: enough of them that strokes cancel out,
/// and few enough that a pattern that changes with the colour under it does not.
const WINDOW: usize = 64;

/// The weights of the pixels around one whose mean is taken off it: they take nothing from what repeats after 2, 4 or 8
/// pixels, and everything from a flat or linearly shaded ground.
const GROUND: [f32; 9] = [0.0625, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.0625];
const GROUND_RADIUS: usize = 4;

/// The strongest periodic pattern of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lattice {
    /// Root mean square of the pattern over places and channels, `0..=1`: a checkerboard of ±0.01 has 0.01.
    pub amplitude: f64,
    /// After so many pixels, 2, 4 or 8, at least half of the pattern's energy repeats.
    pub period_px: usize,
}

/// The strongest pattern in a painting of something smooth that repeats every 2, 4 or 8 pixels, across, down or both
/// ways; such a painting should have none. `margin` pixels at the border are left out, at least 4. `None` where less
/// than 8x8 pixels are left.
///
/// The painting, less its local mean over 8x8 pixels, is averaged over the 8x8-pixel cells of squares of 64x64 pixels.
/// The root mean square of these mean cells, over all squares, places of a cell and channels, is the amplitude: every
/// pattern of period 2 or 4 is part of it, so nothing stronger is left to be found. The painting of a flat or linearly
/// shaded ground without a grid has 0 (0.0003 where frames are rounded to bytes). Strokes that do not repeat have about
/// an eighth of their own deviation, which is what the style picture's own figure tells.
pub fn lattice(painting: &Frame, margin: usize) -> Option<Lattice> {
    let margin = margin.max(GROUND_RADIUS);
    let inner = |side: u32| (side as usize).saturating_sub(2 * margin) / CELL * CELL;
    let (width, height) = (inner(painting.size.width), inner(painting.size.height));
    if width == 0 || height == 0 {
        return None;
    }
    let mut energies = Energies::default();
    for channel in 0..3 {
        let fine = without_ground(painting, channel);
        let stride = painting.size.width as usize;
        for (top, rows) in windows(height) {
            for (left, columns) in windows(width) {
                let start = (margin + top) * stride + margin + left;
                energies.add(&mean_cell(&fine[start..], stride, columns, rows));
            }
        }
    }
    Some(energies.lattice())
}

/// Flat and smoothly shaded pictures without any detail, to be painted for [`lattice`]: four of one colour, dark to
/// light, and six that change linearly from one colour to another, in different directions and steepnesses. Always the
/// same, rounded to bytes as frames are.
pub fn smooth_pictures(size: Size) -> Vec<Frame> {
    /// Red, green and blue in two opposite corners, and the direction of the change in turns.
    const GROUNDS: [([u8; 3], [u8; 3], f64); 10] = [
        ([26, 26, 30], [26, 26, 30], 0.0),
        ([128, 121, 110], [128, 121, 110], 0.0),
        ([60, 90, 150], [60, 90, 150], 0.0),
        ([225, 214, 190], [225, 214, 190], 0.0),
        ([8, 8, 8], [247, 247, 247], 0.0),
        ([235, 228, 210], [30, 34, 46], 0.25),
        ([40, 60, 120], [160, 190, 230], 0.21),
        ([120, 60, 30], [230, 170, 90], 0.09),
        ([30, 60, 30], [90, 130, 70], 0.33),
        ([70, 66, 62], [110, 104, 98], 0.43),
    ];
    GROUNDS.iter().map(|&(from, to, turns)| shaded(size, from, to, turns)).collect()
}

fn shaded(size: Size, from: [u8; 3], to: [u8; 3], turns: f64) -> Frame {
    let (down, across) = (turns * std::f64::consts::TAU).sin_cos();
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let length = (width * across).abs() + (height * down).abs();
    let mut frame = Frame::new(size);
    for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
        let x = (index % size.width as usize) as f64 + 0.5 - width / 2.0;
        let y = (index / size.width as usize) as f64 + 0.5 - height / 2.0;
        let share = 0.5 + (x * across + y * down) / length;
        let [red, green, blue]: [u8; 3] = std::array::from_fn(|channel| {
            let (from, to) = (f64::from(from[channel]), f64::from(to[channel]));
            (from + (to - from) * share).round() as u8
        });
        pixel.copy_from_slice(&[blue, green, red, 255]);
    }
    frame
}

/// Starts and lengths of the windows along a side that is a multiple of [`CELL`]; the last takes what is left.
fn windows(side: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = (side / WINDOW).max(1);
    (0..count).map(move |index| {
        let start = index * WINDOW;
        (start, if index + 1 == count { side - start } else { WINDOW })
    })
}

/// A channel less its local mean, `0..=1`; pixels within 4 of the border repeat those at the border.
fn without_ground(frame: &Frame, channel: usize) -> Vec<f32> {
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    let plane: Vec<f32> =
        frame.pixels.chunks_exact(BYTES_PER_PIXEL).map(|pixel| f32::from(pixel[channel]) / 255.0).collect();
    let near = |at: usize, tap: usize, side: usize| (at + tap).saturating_sub(GROUND_RADIUS).min(side - 1);
    let mut across = Vec::with_capacity(plane.len());
    for row in plane.chunks_exact(width) {
        across.extend((0..width).map(|x| -> f32 {
            GROUND.iter().enumerate().map(|(tap, weight)| weight * row[near(x, tap, width)]).sum()
        }));
    }
    let mut fine = plane;
    for (y, row) in fine.chunks_exact_mut(width).enumerate() {
        for (tap, weight) in GROUND.iter().enumerate() {
            let means = &across[near(y, tap, height) * width..][..width];
            row.iter_mut().zip(means).for_each(|(value, mean)| *value -= weight * mean);
        }
    }
    fine
}

/// The mean 8x8-pixel cell of a window.
fn mean_cell(fine: &[f32], stride: usize, columns: usize, rows: usize) -> [f64; CELL * CELL] {
    let mut cell = [0.0; CELL * CELL];
    for (y, row) in fine.chunks(stride).take(rows).enumerate() {
        for (x, &value) in row[..columns].iter().enumerate() {
            cell[y % CELL * CELL + x % CELL] += f64::from(value);
        }
    }
    let cells = (columns * rows / (CELL * CELL)) as f64;
    cell.map(|sum| sum / cells)
}

/// Mean squares of the patterns of period 2, 4 and 8, summed over mean cells.
#[derive(Default)]
struct Energies {
    of_periods: [f64; 3],
    cells: f64,
}

const PERIODS: [usize; 3] = [2, 4, 8];

impl Energies {
    fn add(&mut self, cell: &[f64; CELL * CELL]) {
        let ground = cell.iter().sum::<f64>() / cell.len() as f64;
        for (energy, period) in self.of_periods.iter_mut().zip(PERIODS) {
            let mut pattern = vec![0.0; period * period];
            for (index, value) in cell.iter().enumerate() {
                pattern[index / CELL % period * period + index % CELL % period] += value - ground;
            }
            let repeats = (CELL / period * (CELL / period)) as f64;
            *energy += pattern.iter().map(|sum| (sum / repeats).powi(2)).sum::<f64>() / pattern.len() as f64;
        }
        self.cells += 1.0;
    }

    fn lattice(&self) -> Lattice {
        let [.., all] = self.of_periods;
        let strongest = self.of_periods.iter().position(|energy| *energy >= all / 2.0);
        Lattice { amplitude: (all / self.cells).sqrt(), period_px: PERIODS[strongest.unwrap_or(PERIODS.len() - 1)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::new(208, 176);

    /// A frame with the same value in all channels.
    fn grey(value: impl Fn(usize, usize) -> f64) -> Frame {
        let mut frame = Frame::new(SIZE);
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let value = value(index % SIZE.width as usize, index / SIZE.width as usize);
            pixel.fill((value * 255.0).round() as u8);
        }
        frame
    }

    fn assert_lattice(painting: &Frame, amplitude: f64, tolerance: f64, period_px: usize) {
        let found = lattice(painting, 20).unwrap();
        assert!((found.amplitude - amplitude).abs() <= tolerance, "{found:?} for {amplitude}");
        assert_eq!(found.period_px, period_px);
    }

    #[test]
    fn a_checkerboard_has_its_amplitude_on_a_flat_and_on_a_shaded_ground() {
        let sign = |x: usize, y: usize| if (x + y).is_multiple_of(2) { 1.0 } else { -1.0 };
        assert_lattice(&grey(|x, y| (128.0 + 5.0 * sign(x, y)) / 255.0), 5.0 / 255.0, 1e-6, 2);
        let shaded = grey(|x, y| 0.2 + 0.0023 * x as f64 + 0.0011 * y as f64 + 5.0 / 255.0 * sign(x, y));
        assert_lattice(&shaded, 5.0 / 255.0, 2e-4, 2);
    }

    #[test]
    fn stripes_and_dots_of_four_and_eight_pixels_are_found() {
        let stripes = grey(|x, _| if x % 4 < 2 { 110.0 } else { 100.0 } / 255.0);
        assert_lattice(&stripes, 5.0 / 255.0, 1e-6, 4);
        // One pixel in 64 is 64 levels lighter: the deviation is 64 · √(1/64 · 63/64).
        let dots = grey(|x, y| if x % 8 == 3 && y % 8 == 5 { 164.0 } else { 100.0 } / 255.0);
        assert_lattice(&dots, 64.0 / 255.0 * 63f64.sqrt() / 64.0, 1e-6, 8);
    }

    #[test]
    fn a_pattern_that_turns_over_with_the_colour_does_not_cancel_out() {
        let sign = |x: usize, y: usize| if (x + y).is_multiple_of(2) == (x < 84) { 1.0 } else { -1.0 };
        assert_lattice(&grey(|x, y| (128.0 + 5.0 * sign(x, y)) / 255.0), 5.0 / 255.0, 1e-4, 2);
    }

    #[test]
    fn smooth_pictures_have_none_and_strokes_almost_none() {
        for (index, picture) in smooth_pictures(SIZE).iter().enumerate() {
            let found = lattice(picture, 20).unwrap();
            assert!(found.amplitude < 4e-4, "picture {index}: {found:?}");
        }
        // Blots of 3x3 pixels at random: a deviation of 0.1.
        let mut state = 7u64;
        let mut blots = vec![[0.0; 70]; 60];
        for blot in blots.iter_mut().flatten() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *blot = if state >> 63 == 0 { 0.4 } else { 0.6 };
        }
        let found = lattice(&grey(|x, y| blots[y / 3][x / 3]), 20).unwrap();
        assert!(found.amplitude < 0.2 * 0.1, "{found:?}");
    }

    #[test]
    fn what_is_too_small_is_said() {
        assert_eq!(lattice(&Frame::new(Size::new(40, 15)), 4), None);
        assert_eq!(lattice(&Frame::new(Size::new(16, 16)), 0), Some(Lattice { amplitude: 0.0, period_px: 2 }));
    }
}
