//! Where windows are not captured yet.

use super::{CaptureError, Placement};
use std::time::Duration;

/// Follows no window.
pub enum WindowTracker {}

impl WindowTracker {
    /// Fails.
    ///
    /// # Errors
    /// Always.
    pub fn open(_id: u32) -> Result<Self, CaptureError> {
        Err(CaptureError::NoWindowCapture)
    }

    /// Tells nothing.
    ///
    /// # Errors
    /// None.
    pub fn wait_change(&mut self, _timeout: Duration) -> Result<Option<Placement>, CaptureError> {
        match *self {}
    }
}
