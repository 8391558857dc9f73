//! Reads what `impasto-scap` says, on a thread of its own, and keeps the newest picture.

use super::protocol::{Message, PictureHead, ProtocolError, read_greeting, read_message};
use crate::frame::{Frame, FramePool, Size};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How far the program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It has said nothing yet.
    Starting,
    /// It asks what to share, since this instant.
    Asking(Instant),
    /// Pictures will come, since this instant.
    Opened(Instant),
    /// The last picture came at this instant.
    Showing(Instant),
}

/// Why there will be no more words.
#[derive(Debug)]
pub enum LastWord {
    Stopped,
    Failed(String),
    Broken(ProtocolError),
}

/// What was heard.
pub struct Heard {
    pub stage: Stage,
    /// One slot: a newer picture replaces one that nobody took.
    pub newest: Option<Arc<Frame>>,
    pub heard_at: Instant,
    pub last_word: Option<LastWord>,
}

/// What was heard, for the two threads that share it.
pub struct Ear {
    heard: Mutex<Heard>,
    changed: Condvar,
}

impl Ear {
    pub fn locked(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits up to `timeout` for something new, or for less.
    pub fn wait<'a>(&self, heard: MutexGuard<'a, Heard>, timeout: Duration) -> MutexGuard<'a, Heard> {
        self.changed.wait_timeout(heard, timeout).unwrap_or_else(PoisonError::into_inner).0
    }

    fn note(&self, change: impl FnOnce(&mut Heard)) {
        let mut heard = self.locked();
        heard.heard_at = Instant::now();
        change(&mut heard);
        drop(heard);
        self.changed.notify_all();
    }
}

/// Listens on the thread `scap` until the stream ends.
///
/// # Errors
/// The system gives no more threads.
pub fn listen(words: impl Read + Send + 'static) -> std::io::Result<(Arc<Ear>, JoinHandle<()>)> {
    let now = Instant::now();
    let heard = Heard { stage: Stage::Starting, newest: None, heard_at: now, last_word: None };
    let ear = Arc::new(Ear { heard: Mutex::new(heard), changed: Condvar::new() });
    let ours = Arc::clone(&ear);
    let work = move || {
        let mut listener = Listener { words, ear: &ours, pool: FramePool::new(), opened_at: now, sequence: 0 };
        let heard = catch_unwind(AssertUnwindSafe(|| listener.hear()));
        let last = heard.unwrap_or_else(|_| LastWord::Failed("what scap said could not be understood".to_owned()));
        ours.note(|heard| heard.last_word = Some(last));
    };
    let thread = std::thread::Builder::new().name("scap".to_owned()).spawn(work)?;
    Ok((ear, thread))
}

struct Listener<'a, R> {
    words: R,
    ear: &'a Ear,
    pool: FramePool,
    opened_at: Instant,
    sequence: u64,
}

impl<R: Read> Listener<'_, R> {
    /// Hears to the end.
    fn hear(&mut self) -> LastWord {
        if let Err(error) = read_greeting(&mut self.words) {
            return LastWord::Broken(error);
        }
        loop {
            let stage = match read_message(&mut self.words) {
                Ok(Message::Asking) => Some(Stage::Asking(Instant::now())),
                Ok(Message::Opened) => Some(Stage::Opened(Instant::now())),
                Ok(Message::Alive | Message::Window { .. }) => None,
                Ok(Message::Picture(head)) => match self.take(head) {
                    Ok(()) => None,
                    Err(error) => return LastWord::Broken(error),
                },
                Ok(Message::Stopped) => return LastWord::Stopped,
                Ok(Message::Failed(reason)) => return LastWord::Failed(reason),
                Err(error) => return LastWord::Broken(error),
            };
            self.ear.note(|heard| heard.stage = stage.unwrap_or(heard.stage));
        }
    }

    fn take(&mut self, head: PictureHead) -> Result<(), ProtocolError> {
        let captured_at = Instant::now().checked_sub(head.age).unwrap_or_else(Instant::now);
        let frame = self.pool.fill(Size::new(head.width_px, head.height_px), |frame| {
            self.words.read_exact(&mut frame.pixels)?;
            frame.captured_at = captured_at;
            frame.timestamp = captured_at.saturating_duration_since(self.opened_at);
            frame.sequence = self.sequence;
            Ok::<_, ProtocolError>(())
        })?;
        self.sequence += 1;
        self.ear.note(|heard| {
            heard.newest = Some(frame);
            heard.stage = Stage::Showing(Instant::now());
        });
        Ok(())
    }
}
