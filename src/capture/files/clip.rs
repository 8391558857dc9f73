//! Every frame of a picture, a folder or a video, in order: for work that is not live.

use super::error::FileError;
use super::pictures::{Pictures, is_picture};
use super::video::{ChildSlot, Video};
use crate::capture::CaptureError;
use crate::frame::{Frame, FramePool, Size};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Pace of a folder of pictures.
const PICTURES_PER_SECOND: f64 = 30.0;

/// A picture, a folder of pictures, or a video, that is read frame by frame.
pub struct Clip {
    /// Size of the first frame; the pictures of a folder may differ.
    pub size: Size,
    /// Frames per second; 30 for pictures.
    pub fps: f64,
    /// Number of frames, where it is known; pictures that turn out to be broken count.
    pub frame_count: Option<u64>,
    input: Input,
    sequence: u64,
    last_picture: Option<usize>,
}

enum Input {
    Pictures(Pictures),
    Video(Video),
}

/// Opens a picture, a folder of pictures, or a video.
///
/// # Errors
/// The path does not exist, cannot be read, or holds nothing that can be shown; or ffmpeg is needed and missing.
pub fn open_clip(path: &Path) -> Result<Clip, CaptureError> {
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FileError::Missing(path.to_owned()),
        _ => FileError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    })?;
    let input = if metadata.is_dir() {
        Input::Pictures(Pictures::folder(path)?)
    } else {
        // Whatever cannot be opened at all must not be blamed on ffmpeg.
        std::fs::File::open(path)
            .map_err(|error| FileError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        if is_picture(path) { Input::Pictures(Pictures::single(path)?) } else { Input::Video(Video::open(path)?) }
    };
    let (size, fps, frame_count) = match &input {
        Input::Pictures(pictures) => (pictures.size, PICTURES_PER_SECOND, Some(pictures.paths().len() as u64)),
        Input::Video(video) => (video.facts.size, video.facts.rate.fps(), video.facts.frame_count),
    };
    Ok(Clip { size, fps, frame_count, input, sequence: 0, last_picture: None })
}

impl Clip {
    /// Whether this is one still picture.
    pub fn is_still(&self) -> bool {
        matches!(&self.input, Input::Pictures(pictures) if pictures.paths().len() == 1)
    }

    /// The picture files, in order, broken ones included; empty for a video.
    pub fn picture_paths(&self) -> &[PathBuf] {
        match &self.input {
            Input::Pictures(pictures) => pictures.paths(),
            Input::Video(_) => &[],
        }
    }

    /// The file that the last frame came from; `None` for a video, and before the first frame.
    pub fn last_picture_path(&self) -> Option<&Path> {
        self.picture_paths().get(self.last_picture?).map(PathBuf::as_path)
    }

    /// The next frame; `None` at the end. Pictures that cannot be read are left out, with one warning.
    ///
    /// Sequence and timestamp count on from frame to frame, across [`Self::rewind`], too.
    ///
    /// # Errors
    /// The video cannot be read further, or ffmpeg is missing.
    pub fn next_frame(&mut self, pool: &mut FramePool) -> Result<Option<Arc<Frame>>, CaptureError> {
        let (sequence, fps) = (self.sequence, self.fps);
        let stamp = |frame: &mut Frame| {
            frame.captured_at = Instant::now();
            frame.timestamp = Duration::from_secs_f64(sequence as f64 / fps);
            frame.sequence = sequence;
        };
        let next = match &mut self.input {
            Input::Video(video) => video.next(pool, stamp)?,
            Input::Pictures(pictures) => match pictures.next() {
                None => None,
                Some((index, mut picture)) => {
                    self.last_picture = Some(index);
                    Some(pool.fill(picture.size, |frame| {
                        std::mem::swap(&mut frame.pixels, &mut picture.pixels);
                        stamp(frame);
                        Ok::<_, FileError>(())
                    })?)
                }
            },
        };
        self.sequence += u64::from(next.is_some());
        Ok(next)
    }

    /// Goes back to the first frame.
    pub fn rewind(&mut self) {
        match &mut self.input {
            Input::Pictures(pictures) => pictures.rewind(),
            Input::Video(video) => video.rewind(),
        }
    }

    /// How another thread can end the reading of a video.
    pub(super) fn child(&self) -> Option<Arc<ChildSlot>> {
        match &self.input {
            Input::Pictures(_) => None,
            Input::Video(video) => Some(video.child()),
        }
    }
}
