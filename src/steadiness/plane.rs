//! A picture of single numbers, and the few operations that flow estimation needs.

use super::detail::luma;
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// One number per pixel, rows from top to bottom; at least one pixel.
#[derive(Debug, Clone)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    /// The brightness of a frame, `0..=1`.
    pub fn brightness(frame: &Frame) -> Self {
        let values = frame.pixels.chunks_exact(BYTES_PER_PIXEL).map(luma).collect();
        Self { width: frame.size.width as usize, height: frame.size.height as usize, values }
    }

    /// Half the size, rounded up, by the means of 2x2 pixels.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = self.row(2 * y);
            let lower = self.row((2 * y + 1).min(self.height - 1));
            for x in 0..width {
                let (left, right) = (2 * x, (2 * x + 1).min(self.width - 1));
                values.push((upper[left] + upper[right] + lower[left] + lower[right]) / 4.0);
            }
        }
        Self { width, height, values }
    }

    fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..][..self.width]
    }

    /// The bilinear sample, in pixels from the middle of the first one; beyond the edge stands the pixel at the edge.
    pub fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.clamp(0.0, (self.width - 1) as f32), y.clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (share_x, share_y) = (x - left as f32, y - top as f32);
        let (upper, lower) = (self.row(top), self.row(bottom));
        let above = upper[left] + (upper[right] - upper[left]) * share_x;
        let below = lower[left] + (lower[right] - lower[left]) * share_x;
        above + (below - above) * share_y
    }

    /// The slopes to the right and downwards, by central differences.
    pub fn slopes(&self) -> (Vec<f32>, Vec<f32>) {
        let mut across = Vec::with_capacity(self.values.len());
        let mut down = Vec::with_capacity(self.values.len());
        for y in 0..self.height {
            let (upper, middle) = (self.row(y.saturating_sub(1)), self.row(y));
            let lower = self.row((y + 1).min(self.height - 1));
            for x in 0..self.width {
                across.push((middle[(x + 1).min(self.width - 1)] - middle[x.saturating_sub(1)]) / 2.0);
                down.push((lower[x] - upper[x]) / 2.0);
            }
        }
        (across, down)
    }

    /// Sums over the square of `2 * radius + 1` pixels around each pixel; the edge pixels stand for what is beyond.
    pub fn sums(&self, radius: usize) -> Self {
        let mut across = Vec::with_capacity(self.values.len());
        for y in 0..self.height {
            sums_along(self.row(y), radius, &mut across);
        }
        // Downwards, a whole row at a time.
        let row = |y: usize| &across[y * self.width..][..self.width];
        let clamped = |y: isize| row(y.clamp(0, self.height as isize - 1) as usize);
        let radius = radius as isize;
        let mut running = vec![0.0; self.width];
        for y in -radius..=radius {
            running.iter_mut().zip(clamped(y)).for_each(|(sum, value)| *sum += value);
        }
        let mut values = Vec::with_capacity(self.values.len());
        for y in 0..self.height as isize {
            values.extend_from_slice(&running);
            let (entering, leaving) = (clamped(y + radius + 1), clamped(y - radius));
            for ((sum, entering), leaving) in running.iter_mut().zip(entering).zip(leaving) {
                *sum += entering - leaving;
            }
        }
        Self { width: self.width, height: self.height, values }
    }
}

fn sums_along(row: &[f32], radius: usize, to: &mut Vec<f32>) {
    let last = row.len() as isize - 1;
    let at = |x: isize| row[x.clamp(0, last) as usize];
    let radius = radius as isize;
    let mut sum: f32 = (-radius..=radius).map(at).sum();
    for x in 0..row.len() as isize {
        to.push(sum);
        sum += at(x + radius + 1) - at(x - radius);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane() -> Plane {
        Plane { width: 3, height: 2, values: vec![1.0, 2.0, 3.0, 5.0, 6.0, 7.0] }
    }

    #[test]
    fn sums_repeat_the_edge() {
        assert_eq!(plane().sums(0).values, plane().values);
        let sums = plane().sums(1).values;
        // Columns -1, 0 and 1 of rows -1, 0 and 1: (1 + 1 + 2) twice, and (5 + 5 + 6).
        assert_eq!(sums, [24.0, 30.0, 36.0, 36.0, 42.0, 48.0]);
    }

    #[test]
    fn halves_samples_and_slopes() {
        let half = plane().halved();
        assert_eq!((half.width, half.height, half.values), (2, 1, vec![3.5, 5.0]));
        assert_eq!((plane().sample(0.5, 0.5), plane().sample(9.0, -3.0)), (3.5, 3.0));
        let (across, down) = plane().slopes();
        assert_eq!((across[1], across[0], down[0]), (1.0, 0.5, 2.0));
    }
}
