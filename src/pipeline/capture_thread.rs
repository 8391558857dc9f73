//! The `capture` thread: opens the source, paces it, and hands the newest frame on.

use super::{Shared, locked};
use crate::capture::{Captured, OpenSource};
use crate::control::{EndReason, Event};
use std::time::{Duration, Instant};

/// How long one poll may wait, and so how long stopping may take.
const POLL_TIMEOUT: Duration = Duration::from_millis(50);

/// Runs until the source ends or the pipeline stops.
pub fn run(shared: &Shared, open: OpenSource) {
    let mut source = match open() {
        Ok(source) => source,
        Err(error) => return shared.report(Event::Ended(EndReason::Failed(error.to_string()))),
    };
    let mut is_idle = false;
    let mut next_due = Instant::now();
    while !shared.is_stopping() {
        let cap = shared.orders().fps_cap;
        if !wait_until_due(cap, next_due) {
            continue;
        }
        match source.poll(POLL_TIMEOUT) {
            Captured::Frame(frame) => {
                if std::mem::take(&mut is_idle) {
                    shared.report(Event::Resumed);
                }
                next_due = following_due(cap, next_due);
                shared.meter().note_captured(&frame);
                if let Some(tap) = &mut *locked(&shared.frame_tap) {
                    tap(&frame);
                }
                let shows_at_once = shared.view().set_frame(frame.clone());
                if shared.frames.put(frame).is_some() {
                    shared.meter().note_superseded();
                }
                shared.stylize_bell.ring();
                if shows_at_once {
                    shared.report(Event::PictureReady);
                }
            }
            Captured::Unchanged => {}
            Captured::Idle(reason) => {
                if !std::mem::replace(&mut is_idle, true) {
                    shared.report(Event::Idle(reason));
                }
                // A source that idles may answer at once: do not spin.
                std::thread::sleep(Duration::from_millis(5));
            }
            Captured::Notice(text) => shared.report(Event::Notice(text)),
            Captured::Ended(reason) => return shared.report(Event::Ended(reason)),
        }
    }
}

/// Sleeps towards the instant at which the cap allows the next frame; `false` where more sleep is needed, so that a
/// stop is seen in time.
fn wait_until_due(cap: Option<f32>, due: Instant) -> bool {
    if cap.is_none() {
        return true;
    }
    let wait = due.saturating_duration_since(Instant::now());
    std::thread::sleep(wait.min(POLL_TIMEOUT));
    wait <= POLL_TIMEOUT
}

/// When the cap allows the frame after one that was captured now. Keeps the beat, but never runs after lost time.
fn following_due(cap: Option<f32>, due: Instant) -> Instant {
    let now = Instant::now();
    match cap {
        Some(fps) if fps > 0.0 => (due + Duration::from_secs_f32(1.0 / fps)).max(now),
        _ => now,
    }
}
