//! One video file: samples go in, and a whole fragment goes to the disk each second.

use super::container::Container;
use super::container::FragmentPlace;
use super::disk_space::free_bytes;
use super::error::RecordError;
use super::sample::{Sample, TrackFormat};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Dropped without [`Self::finish`], it still writes the samples that it holds.
pub struct VideoFile {
    path: PathBuf,
    /// The file ends by itself before the disk has less than this left.
    keep_free_bytes: u64,
    file: File,
    container: Option<Container>,
    format: Option<Arc<TrackFormat>>,
    /// Bytes of the file that are whole fragments.
    good_bytes: u64,
    fragments: Vec<FragmentPlace>,
    /// Samples that are not in the file yet.
    samples: Vec<Arc<Sample>>,
    pictures: u64,
    has_ended: bool,
}

impl VideoFile {
    /// Opens the file, which is overwritten where it exists: Matroska for names that end in `.mkv`, else MP4.
    ///
    /// # Errors
    /// The folder does not exist or cannot be written to, or the disk has too little room.
    pub fn create(path: &Path, keep_free_bytes: u64) -> Result<Self, RecordError> {
        check_room(path, keep_free_bytes)?;
        let file = File::create(path).map_err(|error| RecordError::opening(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            keep_free_bytes,
            file,
            container: None,
            format: None,
            good_bytes: 0,
            fragments: Vec::new(),
            samples: Vec::new(),
            pictures: 0,
            has_ended: false,
        })
    }

    /// The format of its samples, once it has one.
    pub fn format(&self) -> Option<&Arc<TrackFormat>> {
        self.format.as_ref()
    }

    /// Samples taken so far.
    pub fn pictures(&self) -> u64 {
        self.pictures
    }

    /// Bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.good_bytes
    }

    /// Takes the next sample; all of one file have the same format, and the first is a key picture.
    ///
    /// # Errors
    /// The disk is full or nearly so, or the file was removed. What was written before is whole.
    pub fn push(&mut self, sample: &Arc<Sample>) -> Result<(), RecordError> {
        if self.has_ended {
            return Err(RecordError::Stopped(self.path.clone()));
        }
        let fps = self.format.get_or_insert_with(|| Arc::clone(&sample.format)).fps;
        // A fragment ends before each key picture, which comes each second, and never lasts longer than a second.
        if !self.samples.is_empty() && (sample.is_key || self.samples.len() >= fps.round() as usize) {
            self.write_fragment()?;
        }
        self.samples.push(Arc::clone(sample));
        self.pictures += 1;
        Ok(())
    }

    /// Writes the rest, and the end of the file.
    ///
    /// # Errors
    /// As for [`Self::push`].
    pub fn finish(&mut self) -> Result<(), RecordError> {
        if self.has_ended {
            return Ok(());
        }
        // A disk that became nearly full with the last fragment took all of it.
        match self.write_fragment() {
            Err(RecordError::DiskNearlyFull { .. }) => return Ok(()),
            written => written?,
        }
        self.write_ending()
    }

    fn write_fragment(&mut self) -> Result<(), RecordError> {
        if self.samples.is_empty() {
            return Ok(());
        }
        match (&self.container, &self.format) {
            (None, Some(format)) => {
                let (container, head) = Container::begin(&self.path, format);
                self.container = Some(container);
                self.append(&head)?;
            }
            _ if !self.path.exists() => {
                self.has_ended = true;
                return Err(RecordError::FileGone(self.path.clone()));
            }
            _ => {}
        }
        let Some(container) = &self.container else { return Ok(()) };
        let first_picture = self.pictures - self.samples.len() as u64;
        let place = FragmentPlace { first_picture, offset_bytes: self.good_bytes };
        let bytes = container.fragment(self.fragments.len() as u32 + 1, first_picture, &self.samples);
        if let Err(error) = self.append(&bytes) {
            self.pictures = first_picture;
            self.samples.clear();
            // The end is small and may still fit; without it the file plays, too.
            if let Err(error) = self.write_ending() {
                tracing::debug!("the file stays without its end: {error}");
            }
            return Err(error);
        }
        self.fragments.push(place);
        self.samples.clear();
        check_room(&self.path, self.keep_free_bytes).inspect_err(|_| {
            if let Err(error) = self.write_ending() {
                tracing::warn!("{error}");
            }
        })
    }

    fn write_ending(&mut self) -> Result<(), RecordError> {
        self.has_ended = true;
        let Some(container) = self.container.as_ref().filter(|_| !self.fragments.is_empty()) else { return Ok(()) };
        let ending = container.ending(self.pictures, &self.fragments, self.good_bytes);
        self.append(&ending.behind)?;
        for (at, bytes) in &ending.at {
            let written = self.file.seek(SeekFrom::Start(*at)).and_then(|_| self.file.write_all(bytes));
            written.map_err(|error| RecordError::writing(&self.path, &error))?;
        }
        Ok(())
    }

    /// Appends a whole part of the file, or nothing: half of one would trouble players.
    fn append(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        if let Err(error) = self.file.write_all(bytes) {
            self.has_ended = true;
            // Both may fail on a broken disk: then the torn end stays, which players skip.
            let _ = self.file.set_len(self.good_bytes);
            let _ = self.file.seek(SeekFrom::Start(self.good_bytes));
            return Err(RecordError::writing(&self.path, &error));
        }
        self.good_bytes += bytes.len() as u64;
        Ok(())
    }
}

impl Drop for VideoFile {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            tracing::warn!("{error}");
        }
    }
}

/// Checks that the disk of a file has room left.
///
/// # Errors
/// It has less than `keep_free_bytes`.
fn check_room(path: &Path, keep_free_bytes: u64) -> Result<(), RecordError> {
    match free_bytes(path) {
        Some(free_bytes) if free_bytes < keep_free_bytes => {
            Err(RecordError::DiskNearlyFull { path: path.to_owned(), free_bytes })
        }
        _ => Ok(()),
    }
}
