//! Video encoders: programs of hardware makers and x264 through an `ffmpeg` child process, and OpenH264 in process.

mod ffmpeg;
mod ffmpeg_arguments;
pub mod fragment_stream;
mod kind;
mod openh264;
mod trial;

pub use kind::{EncoderChoice, EncoderKind};
pub use trial::{
    EncoderTrial, automatic as automatic_encoder, try_all_encoders, try_encoder, try_encoders_in_background,
};

use super::error::RecordError;
use super::sample::Sample;
use super::yuv::Planes;
use crate::control::RecordQuality;
use crate::frame::Size;
use ffmpeg::FfmpegEncoder;
use openh264::OpenH264Encoder;
use std::sync::Arc;
use std::time::Duration;

/// An encoder that takes longer than this for one picture counts as hanging.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Limits of OpenH264, which every encoder must be able to fall back to: one macroblock, and level 5.2.
const SMALLEST_SIDE: u32 = 16;
const LONGEST_SIDE: u32 = 3840;
const LONGEST_SHORT_SIDE: u32 = 2160;
/// Frame rates that can be recorded.
const RATES_FPS: std::ops::RangeInclusive<f64> = 1.0..=240.0;

/// What is to be encoded, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EncoderSettings {
    /// Both sides are even.
    pub size: Size,
    /// Constant rate.
    pub fps: f64,
    pub quality: RecordQuality,
}

impl EncoderSettings {
    /// Checks size and rate against the limits that all encoders share.
    ///
    /// # Errors
    /// Size or rate is beyond the limits.
    pub fn check(&self) -> Result<(), RecordError> {
        let size = self.size;
        let (long, short) = (size.width.max(size.height), size.width.min(size.height));
        if short < SMALLEST_SIDE || long > LONGEST_SIDE || short > LONGEST_SHORT_SIDE {
            return Err(RecordError::Size { size });
        }
        if !RATES_FPS.contains(&self.fps) {
            return Err(RecordError::Rate { fps: self.fps });
        }
        Ok(())
    }

    /// Pictures from one key frame to the next: a second's.
    pub fn key_interval(&self) -> u32 {
        self.fps.round() as u32
    }
}

/// Turns pictures into samples, in order, without ever moving one behind a later one.
pub trait VideoEncoder: Send {
    /// Takes the next picture, and appends the samples that are ready to `samples`, also where it fails.
    ///
    /// # Errors
    /// The encoder is broken, for good; the text says how. Pictures without a sample are in [`Self::take_unfinished`],
    /// this one included.
    fn encode(&mut self, picture: &Planes, samples: &mut Vec<Sample>) -> Result<(), String>;

    /// Waits for the samples of all pictures.
    ///
    /// # Errors
    /// As for [`Self::encode`].
    fn finish(&mut self, samples: &mut Vec<Sample>) -> Result<(), String>;

    /// Pictures that were taken and for which no sample came, oldest first.
    fn take_unfinished(&mut self) -> Vec<Arc<Planes>>;
}

/// Starts an encoder, which counts as hanging when it makes no progress for as long as `patience`. Takes some
/// milliseconds.
///
/// # Errors
/// It cannot be started; the text says why.
pub fn open_encoder(
    kind: EncoderKind,
    settings: &EncoderSettings,
    patience: Duration,
) -> Result<Box<dyn VideoEncoder>, String> {
    Ok(match kind {
        EncoderKind::OpenH264 => Box::new(OpenH264Encoder::open(settings)?),
        _ => Box::new(FfmpegEncoder::open(kind, settings, patience)?),
    })
}
