//! The file that a recorder records into, with its sidecar, on the recorder's clock.

use super::RecordingReport;
use super::error::RecordError;
use super::file_set::FileSet;
use super::recorder::{About, OnEvent, RecorderEvent};
use super::sample::Sample;
use super::sidecar::{PaintedWith, SidecarWriter, SourceFile};
use super::sound::{SoundSample, SoundTrack, samples_at};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sound that may come before the first picture: half a minute of it.
const MOST_EARLY_SOUNDS: usize = 1500;
/// A file that ends waits this long for its last sound.
const SOUND_PATIENCE: Duration = Duration::from_secs(1);

/// From the first key picture after its opening to the picture at which it is to end.
pub struct RecordedFile {
    files: FileSet,
    about: Option<About>,
    fps: f64,
    /// The recorder's number of the file's first sample.
    starts_at: Option<u64>,
    /// The first number that is no longer wanted.
    ends_at: Option<u64>,
    sound_deadline: Option<Instant>,
    /// Sound from before the first picture came, which may be of its time.
    early_sounds: Vec<Arc<SoundSample>>,
    sidecar: Option<SidecarWriter>,
    /// The newest sample, for its format.
    last: Option<Arc<Sample>>,
}

impl RecordedFile {
    pub fn new(files: FileSet, about: Option<About>, fps: f64) -> Self {
        Self {
            files,
            about,
            fps,
            starts_at: None,
            ends_at: None,
            sound_deadline: None,
            early_sounds: Vec::new(),
            sidecar: None,
            last: None,
        }
    }

    pub fn files(&self) -> &FileSet {
        &self.files
    }

    /// No sample from this number on is wanted.
    pub fn end_at(&mut self, number: u64) {
        self.ends_at = Some(number);
        self.sound_deadline = Some(Instant::now() + SOUND_PATIENCE);
    }

    pub fn is_ending(&self) -> bool {
        self.ends_at.is_some()
    }

    /// Whether everything that is wanted has come, when so many samples were delivered, and the sound up to a position;
    /// sound is not waited for over long.
    pub fn is_complete(&self, delivered: u64, heard_until: u64) -> bool {
        let is_heard = |end| heard_until >= samples_at(end, self.fps);
        let waits = |deadline: &Instant| Instant::now() < *deadline;
        self.ends_at
            .is_some_and(|end| delivered >= end && (is_heard(end) || !self.sound_deadline.as_ref().is_some_and(waits)))
    }

    /// Says whether sound comes; what a file's head tells stays.
    pub fn set_track(&mut self, track: SoundTrack) {
        self.files.set_track(track);
    }

    /// Takes the next sound.
    pub fn push_sound(&mut self, sound: &Arc<SoundSample>) {
        if self.starts_at.is_some() {
            self.files.push_sound(sound);
        } else if self.early_sounds.len() < MOST_EARLY_SOUNDS {
            self.early_sounds.push(Arc::clone(sound));
        }
    }

    /// Takes the sample of this number; what comes before the first key picture is left out.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn push(
        &mut self,
        number: u64,
        sample: &Arc<Sample>,
        painted: &PaintedWith,
        on_event: &OnEvent,
    ) -> Result<(), RecordError> {
        if self.ends_at.is_some_and(|end| number >= end) {
            return Ok(());
        }
        if self.starts_at.is_none() {
            if !sample.is_key {
                return Ok(());
            }
            self.starts_at = Some(number);
            self.sidecar = self.new_sidecar(number, painted);
            self.files.set_origin(samples_at(number, self.fps));
            self.early_sounds.drain(..).for_each(|sound| self.files.push_sound(&sound));
        }
        let count = self.files.paths().len();
        self.files.push(sample)?;
        self.last = Some(Arc::clone(sample));
        if let (true, Some(path)) = (self.files.paths().len() > count, self.files.paths().last()) {
            on_event(RecorderEvent::Notice(format!("the recording goes on in {}", path.display())));
        }
        let paths: &[PathBuf] = self.files.paths();
        let listed = self.sidecar.as_mut().map_or(Ok(()), |sidecar| sidecar.set_files(paths));
        self.tell_of_sidecar(listed, on_event);
        Ok(())
    }

    /// Pictures are painted with this from `elapsed` since the recorder's start on.
    pub fn note_painted(&mut self, elapsed: Duration, painted: PaintedWith, on_event: &OnEvent) {
        let Some(starts_at) = self.starts_at else { return };
        let start = Duration::from_secs_f64(starts_at as f64 / self.fps);
        let noted =
            self.sidecar.as_mut().map_or(Ok(()), |sidecar| sidecar.note(elapsed.saturating_sub(start), painted));
        self.tell_of_sidecar(noted, on_event);
    }

    fn new_sidecar(&self, starts_at: u64, painted: &PaintedWith) -> Option<SidecarWriter> {
        let about = self.about.clone()?;
        let start = starts_at as f64 / self.fps;
        let source = about.source.and_then(|(file, started)| {
            let file = file.file_name().map(PathBuf::from)?;
            Some(SourceFile { file, starts_at_secs: ((started.as_secs_f64() - start) * 1000.0).round() / 1000.0 })
        });
        Some(SidecarWriter::new(&self.files.paths()[0], about.title, source, painted.clone()))
    }

    /// A sidecar that cannot be written is told once, and is no reason to end the film.
    fn tell_of_sidecar(&mut self, written: Result<(), RecordError>, on_event: &OnEvent) {
        if let Err(error) = written {
            self.sidecar = None;
            on_event(RecorderEvent::Notice(error.to_string()));
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The end cannot be written.
    pub fn finish(self) -> Result<RecordingReport, RecordError> {
        let recorded = self.files.pictures();
        let path = self.files.paths()[0].clone();
        let paths = self.files.finish()?;
        Ok(RecordingReport {
            path,
            paths,
            duration: Duration::from_secs_f64(recorded as f64 / self.fps),
            recorded,
            skipped: 0,
            encoder: self.last.map(|sample| sample.format.encoder),
        })
    }
}
