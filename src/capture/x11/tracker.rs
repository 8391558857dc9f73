//! Follows where a window is, by events.

use super::display::Display;
use super::facts::{Facts, Shown};
use super::watch::{News, Watch};
use crate::capture::{CaptureError, Placement, Visibility};
use crate::frame::Size;
use std::time::{Duration, Instant};

/// Follows one window's place, size, stacking and visibility. Opened, used and dropped on one thread; it has a
/// connection of its own, so that a change is known as soon as the display server tells it.
pub struct WindowTracker {
    display: Display,
    window: u32,
    watch: Watch,
    last: Option<Placement>,
    /// Something happened that has not been looked at yet.
    is_stale: bool,
    /// The next look is told of even where the placement is the same.
    must_tell: bool,
}

impl WindowTracker {
    /// Starts to follow the window with this id on the display that `DISPLAY` names.
    ///
    /// # Errors
    /// The display cannot be reached, or the window does not exist.
    pub fn open(id: u32) -> Result<Self, CaptureError> {
        Self::open_on(None, id)
    }

    /// Starts to follow a window of the display of this name, such as `:0`.
    ///
    /// # Errors
    /// The display cannot be reached, or the window does not exist.
    pub fn open_on(display: Option<&str>, id: u32) -> Result<Self, CaptureError> {
        let display = Display::open(display)?;
        let watch = Watch::start(&display, id)?.ok_or(CaptureError::WindowGone { id })?;
        Ok(Self { display, window: id, watch, last: None, is_stale: true, must_tell: true })
    }

    /// Waits up to `timeout` for a change and tells the placement after it; `None` where nothing changed. The first
    /// call tells the placement at once. A restacked window is told of even where its placement is the same, so that an
    /// overlay can be put above it again. After `Closed`, nothing changes any more.
    ///
    /// # Errors
    /// The display was lost.
    pub fn wait_change(&mut self, timeout: Duration) -> Result<Option<Placement>, CaptureError> {
        let deadline = Instant::now() + timeout;
        if self.last.is_some_and(|last| last.visibility == Visibility::Closed) {
            std::thread::sleep(timeout);
            return Ok(None);
        }
        loop {
            // A storm of events, as while the window is dragged, is looked at once.
            let wait_until = if self.is_stale { Instant::now() } else { deadline };
            let Some(event) = self.display.next_event(wait_until)? else {
                if !self.is_stale {
                    return Ok(None);
                }
                self.is_stale = false;
                let placement = self.look()?;
                if std::mem::take(&mut self.must_tell) || self.last != Some(placement) {
                    self.last = Some(placement);
                    return Ok(Some(placement));
                }
                continue;
            };
            match self.watch.news(&self.display, &event) {
                News::Nothing => {}
                News::State => self.is_stale = true,
                News::Stacking | News::Geometry | News::Mapping => {
                    self.is_stale = true;
                    self.must_tell = true;
                }
                News::Ancestors => {
                    self.watch.refresh(&self.display)?;
                    self.is_stale = true;
                    self.must_tell = true;
                }
                News::Destroyed => return Ok(Some(self.close())),
            }
        }
    }

    fn look(&mut self) -> Result<Placement, CaptureError> {
        let Some(facts) = Facts::read(&self.display, self.window)? else { return Ok(self.close()) };
        let visibility = match facts.shown {
            Shown::Visible => Visibility::Visible,
            Shown::Minimized => Visibility::Minimized,
            Shown::Shaded | Shown::Hidden => Visibility::Hidden,
        };
        Ok(Placement {
            x: facts.x,
            y: facts.y,
            size: facts.size,
            visibility,
            frame_window: self.watch.top_level(),
            is_fullscreen: facts.is_fullscreen,
            is_active: facts.is_active,
        })
    }

    fn close(&mut self) -> Placement {
        let unknown = Placement {
            x: 0,
            y: 0,
            size: Size::new(1, 1),
            visibility: Visibility::Closed,
            frame_window: self.watch.top_level(),
            is_fullscreen: false,
            is_active: false,
        };
        let closed = Placement { visibility: Visibility::Closed, is_active: false, ..self.last.unwrap_or(unknown) };
        self.last = Some(closed);
        closed
    }
}
