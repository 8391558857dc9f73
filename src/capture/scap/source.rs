//! What scap captures, as a frame source.

use super::error::ScapError;
use super::hearing::{Ear, Heard, LastWord, Stage, listen};
use super::program::{Started, start_capture};
use super::protocol::{NEXT_PICTURE, ProtocolError};
use super::request::{ScapRequest, ScapTarget};
use crate::capture::{CaptureError, Captured, FrameSource};
use crate::child::RunningChild;
use crate::control::{EndReason, IdleReason};
use std::io::Write as _;
use std::process::ChildStdin;
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A desktop that gives the same again without a dialog does so within this time, and nobody is told of a dialog.
const SILENT_CHOICE: Duration = Duration::from_millis(400);
/// How long a program that said its last word may take to end, before it is ended.
const END_PATIENCE: Duration = Duration::from_millis(500);

const NO_NARROWING: &str =
    "scap cannot tell the desktop to offer only windows or only screens: choose what you mean in its dialog";

/// How long each thing may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScapPatience {
    /// Until the program says its first word.
    pub start: Duration,
    /// Until the person has chosen; scap itself gives up after at most two and a quarter minutes.
    pub choice: Duration,
    /// From the choice to the first picture.
    pub first_picture: Duration,
    /// Between two signs of life.
    pub life: Duration,
    /// A game that has stood still for so long is told to be [`IdleReason::Paused`]: scap does not say when a game was
    /// closed or hidden.
    pub stillness: Duration,
}

impl Default for ScapPatience {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(5),
            choice: Duration::from_secs(150),
            first_picture: Duration::from_secs(10),
            life: Duration::from_secs(10),
            stillness: Duration::from_secs(15),
        }
    }
}

/// Captures with scap, in a process that lives no longer than this.
pub struct ScapSource {
    /// Killed before the thread is joined, which reads from it.
    child: Option<RunningChild>,
    orders: ChildStdin,
    ear: Arc<Ear>,
    thread: Option<JoinHandle<()>>,
    patience: ScapPatience,
    started_at: Instant,
    /// A picture was asked for and has not come.
    is_asked: bool,
    notice: Option<&'static str>,
    told_idle: Option<IdleReason>,
}

impl ScapSource {
    /// Starts the program; the person's choice comes while the source is polled.
    ///
    /// # Errors
    /// The program is missing or cannot be started, or scap cannot capture that here.
    pub fn open(request: &ScapRequest) -> Result<Self, CaptureError> {
        Self::open_with(request, ScapPatience::default())
    }

    /// As [`ScapSource::open`], with other limits.
    ///
    /// # Errors
    /// The program is missing or cannot be started, or scap cannot capture that here.
    pub fn open_with(request: &ScapRequest, patience: ScapPatience) -> Result<Self, CaptureError> {
        let Started { child, orders, words } = start_capture(request)?;
        let no_thread = |error| ScapError::NotStarted { reason: format!("the system gives no more threads ({error})") };
        let (ear, thread) = listen(words).map_err(no_thread)?;
        let is_narrow = cfg!(target_os = "linux") && matches!(request.target, ScapTarget::Window | ScapTarget::Screen);
        Ok(Self {
            child: Some(child),
            orders,
            ear,
            thread: Some(thread),
            patience,
            started_at: Instant::now(),
            is_asked: false,
            notice: is_narrow.then_some(NO_NARROWING),
            told_idle: None,
        })
    }

    /// Asks for a picture, so that the one that comes is the newest, and none is carried over that nobody wants.
    fn ask(&mut self) {
        // A program that hears no more has ended, which the other thread notices.
        self.is_asked = self.is_asked || self.orders.write_all(&[NEXT_PICTURE]).is_ok();
    }

    /// What there is to say without waiting.
    fn word(&mut self, heard: &mut Heard) -> Option<Captured> {
        if let Some(frame) = heard.newest.take() {
            (self.is_asked, self.told_idle) = (false, None);
            return Some(Captured::Frame(frame));
        }
        if let Some(last) = heard.last_word.take() {
            return Some(Captured::Ended(self.end_reason(last, heard.stage)));
        }
        if let Some(error) = self.overdue(heard) {
            return Some(Captured::Ended(error.into()));
        }
        if let Some(notice) = self.notice.take() {
            return Some(Captured::Notice(notice.to_owned()));
        }
        let idle = self.idle_reason(heard.stage);
        if idle == self.told_idle {
            return None;
        }
        self.told_idle = idle;
        idle.map(Captured::Idle)
    }

    /// What has taken too long.
    fn overdue(&self, heard: &Heard) -> Option<ScapError> {
        let limits = match heard.stage {
            Stage::Starting => (self.started_at, self.patience.start, "a word"),
            Stage::Asking(since) if since.elapsed() > self.patience.choice => (since, self.patience.choice, "a choice"),
            Stage::Opened(since) if since.elapsed() > self.patience.first_picture => {
                (since, self.patience.first_picture, "a picture")
            }
            _ => (heard.heard_at, self.patience.life, "a sign of life"),
        };
        let (since, limit, what) = limits;
        (since.elapsed() > limit).then_some(ScapError::Silent { secs: limit.as_secs().max(1), what })
    }

    fn idle_reason(&self, stage: Stage) -> Option<IdleReason> {
        match stage {
            Stage::Asking(since) if cfg!(target_os = "linux") && since.elapsed() >= SILENT_CHOICE => {
                Some(IdleReason::Choosing)
            }
            Stage::Showing(last) if last.elapsed() >= self.patience.stillness => Some(IdleReason::Paused),
            _ => None,
        }
    }

    fn end_reason(&mut self, last: LastWord, stage: Stage) -> EndReason {
        match last {
            LastWord::Stopped if matches!(stage, Stage::Showing(_)) => EndReason::SharingEnded,
            LastWord::Stopped => ScapError::Died { how: "before the first picture".to_owned() }.into(),
            LastWord::Failed(reason) => ScapError::Said(reason).into(),
            LastWord::Broken(ProtocolError::Ended) => ScapError::Died { how: self.obituary() }.into(),
            LastWord::Broken(error) => ScapError::Protocol(error).into(),
        }
    }

    /// How the program ended, with the first line of its complaints.
    fn obituary(&mut self) -> String {
        let Some(child) = &mut self.child else { return "long ago".to_owned() };
        let status =
            child.wait(END_PATIENCE).map_or_else(|| "it closed its output".to_owned(), |status| status.to_string());
        match child.complaint() {
            complaint if complaint.is_empty() => status,
            complaint => format!("{status}; {complaint}"),
        }
    }
}

impl FrameSource for ScapSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        self.ask();
        let deadline = Instant::now() + timeout;
        let ear = Arc::clone(&self.ear);
        let mut heard: MutexGuard<'_, Heard> = ear.locked();
        loop {
            if let Some(word) = self.word(&mut heard) {
                return word;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return self.told_idle.map_or(Captured::Unchanged, Captured::Idle);
            }
            heard = ear.wait(heard, left);
        }
    }
}

impl Drop for ScapSource {
    fn drop(&mut self) {
        // Killed: what scap does when it is asked to stop is not waited for.
        self.child = None;
        if let Some(thread) = self.thread.take() {
            // Its panics are caught, and there is nothing left to save.
            let _ = thread.join();
        }
    }
}

impl From<ScapError> for EndReason {
    fn from(error: ScapError) -> Self {
        Self::Failed(error.to_string())
    }
}
