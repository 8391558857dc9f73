//! `impasto keyframes pick`: the most different frames, ready to be painted.

use super::candidates::{Candidates, Picked};
use crate::commands::paint_options::PaintOptions;
use crate::commands::progress;
use crate::commands::signals::stop_on_interrupt;
use crate::commands::stylize::{Artist, write_whole};
use crate::dataset::most_different;
use crate::frame::{Frame, read_picture};
use anyhow::{Context, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, Args)]
pub struct PickArgs {
    /// A dataset that was recorded, a folder of pictures, or a video.
    input: PathBuf,
    /// How many; 2 to 8 are usual, a moving camera needs more.
    #[arg(long, value_name = "K", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    count: u32,
    /// The folder for key frames: "input" and "output" are made in it. What exists there is not overwritten.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// With a style, it paints a first version of each, to be painted over.
    #[command(flatten)]
    paint: PaintOptions,
}

pub fn run(args: &PickArgs) -> anyhow::Result<()> {
    let stop = stop_on_interrupt();
    // A wrong name should be said before anything is looked at.
    let style = args.paint.style.as_ref().map(|_| args.paint.style()).transpose()?;
    let candidates = Candidates::look(&args.input, &stop)?;
    let chosen = most_different(&candidates.impressions, args.count as usize);
    let picked = candidates.read(chosen)?;
    let [input, output] = ["input", "output"].map(|name| args.out.join(name));
    for folder in [&input, &output] {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let kept = write_inputs(&picked, &input)?;
    out!(
        "picked {} of {} frames ({} blank, {} broken): {}",
        picked.len(),
        candidates.impressions.len(),
        candidates.blank,
        candidates.broken,
        input.display()
    );
    if picked.len() < args.count as usize {
        err!("note: there are only {} different frames", picked.len());
    }
    if kept > 0 {
        err!("note: {kept} of them were there already, and were left as they are");
    }
    match style {
        Some(style) => {
            let loading = progress::spinner("loading the style");
            let first = picked.first().context("a frame was picked")?;
            let mut artist = Artist::load(&style, &args.paint, args.paint.size.request(), first.frame.size)?;
            loading.finish_and_clear();
            let painted = paint_all(&mut artist, &picked, [&input, &output], &stop)?;
            out!("painted {painted} first versions with the style {}: {}", style.name, output.display());
            out!("next: paint over the pictures in {}, keeping names and sizes; then", output.display());
        }
        None => {
            out!("{} is empty", output.display());
            out!(
                "next: paint each picture of {}, and save it under the same name and size in {}; then",
                input.display(),
                output.display()
            );
        }
    }
    out!("  impasto train --keyframes {} --data {} --out NAME.onnx", args.out.display(), args.input.display());
    out!("(white in mask/NAME.png beside them shows where a painting is to be learnt from; without masks, everywhere)");
    Ok(())
}

/// Writes frames under their names; returns how many were there already.
fn write_inputs(picked: &[Picked], folder: &Path) -> anyhow::Result<usize> {
    let mut kept = 0;
    for Picked { name, frame } in picked {
        let path = folder.join(format!("{name}.png"));
        if path.exists() {
            kept += 1;
        } else {
            write_whole(&path, frame)?;
        }
    }
    Ok(kept)
}

/// Paints the pictures of `input` that were picked into `output`, but for those that are painted already; returns how
/// many.
fn paint_all(
    artist: &mut Artist,
    picked: &[Picked],
    [input, output]: [&Path; 2],
    stop: &AtomicBool,
) -> anyhow::Result<usize> {
    let bar = progress::bar(Some(picked.len() as u64), "painting");
    let mut painted = 0;
    for Picked { name, .. } in picked {
        let file = format!("{name}.png");
        let path = output.join(&file);
        bar.inc(1);
        if path.exists() {
            progress::note(&bar, &format!("painted already, and left as it is: {}", path.display()));
            continue;
        }
        if stop.load(Ordering::SeqCst) {
            bail!("interrupted: {painted} first versions are painted and kept: {}", output.display());
        }
        // What lies there is what will be learnt from, also if it is older than this picking.
        let frame: Frame = read_picture(&input.join(&file))?;
        let size = frame.size;
        let painting = artist.paint(&Arc::new(frame))?;
        let finished = artist.finish(painting)?;
        if finished.size != size {
            bail!("the graphics device cannot hold a picture of {size}: pick from smaller frames");
        }
        write_whole(&path, &finished)?;
        painted += 1;
    }
    bar.finish_and_clear();
    Ok(painted)
}
