//! Takes finished pictures for the record thread, and never holds up whoever offers them.

use super::encoder::EncoderKind;
use super::encoding::Encoding;
use super::error::RecordError;
use super::file_set::FileSet;
use super::replay::ReplayLimits;
use super::sidecar::PaintedWith;
use super::sound::Sound;
use super::timeline::Timeline;
use super::{RecordSettings, RecordingReport, SoundSettings};
use crate::frame::Frame;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Pictures that may wait for the encoder; more are left out and counted.
const QUEUE_LENGTH: usize = 4;
/// Orders that may wait. They are given by hand or with a change of style: more at once is a mistake, and refused.
const ORDERS_LENGTH: usize = 64;

/// What the record thread reports.
#[derive(Debug)]
pub enum RecorderEvent {
    /// The recorder stopped by itself; what was written before plays.
    Failed(RecordError),
    /// The file ended by itself, and what was written before plays; the recorder goes on for the replay.
    FileFailed(RecordError),
    /// The file's recording ended as it was asked to, while the recorder goes on for the replay.
    Finished(RecordingReport),
    /// This encoder encodes from now on.
    Encoder(EncoderKind),
    /// The last seconds were saved, or could not be.
    ReplaySaved(Result<RecordingReport, RecordError>),
    /// The file has no sound, or no longer; the text says what to do.
    Sound(String),
    /// Something a person should know.
    Notice(String),
}

/// Called from the record thread, and from those that save replays.
pub type OnEvent = Arc<dyn Fn(RecorderEvent) + Send + Sync>;

/// What a recording's sidecar tells beside what was painted when.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// What is recorded.
    pub title: String,
    /// The file of the plain game, and when its first picture was shown, since this recorder's start.
    pub source: Option<(PathBuf, Duration)>,
}

/// A finished picture, and when it was shown since the recorder's start.
pub struct Offer {
    pub picture: Arc<Frame>,
    pub elapsed: Duration,
}

/// What the record thread is to do beside encoding.
pub enum Order {
    Record { files: FileSet, about: Option<About> },
    StopFile,
    SetReplay(Option<ReplayLimits>),
    SaveReplay(PathBuf),
    Painted(Duration, PaintedWith),
}

#[derive(Default)]
pub struct Progress {
    pub recorded: AtomicU64,
    pub bytes: AtomicU64,
}

/// Encodes on a thread of its own, named `record`, into a file, into a replay, or into both from one encoder.
///
/// Dropped without [`Self::finish`], it still ends the file.
pub struct Recorder {
    settings: RecordSettings,
    /// The file, for messages.
    path: PathBuf,
    queue: Option<(Sender<Offer>, Sender<Order>)>,
    thread: Option<JoinHandle<Result<Option<RecordingReport>, RecordError>>>,
    progress: Arc<Progress>,
    started_at: Instant,
    sound: Option<Arc<Mutex<SoundSettings>>>,
    skipped: u64,
}

