//! Training from painted key frames.

use super::args::TrainArgs;
use super::device::ChosenDevice;
use super::{finish, watch};
use crate::network::Architecture;
use crate::train::{KeyframePairs, KeyframeProvenance, KeyframeSettings, KeyframeTrainer, KeyframeWeights, Subject};
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// What only a training from key frames can be asked.
#[derive(Debug, Args)]
pub struct KeyframeArgs {
    /// Learn from painted key frames instead of a style picture: frames in DIR/input, as impasto keyframes pick puts
    /// them there, and their painted versions in DIR/output, under the same names and in the same sizes. Pictures in
    /// DIR/mask, if there are, show white where paintings are to be learnt from.
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = ["style_image", "style_weight", "content_weight", "palette_weight", "stroke_scale"]
    )]
    pub keyframes: Option<PathBuf>,
    /// Paint only what the masks of the key frames show white, and leave the rest as it was.
    #[arg(long, requires = "keyframes")]
    pub paint_mask_only: bool,
}

/// Trains from the key frames of a folder.
pub fn run(args: &TrainArgs, folder: &Path, stop: &AtomicBool) -> anyhow::Result<()> {
    let (mut trainer, device) = trainer(args, folder, stop)?;
    let held_out = super::examples(trainer.examples())?;
    let settings = [
        ("Key frames", format!("{}, from {}", trainer.pairs().len(), folder.display())),
        ("Network", trainer.settings().architecture.to_string()),
        ("Frames", args.data_in_words(trainer.crops())),
        ("Steadiness", trainer.settings().weights.steadiness.to_string()),
        ("Seed", trainer.settings().seed.to_string()),
        ("Device", device.in_words()),
    ];
    let about = watch::About { settings: &settings, device: &device, held_out: &held_out };
    watch::train(&mut trainer, args.limit(), stop, &args.out, about)?;
    let provenance = provenance(args, folder);
    let example = held_out.first().context("there is a picture to paint")?;
    finish::export(&args.out, trainer.network(), example, |path, thumbnail| {
        crate::train::write_keyframe_style(path, &trainer, &provenance, thumbnail)
    })?;
    out!(
        "{}: {} key frames, {}, mean difference from them {:.4}",
        args.out.display(),
        trainer.pairs().len(),
        finish::summary(&trainer),
        trainer.keyframe_difference()
    );
    Ok(())
}

fn trainer(args: &TrainArgs, folder: &Path, stop: &AtomicBool) -> anyhow::Result<(KeyframeTrainer, ChosenDevice)> {
    let usual = KeyframeSettings::default();
    let settled = |checkpoint: &Path| Ok(KeyframeTrainer::settings_of(checkpoint)?.architecture);
    let settings = KeyframeSettings {
        architecture: for_patches(args.architecture(settled, stop)?),
        weights: KeyframeWeights { steadiness: args.steadiness.unwrap_or(usual.weights.steadiness), ..usual.weights },
        paint_mask_only: args.keyframe.paint_mask_only,
        seed: args.seed,
        ..usual
    };
    settings.check()?;
    let pairs = KeyframePairs::read(folder, settings.paint_mask_only)?;
    let crops = args.crops()?;
    let device = args.device(Subject::Keyframes, &settings.architecture, stop)?;
    let features = args.read_features("reading the features", &device)?;
    let trainer = if args.resume {
        KeyframeTrainer::resume(&args.checkpoint(), &settings, pairs, crops, features)?
    } else {
        KeyframeTrainer::new(settings, pairs, crops, features, args.start()?.as_deref())?
    };
    Ok((trainer, device))
}

/// The reference of this training is another network than that of a style picture, whose instance norms no patch can
/// train.
fn for_patches(architecture: Architecture) -> Architecture {
    if architecture == Architecture::Classic { Architecture::FewShot } else { architecture }
}

fn provenance(args: &TrainArgs, folder: &Path) -> KeyframeProvenance {
    let usual = args.provenance();
    KeyframeProvenance {
        name: usual.name,
        keyframes: super::args::last_part(folder),
        style_source: usual.style_source,
        style_licence: usual.style_licence,
        data: usual.data,
    }
}
