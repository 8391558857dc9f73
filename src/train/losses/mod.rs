//! The losses that training minimizes. Tensors of pictures are `[pictures, 3, height, width]`, RGB 0..=1.

mod content;
#[cfg(test)]
mod gradients;
mod lattice;
mod palette;
mod pixels;
mod similarity;
mod statistics;
mod steadiness;
mod steadiness_losses;
mod style_losses;
#[cfg(test)]
mod twin;
mod view;

pub(super) use pixels::JUDGED_MARGIN_PX;
pub use statistics::FeatureStatistics;
pub(super) use steadiness::steadiness;
pub(super) use steadiness_losses::{FramePair, SteadinessLosses};
pub(super) use style_losses::{StyleLosses, StyleTargets};
pub(super) use view::View;

use serde::{Deserialize, Serialize};

/// The weight of steadiness at first: strokes come first, for a network that is held steady from the start never learns
/// them.
const EARLY_STEADINESS: f32 = 20.0;

/// The weight of steadiness grows from its first to its full value between these shares of a training.
const STEADINESS_RAMP: (f32, f32) = (0.6, 0.9);

/// How much each loss counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossWeights {
    pub style: f32,
    pub content: f32,
    /// Of the colours, whatever their place.
    pub palette: f32,
    pub variation: f32,
    /// The full weight of steadiness, which counts from 90 % of the training on; until 60 % it is at most 20.
    pub steadiness: f32,
    /// Of the steadiness along the border of a picture, where the network sees zeros instead of the frame. Without it,
    /// some styles paint a band along the border.
    pub border: f32,
    /// Of the pattern that a network paints on its own grid of 4x4 pixels.
    pub lattice: f32,
    /// Of the difference between the changes of successive frames and those of their paintings, where there are pairs
    /// of such.
    pub temporal: f32,
    /// Of the difference from the teacher's painting, where there is a teacher.
    pub teacher: f32,
}

impl LossWeights {
    /// No loss counts.
    pub const NONE: Self = Self {
        style: 0.0,
        content: 0.0,
        palette: 0.0,
        variation: 0.0,
        steadiness: 0.0,
        border: 0.0,
        lattice: 0.0,
        temporal: 0.0,
        teacher: 0.0,
    };

    /// Each weight with the name of its loss.
    pub fn named(&self) -> [(&'static str, f32); 9] {
        [
            ("style", self.style),
            ("content", self.content),
            ("palette", self.palette),
            ("variation", self.variation),
            ("steadiness", self.steadiness),
            ("border", self.border),
            ("lattice", self.lattice),
            ("temporal", self.temporal),
            ("teacher", self.teacher),
        ]
    }

    /// The weights when a share of the training is done, 0..=1.
    pub(super) fn at(&self, done: f32) -> Self {
        let (from, to) = STEADINESS_RAMP;
        let ramp = ((done - from) / (to - from)).clamp(0.0, 1.0);
        let early = EARLY_STEADINESS.min(self.steadiness);
        Self { steadiness: early + (self.steadiness - early) * ramp, ..*self }
    }
}

/// The losses of one iteration, or their running means; `None` where nothing was computed, because it does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The weighted sum.
    pub total: f32,
    /// Relative squared distance of means and covariances of the features, over the whole batch, from those of the
    /// style picture: at full size, plus 0.7 of that at half size.
    pub style: Option<f32>,
    /// Mean squared difference of the normalized content features from those of the frame, at half size.
    pub content: Option<f32>,
    /// Sliced Wasserstein-1 distance of the colours from the style picture's, of 0..=1.
    pub palette: Option<f32>,
    /// Mean squared difference of neighbouring pixels, down plus across.
    pub variation: Option<f32>,
    /// Mean squared difference between the painting of a moved, noisy view and the moved painting.
    pub steadiness: Option<f32>,
    /// The same along the border of the view, and of its tints, which weigh little pixel by pixel and are what people
    /// see.
    pub border: Option<f32>,
    /// Mean square of what a network paints on pictures without detail, by the place in its cells of 4x4 pixels.
    pub lattice: Option<f32>,
    /// Mean absolute difference between the changes of successive paintings and those of their frames.
    pub temporal: Option<f32>,
    /// Mean absolute difference from the teacher's painting.
    pub teacher: Option<f32>,
}

impl Losses {
    const NAMES: [&'static str; 9] =
        ["style", "content", "palette", "variation", "steadiness", "border", "lattice", "temporal", "teacher"];

    fn all(&self) -> [Option<f32>; 9] {
        let Self { style, content, palette, variation, steadiness, border, lattice, temporal, teacher, .. } = *self;
        [style, content, palette, variation, steadiness, border, lattice, temporal, teacher]
    }

    fn all_mut(&mut self) -> [&mut Option<f32>; 9] {
        let Self { style, content, palette, variation, steadiness, border, lattice, temporal, teacher, .. } = self;
        [style, content, palette, variation, steadiness, border, lattice, temporal, teacher]
    }

    /// Name and value of each loss that was computed, but for the total.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, f32)> {
        Self::NAMES.into_iter().zip(self.all()).filter_map(|(name, loss)| Some((name, loss?)))
    }

    /// Both, where no loss is in both.
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.total += other.total;
        self.all_mut().into_iter().zip(other.all()).for_each(|(loss, other)| *loss = loss.or(other));
        self
    }

    /// Moves running means towards the losses of another iteration.
    pub(super) fn move_towards(&mut self, new: &Self, share: f32) {
        self.total += (new.total - self.total) * share;
        for (mean, new) in self.all_mut().into_iter().zip(new.all()) {
            if let Some(new) = new {
                *mean = Some(mean.map_or(new, |mean| mean + (new - mean) * share));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steadiness_counts_late() {
        let weights = LossWeights { steadiness: 100.0, ..LossWeights::NONE };
        let at = [0.0, 0.6, 0.75, 0.9, 1.0].map(|done| weights.at(done).steadiness);
        for (found, wanted) in at.into_iter().zip([20.0, 20.0, 60.0, 100.0, 100.0]) {
            assert!((found - wanted).abs() < 1e-3, "{at:?}");
        }
        assert_eq!(LossWeights { steadiness: 2.0, ..weights }.at(0.0).steadiness, 2.0);
    }

    #[test]
    fn means_keep_what_was_not_computed() {
        let mut mean = Losses { style: Some(1.0), ..Losses::default() };
        mean.move_towards(&Losses { style: Some(3.0), teacher: Some(5.0), ..Losses::default() }, 0.5);
        mean.move_towards(&Losses::default(), 0.5);
        assert_eq!(mean.parts().collect::<Vec<_>>(), [("style", 2.0), ("teacher", 5.0)]);
    }
}
