//! Files as frame sources, in real time.

use super::clip::{Clip, open_clip};
use super::error::FileError;
use super::video::ChildSlot;
use crate::capture::{CaptureError, Captured, FrameSource};
use crate::control::EndReason;
use crate::frame::{Frame, FramePool};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frames that are decoded ahead; the decoder waits when it is full.
const AHEAD: usize = 2;
/// A source that is later than this does not try to catch up: it goes on from where it is.
const LATE: Duration = Duration::from_millis(250);

/// Opens a picture, a folder of pictures (30 a second), or a video as a source in real time.
///
/// # Errors
/// As [`open_clip`].
pub fn open_live(path: &Path, repeat: bool) -> Result<Box<dyn FrameSource>, CaptureError> {
    let mut clip = open_clip(path)?;
    if clip.is_still() {
        let frame = clip.next_frame(&mut FramePool::new())?;
        return Ok(Box::new(StillSource { frame }));
    }
    Ok(Box::new(ClipSource::start(clip, repeat)?))
}

/// A still picture: shown once, and it stands.
struct StillSource {
    frame: Option<Arc<Frame>>,
}

impl FrameSource for StillSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        match self.frame.take() {
            Some(frame) => Captured::Frame(frame),
            None => {
                std::thread::sleep(timeout);
                Captured::Unchanged
            }
        }
    }
}

type Read = Result<Arc<Frame>, CaptureError>;

/// Frames that a thread named `read file` decodes ahead, each shown at its time.
struct ClipSource {
    frames: Option<Receiver<Read>>,
    thread: Option<JoinHandle<()>>,
    child: Option<Arc<ChildSlot>>,
    /// The moment of timestamp 0: set by the first frame, moved when the decoder cannot keep up.
    zero: Option<Instant>,
    /// A frame that is not due yet.
    pending: Option<Arc<Frame>>,
    end: Option<EndReason>,
}

impl ClipSource {
    fn start(clip: Clip, repeat: bool) -> Result<Self, CaptureError> {
        let (sender, frames) = bounded(AHEAD);
        let child = clip.child();
        let thread = std::thread::Builder::new()
            .name("read file".to_owned())
            .spawn(move || read_all(clip, repeat, &sender))
            .map_err(|error| FileError::Thread(error.to_string()))?;
        Ok(Self { frames: Some(frames), thread: Some(thread), child, zero: None, pending: None, end: None })
    }

    /// Waits for the next decoded frame; `None` after the timeout, or at the end.
    fn receive(&mut self, timeout: Duration) -> Option<Arc<Frame>> {
        let end = match self.frames.as_ref()?.recv_timeout(timeout) {
            Ok(Ok(frame)) => return Some(frame),
            Err(RecvTimeoutError::Timeout) => return None,
            Ok(Err(error)) => EndReason::Failed(error.to_string()),
            Err(RecvTimeoutError::Disconnected) => EndReason::EndOfFile,
        };
        self.frames = None;
        self.end = Some(end);
        None
    }

    fn due(&mut self, frame: &Frame) -> Instant {
        *self.zero.get_or_insert_with(|| {
            let now = Instant::now();
            now.checked_sub(frame.timestamp).unwrap_or(now)
        }) + frame.timestamp
    }
}

impl FrameSource for ClipSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        let deadline = Instant::now() + timeout;
        if self.pending.is_none() {
            self.pending = self.receive(timeout);
        }
        let Some(mut frame) = self.pending.take() else {
            return self.end.clone().map_or(Captured::Unchanged, Captured::Ended);
        };
        let due = self.due(&frame);
        if due > deadline {
            self.pending = Some(frame);
            std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
            return Captured::Unchanged;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        // Of several frames that are due the newest one is shown.
        while let Some(next) = self.receive(Duration::ZERO) {
            if self.due(&next) > Instant::now() {
                self.pending = Some(next);
                break;
            }
            frame = next;
        }
        let lateness = Instant::now().saturating_duration_since(self.due(&frame));
        if lateness > LATE {
            self.zero = self.zero.map(|zero| zero + lateness);
        }
        Captured::Frame(frame)
    }
}

impl Drop for ClipSource {
    fn drop(&mut self) {
        // Ending ffmpeg wakes a thread that waits for pixels; closing the channel wakes one that waits to hand over.
        if let Some(child) = &self.child {
            child.close();
        }
        self.frames = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that reads files panicked");
        }
    }
}

/// Reads until the end, the first error, or until nobody listens.
fn read_all(mut clip: Clip, repeat: bool, frames: &Sender<Read>) {
    let mut pool = FramePool::new();
    let mut is_empty = true;
    loop {
        match clip.next_frame(&mut pool) {
            Ok(Some(frame)) => {
                is_empty = false;
                if frames.send(Ok(frame)).is_err() {
                    return;
                }
            }
            Ok(None) if repeat && !is_empty => {
                is_empty = true;
                clip.rewind();
            }
            Ok(None) => return,
            Err(error) => {
                // Nobody listens any more: nobody needs to know.
                let _ = frames.send(Err(error));
                return;
            }
        }
    }
}
