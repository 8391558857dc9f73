//! `impasto stylize`: paints a picture, a folder of pictures, or a video, every frame, in order.

mod artist;
mod output;
mod pictures;
mod script;
mod sound;
mod video;

use super::paint_options::PaintOptions;
use super::progress::spinner;
use super::signals::stop_on_interrupt;
use crate::capture::files::open_clip;
use anyhow::bail;
use artist::recorded_size;
use clap::Args;
use script::{Script, style_of};
use std::path::PathBuf;

pub use artist::Artist;
pub use output::write_whole;

#[derive(Debug, Args)]
pub struct StylizeArgs {
    /// A picture, a folder of pictures, or a video.
    input: PathBuf,
    /// A picture, a folder (where the pictures keep their names), or an .mp4 video, as the input is. A video keeps its
    /// rate and size (odd sides lose their last pixel), but not its sound. What exists there is overwritten.
    output: PathBuf,
    #[command(flatten)]
    paint: PaintOptions,
    /// Paint a video as a recording was painted: follow the changes of style, brush and levels in the file beside that
    /// recording, with another brush or size where --brush or --size names one.
    #[arg(long, value_name = "NAME.json", conflicts_with_all = ["style", "strength", "keep_colors", "clarity", "levels", "parameters"])]
    like: Option<PathBuf>,
}

pub fn run(args: &StylizeArgs) -> anyhow::Result<()> {
    let stop = stop_on_interrupt();
    let script = args.like.as_deref().map(|like| Script::read(like, &args.input)).transpose()?;
    let style = match &script {
        Some(script) => style_of(script.first()?)?,
        None => args.paint.style()?,
    };
    let clip = open_clip(&args.input)?;
    let is_folder = args.input.is_dir();
    let is_video = clip.picture_paths().is_empty();
    if script.is_some() && !is_video {
        bail!("--like follows a recording in time, so the input must be a video: {}", args.input.display());
    }
    if is_folder {
        output::prepare_folder(&args.input, &args.output)?;
    } else if is_video {
        output::check_video(&args.input, &args.output)?;
    } else {
        output::check_picture(&args.input, &args.output)?;
    }
    let loading = spinner("loading the style");
    let size = match (&script, args.paint.size.asked()) {
        (Some(script), None) => recorded_size(script.first()?, clip.size),
        _ => args.paint.size.request(),
    };
    let artist = Artist::load(&style, &args.paint, size, clip.size)?;
    loading.finish_and_clear();
    if is_folder {
        pictures::paint_folder(artist, clip.picture_paths(), &args.output, &stop)
    } else if is_video {
        video::paint_video(artist, clip, script.as_ref(), (&args.input, &args.output), &stop)
    } else {
        pictures::paint_picture(artist, clip, &args.output)
    }
}
