//! Writes a style that was trained from key frames.

use super::super::TrainError;
use super::super::export::{Made, rounded, write_made};
use super::KeyframeTrainer;
use crate::frame::Frame;
use crate::network::to_onnx;
use serde::Serialize;
use std::path::Path;

/// What the manifest of a style from key frames says of its origin.
#[derive(Debug, Clone, Default)]
pub struct KeyframeProvenance {
    /// The style's name.
    pub name: String,
    /// Name of the folder of key frames.
    pub keyframes: String,
    /// Where the paintings come from, and what their licence is.
    pub style_source: Option<String>,
    pub style_licence: Option<String>,
    /// Names of the folders of pictures.
    pub data: Vec<String>,
}

/// How the style was made, and what was measured in the end: running means over the last iterations.
#[derive(Serialize)]
struct WrittenTraining<'p> {
    method: &'static str,
    keyframes: &'p str,
    keyframe_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_source: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_licence: Option<&'p str>,
    data: &'p [String],
    pictures: usize,
    iterations: u64,
    minutes: f64,
    seed: u64,
    /// What it was trained on.
    device: String,
    patch_px: u32,
    patches: u32,
    paint_mask_only: bool,
    pixel_weight: f64,
    feature_weight: f64,
    adversarial_weight: f64,
    steadiness: f64,
    pixel_loss: f64,
    feature_loss: f64,
    adversarial_loss: f64,
    discriminator_loss: f64,
    steadiness_loss: f64,
}

/// Writes a style: `out` is the model file, beside which its manifest (`.toml`) and thumbnail (`.png`) lie.
///
/// # Errors
/// A file cannot be written.
pub fn write_keyframe_style(
    out: &Path,
    trainer: &KeyframeTrainer,
    provenance: &KeyframeProvenance,
    thumbnail: &Frame,
) -> Result<(), TrainError> {
    let (settings, means) = (trainer.settings(), trainer.means());
    let training = WrittenTraining {
        method: "key frames",
        keyframes: &provenance.keyframes,
        keyframe_count: trainer.pairs().len(),
        style_source: provenance.style_source.as_deref(),
        style_licence: provenance.style_licence.as_deref(),
        data: &provenance.data,
        pictures: trainer.crops().len(),
        iterations: trainer.steps(),
        minutes: rounded(trainer.spent().as_secs_f32() / 60.0),
        seed: settings.seed,
        device: trainer.devices().join(", then "),
        patch_px: settings.patch_px,
        patches: settings.patches,
        paint_mask_only: settings.paint_mask_only,
        pixel_weight: rounded(settings.weights.pixels),
        feature_weight: rounded(settings.weights.features),
        adversarial_weight: rounded(settings.weights.adversarial),
        steadiness: rounded(settings.weights.steadiness),
        pixel_loss: rounded(means.pixels),
        feature_loss: rounded(means.features),
        adversarial_loss: rounded(means.adversarial),
        discriminator_loss: rounded(means.discriminator),
        steadiness_loss: rounded(means.steadiness),
    };
    let made = Made {
        name: &provenance.name,
        licence: provenance.style_licence.as_deref(),
        source: format!(
            "trained by impasto train from {} key frames of {}",
            trainer.pairs().len(),
            provenance.keyframes
        ),
        architecture: trainer.network().architecture(),
        levels: trainer.crops().is_levelled(),
        training,
    };
    write_made(out, &to_onnx(trainer.network()), &made, thumbnail)
}
