//! Paints a video.

use super::artist::Artist;
use super::script::Script;
use super::sound::add_sound;
use crate::capture::files::Clip;
use crate::commands::progress::bar;
use crate::control::RecordQuality;
use crate::frame::FramePool;
use crate::record::{RecordSettings, VideoWriter};
use anyhow::{anyhow, bail};
use indicatif::ProgressBar;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Paints every frame of a video into another of the same rate and size, as a `script` says where there is one, and
/// copies its sound. The paths are those of the video and of what is written.
///
/// # Errors
/// The video breaks off, cannot be painted or written, or somebody interrupted. What was painted before is kept, and
/// plays.
pub fn paint_video(
    mut artist: Artist,
    mut clip: Clip,
    script: Option<&Script>,
    (input, output): (&Path, &Path),
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let progress = bar(clip.frame_count, "painting");
    // Made with the first painting, so that a style that cannot paint leaves an older file alone.
    let mut writer = None;
    let painted = paint_frames(&mut artist, &mut clip, script, output, &mut writer, &progress, stop);
    progress.finish_and_clear();
    let Some(writer) = writer else {
        painted?;
        bail!("the video has no frames");
    };
    let report = writer.finish()?;
    if let [film] = &report.paths[..] {
        match add_sound(input, film, report.duration) {
            Ok(()) => {}
            Err(reason) => err!("note: the video has no sound: {reason}"),
        }
    }
    let kept = format!("{} frames, {:.1} s: {}", report.recorded, report.duration.as_secs_f64(), output.display());
    match painted {
        Ok(()) => {
            out!("painted the video, {kept}");
            Ok(())
        }
        Err(error) => Err(anyhow!("{error:#}; what was painted before is kept, {kept}")),
    }
}

fn paint_frames(
    artist: &mut Artist,
    clip: &mut Clip,
    script: Option<&Script>,
    output: &Path,
    writer: &mut Option<VideoWriter>,
    progress: &ProgressBar,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let mut pool = FramePool::new();
    let mut number = 0;
    while let Some(frame) = clip.next_frame(&mut pool)? {
        if stop.load(Ordering::SeqCst) {
            bail!("interrupted");
        }
        if let Some(script) = script {
            artist.follow(script.at(number, clip))?;
        }
        number += 1;
        let finished = artist.make(&frame)?;
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
