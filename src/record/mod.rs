//! Encodes finished pictures into a file that plays even when the program is killed in the middle.

use crate::frame::{Frame, Size};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What a recording looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingOptions {
    /// The `.mp4` file.
    pub path: PathBuf,
    /// Width and height; odd sides lose their last pixel.
    pub size: Size,
    /// Constant frame rate of the file.
    pub fps: u32,
}

/// How a recording went.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingReport {
    pub path: PathBuf,
    /// Length of the file.
    pub duration: Duration,
    /// Pictures that were encoded.
    pub recorded: u64,
    /// Pictures that were offered while the encoder was busy.
    pub skipped: u64,
}

/// A running recording: encodes on a thread of its own, named `record`.
pub struct Recorder {
    _private: (),
}

impl Recorder {
    /// Opens the file and starts the thread.
    ///
    /// `on_failure` is called once, from the record thread, when the recording stops by itself.
    ///
    /// # Errors
    /// The folder does not exist, cannot be written to, or the encoder refuses the size.
    pub fn start(
        options: &RecordingOptions,
        on_failure: Box<dyn FnOnce(RecordError) + Send>,
    ) -> Result<Self, RecordError> {
        let _ = (options, on_failure);
        todo!()
    }

    /// Offers a finished picture, shown at `elapsed` since the recording's start. Never blocks: `false` says that the
    /// encoder was busy and the picture was left out. A picture of another size is letterboxed.
    pub fn offer(&mut self, picture: &Arc<Frame>, elapsed: Duration) -> bool {
        let _ = (picture, elapsed);
        todo!()
    }

    /// Pictures encoded so far, and bytes written.
    pub fn progress(&self) -> (u64, u64) {
        todo!()
    }

    /// Encodes what is queued, ends the file and joins the thread.
    ///
    /// # Errors
    /// The recording had failed, or the file's end could not be written.
    pub fn finish(self) -> Result<RecordingReport, RecordError> {
        todo!()
    }
}

/// Writes a video on the caller's thread: every picture, in order. Used offline and by the recorder's thread.
pub struct VideoWriter {
    _private: (),
}

impl VideoWriter {
    /// Opens the file.
    ///
    /// # Errors
    /// As [`Recorder::start`].
    pub fn create(options: &RecordingOptions) -> Result<Self, RecordError> {
        let _ = options;
        todo!()
    }

    /// Encodes the next picture; it is shown for one frame interval of the constant rate.
    ///
    /// # Errors
    /// The disk is full, or the encoder failed. What was written before stays playable.
    pub fn write(&mut self, picture: &Frame) -> Result<(), RecordError> {
        let _ = picture;
        todo!()
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn finish(self) -> Result<RecordingReport, RecordError> {
        todo!()
    }
}

/// A recording could not be started or went wrong.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the folder for the recording does not exist: {}", .0.display())]
    NoFolder(PathBuf),
}

/// A new file name in `folder` for a recording of `what`, from the date and time.
pub fn recording_path(folder: &Path, what: &str) -> PathBuf {
    let _ = (folder, what);
    todo!()
}
