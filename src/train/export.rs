//! Writes a trained network as a style: the ONNX file, its manifest, and its thumbnail.

use super::checkpoint::write_whole;
use super::{Flicker, TrainError, Trainer};
use crate::frame::{Frame, write_picture};
use crate::network::{Architecture, MULTIPLE_PX};
use crate::onnx::{Model, encode_model};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// What a style's manifest says of its origin.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The style's name.
    pub name: String,
    /// File name of the style picture.
    pub style_picture: String,
    /// Where the style picture comes from, and what its licence is.
    pub style_source: Option<String>,
    pub style_licence: Option<String>,
    /// Names of the folders of pictures.
    pub data: Vec<String>,
}

/// Writes a style: `out` is the model file, beside which its manifest (`.toml`) and thumbnail (`.png`) lie. Where
/// networks were evaluated, the manifest tells of the best one, see [`Trainer::take_best`].
///
/// # Errors
/// A file cannot be written.
pub fn write_style(
    out: &Path,
    model: &Model,
    trainer: &Trainer,
    provenance: &Provenance,
    thumbnail: &Frame,
) -> Result<(), TrainError> {
    let written = training(trainer, provenance);
    let source = format!("trained by impasto train from {}", provenance.style_picture);
    let made = Made {
        name: &provenance.name,
        licence: provenance.style_licence.as_deref(),
        source,
        architecture: trainer.network().architecture(),
        levels: trainer.crops().is_levelled(),
        training: written,
    };
    write_made(out, model, &made, thumbnail)
}

/// What a manifest says of a style, however it was trained.
pub(super) struct Made<'p, T> {
    pub name: &'p str,
    pub licence: Option<&'p str>,
    pub source: String,
    pub architecture: &'p Architecture,
    /// It learnt on levelled pictures.
    pub levels: bool,
    /// A table: how it was trained.
    pub training: T,
}

/// Writes a style's three files, the model last.
pub(super) fn write_made(
    out: &Path,
    model: &Model,
    made: &Made<'_, impl Serialize>,
    thumbnail: &Frame,
) -> Result<(), TrainError> {
    let bytes = encode_model(model);
    write_picture(&out.with_extension("png"), thumbnail)?;
    let manifest = manifest(&bytes, made);
    write_whole(&out.with_extension("toml"), |file| file.write_all(manifest.as_bytes()))?;
    write_whole(out, |file| file.write_all(&bytes))
}

/// A manifest, in the format that `stylize` reads.
#[derive(Serialize)]
struct Written<'p, T> {
    name: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<&'p str>,
    source: &'p str,
    sha256: String,
    tier: String,
    levels: bool,
    input: WrittenPicture,
    output: WrittenPicture,
    training: &'p T,
}

#[derive(Serialize)]
struct WrittenPicture {
    layout: &'static str,
    element: &'static str,
    channels: &'static str,
    range: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    multiple: Option<u32>,
}

/// How the style was made, and what was measured of it: on held-out crops, as far as it was evaluated, else running
/// means over the last iterations.
#[derive(Serialize)]
struct WrittenTraining<'p> {
    style_picture: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_source: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_licence: Option<&'p str>,
    data: &'p [String],
    pictures: usize,
    pairs: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    teacher: Option<&'p str>,
    /// Until the weights that were kept, and the time until then.
    iterations: u64,
    minutes: f64,
    learning_rate: f64,
    seed: u64,
    /// What it was trained on.
    device: String,
    batch: u32,
    crop_px: u32,
    /// The shorter side of the style picture as it was looked at.
    style_px: u32,
    #[serde(flatten)]
    measured: BTreeMap<String, f64>,
    /// The weights of the losses that count.
    weights: BTreeMap<&'static str, f64>,
}

fn manifest(model: &[u8], made: &Made<'_, impl Serialize>) -> String {
    let picture = |multiple| WrittenPicture {
        layout: "nchw",
        element: "float32",
        channels: "rgb",
        range: "zero_to_one",
        multiple,
    };
    let written = Written {
        name: made.name,
        licence: made.licence,
        source: &made.source,
        sha256: Sha256::digest(model).iter().map(|byte| format!("{byte:02x}")).collect(),
        tier: made.architecture.to_string(),
        levels: made.levels,
        input: picture(Some(MULTIPLE_PX)),
        output: picture(None),
        training: &made.training,
    };
    toml::to_string(&written).expect("texts, numbers and tables of them are TOML")
}

fn training<'p>(trainer: &'p Trainer, provenance: &'p Provenance) -> WrittenTraining<'p> {
    let (settings, best) = (trainer.settings(), trainer.best_evaluation());
    let spent = best.map_or(trainer.spent(), |best| best.spent);
    let losses = best.map_or(trainer.means(), |best| best.losses);
    let flicker = best.map(|best| {
        let Flicker { noise, shift, warp } = best.flicker;
        [("noise_response", Some(noise)), ("shift_response", Some(shift)), ("warping_error", warp)]
    });
    let flicker = flicker.into_iter().flatten().filter_map(|(name, value)| Some((name.to_owned(), rounded(value?))));
    let weights = settings.weights.named().into_iter().filter(|(_, weight)| *weight > 0.0);
    let losses = losses.parts().map(|(name, loss)| (format!("{name}_loss"), rounded(loss)));
    WrittenTraining {
        style_picture: &provenance.style_picture,
        style_source: provenance.style_source.as_deref(),
        style_licence: provenance.style_licence.as_deref(),
        data: &provenance.data,
        pictures: trainer.crops().len(),
        pairs: trainer.crops().pair_count(),
        teacher: settings.teacher.as_deref(),
        iterations: best.map_or(trainer.steps(), |best| best.iteration),
        minutes: rounded(spent.as_secs_f32() / 60.0),
        learning_rate: rounded(settings.learning_rate),
        seed: settings.seed,
        device: trainer.devices().join(", then "),
        batch: settings.batch,
        crop_px: settings.crop_px,
        style_px: trainer.style_size().width.min(trainer.style_size().height),
        weights: weights.map(|(name, weight)| (name, rounded(weight))).collect(),
        measured: losses.chain(flicker).collect(),
    }
}

/// A number with five digits after the point.
pub(super) fn rounded(number: f32) -> f64 {
    (f64::from(number) * 1e5).round() / 1e5
}
