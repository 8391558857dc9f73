//! Polls a source until it says what is awaited.

use crate::pattern;
use crate::support::desktop::{Desktop, PATIENCE};
use impasto::capture::{Captured, FrameSource as _, X11WindowSource};
use impasto::control::{EndReason, IdleReason};
use impasto::frame::{Frame, Size};
use std::sync::Arc;
use std::time::{Duration, Instant};
use x11rb::protocol::xproto::Window;

/// How long one poll waits.
pub const POLL: Duration = Duration::from_millis(50);

/// A source for a window of the desktop.
pub fn open(desktop: &Desktop, window: Window) -> X11WindowSource {
    X11WindowSource::open_on(Some(desktop.display()), window).unwrap()
}

/// Polls until `look` has found what it looks for.
pub fn poll_until<T>(source: &mut X11WindowSource, what: &str, mut look: impl FnMut(&Captured) -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        let captured = source.poll(POLL);
        if let Some(found) = look(&captured) {
            return found;
        }
        assert!(!matches!(captured, Captured::Ended(_)), "{captured:?} while waiting for {what}");
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
    }
}

/// The next frame.
pub fn next_frame(source: &mut X11WindowSource) -> Arc<Frame> {
    poll_until(source, "a frame", |captured| match captured {
        Captured::Frame(frame) => Some(Arc::clone(frame)),
        _ => None,
    })
}

/// Waits for a frame of this size that is the picture, and fails at any frame that is not the picture at its own size.
pub fn wait_for_picture(source: &mut X11WindowSource, seed: u8, size: Size) -> Arc<Frame> {
    poll_until(source, "the picture at its size", |captured| match captured {
        Captured::Frame(frame) => {
            pattern::assert_shows(frame, seed);
            (frame.size == size).then(|| Arc::clone(frame))
        }
        _ => None,
    })
}

/// Waits for the new picture, and fails at any frame that is neither wholly the old one nor wholly the new one.
pub fn wait_for_change(source: &mut X11WindowSource, old: u8, new: u8) {
    poll_until(source, "the new picture", |captured| match captured {
        Captured::Frame(frame) => match pattern::difference(frame, new) {
            None => Some(()),
            Some(_) => {
                pattern::assert_shows(frame, old);
                None
            }
        },
        _ => None,
    });
}

pub fn wait_for_idle(source: &mut X11WindowSource, reason: IdleReason) {
    poll_until(source, "a pause", |captured| match captured {
        Captured::Idle(told) => {
            assert_eq!(*told, reason);
            Some(())
        }
        _ => None,
    });
}

pub fn wait_for_end(source: &mut X11WindowSource) -> EndReason {
    poll_until(source, "the end", |captured| match captured {
        Captured::Ended(reason) => Some(reason.clone()),
        _ => None,
    })
}

/// Polls until nothing new has come for a while.
pub fn settle(source: &mut X11WindowSource) {
    let mut still = 0;
    poll_until(source, "stillness", |captured| {
        still = if matches!(captured, Captured::Unchanged) { still + 1 } else { 0 };
        (still == 6).then_some(())
    });
}
