//! Feeds the recorder with the pictures that are shown.

use super::app_event::{AppEvent, Mailer};
use crate::frame::{Frame, Size};
use crate::pipeline::Pipeline;
use crate::record::{Recorder, RecordingOptions, RecordingReport, recording_path};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frame rate of recordings, unless fewer frames are captured.
const RECORDING_FPS: u32 = 30;

/// A picture that stands still is offered again after this time, so that a file cut off by a crash is not far behind.
const STILL_INTERVAL: Duration = Duration::from_millis(500);

/// The thread that ends a recording; it gives the report where all went well.
pub type Ending = JoinHandle<Option<RecordingReport>>;

/// A recording that runs.
pub struct Recording {
    recorder: Recorder,
    path: PathBuf,
    started_at: Instant,
    last: Option<(Arc<Frame>, Duration)>,
    skipped: u64,
}

impl Recording {
    /// Opens the file for pictures of this size.
    ///
    /// # Errors
    /// The file or its folder cannot be written, or the encoder refuses the size; the text is for people.
    pub fn start(path: PathBuf, size: Size, fps_cap: Option<f32>, mailer: &Mailer) -> Result<Self, String> {
        let fps = fps_cap.map_or(RECORDING_FPS, |cap| (cap.ceil() as u32).clamp(1, RECORDING_FPS));
        let on_failure = {
            let (mailer, path) = (mailer.clone(), path.clone());
            Box::new(move |error| mailer.send(AppEvent::RecordingFailed { path, error }))
        };
        let recorder = Recorder::start(&RecordingOptions { path: path.clone(), size, fps: f64::from(fps) }, on_failure)
            .map_err(|error| error.to_string())?;
        Ok(Self { recorder, path, started_at: Instant::now(), last: None, skipped: 0 })
    }

    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Time since the start, and bytes written so far.
    pub fn progress(&self) -> (Duration, u64) {
        (self.started_at.elapsed(), self.recorder.progress().1)
    }

    /// Takes a finished picture that came back from the graphics device.
    pub fn take_picture(&mut self, picture: Arc<Frame>, shown_at: Instant) {
        self.offer(picture, shown_at.saturating_duration_since(self.started_at));
    }

    /// A picture could not be brought back, because others were still under way.
    pub fn note_skipped(&mut self) {
        self.skipped += 1;
    }

    /// Repeats a picture that has stood still for a while, unless newer ones are `under_way`, and tells the figures.
    /// Called at least every 100 ms.
    pub fn keep_up(&mut self, are_under_way: bool, pipeline: &Pipeline) {
        let now = self.started_at.elapsed();
        let still = self.last.as_ref().filter(|(_, at)| !are_under_way && *at + STILL_INTERVAL <= now);
        if let Some((picture, _)) = still {
            let picture = Arc::clone(picture);
            self.offer(picture, now);
        }
        pipeline.note_recorded(self.recorder.progress().0, self.skipped);
    }

    fn offer(&mut self, picture: Arc<Frame>, shown_at: Duration) {
        if !self.recorder.offer(&picture, shown_at) {
            self.skipped += 1;
        }
        self.last = Some((picture, shown_at));
    }

    /// Ends the file on a thread of its own, named `end recording`, which reports to the event loop.
    ///
    /// # Errors
    /// The system gives no more threads. The file is then left as it is, playable.
    pub fn finish(mut self, mailer: &Mailer) -> std::io::Result<Ending> {
        let now = self.started_at.elapsed();
        if let Some((picture, _)) = self.last.take() {
            self.offer(picture, now);
        }
        let mailer = mailer.clone();
        std::thread::Builder::new().name("end recording".to_owned()).spawn(move || {
            let result = self.recorder.finish();
            let report =
                result.as_ref().ok().cloned().map(|report| RecordingReport { skipped: self.skipped, ..report });
            mailer.send(AppEvent::RecordingFinished { path: self.path, result });
            report
        })
    }
}

/// A new file in the folder for recordings.
pub fn new_recording_path(what: &str) -> PathBuf {
    recording_path(&recordings_folder(), what)
}

/// A folder of ours in the person's folder for videos, or the current folder where there is none.
pub fn recordings_folder() -> PathBuf {
    directories::UserDirs::new()
        .and_then(|folders| folders.video_dir().map(|videos| videos.join("Impasto")))
        .filter(|folder| {
            std::fs::create_dir_all(folder)
                .inspect_err(|error| tracing::warn!("cannot make the folder {}: {error}", folder.display()))
                .is_ok()
        })
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_default()
}
