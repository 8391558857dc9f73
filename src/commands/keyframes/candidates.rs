//! The frames of which key frames are picked: of a dataset, a folder of pictures, or a video.

use crate::capture::files::open_clip;
use crate::commands::progress;
use crate::dataset::{self, Impression};
use crate::frame::{Frame, FramePool, read_picture};
use anyhow::{Context, bail};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Of each second of a video so many frames are looked at: neighbours hardly differ.
const LOOKS_PER_SECOND: f64 = 2.0;

/// Frames that show something, and where to read them again.
pub struct Candidates {
    pub impressions: Vec<Impression>,
    places: Vec<Place>,
    video: Option<PathBuf>,
    /// Pictures that could not be read.
    pub broken: usize,
    /// Frames that show nothing.
    pub blank: usize,
}

/// Where a frame is.
#[derive(Debug, Clone)]
enum Place {
    /// A picture, and its name among the key frames.
    File { path: PathBuf, name: String },
    /// A frame of the video.
    Frame(u64),
}

/// A frame that was picked, and its name without ending.
pub struct Picked {
    pub name: String,
    pub frame: Frame,
}

impl Candidates {
    /// Looks at all frames.
    ///
    /// # Errors
    /// There are none, a video is broken, ffmpeg is missing, or somebody interrupted.
    pub fn look(input: &Path, stop: &AtomicBool) -> anyhow::Result<Self> {
        let mut candidates = Self { impressions: Vec::new(), places: Vec::new(), video: None, broken: 0, blank: 0 };
        if input.is_dir() {
            candidates.look_at_folder(input, stop)?;
        } else {
            candidates.look_at_video(input, stop)?;
        }
        if candidates.impressions.is_empty() {
            bail!(
                "no frame shows anything ({} blank, {} broken): {}",
                candidates.blank,
                candidates.broken,
                input.display()
            );
        }
        Ok(candidates)
    }

    fn look_at_folder(&mut self, folder: &Path, stop: &AtomicBool) -> anyhow::Result<()> {
        let dataset = dataset::open(folder)?;
        let bar = progress::bar(Some(dataset.picture_count() as u64), "looking");
        for path in dataset.pictures() {
            interrupted(stop, &bar)?;
            bar.inc(1);
            match read_picture(path) {
                Ok(frame) => {
                    self.add(&frame, Place::File { path: path.to_owned(), name: name_within(folder, path) });
                }
                Err(error) => {
                    progress::note(&bar, &format!("left out: {error}"));
                    self.broken += 1;
                }
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn look_at_video(&mut self, video: &Path, stop: &AtomicBool) -> anyhow::Result<()> {
        let mut clip = open_clip(video)?;
        let every = (clip.fps / LOOKS_PER_SECOND).round().max(1.0) as u64;
        let bar = progress::bar(clip.frame_count, "looking");
        let mut pool = FramePool::new();
        let mut number = 0;
        while let Some(frame) = clip.next_frame(&mut pool)? {
            interrupted(stop, &bar)?;
            if number % every == 0 {
                self.add(&frame, Place::Frame(number));
            }
            number += 1;
            bar.inc(1);
        }
        bar.finish_and_clear();
        self.video = Some(video.to_owned());
        Ok(())
    }

    fn add(&mut self, frame: &Frame, place: Place) {
        match Impression::of(frame) {
            Some(impression) => {
                self.impressions.push(impression);
                self.places.push(place);
            }
            None => self.blank += 1,
        }
    }

    /// Reads frames by their indices among the impressions, in the order in which they lie in the input.
    ///
    /// # Errors
    /// What could be read before cannot be read again.
    pub fn read(&self, mut indices: Vec<usize>) -> anyhow::Result<Vec<Picked>> {
        indices.sort_unstable();
        let mut clip = self.video.as_deref().map(open_clip).transpose()?;
        let mut pool = FramePool::new();
        let mut next = 0;
        let mut picked = Vec::new();
        for index in indices {
            match &self.places[index] {
                Place::File { path, name } => {
                    picked.push(Picked { name: name.clone(), frame: read_picture(path)? });
                }
                Place::Frame(number) => {
                    let clip = clip.as_mut().context("frames by number are those of a video")?;
                    let mut frame = None;
                    while next <= *number {
                        frame = clip.next_frame(&mut pool)?;
                        next += 1;
                    }
                    let frame = frame.context("the video has become shorter")?;
                    picked.push(Picked { name: format!("frame-{number:06}"), frame: (*frame).clone() });
                }
            }
        }
        Ok(picked)
    }
}

fn interrupted(stop: &AtomicBool, bar: &ProgressBar) -> anyhow::Result<()> {
    if stop.load(Ordering::SeqCst) {
        bar.finish_and_clear();
        bail!("interrupted: nothing was written");
    }
    Ok(())
}

/// A name for a picture of a folder that no other picture of it has: `bursts/0001/00.png` becomes `bursts-0001-00`.
fn name_within(folder: &Path, picture: &Path) -> String {
    let inner = picture.strip_prefix(folder).unwrap_or(picture).with_extension("");
    let parts: Vec<String> = inner.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_where_a_picture_was() {
        assert_eq!(name_within(Path::new("set"), Path::new("set/bursts/0001/00.png")), "bursts-0001-00");
        assert_eq!(name_within(Path::new("set"), Path::new("set/doom-0001.jpg")), "doom-0001");
    }
}
