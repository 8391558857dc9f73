//! Where the painting has an edge of the frame: the silhouettes, whose place the frame knows at full size.
//!
//! With *g* and *p* the luma of guide and painting, over the 3x3 texels around a texel,
//!
//! ```text
//! agreement = S(0.5, 0.8, cov(g, p)² / (var g · var p)) · S(0.06², 0.11², var g) · S(0.05², 0.09², var p)
//! ```
//!
//! (*S* is smoothstep): both have an edge there, and it is the same one, perhaps with light and dark exchanged. A
//! stroke over a calm part of the frame has none, and neither has texture that the painter left out. The largest
//! agreement of the 3x3 texels counts, so that an edge has no gaps.

use super::planes::{Plane, RowMeans};
use super::smoothstep;
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// The share of variance that guide and painting must have in common: from, and fully at.
const COMMON: [f32; 2] = [0.5, 0.8];
/// Variance of the guide's luma in 3x3 texels that makes an edge.
const GUIDE_EDGE: [f32; 2] = [0.06 * 0.06, 0.11 * 0.11];
/// The same of the painting.
const PAINTING_EDGE: [f32; 2] = [0.05 * 0.05, 0.09 * 0.09];
/// Keeps the quotient finite in flat places.
const LEAST_PRODUCT: f32 = 1e-7;

/// Finds silhouettes; keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Silhouettes {
    /// Means of g, p, g², p² and g p.
    means: [RowMeans; 5],
    agreement: Plane,
    largest: Vec<f32>,
}

impl Silhouettes {
    /// Writes the agreement, as 0..=255, into the alpha of the guide. `game` and `own` are the luma of guide and
    /// painting.
    pub fn mark(&mut self, game: &Plane, own: &Plane, guide: &mut Frame) {
        self.agreement.reshape(game.size);
        for y in 0..game.size.height as usize {
            let (g, p) = (game.rows::<3>(y), own.rows::<3>(y));
            let [mean_g, mean_p, mean_gg, mean_pp, mean_gp] = &mut self.means;
            mean_g.set(g);
            mean_p.set(p);
            mean_gg.set_product(g, g);
            mean_pp.set_product(p, p);
            mean_gp.set_product(g, p);
            let means = mean_g.row().iter().zip(mean_p.row());
            let products = mean_gg.row().iter().zip(mean_pp.row()).zip(mean_gp.row());
            for (agreement, ((g, p), ((gg, pp), gp))) in self.agreement.row_mut(y).iter_mut().zip(means.zip(products)) {
                let (guide, painting, both) = ((gg - g * g).max(0.0), (pp - p * p).max(0.0), gp - g * p);
                let common = both * both / (guide * painting + LEAST_PRODUCT);
                *agreement =
                    smoothstep(COMMON, common) * smoothstep(GUIDE_EDGE, guide) * smoothstep(PAINTING_EDGE, painting);
            }
        }
        self.write_largest(guide);
    }

    /// Writes the largest agreement of the 3x3 texels around each.
    fn write_largest(&mut self, guide: &mut Frame) {
        let width = guide.size.width as usize;
        for (y, pixels) in (0..).zip(guide.pixels.chunks_exact_mut(width * BYTES_PER_PIXEL)) {
            let rows = [-1, 0, 1].map(|step| self.agreement.row(y + step));
            self.largest.clear();
            self.largest.extend((0..width).map(|x| rows[0][x].max(rows[1][x]).max(rows[2][x])));
            for (x, pixel) in pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
                let near = [x.saturating_sub(1), x, (x + 1).min(width - 1)].map(|x| self.largest[x]);
                pixel[3] = (near[0].max(near[1]).max(near[2]) * 255.0 + 0.5) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    /// The agreement in the middle row of two pictures, each a function of the column.
    fn agreement(game: impl Fn(usize) -> f32, own: impl Fn(usize) -> f32) -> Vec<u8> {
        let size = Size::new(24, 9);
        let plane = |value: &dyn Fn(usize) -> f32| Plane {
            size,
            values: (0..size.area()).map(|index| value(index % 24)).collect(),
        };
        let mut guide = Frame::new(size);
        Silhouettes::default().mark(&plane(&game), &plane(&own), &mut guide);
        guide.pixels[4 * 24 * 4..5 * 24 * 4].chunks_exact(4).map(|pixel| pixel[3]).collect()
    }

    #[test]
    fn an_edge_of_both_agrees_also_with_light_and_dark_exchanged() {
        let edge = |x: usize| if x < 12 { 0.2 } else { 0.8 };
        for own in [&edge as &dyn Fn(usize) -> f32, &|x| 0.9 - 0.5 * edge(x)] {
            let found = agreement(edge, own);
            assert!(found[11] == 255 && found[12] == 255, "{found:?}");
            assert!(found[..9].iter().chain(&found[15..]).all(|&value| value == 0), "{found:?}");
        }
    }

    #[test]
    fn what_only_one_of_them_has_is_no_silhouette() {
        let edge = |x: usize| if x < 12 { 0.2 } else { 0.8 };
        let strokes = |x: usize| if (x / 3).is_multiple_of(2) { 0.3 } else { 0.6 };
        assert!(agreement(edge, |_| 0.5).iter().all(|&value| value == 0));
        assert!(agreement(|_| 0.5, strokes).iter().all(|&value| value == 0));
    }
}
