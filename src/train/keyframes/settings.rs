//! What decides how a style from key frames looks.

use super::super::settings::different;
use super::KeyframeError;
use crate::network::{Architecture, Layer, Tier};
use serde::{Deserialize, Serialize};

/// How much each loss counts. The first three are the published weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KeyframeWeights {
    pub pixels: f32,
    pub features: f32,
    pub adversarial: f32,
    pub steadiness: f32,
}

/// What decides how a style from key frames looks, beside the key frames. All of it is in the checkpoint, because
/// training can only go on with the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyframeSettings {
    pub architecture: Architecture,
    pub weights: KeyframeWeights,
    /// Side of what is judged of a patch, in pixels; a multiple of 16. What the network sees is larger by a margin on
    /// each side. The published patches are 32 pixels, for a network whose padding reflects; ours pads with zeros, and
    /// would learn the border of every patch for which it has no use in a whole frame.
    pub patch_px: u32,
    /// Patches of an iteration.
    pub patches: u32,
    /// Side of the crops of frames on which steadiness is judged, without their margin, in pixels.
    pub steadiness_px: u32,
    /// What masks leave black stays as it was.
    pub paint_mask_only: bool,
    pub seed: u64,
}

impl Default for KeyframeSettings {
    fn default() -> Self {
        let weights = KeyframeWeights { pixels: 4.0, features: 6.0, adversarial: 0.5, steadiness: 15.0 };
        let architecture = Tier::Balanced.into();
        Self { architecture, weights, patch_px: 64, patches: 4, steadiness_px: 96, paint_mask_only: false, seed: 1 }
    }
}

impl KeyframeSettings {
    /// Makes sure that patches can train this network.
    ///
    /// # Errors
    /// It has instance norms, whose means are those of a patch here, and those of a whole frame when it paints.
    pub fn check(&self) -> Result<(), KeyframeError> {
        if have_instance_norms(&self.architecture.layers()) { Err(KeyframeError::InstanceNorms) } else { Ok(()) }
    }

    /// The settings that differ, as words for people.
    pub(super) fn differences(&self, other: &Self) -> String {
        let named = |settings: &Self| {
            [
                ("tier", settings.architecture.to_string()),
                ("pixel weight", settings.weights.pixels.to_string()),
                ("feature weight", settings.weights.features.to_string()),
                ("adversarial weight", settings.weights.adversarial.to_string()),
                ("steadiness", settings.weights.steadiness.to_string()),
                ("patch", settings.patch_px.to_string()),
                ("patches", settings.patches.to_string()),
                ("steadiness crop", settings.steadiness_px.to_string()),
                ("painting the mask only", settings.paint_mask_only.to_string()),
                ("seed", settings.seed.to_string()),
            ]
        };
        different(named(self), named(other))
    }
}

/// Whether layers look at a whole picture rather than at a part of it.
fn have_instance_norms(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| match layer {
        Layer::InstanceNorm { .. } => true,
        Layer::Residual(inner) | Layer::Concatenation(inner) => have_instance_norms(inner),
        _ => false,
    })
}
