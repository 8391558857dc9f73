//! Feeds recorders with the pictures that are shown: one for the painting, and a second for the plain game where that
//! is wanted. Both keep the same clock.

use super::app_event::{AppEvent, Mailer, RecorderId};
use crate::control::{RecordQuality, SoundChoice, SoundOptions};
use crate::frame::{Frame, Size};
use crate::pipeline::Pipeline;
use crate::record::{
    About, EncoderChoice, PaintedWith, RecordError, RecordSettings, Recorder, RecorderEvent, RecordingReport,
    ReplayLimits, SoundSettings, marker_folder, source_path,
};
use crate::settings::RecordingSettings;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frame rate of recordings, unless fewer frames are captured.
const RECORDING_FPS: u32 = 30;

/// A picture that stands still is offered again after this time, so that a file cut off by a crash is not far behind.
const STILL_INTERVAL: Duration = Duration::from_millis(500);

/// The thread that ends a recording; it gives the report where all went well.
pub type Ending = JoinHandle<Option<RecordingReport>>;

/// What the command line asks of recordings; everything else is as the settings say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct AskedRecorder {
    pub encoder: Option<EncoderChoice>,
    pub quality: Option<RecordQuality>,
    pub replay: Option<Duration>,
    pub records_source: bool,
    pub sound: Option<SoundChoice>,
    pub sound_level: Option<f32>,
}

impl AskedRecorder {
    /// What counts, where this is asked for and the settings say the rest. An encoder that the settings name wrongly is
    /// as good as none.
    pub fn over(&self, settings: &RecordingSettings) -> RecorderChoices {
        let kept = Duration::from_secs(u64::from(settings.replay_secs));
        RecorderChoices {
            encoder: self.encoder.or_else(|| settings.encoder.parse().ok()).unwrap_or_default(),
            quality: self.quality.unwrap_or(settings.quality),
            replay: self.replay.or_else(|| Some(kept).filter(|kept| !kept.is_zero())),
            records_source: self.records_source || settings.source,
            sound: SoundOptions {
                level: self.sound_level.unwrap_or(settings.sound_level),
                ..SoundOptions::new(self.sound.unwrap_or(settings.sound))
            },
        }
    }
}

/// How to record.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecorderChoices {
    pub encoder: EncoderChoice,
    pub quality: RecordQuality,
    /// Keep this much of what was seen last.
    pub replay: Option<Duration>,
    /// Record the plain game into a second file, too.
    pub records_source: bool,
    pub sound: SoundOptions,
}

impl RecorderChoices {
    /// What is to be heard of a game; `None` where nothing is.
    pub fn sound_of(&self, game_pid: Option<u32>) -> Option<SoundSettings> {
        let is_wanted = self.sound.choice != SoundChoice::Off;
        is_wanted.then(|| SoundSettings { game_pid, ..SoundSettings::new(self.sound) })
    }
}

/// A recorder that runs, into a file, for the replay, or both.
pub struct Recording {
    pub id: RecorderId,
    recorder: Recorder,
    settings: RecordSettings,
    started_at: Instant,
    file: Option<RecordingFile>,
    painted: Option<PaintedWith>,
    last: Option<LastPicture>,
    skipped: u64,
}

struct RecordingFile {
    path: PathBuf,
    started_at: Instant,
    /// The recorder of the plain game.
    source: Option<Recorder>,
}

struct LastPicture {
    picture: Arc<Frame>,
    original: Arc<Frame>,
    shown_at: Instant,
}

impl Recording {
    /// Starts a recorder for pictures of this size, without a file.
    ///
    /// # Errors
    /// No encoder takes the size.
    pub fn start(
        id: RecorderId,
        size: Size,
        fps_cap: Option<f32>,
        choices: RecorderChoices,
        game_pid: Option<u32>,
        mailer: &Mailer,
    ) -> Result<Self, RecordError> {
        let fps = fps_cap.map_or(RECORDING_FPS, |cap| (cap.ceil() as u32).clamp(1, RECORDING_FPS));
        let settings = RecordSettings {
            quality: choices.quality,
            encoder: choices.encoder,
            sound: choices.sound_of(game_pid),
            markers: marker_folder(),
            ..RecordSettings::new(size, f64::from(fps))
        };
        let mailer = mailer.clone();
        let recorder = Recorder::start(&settings, move |event| mailer.send(AppEvent::Recorder(id, event)))?;
        if let Some(length) = choices.replay {
            recorder.set_replay(Some(ReplayLimits::of_length(length)));
        }
        let started_at = recorder.started_at();
        Ok(Self { id, recorder, settings, started_at, file: None, painted: None, last: None, skipped: 0 })
    }

