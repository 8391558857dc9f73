//! What is looked at in a frame: its light, and roughly what it shows.

use super::Levels;
use super::structure::{COLUMNS, ROWS, Structure};
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// Weights of red, green and blue in luma (BT.601), in thousandths: with whole numbers the quantiles are exact.
const LUMA_WEIGHTS: [u32; 3] = [299, 587, 114];
const LUMA_SCALE: f32 = 255_000.0;

/// At most about so many pixels of a frame are read, on an even grid; smaller pictures are read whole.
const SAMPLES: usize = 32_768;

/// Bins of the histogram of luma.
const BINS: usize = 64;

/// The quantiles of luma that make the curve.
const QUANTILES: [f64; 3] = [0.02, 0.5, 0.98];

/// A frame whose luma spreads by less shows nothing: it is black, white, or faded out.
const LEAST_SPREAD: f32 = 0.03;

/// What was seen of one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The curve of this frame alone.
    pub levels: Levels,
    /// The frame is all but flat, so that its curve says nothing of the game's light.
    pub is_blank: bool,
    /// Shares of the pixels by luma; they add up to 1 where there are pixels.
    histogram: [f32; BINS],
    pub(super) structure: Structure,
}

impl Observation {
    /// How far apart two curves paint this frame: the mean over its pixels, `0..=0.9`.
    pub fn difference(&self, a: Levels, b: Levels) -> f32 {
        let seen = self.histogram.iter().enumerate().filter(|(_, share)| **share > 0.0);
        seen.map(|(bin, share)| {
            let luma = (bin as f32 + 0.5) / BINS as f32;
            share * (a.at(luma) - b.at(luma)).abs()
        })
        .sum()
    }
}

/// Looks at frames; keeps its memory.
#[derive(Debug, Default)]
pub struct Observer {
    lumas: Vec<u32>,
}

impl Observer {
    /// Looks at a frame of any size. Allocates only where a frame has more samples than any before.
    pub fn look(&mut self, frame: &Frame) -> Observation {
        let structure = self.sample(frame);
        let mut histogram = [0.0; BINS];
        let share = 1.0 / self.lumas.len().max(1) as f32;
        let mut counts = [0u32; BINS];
        for &luma in &self.lumas {
            counts[luma as usize * BINS / (LUMA_SCALE as usize + 1)] += 1;
        }
        for (value, count) in histogram.iter_mut().zip(counts) {
            *value = count as f32 * share;
        }
        let [low, median, high] = QUANTILES.map(|share| quantile(&mut self.lumas, share) / LUMA_SCALE);
        let is_blank = high - low < LEAST_SPREAD;
        Observation { levels: Levels::from_quantiles(low, median, high), is_blank, histogram, structure }
    }

    /// Reads luma on an even grid, and its means over the cells.
    fn sample(&mut self, frame: &Frame) -> Structure {
        self.lumas.clear();
        let (width, height) = (frame.size.width as usize, frame.size.height as usize);
        let mut structure = Structure { cells: [0.0; COLUMNS * ROWS] };
        if width == 0 || height == 0 {
            return structure;
        }
        let step = (1..).find(|step| width.div_ceil(*step) * height.div_ceil(*step) <= SAMPLES).unwrap_or(1);
        let stride = width * BYTES_PER_PIXEL;
        let mut sums = [(0u32, 0u32); COLUMNS * ROWS];
        for y in (0..height).step_by(step) {
            let (pixels, _) = frame.pixels[y * stride..][..stride].as_chunks::<BYTES_PER_PIXEL>();
            let cells = &mut sums[y * ROWS / height * COLUMNS..][..COLUMNS];
            // Every other row of the grid lies half a step to the right, so that no pattern of the game's hides
            // between.
            let first = if y / step % 2 == 1 { step / 2 } else { 0 };
            for x in (first..width).step_by(step) {
                let luma = luma_of(&pixels[x]);
                self.lumas.push(luma);
                let (sum, count) = &mut cells[x * COLUMNS / width];
                *sum += luma;
                *count += 1;
            }
        }
        for (index, (cell, (sum, count))) in structure.cells.iter_mut().zip(sums).enumerate() {
            *cell = if count > 0 {
                sum as f32 / count as f32 / LUMA_SCALE
            } else {
                // A small picture has fewer pixels than there are cells.
                let (x, y) = (index % COLUMNS * width / COLUMNS, index / COLUMNS * height / ROWS);
                let at = y * stride + x * BYTES_PER_PIXEL;
                luma_of(&frame.pixels[at..at + 3]) as f32 / LUMA_SCALE
            };
        }
        structure
    }
}

/// Luma of a pixel, `0..=255_000`.
fn luma_of(pixel: &[u8]) -> u32 {
    let [red, green, blue] = LUMA_WEIGHTS;
    blue * u32::from(pixel[0]) + green * u32::from(pixel[1]) + red * u32::from(pixel[2])
}

/// The value that a share of the values does not exceed, between two of them where it falls there (as NumPy's
/// `percentile` does by default). Reorders the values; 0 where there are none.
fn quantile(values: &mut [u32], share: f64) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = share * (values.len() - 1) as f64;
    let (_, &mut below, rest) = values.select_nth_unstable(at as usize);
    let above = rest.iter().copied().min().unwrap_or(below);
    (f64::from(below) + (f64::from(above) - f64::from(below)) * at.fract()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let mut values = [30, 10, 20, 40, 50];
        assert_eq!([0.0, 0.1, 0.5, 1.0].map(|share| quantile(&mut values, share)), [10.0, 14.0, 30.0, 50.0]);
        assert_eq!((quantile(&mut [7], 0.98), quantile(&mut [], 0.5)), (7.0, 0.0));
    }
}
