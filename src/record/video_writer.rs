//! Writes a video picture by picture, a fragment each second.

use super::encoder::{H264Encoder, Sample};
use super::error::RecordError;
use super::fragmented_mp4::{FragmentPlace, fragment, head, index, length_box};
use super::letterbox::Letterbox;
use super::{RecordingOptions, RecordingReport};
use crate::frame::{Frame, Size};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Writes a video on the caller's thread: every picture, in order. Used offline and by the recorder's thread.
///
/// Dropped without [`Self::finish`], it still writes the pictures that it holds.
pub struct VideoWriter {
    path: PathBuf,
    fps: f64,
    size: Size,
    letterbox: Letterbox,
    encoder: H264Encoder,
    file: File,
    /// Bytes of the file that are whole fragments.
    good_bytes: u64,
    length_box_at: u64,
    places: Vec<FragmentPlace>,
    /// Encoded pictures that are not in the file yet.
    samples: Vec<Sample>,
    encoded: u64,
    has_ended: bool,
}

impl VideoWriter {
    /// Opens the file, which is overwritten where it exists.
    ///
    /// # Errors
    /// The folder does not exist, cannot be written to, or the encoder refuses size or rate.
    pub fn create(options: &RecordingOptions) -> Result<Self, RecordError> {
        let path = options.path.clone();
        let size = Size::new(options.size.width & !1, options.size.height & !1);
        // The encoder first: where it refuses, an older file of that name stays.
        let encoder = H264Encoder::new(size, options.fps)?;
        let file = File::create(&path).map_err(|error| RecordError::opening(&path, &error))?;
        Ok(Self {
            path,
            fps: options.fps,
            size,
            letterbox: Letterbox::new(options.size),
            encoder,
            file,
            good_bytes: 0,
            length_box_at: 0,
            places: Vec::new(),
            samples: Vec::new(),
            encoded: 0,
            has_ended: false,
        })
    }

    /// Encodes the next picture; it is shown for one frame interval of the constant rate. A picture of another size is
    /// letterboxed.
    ///
    /// # Errors
    /// The disk is full, or the encoder failed. What was written before stays playable.
    pub fn write(&mut self, picture: &Frame) -> Result<(), RecordError> {
        let sample = self.encoder.encode(self.letterbox.fit(picture))?;
        // A fragment ends before each key frame, which comes each second, and never lasts longer than a second.
        if !self.samples.is_empty() && (sample.is_key || self.samples.len() >= self.fps.round() as usize) {
            self.write_fragment()?;
        }
        self.samples.push(sample);
        self.encoded += 1;
        Ok(())
    }

    /// Pictures encoded so far.
    pub fn encoded(&self) -> u64 {
        self.encoded
    }

    /// Bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.good_bytes
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn finish(mut self) -> Result<RecordingReport, RecordError> {
        self.end()?;
        Ok(RecordingReport {
            path: self.path.clone(),
            duration: Duration::from_secs_f64(self.encoded as f64 / self.fps),
            recorded: self.encoded,
            skipped: 0,
        })
    }

    fn end(&mut self) -> Result<(), RecordError> {
        if self.has_ended {
            return Ok(());
        }
        self.write_fragment()?;
        self.has_ended = true;
        if self.places.is_empty() {
            return Ok(());
        }
        self.append(&index(&self.places))?;
        let enter = |file: &mut File| {
            file.seek(SeekFrom::Start(self.length_box_at))?;
            file.write_all(&length_box(self.encoded))
        };
        enter(&mut self.file).map_err(|error| RecordError::writing(&self.path, &error))
    }

    fn write_fragment(&mut self) -> Result<(), RecordError> {
        if self.samples.is_empty() {
            return Ok(());
        }
        if self.good_bytes == 0
            && let Some((sequence, picture)) = &self.encoder.parameter_sets
        {
            let head = head(self.size, self.fps, sequence, picture);
            self.length_box_at = head.length_box_at;
            self.append(&head.bytes)?;
        } else if !self.path.exists() {
            self.has_ended = true;
            return Err(RecordError::FileGone(self.path.clone()));
        }
        let first_picture = self.encoded - self.samples.len() as u64;
        let place = FragmentPlace { first_picture, offset_bytes: self.good_bytes };
        let bytes = fragment(self.places.len() as u32 + 1, first_picture, &self.samples);
        self.append(&bytes)?;
        self.places.push(place);
        self.samples.clear();
        Ok(())
    }

    /// Appends whole boxes, or nothing: half a box would trouble players.
    fn append(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        let result = self.file.write_all(bytes);
        if let Err(error) = result {
            self.has_ended = true;
            // Both may fail on a broken disk: then the torn end stays, which players skip.
            let _ = self.file.set_len(self.good_bytes);
            return Err(RecordError::writing(&self.path, &error));
        }
        self.good_bytes += bytes.len() as u64;
        Ok(())
    }
}

impl Drop for VideoWriter {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::warn!("{error}");
        }
    }
}
