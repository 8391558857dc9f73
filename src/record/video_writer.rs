//! Writes a video picture by picture, for whoever has time to wait for the encoder.

use super::encoding::Encoding;
use super::error::RecordError;
use super::file_set::FileSet;
use super::{RecordSettings, RecordingReport};
use crate::frame::Frame;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Writes a video on the caller's thread: every picture, in order.
///
/// Dropped without [`Self::finish`], it still writes the pictures that were encoded.
pub struct VideoWriter {
    fps: f64,
    encoding: Encoding,
    files: FileSet,
    written: u64,
}

impl VideoWriter {
    /// Opens the file, which is overwritten where it exists: Matroska for names that end in `.mkv`, else MP4.
    ///
    /// # Errors
    /// The folder does not exist, cannot be written to or has no room, or size or rate is beyond the encoders' limits.
    pub fn create(path: &Path, settings: &RecordSettings) -> Result<Self, RecordError> {
        // The encoder first: where it refuses, an older file of that name stays.
        let encoding = Encoding::new(settings.size, settings.fps, settings.quality, settings.encoder)?;
        let files = FileSet::create(path, settings.keep_free_bytes, settings.markers.as_deref())?;
        Ok(Self { fps: settings.fps, encoding, files, written: 0 })
    }

    /// Encodes the next picture; it is shown for one frame interval of the constant rate. A picture of another size is
    /// letterboxed.
    ///
    /// # Errors
    /// The disk is full, or every encoder failed. What was written before stays playable.
    pub fn write(&mut self, picture: &Frame) -> Result<(), RecordError> {
        let mut samples = Vec::new();
        let encoded = self.encoding.encode(picture, &mut samples);
        self.written += 1;
        for sample in samples {
            self.files.push(&Arc::new(sample))?;
        }
        encoded
    }

    /// Pictures taken so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn finish(mut self) -> Result<RecordingReport, RecordError> {
        let encoder = self.encoding.running();
        let mut samples = Vec::new();
        let encoded = self.encoding.finish(&mut samples);
        for sample in samples {
            self.files.push(&Arc::new(sample))?;
        }
        encoded?;
        let recorded = self.files.pictures();
        let paths = self.files.finish()?;
        Ok(RecordingReport {
            path: paths[0].clone(),
            paths,
            duration: Duration::from_secs_f64(recorded as f64 / self.fps),
            recorded,
            skipped: 0,
            encoder,
        })
    }
}
