//! Encodes finished pictures into files that play even when the program is killed in the middle.
//!
//! ```text
//! picture ─► [queue] ─► recorder (thread) ─► encoding: letterbox → encoder ─► samples ─┬─► file set (MP4, Matroska)
//!                                                                                      └─► replay (memory)
//!                                             sound (thread): capture → alignment → AAC ─┘
//! ```
//!
//! An encoder only encodes: hardware and x264 through an `ffmpeg` child process, OpenH264 in process. The files are
//! written here, for all of them alike, and get a whole fragment each second.

mod container;
mod disk_space;
mod encoder;
mod encoding;
mod error;
mod file_name;
mod file_set;
mod letterbox;
mod recorded_file;
mod recorder;
mod replay;
mod sample;
mod screenshot;
mod sidecar;
mod sound;
mod timeline;
mod unfinished;
mod video_file;
mod video_writer;
mod virtual_camera;
mod yuv;

pub use container::{RepairedFile, repair};
pub use encoder::{
    EncoderChoice, EncoderKind, EncoderTrial, automatic_encoder, try_all_encoders, try_encoder,
    try_encoders_in_background,
};
pub use error::RecordError;
pub use file_name::{plain_name, recording_path, replay_path, source_path};
pub use recorder::{About, Recorder, RecorderEvent};
pub use replay::ReplayLimits;
pub use screenshot::save_screenshot;
pub use sidecar::{Change, PaintedWith, Sidecar, SourceFile};
pub use sound::{SoundSettings, try_sound};
pub use unfinished::{Repaired, marker_folder, repair_unfinished};
pub use video_writer::VideoWriter;
pub use virtual_camera::VirtualCamera;

use crate::control::RecordQuality;
use crate::frame::Size;
use std::path::PathBuf;
use std::time::Duration;

/// A recording ends by itself before its disk has less room left than this.
pub const KEEP_FREE_BYTES: u64 = 200_000_000;

/// How recordings are made.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordSettings {
    /// Width and height; odd sides lose their last pixel. From 16 pixels to 3840x2160.
    pub size: Size,
    /// Constant frame rate of the file, 1 to 240.
    pub fps: f64,
    pub quality: RecordQuality,
    pub encoder: EncoderChoice,
    /// What is heard; `None` records no sound. With sound, the times of pictures must count from
    /// [`Recorder::started_at`].
    pub sound: Option<SoundSettings>,
    /// The recording ends before its disk has less left than this.
    pub keep_free_bytes: u64,
    /// The folder in which running recordings are noted, so that a later start can repair them; `None` notes nothing.
    pub markers: Option<PathBuf>,
}

impl RecordSettings {
    /// The usual settings for pictures of this size, without a note of running recordings.
    pub fn new(size: Size, fps: f64) -> Self {
        Self {
            size,
            fps,
            quality: RecordQuality::default(),
            encoder: EncoderChoice::default(),
            sound: None,
            keep_free_bytes: KEEP_FREE_BYTES,
            markers: None,
        }
    }
}

/// How a recording went.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingReport {
    /// The file that was asked for.
    pub path: PathBuf,
    /// All files, in order: more than one where an encoder broke in the middle.
    pub paths: Vec<PathBuf>,
    /// Length of all files.
    pub duration: Duration,
    /// Pictures that were encoded, repeated ones included.
    pub recorded: u64,
    /// Pictures that were offered while the encoder was busy.
    pub skipped: u64,
    /// The encoder at the end; `None` where there was no picture.
    pub encoder: Option<EncoderKind>,
}
