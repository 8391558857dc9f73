//! The record thread: takes finished pictures, keeps time, and never holds up whoever offers them.

use super::error::RecordError;
use super::video_writer::VideoWriter;
use super::{RecordingOptions, RecordingReport};
use crate::frame::Frame;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Pictures that may wait for the encoder; more are left out and counted.
const QUEUE_LENGTH: usize = 4;
/// After this long without a picture the last one is recorded again, so that a still game fills the file, too.
const STILL: Duration = Duration::from_millis(500);

/// Called once when the recording stops by itself.
type OnFailure = Box<dyn FnOnce(RecordError) + Send>;

/// A finished picture, and when it was shown since the recording's start.
struct Offer {
    picture: Arc<Frame>,
    elapsed: Duration,
}

#[derive(Default)]
struct Progress {
    recorded: AtomicU64,
    bytes: AtomicU64,
}

/// A running recording: encodes on a thread of its own, named `record`.
///
/// Dropped without [`Self::finish`], it still ends the file.
pub struct Recorder {
    path: PathBuf,
    queue: Option<Sender<Offer>>,
    thread: Option<JoinHandle<Result<RecordingReport, RecordError>>>,
    progress: Arc<Progress>,
    skipped: u64,
}

impl Recorder {
    /// Opens the file and starts the thread.
    ///
    /// `on_failure` is called once, from the record thread, when the recording stops by itself.
    ///
    /// # Errors
    /// The folder does not exist, cannot be written to, or the encoder refuses size or rate.
    pub fn start(
        options: &RecordingOptions,
        on_failure: Box<dyn FnOnce(RecordError) + Send>,
    ) -> Result<Self, RecordError> {
        let writer = VideoWriter::create(options)?;
        let (queue, offers) = bounded(QUEUE_LENGTH);
        let progress = Arc::new(Progress::default());
        let (shared, fps, path) = (Arc::clone(&progress), options.fps, options.path.clone());
        let thread = std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || {
                let timeline = Timeline { writer, fps, last: None, progress: shared };
                run(timeline, offers, on_failure, path)
            })
            .map_err(|error| RecordError::Thread(error.to_string()))?;
        Ok(Self { path: options.path.clone(), queue: Some(queue), thread: Some(thread), progress, skipped: 0 })
    }

    /// Offers a finished picture, shown at `elapsed` since the recording's start. Never blocks: `false` says that the
    /// encoder was busy, or that the recording has stopped, and the picture was left out. A picture of another size is
    /// letterboxed.
    ///
    /// The file keeps time with `elapsed`: pictures are repeated over gaps, and of several within one frame interval
    /// the last one is taken.
    pub fn offer(&mut self, picture: &Arc<Frame>, elapsed: Duration) -> bool {
        let offer = Offer { picture: Arc::clone(picture), elapsed };
        match self.queue.as_ref().map(|queue| queue.try_send(offer)) {
            Some(Ok(())) => true,
            Some(Err(TrySendError::Full(_))) => {
                self.skipped += 1;
                false
            }
            Some(Err(TrySendError::Disconnected(_))) | None => false,
        }
    }

    /// Pictures encoded so far, and bytes written.
    pub fn progress(&self) -> (u64, u64) {
        (self.progress.recorded.load(Ordering::Relaxed), self.progress.bytes.load(Ordering::Relaxed))
    }

    /// Pictures left out so far, because the encoder was busy.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Encodes what is queued, ends the file and joins the thread.
    ///
    /// # Errors
    /// The recording had failed, or the file's end could not be written.
    pub fn finish(mut self) -> Result<RecordingReport, RecordError> {
        let report = self.join().unwrap_or_else(|| Err(RecordError::Stopped(self.path.clone())))?;
        Ok(RecordingReport { skipped: self.skipped, ..report })
    }

    /// Closes the queue and waits for the thread's last word.
    fn join(&mut self) -> Option<Result<RecordingReport, RecordError>> {
        self.queue = None;
        self.thread.take()?.join().ok()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.join() {
            tracing::warn!("{error}");
        }
    }
}

/// The record thread. An error on the way goes to `on_failure`; one at the end is returned.
fn run(
    mut timeline: Timeline,
    offers: Receiver<Offer>,
    on_failure: OnFailure,
    path: PathBuf,
) -> Result<RecordingReport, RecordError> {
    let worked = catch_unwind(AssertUnwindSafe(|| timeline.follow(&offers)))
        .unwrap_or_else(|_| Err(RecordError::Encoder("it panicked".to_owned())));
    match worked {
        Ok(()) => timeline.finish(),
        Err(error) => {
            // Closing the file comes first, so that whoever hears of the failure finds what was saved, and so does the
            // queue, so that no further picture is taken.
            drop(timeline);
            drop(offers);
            on_failure(error);
            Err(RecordError::Stopped(path))
        }
    }
}

/// Turns pictures with times into pictures at a constant rate.
struct Timeline {
    writer: VideoWriter,
    fps: f64,
    /// The newest picture, which is recorded as soon as its frame interval has passed.
    last: Option<Last>,
    progress: Arc<Progress>,
}

struct Last {
    offer: Offer,
    received: Instant,
}

impl Timeline {
    /// Records until the queue is closed and empty.
    fn follow(&mut self, offers: &Receiver<Offer>) -> Result<(), RecordError> {
        loop {
            match offers.recv_timeout(STILL) {
                Ok(offer) => {
                    self.record_until(self.interval_of(offer.elapsed))?;
                    self.last = Some(Last { offer, received: Instant::now() });
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(last) = &self.last {
                        self.record_until(self.interval_of(last.offer.elapsed + last.received.elapsed()))?;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    /// Number of the frame interval that a time falls into.
    fn interval_of(&self, elapsed: Duration) -> u64 {
        (elapsed.as_secs_f64() * self.fps + 0.5) as u64
    }

    /// Records the last picture as often as it takes to reach an interval, which is left to the next picture.
    fn record_until(&mut self, interval: u64) -> Result<(), RecordError> {
        let Some(last) = &self.last else { return Ok(()) };
        while self.writer.encoded() < interval {
            self.writer.write(&last.offer.picture)?;
            self.progress.recorded.store(self.writer.encoded(), Ordering::Relaxed);
            self.progress.bytes.store(self.writer.bytes(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Records the last picture once more for its own interval, and ends the file.
    fn finish(mut self) -> Result<RecordingReport, RecordError> {
        if let Some(last) = &self.last {
            let own = self.interval_of(last.offer.elapsed) + 1;
            self.record_until(own)?;
        }
        let report = self.writer.finish()?;
        self.progress.recorded.store(report.recorded, Ordering::Relaxed);
        Ok(report)
    }
}
