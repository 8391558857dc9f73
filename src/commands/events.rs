//! Brings a pipeline's events to the thread that finishes pictures.

use crate::control::Event;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Events that may wait. Wake-ups for pictures take one place at most, and everything else is said once per cause, so
/// that this is never full while somebody reads.
const QUEUE_LENGTH: usize = 64;

/// The reading end.
pub struct Events {
    queue: Receiver<Event>,
    picture_pending: Arc<AtomicBool>,
}

/// A callback for a pipeline, and the end at which its events are read.
pub fn events() -> (Box<dyn Fn(Event) + Send + Sync>, Events) {
    let (sender, queue) = bounded(QUEUE_LENGTH);
    let picture_pending = Arc::new(AtomicBool::new(false));
    let pending = Arc::clone(&picture_pending);
    let on_event = move |event: Event| {
        // One wake-up is enough, however many pictures come before it is answered.
        if event != Event::PictureReady || !pending.swap(true, Ordering::AcqRel) {
            drop(sender.try_send(event));
        }
    };
    (Box::new(on_event), Events { queue, picture_pending })
}

impl Events {
    /// The next event; waits at most `timeout`.
    ///
    /// # Errors
    /// Nothing came within the time, or the pipeline is gone.
    pub fn next(&self, timeout: Duration) -> Result<Event, RecvTimeoutError> {
        let event = self.queue.recv_timeout(timeout)?;
        if event == Event::PictureReady {
            self.picture_pending.store(false, Ordering::Release);
        }
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::EndReason;

    #[test]
    fn a_flood_of_pictures_leaves_room_for_the_end() {
        let (on_event, events) = events();
        for _ in 0..10 * QUEUE_LENGTH {
            on_event(Event::PictureReady);
        }
        on_event(Event::Ended(EndReason::EndOfFile));
        assert_eq!(events.next(Duration::ZERO), Ok(Event::PictureReady));
        on_event(Event::PictureReady);
        assert_eq!(events.next(Duration::ZERO), Ok(Event::Ended(EndReason::EndOfFile)));
        assert_eq!(events.next(Duration::ZERO), Ok(Event::PictureReady), "one that came after the first was read");
        assert_eq!(events.next(Duration::ZERO), Err(RecvTimeoutError::Timeout));
    }
}
