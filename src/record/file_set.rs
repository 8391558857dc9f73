//! The files of one recording: mostly one; a further one for each change of format, as when an encoder breaks.

use super::error::RecordError;
use super::sample::Sample;
use super::sound::{SoundSample, SoundTrack, samples_at};
use super::unfinished::Marker;
use super::video_file::VideoFile;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first file has the name that was asked for, those behind it a number: `name.mp4`, `name-2.mp4`.
pub struct FileSet {
    keep_free_bytes: u64,
    file: VideoFile,
    paths: Vec<PathBuf>,
    /// Samples and bytes of the files before the current one.
    finished_pictures: u64,
    finished_bytes: u64,
    /// Whether there is sound, and when the set's first picture is shown, on the clock of the sound samples.
    track: SoundTrack,
    origin: u64,
    /// Tells the next start of the program, should this one be killed.
    marker: Option<Marker>,
}

impl FileSet {
    /// Opens the first file; `markers` is the folder in which unfinished recordings are noted, if they are.
    ///
    /// # Errors
    /// As for [`VideoFile::create`].
    pub fn create(path: &Path, keep_free_bytes: u64, markers: Option<&Path>) -> Result<Self, RecordError> {
        let file = VideoFile::create(path, keep_free_bytes)?;
        let paths = vec![path.to_owned()];
        let marker = markers.and_then(|folder| Marker::place(folder, &paths));
        Ok(Self {
            keep_free_bytes,
            file,
            paths,
            finished_pictures: 0,
            finished_bytes: 0,
            track: SoundTrack::None,
            origin: 0,
            marker,
        })
    }

    /// Says whether sound comes; what a file's head tells stays.
    pub fn set_track(&mut self, track: SoundTrack) {
        self.track = track;
        self.tell_file_of_sound();
    }

    /// Says when the set's first picture is shown, on the clock of the sound samples.
    pub fn set_origin(&mut self, origin: u64) {
        self.origin = origin;
        self.tell_file_of_sound();
    }

    fn tell_file_of_sound(&mut self) {
        let fps = self.file.format().map_or(1.0, |format| format.fps);
        self.file.set_sound(self.track, self.origin + samples_at(self.finished_pictures, fps));
    }

    /// Takes the next sound.
    pub fn push_sound(&mut self, sound: &Arc<SoundSample>) {
        self.file.push_sound(sound);
    }

    /// Takes the next sample; one of another format begins the next file.
    ///
    /// # Errors
    /// As for [`VideoFile::push`].
    pub fn push(&mut self, sample: &Arc<Sample>) -> Result<(), RecordError> {
        if self.file.format().is_some_and(|format| !Arc::ptr_eq(format, &sample.format)) {
            self.begin_next(sample.format.fps)?;
        }
        self.file.push(sample)
    }

    fn begin_next(&mut self, fps: f64) -> Result<(), RecordError> {
        self.file.finish()?;
        self.finished_pictures += self.file.pictures();
        self.finished_bytes += self.file.bytes();
        let sounds = self.file.take_later_sounds();
        let path = next_path(&self.paths[0]);
        self.file = VideoFile::create(&path, self.keep_free_bytes)?;
        self.file.set_sound(self.track, self.origin + samples_at(self.finished_pictures, fps));
        sounds.iter().for_each(|sound| self.file.push_sound(sound));
        self.paths.push(path);
        if let Some(marker) = &mut self.marker {
            marker.update(&self.paths);
        }
        Ok(())
    }

    /// Samples taken so far, in all files.
    pub fn pictures(&self) -> u64 {
        self.finished_pictures + self.file.pictures()
    }

    /// Bytes written so far, in all files.
    pub fn bytes(&self) -> u64 {
        self.finished_bytes + self.file.bytes()
    }

    /// The files so far, in order.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Ends the last file; gives all of them.
    ///
    /// # Errors
    /// As for [`VideoFile::finish`].
    pub fn finish(mut self) -> Result<Vec<PathBuf>, RecordError> {
        self.file.finish()?;
        Ok(std::mem::take(&mut self.paths))
    }
}

/// The next free name behind those of a recording.
fn next_path(first: &Path) -> PathBuf {
    let stem = first.file_stem().unwrap_or_default().to_string_lossy();
    let ending = first.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let numbered = |number: u32| first.with_file_name(format!("{stem}-{number}{ending}"));
    (2..).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| first.to_owned())
}
