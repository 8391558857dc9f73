//! `impasto stylize`: paints a picture, a folder of pictures, or a video, every frame, in order.

mod artist;
mod output;
mod pictures;
mod video;

use super::paint_options::PaintOptions;
use super::progress::spinner;
use super::signals::stop_on_interrupt;
use crate::capture::files::open_clip;
use clap::Args;
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
}

pub fn run(args: &StylizeArgs) -> anyhow::Result<()> {
    let stop = stop_on_interrupt();
    let style = args.paint.style()?;
    let clip = open_clip(&args.input)?;
    let is_folder = args.input.is_dir();
    let is_video = clip.picture_paths().is_empty();
    if is_folder {
        output::prepare_folder(&args.input, &args.output)?;
    } else if is_video {
        output::check_video(&args.input, &args.output)?;
    } else {
        output::check_picture(&args.input, &args.output)?;
    }
    let loading = spinner("loading the style");
    let artist = Artist::load(&style, &args.paint, clip.size)?;
    loading.finish_and_clear();
    if is_folder {
        pictures::paint_folder(artist, clip.picture_paths(), &args.output, &stop)
    } else if is_video {
        video::paint_video(artist, clip, &args.output, &stop)
    } else {
        pictures::paint_picture(artist, clip, &args.output)
    }
}
