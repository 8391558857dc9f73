//! A window as a frame source.

use super::display::{Display, DisplayLost, answer};
use super::facts::{Facts, Shown};
use super::grabber::unsupported_pixels;
use super::picture::WindowPicture;
use super::watch::{News, Watch};
use crate::capture::{CaptureError, Captured, FrameSource};
use crate::control::{EndReason, IdleReason};
use crate::frame::FramePool;
use std::time::{Duration, Instant};
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};

/// The version that the protocol asks a client to name.
const DAMAGE_VERSION: (u32, u32) = (1, 1);

/// Time between two grabs where the server cannot say that a window changed.
const BLIND_PACE: Duration = Duration::from_millis(16);

/// Wait before a grab that the server refused is tried again; the event that explains it comes meanwhile.
const RETRY_PAUSE: Duration = Duration::from_millis(5);

/// Events that one poll reads at most, so that a flood of them cannot keep frames back.
const MOST_EVENTS_PER_POLL: usize = 1024;

/// The longest side and the largest number of pixels of a picture: a larger window is taken for an error.
const LONGEST_SIDE_PX: u32 = 16_384;
const MOST_PIXELS: usize = 1 << 26;

/// Captures the client area of one window, without the window manager's frame.
pub struct X11WindowSource {
    display: Display,
    window: u32,
    watch: Watch,
    facts: Facts,
    picture: WindowPicture,
    /// Tells of changes; `None` where the server cannot.
    damage: Option<u32>,
    pool: FramePool,
    opened_at: Instant,
    last_grab: Option<Instant>,
    sequence: u64,
    /// The facts must be read again.
    is_stale: bool,
    /// The picture has changed since the last grab.
    is_damaged: bool,
    told_idle: Option<IdleReason>,
}

impl X11WindowSource {
    /// A source for the window with this id, on the display of this name (`None`: the one that `DISPLAY` names). A
    /// window that is not mapped yet is `Idle` until it is.
    ///
    /// # Errors
    /// The display cannot be reached, the window does not exist, or it has no picture that can be read.
    pub fn open_on(display: Option<&str>, id: u32) -> Result<Self, CaptureError> {
        Self::open_sharing(display, id, true)
    }

    /// As [`X11WindowSource::open_on`], with every picture through the connection, as from a server on another machine:
    /// what shared memory is compared with.
    ///
    /// # Errors
    /// The display cannot be reached, the window does not exist, or it has no picture that can be read.
    pub fn open_without_shared_memory(display: Option<&str>, id: u32) -> Result<Self, CaptureError> {
        Self::open_sharing(display, id, false)
    }

    fn open_sharing(display: Option<&str>, id: u32, may_share: bool) -> Result<Self, CaptureError> {
        let display = Display::open(display)?;
        // Events first, facts second: no change between the two goes unseen.
        let watch = Watch::start(&display, id)?.ok_or(CaptureError::WindowGone { id })?;
        let facts = Facts::read(&display, id)?.ok_or(CaptureError::WindowGone { id })?;
        if let Some(reason) = why_not(&display, &facts) {
            return Err(CaptureError::NotCapturable { id, reason });
        }
        let picture = WindowPicture::new(&display, id, may_share)?;
        let damage = watch_damage(&display, id)?;
        Ok(Self {
            display,
            window: id,
            watch,
            facts,
            picture,
            damage,
            pool: FramePool::new(),
            opened_at: Instant::now(),
            last_grab: None,
            sequence: 0,
            is_stale: false,
            is_damaged: true,
            told_idle: None,
        })
    }

    fn poll_display(&mut self, timeout: Duration) -> Result<Captured, DisplayLost> {
        if self.read_events(Instant::now() + timeout)? == News::Destroyed {
            return Ok(Captured::Ended(EndReason::WindowClosed));
        }
        if std::mem::take(&mut self.is_stale) {
            let Some(facts) = Facts::read(&self.display, self.window)? else {
                return Ok(Captured::Ended(EndReason::WindowClosed));
            };
            self.facts = facts;
            if let Some(reason) = why_not(&self.display, &facts) {
                return Ok(Captured::Ended(EndReason::Failed(format!("the window cannot be captured: {reason}"))));
            }
        }
        if let Some(reason) = self.idle_reason() {
            self.told_idle = Some(reason);
            return Ok(Captured::Idle(reason));
        }
        // The picture from before the pause is old.
        self.is_damaged |= self.told_idle.take().is_some();
        if self.is_damaged || self.is_blindly_due() { self.grab() } else { Ok(Captured::Unchanged) }
    }

    /// Reads events until there is something to do or the time is over.
    fn read_events(&mut self, deadline: Instant) -> Result<News, DisplayLost> {
        for _ in 0..MOST_EVENTS_PER_POLL {
            let has_work = self.has_work();
            let wait_until = if has_work { Instant::now() } else { self.next_look(deadline) };
            match self.display.next_event(wait_until)? {
                Some(event) if self.note(&event)? == News::Destroyed => return Ok(News::Destroyed),
                Some(_) => {}
                None if has_work || Instant::now() >= deadline => break,
                None => {}
            }
        }
        Ok(News::Nothing)
    }

