//! Follows where a window is.

use super::native::{exists, handle, placement};
use crate::capture::{CaptureError, Placement, Visibility};
use std::time::{Duration, Instant};

/// Time between two looks: half a frame at 60 per second.
const LOOK_INTERVAL: Duration = Duration::from_millis(8);

/// Follows one window's place, size and visibility. Lives on one thread.
pub struct WindowTracker {
    id: u32,
    last: Option<Placement>,
}

impl WindowTracker {
    /// Starts to follow the window with this id.
    ///
    /// # Errors
    /// The window does not exist.
    pub fn open(id: u32) -> Result<Self, CaptureError> {
        if exists(handle(id)) { Ok(Self { id, last: None }) } else { Err(CaptureError::WindowGone { id }) }
    }

    /// Waits up to `timeout` for a change and tells the placement after it; `None` where nothing changed. The first
    /// call tells the placement at once. After `Closed`, nothing changes any more.
    ///
    /// # Errors
    /// None on this system.
    pub fn wait_change(&mut self, timeout: Duration) -> Result<Option<Placement>, CaptureError> {
        let deadline = Instant::now() + timeout;
        if self.last.is_some_and(|last| last.visibility == Visibility::Closed) {
            std::thread::sleep(timeout);
            return Ok(None);
        }
        loop {
            let closed = self.last.map(|last| Placement { visibility: Visibility::Closed, is_active: false, ..last });
            let now = placement(handle(self.id)).or(closed).ok_or(CaptureError::WindowGone { id: self.id })?;
            if self.last != Some(now) {
                self.last = Some(now);
                return Ok(Some(now));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
    }
}
