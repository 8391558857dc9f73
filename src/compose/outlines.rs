//! The game's large outlines that the painting lacks: what *Clarity* brings back.
//!
//! With *g* and *p* the luma of guide and painting, *B* the mean over the 5x5 texels around a texel, *W* the mean over
//! a box a tenth of the picture's height large, and *Q* the guided filter with the picture itself as its guide (He,
//! Sun, Tang: Guided Image Filtering, IEEE TPAMI 2013; 3x3, ε = 0.02²), which takes the texture and leaves the edges,
//!
//! ```text
//! game    = k · soft(Q(g) − W(Q(g)), 0.012)
//! k       = 1.6 · sd(B(p)) / sd(Q(g)), within 1.3 and 3.2, with the sign of the contrast
//! own     = B(p) − W(B(p))
//! outline = what own lacks of game: game − own, but neither beyond game nor against its sign
//! ```
//!
//! (*soft* takes the dead zone off, and leaves what is smaller at 0). What the painting shows by itself is not added
//! once more. The compositor adds *clarity* times the outline to red, green and blue.

use super::planes::{Plane, RowMeans, Surroundings};
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// The alpha, 0..=1, of a painting that means no outline. Light outlines are above it, dark ones below, in luma.
pub(super) const NO_OUTLINE: f32 = 128.0 / 255.0;
/// Luma variance under which the guided filter flattens.
const TEXTURE_VARIANCE: f32 = 0.02 * 0.02;
/// Side, in texels, of the box over which the painting's luma is averaged: strokes are no shapes.
const STROKE_SIDE: usize = 5;
/// How far the surroundings that a shape is seen against reach, as a share of the picture's height.
const SURROUNDINGS: f32 = 0.05;
/// Luma differences under this much are shade.
const DEAD_ZONE: f32 = 0.012;
/// Steps of the game's luma relative to the painting's own, at clarity 1.
const BOLDNESS: f32 = 1.6;
/// Bounds of the ratio of their contrasts.
const CONTRASTS: [f32; 2] = [0.8, 2.0];
/// The largest outline, in luma.
const LIMIT: f32 = 0.35;
/// Keeps the ratio finite for a flat frame.
const LEAST_DEVIATION: f32 = 1e-3;

/// Finds outlines; keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    means: [RowMeans; 2],
    gain: Plane,
    offset: Plane,
    smooth_game: Plane,
    smooth_own: Plane,
    around_game: Surroundings,
    around_own: Surroundings,
    row_game: Vec<f32>,
    row_own: Vec<f32>,
}

impl Outlines {
    /// Writes the outlines into the alpha of `painting`, around [`NO_OUTLINE`]. `game` and `own` are the luma of guide
    /// and painting; `contrast` is negative where the painting shows light things dark.
    pub fn mark(&mut self, game: &Plane, own: &Plane, contrast: f32, painting: &mut Frame) {
        self.smooth_texture(game);
        self.smooth_strokes(own);
        self.around_game.set(&self.smooth_game, SURROUNDINGS);
        self.around_own.set(&self.smooth_own, SURROUNDINGS);
        let [least, most] = CONTRASTS;
        let ratio = self.smooth_own.deviation() / (self.smooth_game.deviation() + LEAST_DEVIATION);
        let gain = (BOLDNESS * ratio.clamp(least, most)).copysign(contrast);
        let width = game.size.width as usize;
        for (y, pixels) in painting.pixels.chunks_exact_mut(width * BYTES_PER_PIXEL).enumerate() {
            self.around_game.read(y, &mut self.row_game, width);
            self.around_own.read(y, &mut self.row_own, width);
            let games = self.smooth_game.row(y as i64).iter().zip(&mut self.row_game);
            let owns = self.smooth_own.row(y as i64).iter().zip(&self.row_own);
            for ((game, place), (own, around_own)) in games.zip(owns) {
                let step = game - *place;
                let wanted = (gain * (step.abs() - DEAD_ZONE).max(0.0).copysign(step)).clamp(-LIMIT, LIMIT);
                let outline = (wanted - (own - around_own)).min(wanted.max(0.0)).max(wanted.min(0.0));
                *place = (NO_OUTLINE + outline) * 255.0 + 0.5;
            }
            for (pixel, value) in pixels.chunks_exact_mut(BYTES_PER_PIXEL).zip(&self.row_game) {
                pixel[3] = *value as u8;
            }
        }
    }

