//! One video file: samples go in, and a whole fragment goes to the disk each second.

use super::container::{Container, Fragment, FragmentPlace};
use super::disk_space::free_bytes;
use super::error::RecordError;
use super::sample::{Sample, TrackFormat};
use super::sound::{FRAME_SAMPLES, SoundSample, SoundTrack, samples_at, silence_between};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first fragment waits this many seconds of pictures for the word whether there is sound.
const PENDING_SECS: f64 = 3.0;

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
    /// Whether the file's head tells of sound.
    track: SoundTrack,
    /// When the first picture is shown, on the clock of the sound samples.
    origin: u64,
    /// Sound that is not in the file yet, in order.
    sounds: Vec<Arc<SoundSample>>,
    /// The end of the newest sound.
    heard_until: u64,
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
            track: SoundTrack::None,
            origin: 0,
            sounds: Vec::new(),
            heard_until: 0,
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

    /// Says whether sound comes, as long as the head is not written, and when the first picture is shown, on the clock
    /// of the sound samples.
    pub fn set_sound(&mut self, track: SoundTrack, origin: u64) {
        if self.container.is_none() {
            self.track = track;
        }
        self.origin = origin;
    }

    /// Takes the next sound, which is left out where the file has no track of it, and before its first picture.
    pub fn push_sound(&mut self, sound: &Arc<SoundSample>) {
        if self.track == SoundTrack::None || sound.starts_at < self.heard_until.max(self.origin) {
            return;
        }
        // Players want a track that begins with the file, and has no holes.
        self.sounds.extend(silence_between(self.heard_until.max(self.origin), sound.starts_at));
        self.sounds.push(Arc::clone(sound));
        self.heard_until = sound.starts_at + FRAME_SAMPLES;
    }

    /// The sound that is of a later time than what was written.
    pub fn take_later_sounds(&mut self) -> Vec<Arc<SoundSample>> {
        std::mem::take(&mut self.sounds)
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
        let is_due = sample.is_key || self.samples.len() >= fps.round() as usize;
        let may_wait = self.track == SoundTrack::Pending && (self.samples.len() as f64) < fps * PENDING_SECS;
        if !self.samples.is_empty() && is_due && !(may_wait && self.container.is_none()) {
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
                let has_sound = self.track == SoundTrack::Present;
                let (container, head) = Container::begin(&self.path, format, has_sound);
                if !has_sound {
                    self.track = SoundTrack::None;
                    self.sounds.clear();
                }
                self.container = Some(container);
                self.append(&head)?;
            }
            _ if !self.path.exists() => {
                self.has_ended = true;
                return Err(RecordError::FileGone(self.path.clone()));
            }
            _ => {}
        }
        let (Some(container), Some(format)) = (&self.container, &self.format) else { return Ok(()) };
        let first_picture = self.pictures - self.samples.len() as u64;
        let place = FragmentPlace { first_picture, offset_bytes: self.good_bytes };
        // The sound never lasts longer than the pictures.
        let end = self.origin + samples_at(self.pictures, format.fps);
        let count = self.sounds.partition_point(|sound| sound.starts_at + FRAME_SAMPLES <= end);
        let sounds: Vec<_> = self.sounds.drain(..count).collect();
        let number = self.fragments.len() as u32 + 1;
        let fragment = Fragment { number, first_picture, samples: &self.samples, sounds: &sounds, origin: self.origin };
        let bytes = container.fragment(&fragment);
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
