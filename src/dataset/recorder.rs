//! The thread that chooses and keeps frames, and never holds up a game.

use super::chooser::{Chooser, Verdict};
use super::counts::{Counts, Skip};
use super::error::DatasetError;
use super::glance::Glance;
use super::index::Session;
use super::reader;
use super::writer::DatasetWriter;
use crate::control::DateTime;
use crate::frame::Frame;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frames that may wait while pictures are written; more are left out and counted. Room for the time that it takes to
/// write a burst.
const QUEUE_LENGTH: usize = 12;
/// Time between two writings of the list: a recorder that is killed knows that much less of what it left out.
const LIST_INTERVAL: Duration = Duration::from_secs(2);

/// What is to be recorded where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRequest {
    /// The dataset's folder; one that exists is gone on with.
    pub path: PathBuf,
    /// What the frames are of: the window's title, the file, or the scene.
    pub source: String,
    /// Height of the pictures, in pixels; smaller frames keep theirs.
    pub height: u32,
    /// At most so many pictures are kept, those of bursts included.
    pub max_pictures: Option<u64>,
}

/// What became of a frame that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    Taken,
    /// It came while pictures were being written, and was left out.
    LeftOut,
    /// The recorder has all that was asked for, or has failed: [`FrameRecorder::finish`] tells.
    Stopped,
}

/// How a recording of frames went.
#[derive(Debug)]
pub struct FrameReport {
    pub path: PathBuf,
    pub counts: Counts,
    /// Time between the first frame and the last, within the source.
    pub duration: Duration,
    /// What stopped it before its time. The pictures kept before are there.
    pub failure: Option<DatasetError>,
}

struct Offer {
    frame: Arc<Frame>,
    follows: bool,
}

/// What the thread tells while it works.
#[derive(Default)]
struct Progress {
    counts: Counts,
    duration: Duration,
}

type Shared = Arc<Mutex<Progress>>;

/// A running recording of frames: chooses, shrinks and writes on a thread of its own, named `record frames`.
///
/// Dropped without [`Self::finish`], it still ends in order.
pub struct FrameRecorder {
    path: PathBuf,
    queue: Option<Sender<Offer>>,
    thread: Option<JoinHandle<Result<(), DatasetError>>>,
    progress: Shared,
    /// The last frame that was offered was left out: the next one does not follow.
    has_gap: bool,
}

impl FrameRecorder {
    /// Opens the dataset and starts the thread, which first looks at what is kept already.
    ///
    /// # Errors
    /// The folder holds something else, cannot be written, or is in use; its list is damaged; or there are no threads.
    pub fn start(request: &FrameRequest) -> Result<Self, DatasetError> {
        let writer = DatasetWriter::open(
            &request.path,
            Session {
                source: request.source.clone(),
                started: DateTime::now().to_string(),
                seconds: 0.0,
                height: request.height,
                counts: Counts::default(),
            },
        )?;
        let (queue, offers) = bounded(QUEUE_LENGTH);
        let progress = Shared::default();
        let keeper = Keeper {
            chooser: Chooser::new(request.max_pictures.unwrap_or(u64::MAX)),
            writer,
            gathered: Vec::new(),
            first_at: None,
            progress: Arc::clone(&progress),
            listed_at: Instant::now(),
        };
        let path = request.path.clone();
        let thread = std::thread::Builder::new()
            .name("record frames".to_owned())
            .spawn(move || run(keeper, offers, path))
            .map_err(|error| DatasetError::Thread(error.to_string()))?;
        Ok(Self { path: request.path.clone(), queue: Some(queue), thread: Some(thread), progress, has_gap: true })
    }

    /// Offers a frame and never blocks: for live sources. `follows` says that the source has lost no frame between this
    /// one and the last that was offered.
    pub fn offer(&mut self, frame: &Arc<Frame>, follows: bool) -> Offered {
        let Some(queue) = &self.queue else { return Offered::Stopped };
        match queue.try_send(Offer { frame: Arc::clone(frame), follows: follows && !self.has_gap }) {
            Ok(()) => {
                self.has_gap = false;
                Offered::Taken
            }
            Err(TrySendError::Full(_)) => {
                self.has_gap = true;
                locked(&self.progress).counts.count_skipped(Skip::Busy, 1);
                Offered::LeftOut
            }
            Err(TrySendError::Disconnected(_)) => Offered::Stopped,
        }
    }

    /// Offers a frame and waits until there is room: for files, of which every frame is looked at.
    pub fn offer_patiently(&mut self, frame: &Arc<Frame>, follows: bool) -> Offered {
        let Some(queue) = &self.queue else { return Offered::Stopped };
        let follows = follows && !std::mem::take(&mut self.has_gap);
        match queue.send(Offer { frame: Arc::clone(frame), follows }) {
            Ok(()) => Offered::Taken,
            Err(_) => Offered::Stopped,
        }
    }