    /// Opens a file and records into it from now on; with a second one of the plain game where `with_source`.
    ///
    /// # Errors
    /// The file or its folder cannot be written, or the disk has no room.
    pub fn record_to(
        &mut self,
        path: &Path,
        title: &str,
        with_source: bool,
        mailer: &Mailer,
    ) -> Result<(), RecordError> {
        let source = with_source.then(|| self.start_source(&source_path(path), mailer)).transpose()?;
        let started_at = source.as_ref().map_or_else(Instant::now, Recorder::started_at);
        let source_started = started_at.saturating_duration_since(self.started_at);
        let about =
            About { title: title.to_owned(), source: source.is_some().then(|| (source_path(path), source_started)) };
        self.recorder.record_to(path, Some(about))?;
        self.skipped = 0;
        self.file = Some(RecordingFile { path: path.to_owned(), started_at, source });
        Ok(())
    }

    /// The plain game's recorder: its trouble is told, and is no trouble of the painting's.
    fn start_source(&self, path: &Path, mailer: &Mailer) -> Result<Recorder, RecordError> {
        let mailer = mailer.clone();
        let on_event = move |event| {
            let text = match event {
                RecorderEvent::Failed(error) | RecorderEvent::FileFailed(error) => {
                    format!("the plain game is no longer recorded: {error}")
                }
                RecorderEvent::Notice(text) => text,
                // The painting's recorder says the same of the sound.
                RecorderEvent::Finished(_)
                | RecorderEvent::Encoder(_)
                | RecorderEvent::ReplaySaved(_)
                | RecorderEvent::Sound(_) => return,
            };
            mailer.send(AppEvent::Notice(text));
        };
        let mut source = Recorder::start(&self.settings, on_event)?;
        source.record_to(path, None)?;
        Ok(source)
    }

    /// The file that is recorded, if one is.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// Pictures that were left out of the file.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The size that pictures are letterboxed to.
    pub fn size(&self) -> Size {
        self.settings.size
    }

    /// Whether a file of this quality can be recorded with the encoder that runs.
    pub fn has_quality(&self, quality: RecordQuality) -> bool {
        self.settings.quality == quality
    }

    /// Whether it was started with sound, or need not be.
    pub fn has_sound(&self, options: SoundOptions) -> bool {
        self.recorder.has_sound() || options.choice == SoundChoice::Off
    }

    /// Changes what is heard from now on.
    pub fn set_sound(&mut self, options: SoundOptions) {
        let Some(settings) = &mut self.settings.sound else { return };
        settings.options = options;
        self.recorder.set_sound(settings.clone());
        if let Some(RecordingFile { source: Some(source), .. }) = &self.file {
            source.set_sound(settings.clone());
        }
    }

    /// Time since the start of the file, and bytes written so far.
    pub fn progress(&self) -> Option<(Duration, u64)> {
        self.file.as_ref().map(|file| (file.started_at.elapsed(), self.recorder.progress().1))
    }

    pub fn set_replay(&self, length: Option<Duration>) {
        self.recorder.set_replay(length.map(ReplayLimits::of_length));
    }

    /// Saves the last seconds into a file; the event loop hears how it went.
    pub fn save_replay(&self, path: PathBuf) {
        self.recorder.save_replay(path);
    }

    /// Pictures are painted with this from now on.
    pub fn note_painted(&mut self, painted: PaintedWith) {
        if self.painted.as_ref() != Some(&painted) {
            self.recorder.note_painted(self.started_at.elapsed(), painted.clone());
            self.painted = Some(painted);
        }
    }

