//! Encodes finished pictures into a file that plays even when the program is killed in the middle.
//!
//! H.264 comes from OpenH264, in process; the file is a fragmented MP4 that gets a whole fragment each second.

mod encoder;
mod error;
mod file_name;
mod fragmented_mp4;
mod letterbox;
mod recorder;
mod screenshot;
mod video_writer;
mod yuv;

pub use error::RecordError;
pub use file_name::{plain_name, recording_path};
pub use recorder::Recorder;
pub use screenshot::save_screenshot;
pub use video_writer::VideoWriter;

use crate::frame::Size;
use std::path::PathBuf;
use std::time::Duration;

/// What a recording looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingOptions {
    /// The `.mp4` file.
    pub path: PathBuf,
    /// Width and height; odd sides lose their last pixel. From 16 pixels to 3840x2160.
    pub size: Size,
    /// Constant frame rate of the file, 1 to 240.
    pub fps: f64,
}

/// How a recording went.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingReport {
    pub path: PathBuf,
    /// Length of the file.
    pub duration: Duration,
    /// Pictures that were encoded, repeated ones included.
    pub recorded: u64,
    /// Pictures that were offered while the encoder was busy.
    pub skipped: u64,
}