    /// Counts so far.
    pub fn counts(&self) -> Counts {
        locked(&self.progress).counts
    }

    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Whether it has ended by itself: it has all that was asked for, or has failed.
    pub fn has_stopped(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Decides on the frames that wait, writes the list and joins the thread.
    pub fn finish(mut self) -> FrameReport {
        let failure = self.join();
        let progress = locked(&self.progress);
        FrameReport { path: self.path.clone(), counts: progress.counts, duration: progress.duration, failure }
    }

    fn join(&mut self) -> Option<DatasetError> {
        self.queue = None;
        // A panic was caught inside.
        self.thread.take()?.join().ok()?.err()
    }
}

impl Drop for FrameRecorder {
    fn drop(&mut self) {
        if let Some(error) = self.join() {
            tracing::warn!("{error}");
        }
    }
}

fn locked(progress: &Shared) -> MutexGuard<'_, Progress> {
    // What it guards is valid after every single assignment.
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread.
fn run(mut keeper: Keeper, offers: Receiver<Offer>, path: PathBuf) -> Result<(), DatasetError> {
    let worked = catch_unwind(AssertUnwindSafe(|| keeper.follow(&offers))).unwrap_or(Err(DatasetError::Panicked(path)));
    // No further frame is taken.
    drop(offers);
    keeper.break_burst();
    // A disk that took no more pictures may still take the list; where it does not, the first error is the one to tell.
    worked.and(keeper.write_list())
}

/// Chooses frames and writes what is kept.
struct Keeper {
    chooser: Chooser,
    writer: DatasetWriter,
    /// Frames of the burst that is under way.
    gathered: Vec<Arc<Frame>>,
    /// Time of the first frame within the source.
    first_at: Option<Duration>,
    progress: Shared,
    listed_at: Instant,
}

impl Keeper {
    fn follow(&mut self, offers: &Receiver<Offer>) -> Result<(), DatasetError> {
        self.know_what_is_kept()?;
        while !self.chooser.is_full()
            && let Ok(offer) = offers.recv()
        {
            self.take(&offer)?;
            if self.listed_at.elapsed() >= LIST_INTERVAL {
                self.write_list()?;
            }
        }
        Ok(())
    }

    /// Looks at the pictures of earlier recordings, so that nothing is kept twice.
    fn know_what_is_kept(&mut self) -> Result<(), DatasetError> {
        let dataset = match reader::open(self.writer.path()) {
            Err(DatasetError::Empty(_)) => return Ok(()),
            opened => opened?,
        };
        let starts = dataset.bursts.iter().filter_map(|burst| burst.pictures.first());
        let pictures = dataset.frames.iter().map(|frame| (frame, false)).chain(starts.map(|start| (start, true)));
        for (path, begins_burst) in pictures {
            if let Some(hash) = self.writer.hash_of(path) {
                self.chooser.know(hash, begins_burst);
            }
        }
        Ok(())
    }

    fn take(&mut self, offer: &Offer) -> Result<(), DatasetError> {
        let frame = &offer.frame;
        let at = frame.timestamp;
        let first_at = *self.first_at.get_or_insert(at);
        locked(&self.progress).duration = at.saturating_sub(first_at);
        let choice = self.chooser.look(Glance::at(frame), at, offer.follows && self.is_of_the_same_size(frame));
        if choice.breaks_burst {
            self.break_burst();
        }
        match choice.verdict {
            Verdict::Keep => {
                self.writer.write_frame(frame)?;
                locked(&self.progress).counts.count_kept();
            }
            Verdict::Gather => self.gathered.push(Arc::clone(frame)),
            Verdict::KeepBurst => {
                self.gathered.push(Arc::clone(frame));
                let burst = std::mem::take(&mut self.gathered);
                self.writer.write_burst(&burst)?;
                locked(&self.progress).counts.count_burst(burst.len() as u64);
            }
            Verdict::Skip(skip) => locked(&self.progress).counts.count_skipped(skip, 1),
        }
        Ok(())
    }

    fn is_of_the_same_size(&self, frame: &Frame) -> bool {
        self.gathered.last().is_none_or(|last| last.size == frame.size)
    }

    fn break_burst(&mut self) {
        let broken = std::mem::take(&mut self.gathered).len() as u64;
        locked(&self.progress).counts.count_skipped(Skip::BrokenBurst, broken);
    }

    fn write_list(&mut self) -> Result<(), DatasetError> {
        self.listed_at = Instant::now();
        let (counts, duration) = {
            let progress = locked(&self.progress);
            (progress.counts, progress.duration)
        };
        self.writer.update(|session| (session.counts, session.seconds) = (counts, duration.as_secs_f64()))
    }
}
