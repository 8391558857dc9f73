//! Writes the style in the end.

use super::args::TrainArgs;
use crate::control::SizeRequest;
use crate::frame::Frame;
use crate::network::{Network, to_onnx};
use crate::stylize::{BareSession, LoadOptions, ProviderChoice, Style};
use crate::train::{Planes, TrainError, Trainer, Training, fitting, paint, painting, write_style};
use anyhow::{Context, ensure};
use std::path::Path;

/// Height in pixels of the style's thumbnail.
const THUMBNAIL_HEIGHT_PX: u32 = 192;

/// Heights in pixels at which the exported file is compared with the network, and the difference that rounding may
/// make.
const CHECK_HEIGHTS_PX: [u32; 2] = [64, 240];
const CHECK_TOLERANCE: f32 = 1e-4;

/// Writes the style that was trained from a picture.
pub fn finish(args: &TrainArgs, trainer: &Trainer, held_out: &[Frame]) -> anyhow::Result<()> {
    let (model, provenance) = (to_onnx(trainer.network()), args.provenance());
    let example = held_out.first().context("there is a picture to paint")?;
    export(&args.out, trainer.network(), example, |path, thumbnail| {
        write_style(path, &model, trainer, &provenance, thumbnail)
    })?;
    out!("{}: {}", args.out.display(), summary(trainer));
    if trainer.skipped() > 0 {
        err!("note: {} batches were skipped, because a loss or gradient was NaN or infinite", trainer.skipped());
    }
    Ok(())
}

/// Writes a style with `write`, which is given the model's file and the thumbnail, after ONNX Runtime has shown that it
/// runs the file as the network was trained.
pub fn export(
    out: &Path,
    network: &Network,
    example: &Frame,
    write: impl Fn(&Path, &Frame) -> Result<(), TrainError>,
) -> anyhow::Result<()> {
    let thumbnail = painting(network, example, THUMBNAIL_HEIGHT_PX);
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let trial = folder.path().join("style.onnx");
    write(&trial, &thumbnail)?;
    check(&trial, network, example)?;
    Ok(write(out, &thumbnail)?)
}

/// What training came to, in words.
pub fn summary(trainer: &impl Training) -> String {
    let minutes = trainer.spent().as_secs_f32() / 60.0;
    format!("{} iterations in {minutes:.1} min, {}", trainer.steps(), trainer.losses_in_words())
}

/// Compares ONNX Runtime's output for a style's file with the network's, at two sizes.
fn check(file: &Path, network: &Network, example: &Frame) -> anyhow::Result<()> {
    let style = Style { name: "trial".to_owned(), model: file.to_owned(), thumbnail: None, manifest: None };
    for height in CHECK_HEIGHTS_PX {
        let frame = fitting(example, height);
        let size = SizeRequest::Exact(frame.size);
        let options = LoadOptions { provider: ProviderChoice::Cpu, threads: 0, frame_size: frame.size, size };
        let found = BareSession::load(&style, &options)?.run_on(&frame)?;
        let wanted = paint(network, &Planes::from_frame(&frame)).values;
        let differences = wanted.iter().zip(&found).map(|(wanted, found)| (wanted - found).abs());
        let worst = differences.fold(0.0, f32::max);
        ensure!(
            wanted.len() == found.len() && worst <= CHECK_TOLERANCE,
            "ONNX Runtime paints the exported style differently (by up to {worst} at {}); the checkpoint is kept: please report this",
            frame.size
        );
    }
    Ok(())
}
