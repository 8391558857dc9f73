//! Follows the game's window on a thread of its own and tells the event loop.

use super::app_event::{AppEvent, Mailer, RunId};
use crate::capture::{CaptureError, Visibility, WindowTracker};
use crate::control::EndReason;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long the thread waits for news before it looks whether it should stop.
const STOP_CHECK: Duration = Duration::from_millis(50);

/// The thread `window tracker`; dropping it stops and joins it.
pub struct TrackerThread {
    is_stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TrackerThread {
    /// Starts to follow the window with this id.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn spawn(id: u32, run: RunId, mailer: Mailer) -> std::io::Result<Self> {
        let is_stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_stopping);
        let thread = std::thread::Builder::new().name("window tracker".to_owned()).spawn(move || {
            if let Err(error) = follow(id, run, &mailer, &stop) {
                let reason = match error {
                    CaptureError::DisplayLost => EndReason::DisplayLost,
                    CaptureError::WindowGone { .. } => EndReason::WindowClosed,
                    error => EndReason::Failed(error.to_string()),
                };
                mailer.send(AppEvent::TrackingLost(run, reason));
            }
        })?;
        Ok(Self { is_stopping, thread: Some(thread) })
    }
}

fn follow(id: u32, run: RunId, mailer: &Mailer, stop: &AtomicBool) -> Result<(), CaptureError> {
    let mut tracker = WindowTracker::open(id)?;
    while !stop.load(Ordering::Acquire) {
        if let Some(placement) = tracker.wait_change(STOP_CHECK)? {
            mailer.send(AppEvent::Placed(run, placement));
            if placement.visibility == Visibility::Closed {
                break;
            }
        }
    }
    Ok(())
}

impl Drop for TrackerThread {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic inside has already been printed, and there is nothing left to save.
            let _ = thread.join();
        }
    }
}
