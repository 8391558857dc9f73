//! What decides how a style looks.

use super::LossWeights;
use super::limit::LEARNING_RATE;
use crate::network::{Architecture, STYLE_PX, Tier};
use serde::{Deserialize, Serialize};

/// What decides how a style looks. All of it is in the checkpoint, because training can only go on with the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub architecture: Architecture,
    pub weights: LossWeights,
    /// Crops in a batch.
    pub batch: u32,
    /// Side of what is judged of a crop, in pixels; a multiple of 16.
    pub crop_px: u32,
    /// The style picture is scaled to this shorter side, in pixels: larger gives larger strokes.
    pub style_px: u32,
    /// The highest rate, after warming up.
    pub learning_rate: f32,
    pub seed: u64,
    /// The name of the style whose paintings are learnt from, if any.
    pub teacher: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let weights = LossWeights {
            style: 6.0,
            content: 1.5,
            palette: 10.0,
            variation: 0.05,
            steadiness: 100.0,
            border: 5.0,
            lattice: 200.0,
            temporal: 10.0,
            teacher: 0.0,
        };
        Self {
            architecture: Tier::Balanced.into(),
            weights,
            batch: 4,
            crop_px: 160,
            style_px: STYLE_PX,
            learning_rate: LEARNING_RATE,
            seed: 1,
            teacher: None,
        }
    }
}

impl Settings {
    /// The settings that differ, as words for people.
    pub(super) fn differences(&self, other: &Self) -> String {
        let named = |settings: &Self| {
            [
                ("tier", settings.architecture.to_string()),
                ("style weight", settings.weights.style.to_string()),
                ("content weight", settings.weights.content.to_string()),
                ("palette weight", settings.weights.palette.to_string()),
                ("variation weight", settings.weights.variation.to_string()),
                ("steadiness", settings.weights.steadiness.to_string()),
                ("border", settings.weights.border.to_string()),
                ("lattice", settings.weights.lattice.to_string()),
                ("temporal", settings.weights.temporal.to_string()),
                ("teacher weight", settings.weights.teacher.to_string()),
                ("batch", settings.batch.to_string()),
                ("crop", settings.crop_px.to_string()),
                ("style size", settings.style_px.to_string()),
                ("learning rate", settings.learning_rate.to_string()),
                ("seed", settings.seed.to_string()),
                ("teacher", settings.teacher.clone().unwrap_or_else(|| "none".to_owned())),
            ]
        };
        different(named(self), named(other))
    }
}

/// The named values that differ, as words for people.
pub(super) fn different<const N: usize>(old: [(&str, String); N], new: [(&str, String); N]) -> String {
    let pairs = old.into_iter().zip(new);
    let words = pairs.filter(|(old, new)| old != new).map(|((name, old), (_, new))| format!("{name} {old}, not {new}"));
    words.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_settings_that_differ() {
        let (old, mut new) = (Settings::default(), Settings::default());
        new.architecture = Tier::Fast.into();
        new.weights.style = 5.0;
        assert_eq!(old.differences(&new), "tier balanced, not fast; style weight 6, not 5");
    }
}
