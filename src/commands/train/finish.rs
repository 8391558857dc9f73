//! Writes the style in the end.

use super::args::TrainArgs;
use crate::control::SizeRequest;
use crate::frame::Frame;
use crate::network::to_onnx;
use crate::stylize::{BareSession, LoadOptions, ProviderChoice, Style};
use crate::train::{Planes, Trainer, paint, write_style};
use anyhow::{Context, ensure};
use std::path::Path;

/// Height in pixels of the style's thumbnail.
const THUMBNAIL_HEIGHT_PX: u32 = 192;

/// Heights in pixels at which the exported file is compared with the network, and the difference that rounding may make.
const CHECK_HEIGHTS_PX: [u32; 2] = [64, 240];
const CHECK_TOLERANCE: f32 = 1e-4;

/// Writes the style, after ONNX Runtime has shown that it runs the file as the network was trained.
pub fn finish(args: &TrainArgs, trainer: &Trainer, held_out: &[Frame]) -> anyhow::Result<()> {
    let model = to_onnx(trainer.network());
    let example = held_out.first().context("there is a picture to paint")?;
    let thumbnail = trainer.painting(example, THUMBNAIL_HEIGHT_PX);
    let provenance = args.provenance();
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let trial = folder.path().join("style.onnx");
    write_style(&trial, &model, trainer, &provenance, &thumbnail)?;
    check(&trial, trainer, example)?;
    write_style(&args.out, &model, trainer, &provenance, &thumbnail)?;
    let means = trainer.means();
    println!(
        "{}: {} iterations in {:.1} min, style loss {:.3}, content loss {:.3}, steadiness loss {:.5}",
        args.out.display(),
        trainer.steps(),
        trainer.spent().as_secs_f32() / 60.0,
        means.style,
        means.content,
        means.steadiness
    );
    Ok(())
}

/// Compares ONNX Runtime's output for a style's file with the network's, at two sizes.
fn check(file: &Path, trainer: &Trainer, example: &Frame) -> anyhow::Result<()> {
    let style = Style { name: "trial".to_owned(), model: file.to_owned(), thumbnail: None, manifest: None };
    for height in CHECK_HEIGHTS_PX {
        let frame = trainer.fitting(example, height);
        let size = SizeRequest::Exact(frame.size);
        let options = LoadOptions { provider: ProviderChoice::Cpu, threads: 0, frame_size: frame.size, size };
        let found = BareSession::load(&style, &options)?.run_on(&frame)?;
        let wanted = paint(trainer.network(), &Planes::from_frame(&frame)).values;
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