    /// Smooths the texture of the game and leaves its edges: the guided filter.
    fn smooth_texture(&mut self, game: &Plane) {
        let [first, second] = &mut self.means;
        for plane in [&mut self.gain, &mut self.offset, &mut self.smooth_game] {
            plane.reshape(game.size);
        }
        for y in 0..game.size.height as usize {
            first.set(game.rows::<3>(y));
            second.set_product(game.rows::<3>(y), game.rows::<3>(y));
            let places = self.gain.row_mut(y).iter_mut().zip(self.offset.row_mut(y));
            for ((gain, offset), (mean, square)) in places.zip(first.row().iter().zip(second.row())) {
                let variance = (square - mean * mean).max(0.0);
                *gain = variance / (variance + TEXTURE_VARIANCE);
                *offset = mean - *gain * mean;
            }
        }
        for y in 0..game.size.height as usize {
            first.set(self.gain.rows::<3>(y));
            second.set(self.offset.rows::<3>(y));
            let places = self.smooth_game.row_mut(y).iter_mut().zip(game.row(y as i64));
            for ((smooth, value), (gain, offset)) in places.zip(first.row().iter().zip(second.row())) {
                *smooth = gain * value + offset;
            }
        }
    }

    fn smooth_strokes(&mut self, own: &Plane) {
        self.smooth_own.reshape(own.size);
        for y in 0..own.size.height as usize {
            self.means[0].set(own.rows::<STROKE_SIDE>(y));
            self.smooth_own.row_mut(y).copy_from_slice(self.means[0].row());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    const SIZE: Size = Size::new(48, 40);

    fn plane(value: impl Fn(usize, usize) -> f32) -> Plane {
        Plane { size: SIZE, values: (0..SIZE.area()).map(|index| value(index % 48, index / 48)).collect() }
    }

    /// Outlines, as luma, of a game and a painting.
    fn outlines(game: &Plane, own: &Plane, contrast: f32) -> Vec<f32> {
        let mut painting = Frame::new(SIZE);
        Outlines::default().mark(game, own, contrast, &mut painting);
        let pixels = painting.pixels.chunks_exact(BYTES_PER_PIXEL);
        pixels.map(|pixel| f32::from(pixel[3]) / 255.0 - NO_OUTLINE).collect()
    }

    #[test]
    fn a_shape_that_the_painting_lost_comes_back_and_texture_does_not() {
        let shape = |x: usize, y: usize| (18..30).contains(&x) && (14..26).contains(&y);
        let game = plane(|x, y| if shape(x, y) { 0.7 } else { 0.3 } + 0.01 * ((x + y) % 2) as f32);
        let own = plane(|x, _| 0.5 + 0.03 * ((x / 3) % 2) as f32);
        let found = outlines(&game, &own, 1.0);
        assert!(found[20 * 48 + 20] > 0.1 && found[20 * 48 + 16] < -0.03, "light inside, dark around");
        assert!(found[2 * 48 + 2..2 * 48 + 8].iter().all(|value| value.abs() < 0.01), "nothing far from it");
        let exchanged = outlines(&game, &own, -1.0);
        assert!(exchanged[20 * 48 + 20] < -0.1, "a negative stays one");
    }

    #[test]
    fn a_shape_that_the_painting_shows_is_not_added_once_more() {
        let is_in = |x: usize, y: usize, left: usize| (left..left + 10).contains(&x) && (14..26).contains(&y);
        let game = plane(|x, y| if is_in(x, y, 6) || is_in(x, y, 32) { 0.6 } else { 0.4 });
        let own = plane(|x, y| if is_in(x, y, 6) { 0.8 } else { 0.3 });
        let found = outlines(&game, &own, 1.0);
        let sum = |left: usize| -> f32 {
            let places = (14..26).flat_map(|y| (left..left + 10).map(move |x| y * 48 + x));
            places.map(|place| found[place].abs()).sum()
        };
        let (shown, lost) = (sum(6), sum(32));
        assert!(shown < 0.5 * lost, "{shown} beside {lost}");
    }
}
