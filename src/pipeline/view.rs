//! What belongs on the screen now.

use crate::compose::{Layers, Painting};
use crate::frame::Frame;
use std::sync::Arc;
use std::time::Duration;

/// A painting older than this against the newest frame is carried onto that frame; a younger one is shown with the
/// frame that it was painted from, so that both fit exactly. 50 ms is the time below which a network holds 20 fps,
/// where waiting for its painting beats composing every frame of the game.
pub const CARRY_AFTER: Duration = Duration::from_millis(50);

/// The newest frame, the newest painting, and what was shown last.
#[derive(Default)]
pub struct View {
    frame: Option<Arc<Frame>>,
    painting: Option<Painting>,
    shown_frame: Option<u64>,
    shown_painting: Option<u64>,
}

impl View {
    /// Takes the newest frame and tells whether it should be shown at once, rather than await its painting.
    pub fn set_frame(&mut self, frame: Arc<Frame>) -> bool {
        let is_late = self.painting.as_ref().is_none_or(|painting| {
            frame.captured_at.saturating_duration_since(painting.source.captured_at) > CARRY_AFTER
        });
        self.frame = Some(frame);
        is_late
    }

    pub fn set_painting(&mut self, painting: Painting) {
        self.painting = Some(painting);
    }

    pub fn drop_painting(&mut self) {
        self.painting = None;
    }

    pub fn newest_frame(&self) -> Option<&Arc<Frame>> {
        self.frame.as_ref()
    }

    /// The layers to show. Time never runs backwards: a painting's own frame is shown only if no newer one was.
    pub fn layers(&self) -> Option<Layers> {
        let newest = self.frame.as_ref()?;
        let frame = match &self.painting {
            Some(painting) if self.is_fresh(painting, newest) => &painting.source,
            _ => newest,
        };
        Some(Layers { frame: Arc::clone(frame), painting: self.painting.clone() })
    }

    fn is_fresh(&self, painting: &Painting, newest: &Frame) -> bool {
        let age = newest.captured_at.saturating_duration_since(painting.source.captured_at);
        age <= CARRY_AFTER && self.shown_frame.is_none_or(|shown| painting.source.sequence >= shown)
    }

    /// Remembers what was shown; tells whether its painting was shown for the first time.
    pub fn note_shown(&mut self, layers: &Layers) -> bool {
        self.shown_frame = Some(layers.frame.sequence);
        let painting = layers.painting.as_ref().map(|painting| painting.source.sequence);
        let is_first = painting.is_some() && painting != self.shown_painting;
        self.shown_painting = painting;
        is_first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use std::time::Instant;

    fn frame(start: Instant, sequence: u64, at_ms: u64) -> Arc<Frame> {
        let mut frame = Frame::new(Size::new(1, 1));
        frame.sequence = sequence;
        frame.captured_at = start + Duration::from_millis(at_ms);
        Arc::new(frame)
    }

    fn painting(source: &Arc<Frame>) -> Painting {
        Painting { picture: Arc::clone(source), source: Arc::clone(source) }
    }

    #[test]
    fn a_quick_painting_is_shown_with_its_own_frame() {
        let start = Instant::now();
        let mut view = View::default();
        let (first, second) = (frame(start, 0, 0), frame(start, 1, 28));
        assert!(view.set_frame(Arc::clone(&first)), "nothing is painted yet: show the plain frame");
        view.set_painting(painting(&first));
        assert!(!view.set_frame(Arc::clone(&second)), "the painting of this frame is near");
        assert_eq!(view.layers().unwrap().frame.sequence, 0);
    }

    #[test]
    fn a_late_painting_is_carried_and_time_never_runs_backwards() {
        let start = Instant::now();
        let mut view = View::default();
        let frames: Vec<_> = (0..5).map(|index| frame(start, index, index * 28)).collect();
        view.set_frame(Arc::clone(&frames[0]));
        view.set_painting(painting(&frames[0]));
        view.set_frame(Arc::clone(&frames[1]));
        assert!(view.set_frame(Arc::clone(&frames[2])), "56 ms behind: carry");
        let shown = view.layers().unwrap();
        assert_eq!(shown.frame.sequence, 2);
        assert!(view.note_shown(&shown));
        view.set_painting(painting(&frames[1]));
        assert_eq!(view.layers().unwrap().frame.sequence, 2, "frame 1 is older than what was shown");
    }
}