    /// Takes in one event.
    fn note(&mut self, event: &Event) -> Result<News, DisplayLost> {
        match event {
            Event::DamageNotify(event) if self.damage == Some(event.damage) => self.is_damaged = true,
            Event::ConfigureNotify(event) if event.window == self.window => {
                self.is_damaged |= self.picture.note_configured(&self.display, event)?;
            }
            _ => {}
        }
        let news = self.watch.news(&self.display, event);
        match news {
            News::Nothing | News::Stacking | News::Destroyed => {}
            News::State | News::Geometry => self.is_stale = true,
            News::Mapping | News::Ancestors => {
                self.is_stale = true;
                self.is_damaged = true;
                self.picture.forget_pixmap(&self.display)?;
            }
        }
        if news == News::Ancestors {
            self.watch.refresh(&self.display)?;
        }
        Ok(news)
    }

    /// Whether there is something to do before the next event.
    fn has_work(&self) -> bool {
        self.is_stale
            || match self.idle_reason() {
                Some(reason) => self.told_idle != Some(reason),
                None => self.is_damaged || self.told_idle.is_some() || self.is_blindly_due(),
            }
    }

    /// Whether it is time to grab without having been told of a change.
    fn is_blindly_due(&self) -> bool {
        self.damage.is_none() && self.last_grab.is_none_or(|last| last.elapsed() >= BLIND_PACE)
    }

    /// When to look again at the latest, where no event comes.
    fn next_look(&self, deadline: Instant) -> Instant {
        match self.last_grab {
            Some(last) if self.damage.is_none() && self.idle_reason().is_none() => deadline.min(last + BLIND_PACE),
            _ => deadline,
        }
    }

    fn idle_reason(&self) -> Option<IdleReason> {
        match self.facts.shown {
            Shown::Visible => None,
            Shown::Minimized | Shown::Shaded => Some(IdleReason::Minimized),
            Shown::Hidden => Some(IdleReason::Hidden),
        }
    }

    fn grab(&mut self) -> Result<Captured, DisplayLost> {
        if let Some(damage) = self.damage {
            // Before the grab, so that what is drawn later is told anew.
            self.display.connection.damage_subtract(damage, x11rb::NONE, x11rb::NONE)?.ignore_error();
        }
        let Some(size) = self.picture.size(&self.display, &self.facts)? else { return self.retry_later() };
        let Self { display, facts, picture, .. } = self;
        let filled = self.pool.fill(size, |frame| match picture.copy(display, facts, frame) {
            Ok(true) => {
                frame.sequence = self.sequence;
                frame.timestamp = frame.captured_at.duration_since(self.opened_at);
                Ok(())
            }
            Ok(false) => Err(None),
            Err(lost) => Err(Some(lost)),
        });
        match filled {
            Ok(frame) => {
                self.sequence += 1;
                self.is_damaged = false;
                self.last_grab = Some(Instant::now());
                Ok(Captured::Frame(frame))
            }
            Err(None) => self.retry_later(),
            Err(Some(lost)) => Err(lost),
        }
    }

    /// The server has no picture at this instant, as while the window is being unmapped: look again soon.
    fn retry_later(&mut self) -> Result<Captured, DisplayLost> {
        self.picture.forget_pixmap(&self.display)?;
        self.is_stale = true;
        self.is_damaged = true;
        std::thread::sleep(RETRY_PAUSE);
        Ok(Captured::Unchanged)
    }
}

impl FrameSource for X11WindowSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        self.poll_display(timeout).unwrap_or(Captured::Ended(EndReason::DisplayLost))
    }
}

/// Why the window has no picture that can be read; `None` where it has one.
fn why_not(display: &Display, facts: &Facts) -> Option<String> {
    let size = facts.size;
    if !facts.has_picture {
        return Some("it is made for input only and has no picture".to_owned());
    }
    if size.width.max(size.height) > LONGEST_SIDE_PX || size.area() > MOST_PIXELS {
        return Some(format!(
            "its size of {size} is more than the {LONGEST_SIDE_PX} pixels a side that can be captured"
        ));
    }
    unsupported_pixels(display, facts.depth, facts.visual)
}

/// Asks to be told when the window's picture changes; `None` where the server cannot tell.
fn watch_damage(display: &Display, window: u32) -> Result<Option<u32>, DisplayLost> {
    let connection = &display.connection;
    if connection.extension_information(damage::X11_EXTENSION_NAME)?.is_none() {
        return Ok(None);
    }
    let (major, minor) = DAMAGE_VERSION;
    if answer(connection.damage_query_version(major, minor)?.reply())?.is_none() {
        return Ok(None);
    }
    let id = display.new_id()?;
    let created = connection.damage_create(id, window, ReportLevel::NON_EMPTY)?.check();
    Ok(answer(created)?.map(|()| id))
}
