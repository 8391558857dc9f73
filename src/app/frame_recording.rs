//! Keeps frames of the game that is painted, to train styles on.

use super::app_event::{AppEvent, Mailer};
use super::recording::{Ending, recordings_folder};
use super::shell::Shell;
use crate::dataset::{Counts, DatasetError, FrameRecorder, FrameReport, FrameRequest};
use crate::pipeline::Pipeline;
use crate::record::plain_name;
use std::sync::{Arc, Mutex, PoisonError};

/// Height of the pictures in pixels, as the command line has it.
const HEIGHT_PX: u32 = 480;

/// Frames that are being kept, as the source gives them, whatever is shown of them.
pub struct FrameRecording {
    /// Shared with the capture thread, which offers frames and never waits; emptied when the recording ends.
    recorder: Arc<Mutex<Option<FrameRecorder>>>,
}

impl FrameRecording {
    /// Goes on with the game's dataset, or begins one, and takes the pipeline's frames from now on.
    ///
    /// # Errors
    /// The folder cannot be written, or is in use.
    fn start(title: &str, pipeline: &Pipeline) -> Result<(Self, FrameRequest), DatasetError> {
        let request = FrameRequest {
            path: recordings_folder().join("datasets").join(plain_name(title)),
            source: title.to_owned(),
            height: HEIGHT_PX,
            max_pictures: None,
        };
        let recorder = Arc::new(Mutex::new(Some(FrameRecorder::start(&request)?)));
        let shared = Arc::clone(&recorder);
        let mut last = None;
        pipeline.set_frame_tap(Some(Box::new(move |frame| {
            let follows = last.replace(frame.sequence).is_some_and(|last| last + 1 == frame.sequence);
            if let Some(recorder) = &mut *shared.lock().unwrap_or_else(PoisonError::into_inner) {
                // What is left out is counted by the recorder.
                recorder.offer(frame, follows);
            }
        })));
        Ok((Self { recorder }, request))
    }

    /// What was kept and left out so far.
    pub fn counts(&self) -> Counts {
        let recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        recorder.as_ref().map(FrameRecorder::counts).unwrap_or_default()
    }

    /// Whether it has ended by itself, as on a full disk.
    fn has_stopped(&self) -> bool {
        let recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        recorder.as_ref().is_some_and(FrameRecorder::has_stopped)
    }

    /// Lets go of the pipeline's frames, and writes those that wait on a thread of its own, named `end frames`, which
    /// reports to the event loop.
    ///
    /// # Errors
    /// The system gives no more threads. The recorder then ends with the last frame that waits.
    fn finish(self, pipeline: &Pipeline, mailer: &Mailer) -> std::io::Result<Ending> {
        pipeline.set_frame_tap(None);
        let recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mailer = mailer.clone();
        std::thread::Builder::new().name("end frames".to_owned()).spawn(move || {
            if let Some(recorder) = recorder {
                mailer.send(AppEvent::FramesFinished(recorder.finish()));
            }
            None
        })
    }
}

impl Shell {
    /// Begins to keep frames of what is painted.
    pub(super) fn start_frame_recording(&mut self) {
        let Some(painting) = &self.painting else { return };
        match FrameRecording::start(&painting.title, &painting.pipeline) {
            Ok((recording, request)) => {
                self.notices.tell(format!("keeping training frames in {}", request.path.display()));
                self.frame_recording = Some(recording);
            }
            Err(error) => {
                self.state.is_recording_frames = false;
                self.notices.add(error.to_string());
            }
        }
    }

    /// Ends the keeping of frames in the background; the event loop hears how it went.
    pub(super) fn finish_frame_recording(&mut self) {
        self.state.is_recording_frames = false;
        let (Some(recording), Some(painting)) = (self.frame_recording.take(), &self.painting) else { return };
        self.endings.retain(|ending| !ending.is_finished());
        match recording.finish(&painting.pipeline, &self.mailer) {
            Ok(ending) => self.endings.push(ending),
            Err(error) => self.notices.add(format!("the last training frames may be lost: {error}")),
        }
    }

    /// Ends a recording of frames that has stopped by itself.
    pub(super) fn watch_frame_recording(&mut self) {
        if self.frame_recording.as_ref().is_some_and(FrameRecording::has_stopped) {
            self.finish_frame_recording();
            self.redraw_panel();
        }
    }

    /// Tells how a recording of frames went.
    pub(super) fn on_frames_finished(&mut self, report: &FrameReport) {
        let kept = report.counts.pictures();
        match &report.failure {
            Some(error) => {
                self.notices.add(format!("no more training frames are kept (so far: {kept}): {error}"));
            }
            None => self.notices.tell(format!("kept {kept} training frames: {}", report.path.display())),
        }
        self.redraw_panel();
    }
}