impl Recorder {
    /// Starts the thread, which records nothing until [`Self::record_to`] or [`Self::set_replay`]. The encoder is
    /// looked for, on that thread, with the first picture.
    ///
    /// # Errors
    /// Size or rate is beyond the limits of encoders, or the system gives no more threads.
    pub fn start(
        settings: &RecordSettings,
        on_event: impl Fn(RecorderEvent) + Send + Sync + 'static,
    ) -> Result<Self, RecordError> {
        let encoding = Encoding::new(settings.size, settings.fps, settings.quality, settings.encoder)?;
        let (queue, offers) = bounded(QUEUE_LENGTH);
        let (orders, ordered) = bounded(ORDERS_LENGTH);
        let progress = Arc::new(Progress::default());
        let on_event: OnEvent = Arc::new(on_event);
        let started_at = Instant::now();
        let sound = settings.sound.clone().map(|sound| Arc::new(Mutex::new(sound)));
        let heard = sound.as_ref().map(|sound| Sound::start(Arc::clone(sound), started_at)).transpose();
        let heard = heard.map_err(|error| RecordError::Thread(error.to_string()))?;
        let timeline = Timeline::new(encoding, heard, settings, Arc::clone(&progress), Arc::clone(&on_event));
        let thread = std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || run(timeline, offers, ordered, &on_event))
            .map_err(|error| RecordError::Thread(error.to_string()))?;
        Ok(Self {
            settings: settings.clone(),
            path: PathBuf::new(),
            queue: Some((queue, orders)),
            thread: Some(thread),
            progress,
            started_at,
            sound,
            skipped: 0,
        })
    }

    /// The start of the clock that sound is recorded on, and pictures with it.
    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    /// Changes what is heard and how loud, within a second and also in the middle of a file. A recorder that was
    /// started without sound stays so.
    pub fn set_sound(&self, settings: SoundSettings) {
        if let Some(sound) = &self.sound {
            *sound.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        }
    }

    /// Whether it was started with sound.
    pub fn has_sound(&self) -> bool {
        self.sound.is_some()
    }

    /// Opens a file and records into it from now on, with a sidecar where there is something to tell `about` it. Where
    /// a replay runs, the recording begins with its newest key picture, up to a second ago.
    ///
    /// # Errors
    /// The folder does not exist, cannot be written to or has no room, or the recorder has stopped.
    pub fn record_to(&mut self, path: &Path, about: Option<About>) -> Result<(), RecordError> {
        let files = FileSet::create(path, self.settings.keep_free_bytes, self.settings.markers.as_deref())?;
        self.path = path.to_owned();
        self.skipped = 0;
        self.progress.recorded.store(0, Ordering::Relaxed);
        self.progress.bytes.store(0, Ordering::Relaxed);
        if self.order(Order::Record { files, about }) { Ok(()) } else { Err(RecordError::Stopped(path.to_owned())) }
    }

    /// Ends the file after what is queued; [`RecorderEvent::Finished`] tells how it went. The replay goes on.
    pub fn stop_file(&self) {
        self.order(Order::StopFile);
    }

    /// Keeps the last seconds from now on, with these bounds, or no longer.
    pub fn set_replay(&self, limits: Option<ReplayLimits>) {
        self.order(Order::SetReplay(limits));
    }

    /// Saves the last seconds into a new file; [`RecorderEvent::ReplaySaved`] tells how it went.
    pub fn save_replay(&self, path: PathBuf) {
        self.order(Order::SaveReplay(path));
    }

    /// Pictures are painted with this from `elapsed` since the recorder's start on, for the sidecar.
    pub fn note_painted(&self, elapsed: Duration, painted: PaintedWith) {
        self.order(Order::Painted(elapsed, painted));
    }

    /// Offers a finished picture, shown at `elapsed` since the recorder's start. Never blocks: `false` says that the
    /// encoder was busy, or that the recording has stopped, and the picture was left out. A picture of another size is
    /// letterboxed.
    ///
    /// The file keeps time with `elapsed`: pictures are repeated over gaps, and of several within one frame interval
    /// the last one is taken.
    pub fn offer(&mut self, picture: &Arc<Frame>, elapsed: Duration) -> bool {
        let offer = Offer { picture: Arc::clone(picture), elapsed };
        match self.queue.as_ref().map(|(queue, _)| queue.try_send(offer)) {
            Some(Ok(())) => true,
            Some(Err(TrySendError::Full(_))) => {
                self.skipped += 1;
                false
            }
            Some(Err(TrySendError::Disconnected(_))) | None => false,
        }
    }

    /// Pictures of the file so far, and bytes written.
    pub fn progress(&self) -> (u64, u64) {
        (self.progress.recorded.load(Ordering::Relaxed), self.progress.bytes.load(Ordering::Relaxed))
    }

    /// Pictures left out of the file so far, because the encoder was busy.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Encodes what is queued, ends the file, if there is one, and joins the thread.
    ///
    /// # Errors
    /// The recording had failed, or the file's end could not be written.
    pub fn finish(mut self) -> Result<Option<RecordingReport>, RecordError> {
        let report = self.join().unwrap_or_else(|| Err(RecordError::Stopped(self.path.clone())))?;
        Ok(report.map(|report| RecordingReport { skipped: self.skipped, ..report }))
    }

    fn order(&self, order: Order) -> bool {
        self.queue.as_ref().is_some_and(|(_, orders)| orders.try_send(order).is_ok())
    }

    /// Closes the queues and waits for the thread's last word.
    fn join(&mut self) -> Option<Result<Option<RecordingReport>, RecordError>> {
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

/// The record thread. An error on the way is an event; one at the end is returned.
fn run(
    mut timeline: Timeline,
    offers: Receiver<Offer>,
    orders: Receiver<Order>,
    on_event: &OnEvent,
) -> Result<Option<RecordingReport>, RecordError> {
    let worked = catch_unwind(AssertUnwindSafe(|| timeline.follow(&offers, &orders)))
        .unwrap_or_else(|_| Err(RecordError::Encoder("it panicked".to_owned())));
    match worked {
        Ok(()) => timeline.finish(),
        Err(error) => {
            let path = timeline.path();
            // Closing the file comes first, so that whoever hears of the failure finds what was saved, and so do the
            // queues, so that no further picture is taken.
            drop(timeline);
            drop((offers, orders));
            on_event(RecorderEvent::Failed(error));
            Err(RecordError::Stopped(path))
        }
    }
}
