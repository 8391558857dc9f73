//! Pictures turned, zoomed and shifted by fractions of a pixel, and the way back for gradients.

use crate::network::Random;

/// The largest shift in pixels, zoom in shares, and turn in degrees.
const SHIFT_PX: f32 = 8.0;
const ZOOM: f32 = 0.03;
const TURN_DEGREES: f32 = 2.0;

/// The sharpness of bicubic interpolation, as PyTorch has it.
const SHARPNESS: f32 = -0.75;

/// A similarity: where a pixel of the moved picture is taken from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Similarity {
    /// Zoom times cosine and sine of the turn.
    pub cos: f32,
    pub sin: f32,
    /// In pixels.
    pub shift: [f32; 2],
}

/// What of a square picture is moved: all but a border.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Side of the picture.
    pub side: usize,
    /// Width of the border.
    pub margin: usize,
}

impl Extent {
    /// Side of what is left without the border.
    pub fn inner(self) -> usize {
        self.side - 2 * self.margin
    }
}

impl Similarity {
    pub fn draw(random: &mut Random) -> Self {
        let turn = random.between(-TURN_DEGREES, TURN_DEGREES).to_radians();
        let zoom = random.between(1.0 - ZOOM, 1.0 + ZOOM);
        let shift = [(); 2].map(|()| random.between(-SHIFT_PX, SHIFT_PX));
        Self { cos: zoom * turn.cos(), sin: zoom * turn.sin(), shift }
    }

    /// The inner part of the moved picture, of planes of `extent.side` pixels square. Beyond the border the picture is
    /// mirrored.
    pub fn apply(&self, planes: &[f32], extent: Extent, to: &mut Vec<f32>) {
        let (area, count) = (extent.side * extent.side, extent.inner() * extent.inner());
        let start = to.len();
        to.resize(start + planes.len() / area * count, 0.0);
        self.for_each(extent, |index, taps| {
            for (plane, moved) in planes.chunks_exact(area).zip(to[start..].chunks_exact_mut(count)) {
                moved[index] = taps.sum(plane, extent.side);
            }
        });
    }

    /// The gradient for the picture, of the gradient for what [`Self::apply`] gives, is added to `to`.
    pub fn apply_transposed(&self, gradient: &[f32], extent: Extent, to: &mut [f32]) {
        let (area, count) = (extent.side * extent.side, extent.inner() * extent.inner());
        self.for_each(extent, |index, taps| {
            for (plane, gradient) in to.chunks_exact_mut(area).zip(gradient.chunks_exact(count)) {
                taps.spread(gradient[index], plane, extent.side);
            }
        });
    }

    /// Gives what each pixel of the inner part is made of.
    fn for_each(&self, extent: Extent, mut visit: impl FnMut(usize, &Taps)) {
        let (inner, centre) = (extent.inner(), extent.side as f32 / 2.0);
        for row in 0..inner {
            let y = (row + extent.margin) as f32 + 0.5 - centre;
            for column in 0..inner {
                let x = (column + extent.margin) as f32 + 0.5 - centre;
                let from_x = self.cos * x - self.sin * y + self.shift[0] + centre - 0.5;
                let from_y = self.sin * x + self.cos * y + self.shift[1] + centre - 0.5;
                visit(row * inner + column, &Taps::new(from_x, from_y, extent.side));
            }
        }
    }
}

/// The 4x4 pixels around a place, and what they count.
struct Taps {
    columns: [usize; 4],
    rows: [usize; 4],
    column_weights: [f32; 4],
    row_weights: [f32; 4],
}

impl Taps {
    fn new(x: f32, y: f32, side: usize) -> Self {
        let (left, top) = (x.floor(), y.floor());
        let places = |first: f32| [-1, 0, 1, 2].map(|step| mirrored(first as isize + step, side));
        Self {
            columns: places(left),
            rows: places(top),
            column_weights: bicubic(x - left),
            row_weights: bicubic(y - top),
        }
    }

    fn sum(&self, plane: &[f32], side: usize) -> f32 {
        let mut sum = 0.0;
        for (row, row_weight) in self.rows.iter().zip(self.row_weights) {
            let line = &plane[row * side..][..side];
            let pairs = self.columns.iter().zip(self.column_weights);
            sum += row_weight * pairs.map(|(&column, weight)| line[column] * weight).sum::<f32>();
        }
        sum
    }

    fn spread(&self, value: f32, plane: &mut [f32], side: usize) {
        for (row, row_weight) in self.rows.iter().zip(self.row_weights) {
            let line = &mut plane[row * side..][..side];
            for (&column, weight) in self.columns.iter().zip(self.column_weights) {
                line[column] += value * row_weight * weight;
            }
        }
    }
}

/// A place mirrored into a picture.
fn mirrored(place: isize, side: usize) -> usize {
    let side = side as isize;
    let place = if place < 0 { -place - 1 } else { place };
    let place = if place >= side { 2 * side - 1 - place } else { place };
    place.clamp(0, side - 1) as usize
}

/// The weights of the four pixels around a place that is `share` behind the second one (Keys 1981).
fn bicubic(share: f32) -> [f32; 4] {
    let near = |x: f32| ((SHARPNESS + 2.0) * x - (SHARPNESS + 3.0)) * x * x + 1.0;
    let far = |x: f32| ((SHARPNESS * x - 5.0 * SHARPNESS) * x + 8.0 * SHARPNESS) * x - 4.0 * SHARPNESS;
    [far(share + 1.0), near(share), near(1.0 - share), far(2.0 - share)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { side: 24, margin: 6 };

    fn noise(seed: u64, count: usize) -> Vec<f32> {
        let mut random = Random::new(seed);
        (0..count).map(|_| random.unit()).collect()
    }

    #[test]
    fn shifts_by_whole_pixels_and_by_halves() {
        let ramp: Vec<f32> = (0..24 * 24).map(|index| (index % 24) as f32 + 100.0 * (index / 24) as f32).collect();
        let mut moved = Vec::new();
        Similarity { cos: 1.0, sin: 0.0, shift: [2.5, -3.0] }.apply(&ramp, EXTENT, &mut moved);
        assert_eq!(moved.len(), 12 * 12);
        for (index, value) in moved.iter().enumerate() {
            let wanted = (index % 12 + 6) as f32 + 2.5 + 100.0 * ((index / 12 + 6) as f32 - 3.0);
            assert!((value - wanted).abs() < 1e-2, "{index}: {value}, {wanted}");
        }
    }

    #[test]
    fn the_transposed_map_is_the_gradient() {
        let mut random = Random::new(7);
        for _ in 0..5 {
            let similarity = Similarity::draw(&mut random);
            let (picture, direction) = (noise(1, 3 * 24 * 24), noise(2, 3 * 12 * 12));
            let (mut moved, mut gradient) = (Vec::new(), vec![0.0; picture.len()]);
            similarity.apply(&picture, EXTENT, &mut moved);
            similarity.apply_transposed(&direction, EXTENT, &mut gradient);
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            let (forward, backward) = (product(&moved, &direction), product(&picture, &gradient));
            assert!((forward - backward).abs() < 1e-4 * forward.abs(), "{forward}, {backward}");
        }
    }
}
