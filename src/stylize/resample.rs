//! Scales a frame row by row while it is turned into a tensor: separable, antialiased, with taps computed once per
//! size.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// The source samples that target sample `i` is made of, for all `i`; weights add up to 1.
#[derive(Debug)]
struct Taps {
    /// First source sample of each target sample.
    first: Vec<usize>,
    /// `count` weights per target sample.
    weights: Vec<f32>,
    /// Weights per target sample: the most that any of them needs, the others padded with zeros.
    count: usize,
}

impl Taps {
    /// A triangle filter as wide as the scale asks: bilinear when enlarging, a weighted average of the covered samples
    /// when shrinking.
    fn new(from: u32, to: u32) -> Self {
        let scale = f64::from(from) / f64::from(to);
        let radius = scale.max(1.0);
        let count = ((2.0 * radius).ceil() as usize + 1).min(from as usize);
        let mut taps = Self { first: Vec::new(), weights: Vec::new(), count };
        for index in 0..to {
            let centre = (f64::from(index) + 0.5) * scale - 0.5;
            let first = ((centre - radius).ceil().max(0.0) as usize).min(from as usize - count);
            let weight = |tap: usize| (1.0 - ((first + tap) as f64 - centre).abs() / radius).max(0.0) as f32;
            let sum: f32 = (0..count).map(weight).sum();
            taps.first.push(first);
            taps.weights.extend((0..count).map(|tap| weight(tap) / sum));
        }
        taps
    }

    fn of(&self, index: usize) -> (usize, &[f32]) {
        (self.first[index], &self.weights[index * self.count..][..self.count])
    }
}

/// Scales frames of one size to another.
#[derive(Debug)]
pub(super) struct Resampler {
    from: Size,
    to: Size,
    columns: Taps,
    rows: Taps,
    /// One source row, already joined vertically: `from.width` pixels of four channels.
    joined: Vec<f32>,
}

impl Resampler {
    /// Computes the taps; both sizes are at least 1x1.
    pub fn new(from: Size, to: Size) -> Self {
        Self {
            from,
            to,
            columns: Taps::new(from.width, to.width),
            rows: Taps::new(from.height, to.height),
            joined: vec![0.0; from.width as usize * BYTES_PER_PIXEL],
        }
    }

    /// Whether this one was made for these sizes.
    pub fn fits(&self, from: Size, to: Size) -> bool {
        self.from == from && self.to == to
    }

    /// Computes row `y` of the scaled picture: four values `0.0..=255.0` per pixel, in the frame's channel order.
    #[inline(always)]
    pub fn row(&mut self, frame: &Frame, y: usize, row: &mut [f32]) {
        let stride = self.from.width as usize * BYTES_PER_PIXEL;
        let (first, weights) = self.rows.of(y);
        for (tap, &weight) in weights.iter().enumerate() {
            let line = &frame.pixels[(first + tap) * stride..][..stride];
            if tap == 0 {
                for (sum, &byte) in self.joined.iter_mut().zip(line) {
                    *sum = f32::from(byte) * weight;
                }
            } else if weight != 0.0 {
                for (sum, &byte) in self.joined.iter_mut().zip(line) {
                    *sum += f32::from(byte) * weight;
                }
            }
        }
        let (pixels, _) = self.joined.as_chunks::<BYTES_PER_PIXEL>();
        let (targets, _) = row.as_chunks_mut::<BYTES_PER_PIXEL>();
        for (x, target) in targets.iter_mut().enumerate() {
            let (first, weights) = self.columns.of(x);
            let mut sums = [0.0f32; BYTES_PER_PIXEL];
            for (pixel, &weight) in pixels[first..].iter().zip(weights) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += value * weight;
                }
            }
            *target = sums;
        }
    }
}