    /// Takes a finished picture that came back from the graphics device, with the frame that it shows.
    pub fn take_picture(&mut self, picture: Arc<Frame>, original: Arc<Frame>, shown_at: Instant) {
        self.offer(LastPicture { picture, original, shown_at });
    }

    /// A picture could not be brought back, because others were still under way.
    pub fn note_skipped(&mut self) {
        self.skipped += 1;
    }

    /// Repeats a picture that has stood still for a while, unless newer ones are `under_way`, and tells the figures.
    /// Called at least every 100 ms.
    pub fn keep_up(&mut self, are_under_way: bool, pipeline: &Pipeline) {
        let now = Instant::now();
        let is_still = |last: &mut LastPicture| !are_under_way && last.shown_at + STILL_INTERVAL <= now;
        if let Some(last) = self.last.take_if(is_still) {
            self.offer(LastPicture { shown_at: now, ..last });
        }
        if self.file.is_some() {
            pipeline.note_recorded(self.recorder.progress().0, self.skipped);
        }
    }

    fn offer(&mut self, last: LastPicture) {
        let elapsed = last.shown_at.saturating_duration_since(self.started_at);
        if !self.recorder.offer(&last.picture, elapsed) {
            self.skipped += 1;
        }
        if let Some(RecordingFile { started_at, source: Some(source), .. }) = &mut self.file {
            // What is left out here is counted by the recorder, and shows in its film alone.
            source.offer(&last.original, last.shown_at.saturating_duration_since(*started_at));
        }
        self.last = Some(last);
    }

    /// Ends the file, while the recorder goes on for the replay; gives the thread that ends the plain game's file.
    pub fn stop_file(&mut self) -> Option<Ending> {
        let file = self.file.take()?;
        self.recorder.stop_file();
        file.source.and_then(end_in_background)
    }

    /// The file has ended by itself; gives the thread that ends the plain game's file.
    pub fn forget_file(&mut self) -> Option<Ending> {
        self.file.take()?.source.and_then(end_in_background)
    }

    /// Ends recorder and file on a thread of its own, named `end recording`, which reports to the event loop.
    ///
    /// # Errors
    /// The system gives no more threads. The file is then left as it is, playable.
    pub fn finish(mut self, mailer: &Mailer) -> std::io::Result<Ending> {
        if let Some(last) = self.last.take() {
            self.offer(LastPicture { shown_at: Instant::now(), ..last });
        }
        let mailer = mailer.clone();
        std::thread::Builder::new().name("end recording".to_owned()).spawn(move || {
            let skipped = self.skipped;
            let result = self.recorder.finish();
            let result = result.map(|report| report.map(|report| RecordingReport { skipped, ..report }));
            if let Some(source) = self.file.and_then(|file| file.source) {
                end_source(source);
            }
            let report = result.as_ref().ok().cloned().flatten();
            mailer.send(AppEvent::RecordingFinished(result));
            report
        })
    }
}

/// Ends the plain game's file on a thread of its own, named `end source`.
fn end_in_background(source: Recorder) -> Option<Ending> {
    let thread = std::thread::Builder::new().name("end source".to_owned());
    let ending = thread.spawn(move || {
        end_source(source);
        None
    });
    ending.inspect_err(|error| tracing::warn!("the plain game's file was cut off: {error}")).ok()
}

fn end_source(source: Recorder) {
    if let Err(error) = source.finish() {
        // Said already when it happened.
        tracing::debug!("the plain game's recording had failed: {error}");
    }
}

/// A folder of ours in the person's folder for videos (`Videos` at home where the desktop names none), or the current
/// folder where none can be made.
pub fn recordings_folder() -> PathBuf {
    directories::UserDirs::new()
        .map(|folders| folders.video_dir().map_or_else(|| folders.home_dir().join("Videos"), Path::to_owned))
        .map(|videos| videos.join("Impasto"))
        .filter(|folder| can_be_made(folder))
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_default()
}

/// Makes the folder where it is missing.
pub fn can_be_made(folder: &Path) -> bool {
    std::fs::create_dir_all(folder)
        .inspect_err(|error| tracing::warn!("cannot make the folder {}: {error}", folder.display()))
        .is_ok()
}
