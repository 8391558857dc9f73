//! The sound of the game, or of the whole desktop, encoded and in step with the recorder's clock.
//!
//! ```text
//! watch (pactl, each second) ─► target ─┐
//! capture (parec) ─► PCM ─► sound: alignment ─► level ─► AAC encoder (ffmpeg) ─► sound samples ─► timeline
//! ```
//!
//! Both programs speak to PulseAudio, and to PipeWire, which serves the same protocol. On Windows, WASAPI takes the
//! place of both. There is no sound on macOS yet.

mod aac;
mod adts;
mod alignment;
mod capture;
mod sound_thread;
mod target;
mod trial;
mod watch;

pub use sound_thread::{Sound, SoundEvent};
pub use trial::try_sound;

use crate::control::SoundOptions;
use std::sync::Arc;

/// Samples a second, of each channel.
pub const RATE_HZ: u32 = 48_000;
/// Left and right, interleaved.
pub const CHANNELS: usize = 2;
/// Samples of each channel in one AAC frame.
pub const FRAME_SAMPLES: u64 = 1024;
/// AAC-LC at 48 kHz in stereo, as an AudioSpecificConfig (ISO/IEC 14496-3): what MP4's `esds` and Matroska's
/// `CodecPrivate` hold.
pub const AAC_CONFIG: [u8; 2] = [0x11, 0x90];

/// An AAC frame that says nothing, as ffmpeg's encoder gives it.
const SILENT_FRAME: [u8; 6] = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C];

/// What is heard in a recording, and how loud.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundSettings {
    pub options: SoundOptions,
    /// The game's process, whose own stream is looked for; its children count, too.
    pub game_pid: Option<u32>,
    /// The sound server, where it is not the usual one: what `pactl --server` takes.
    pub server: Option<String>,
}

impl SoundSettings {
    /// The usual settings, without a game.
    pub fn new(options: SoundOptions) -> Self {
        Self { options, game_pid: None, server: None }
    }
}

/// One AAC frame.
#[derive(Debug)]
pub struct SoundSample {
    pub bytes: Vec<u8>,
    /// When it is heard, in samples of [`RATE_HZ`] since the recorder's start.
    pub starts_at: u64,
}

/// Silent frames that fill a gap up to its end; less than one frame of it may stay at its start.
pub fn silence_between(start: u64, end: u64) -> impl Iterator<Item = Arc<SoundSample>> {
    let count = end.saturating_sub(start) / FRAME_SAMPLES;
    (1..=count).rev().map(move |frames| {
        Arc::new(SoundSample { bytes: SILENT_FRAME.to_vec(), starts_at: end - frames * FRAME_SAMPLES })
    })
}

/// Whether a file gets a track of sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SoundTrack {
    #[default]
    None,
    /// Not known yet: the sound is being started.
    Pending,
    Present,
}

/// When a picture is shown, in samples of [`RATE_HZ`] since the first one.
pub fn samples_at(picture: u64, fps: f64) -> u64 {
    (picture as f64 / fps * f64::from(RATE_HZ)).round() as u64
}
