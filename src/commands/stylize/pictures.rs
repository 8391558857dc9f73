//! Paints pictures.

use super::artist::Artist;
use super::output::write_whole;
use crate::capture::files::Clip;
use crate::commands::progress::{bar, note};
use crate::frame::{Frame, FramePool, Size, read_picture};
use anyhow::bail;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Paints one picture.
///
/// # Errors
/// The picture cannot be read, painted or written.
pub fn paint_picture(mut artist: Artist, mut clip: Clip, output: &Path) -> anyhow::Result<()> {
    let Some(frame) = clip.next_frame(&mut FramePool::new())? else { bail!("the picture is gone") };
    let painting = artist.paint(&frame)?;
    let finished = artist.finish(painting)?;
    if finished.size != frame.size {
        err!("note: {}", shrunk(finished.size));
    }
    write_whole(output, &finished)?;
    out!("painted the picture: {}", output.display());
    Ok(())
}

/// Paints pictures into a folder, under their names. A picture that cannot be read or painted is left out, with a note.
///
/// # Errors
/// Every picture was left out, a picture cannot be written, the graphics device failed, or somebody interrupted.
pub fn paint_folder(mut artist: Artist, files: &[PathBuf], output: &Path, stop: &AtomicBool) -> anyhow::Result<()> {
    let progress = bar(Some(files.len() as u64), "painting");
    let (mut painted, mut left_out) = (0, 0);
    for file in files {
        if stop.load(Ordering::SeqCst) {
            progress.finish_and_clear();
            let count = files.len();
            bail!("interrupted: {painted} of {count} pictures are painted and kept: {}", output.display());
        }
        match paint_file(&mut artist, file) {
            Ok(painting) => {
                let size = painting.source.size;
                let finished = artist.finish(painting)?;
                if finished.size != size {
                    note(&progress, &format!("{}: {}", shrunk(finished.size), file.display()));
                }
                write_whole(&output.join(file.file_name().unwrap_or_default()), &finished)?;
                painted += 1;
            }
            Err(error) => {
                note(&progress, &format!("left out: {error}"));
                left_out += 1;
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    if painted == 0 {
        bail!("none of the {left_out} pictures could be painted");
    }
    let without = if left_out > 0 { format!(" ({left_out} left out)") } else { String::new() };
    out!("painted {painted} pictures{without}: {}", output.display());
    Ok(())
}

fn paint_file(artist: &mut Artist, file: &Path) -> anyhow::Result<crate::compose::Painting> {
    let frame: Frame = read_picture(file)?;
    if frame.size.area() == 0 {
        bail!("the picture has no pixels: {}", file.display());
    }
    Ok(artist.paint(&Arc::new(frame))?)
}

/// Why a finished picture is smaller than its frame.
fn shrunk(size: Size) -> String {
    format!("the picture is larger than the graphics device can hold, and was painted at {size}")
}
