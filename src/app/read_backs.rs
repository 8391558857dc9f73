//! Brings finished pictures back from the graphics device, for recordings and screenshots, without ever waiting.

use crate::compose::{Compositor, Gpu};
use crate::control::ScreenshotKind;
use crate::frame::{Frame, FramePool};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// A finished picture that was wanted back, and what for.
pub struct Wanted {
    /// The frame that the finished picture shows.
    pub original: Arc<Frame>,
    pub shown_at: Instant,
    pub is_for_recording: bool,
    pub screenshots: Vec<ScreenshotKind>,
}

/// The copies that are under way, oldest first. Lives on the main thread.
#[derive(Default)]
pub struct ReadBacks {
    pool: FramePool,
    under_way: VecDeque<Wanted>,
}

impl ReadBacks {
    /// Begins to copy the picture that the compositor has just finished. Gives `wanted` back where too many copies are
    /// under way already.
    pub fn begin(&mut self, gpu: &Gpu, compositor: &mut Compositor, wanted: Wanted) -> Result<(), Wanted> {
        if compositor.begin_read_back(gpu) {
            self.under_way.push_back(wanted);
            Ok(())
        } else {
            Err(wanted)
        }
    }

    /// The oldest copy, once it has arrived.
    pub fn take(&mut self, gpu: &Gpu, compositor: &mut Compositor) -> Option<(Arc<Frame>, Wanted)> {
        loop {
            let picture = compositor.take_read_back(gpu, &mut self.pool)?;
            if let Some(wanted) = self.under_way.pop_front() {
                return Some((picture, wanted));
            }
        }
    }

    /// Whether no copy is under way.
    pub fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The graphics device is gone, and the copies with it.
    pub fn forget(&mut self) {
        self.under_way.clear();
    }
}
