//! Paints a video.

use super::artist::Artist;
use crate::capture::files::Clip;
use crate::commands::progress::bar;
use crate::frame::FramePool;
use crate::control::RecordQuality;
use crate::record::{RecordSettings, VideoWriter};
use anyhow::{anyhow, bail};
use indicatif::ProgressBar;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Paints every frame of a video into another of the same rate and size.
///
/// # Errors
/// The video breaks off, cannot be painted or written, or somebody interrupted. What was painted before is kept, and
/// plays.
pub fn paint_video(mut artist: Artist, mut clip: Clip, output: &Path, stop: &AtomicBool) -> anyhow::Result<()> {
    let progress = bar(clip.frame_count, "painting");
    // Made with the first painting, so that a style that cannot paint leaves an older file alone.
    let mut writer = None;
    let painted = paint_frames(&mut artist, &mut clip, output, &mut writer, &progress, stop);
    progress.finish_and_clear();
    let Some(writer) = writer else {
        painted?;
        bail!("the video has no frames");
    };
    let report = writer.finish()?;
    let kept = format!("{} frames, {:.1} s: {}", report.recorded, report.duration.as_secs_f64(), output.display());
    match painted {
        Ok(()) => {
            println!("painted the video, {kept}");
            Ok(())
        }
        Err(error) => Err(anyhow!("{error:#}; what was painted before is kept, {kept}")),
    }
}

fn paint_frames(
    artist: &mut Artist,
    clip: &mut Clip,
    output: &Path,
    writer: &mut Option<VideoWriter>,
    progress: &ProgressBar,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let mut pool = FramePool::new();
    while let Some(frame) = clip.next_frame(&mut pool)? {
        if stop.load(Ordering::SeqCst) {
            bail!("interrupted");
        }
        let painting = artist.paint(&frame)?;
        let finished = artist.finish(painting)?;
        let writer = match writer {
            Some(writer) => writer,
            None => {
                let quality = RecordQuality::High;
                let settings = RecordSettings { quality, ..RecordSettings::new(finished.size, clip.fps) };
                writer.insert(VideoWriter::create(output, &settings)?)
            }
        };
        writer.write(&finished)?;
        progress.inc(1);
    }
    Ok(())
}
