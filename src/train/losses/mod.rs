//! What training makes small.

mod judge;
mod terms;

pub(super) use judge::{Judge, Judgement, StyleTargets};
pub(super) use terms::{inner, steadiness};

use serde::{Deserialize, Serialize};

/// How much each loss counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossWeights {
    pub style: f32,
    pub content: f32,
    pub steadiness: f32,
    /// Of the steadiness along the border of a picture, where the network has to give way: it sees zeros there instead of the frame.
    /// Without it, some styles paint a band along the border.
    #[serde(default)]
    pub border: f32,
    /// Of the flow-warped loss, in every second iteration, where there are pairs of successive frames.
    pub temporal: f32,
    /// Of the difference from the teacher's painting, where there is a teacher.
    pub teacher: f32,
    pub variation: f32,
}

/// The losses of one iteration, or their means over several; `None` where nothing was judged, as it does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The weighted sum.
    pub total: f32,
    /// Relative squared distance of the Gram matrices from those of the style picture, mean over the blocks.
    pub style: Option<f32>,
    /// Relative squared distance of the content features from those of the frame.
    pub content: Option<f32>,
    /// Mean squared difference between the painting of a noisy crop and the crop of the painting.
    pub steadiness: Option<f32>,
    /// The same along the border of the crop, and of its tints, which weigh little pixel by pixel and are what people see.
    pub border: Option<f32>,
    /// Mean squared change between successive paintings, after motion and change of light are undone.
    pub temporal: Option<f32>,
    /// Mean absolute plus mean squared difference from the teacher's painting.
    pub teacher: Option<f32>,
}

impl Losses {
    /// Name and value of what was judged, but for the total.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let parts = [
            ("style", self.style),
            ("content", self.content),
            ("steadiness", self.steadiness),
            ("border", self.border),
            ("temporal", self.temporal),
            ("teacher", self.teacher),
        ];
        parts.into_iter().filter_map(|(name, loss)| Some((name, loss?)))
    }

    /// Both, where each was judged by itself and nothing twice.
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.total += other.total;
        self.style = self.style.or(other.style);
        self.content = self.content.or(other.content);
        self.steadiness = self.steadiness.or(other.steadiness);
        self.border = self.border.or(other.border);
        self.temporal = self.temporal.or(other.temporal);
        self.teacher = self.teacher.or(other.teacher);
        self
    }

    /// Mixes in the losses of another iteration.
    pub(super) fn approach(&mut self, new: &Self, share: f32) {
        self.total += (new.total - self.total) * share;
        let mix = |mean: &mut Option<f32>, new: Option<f32>| {
            if let Some(new) = new {
                *mean = Some(mean.map_or(new, |mean| mean + (new - mean) * share));
            }
        };
        mix(&mut self.style, new.style);
        mix(&mut self.content, new.content);
        mix(&mut self.steadiness, new.steadiness);
        mix(&mut self.border, new.border);
        mix(&mut self.temporal, new.temporal);
        mix(&mut self.teacher, new.teacher);
    }
}
