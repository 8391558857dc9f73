//! What the `stylize` thread does to hold a rate.

use super::Shared;
use super::pace_keeper::{PaceChange, PaceKeeper};
use crate::control::SizeRequest;
use crate::frame::Size;
use crate::stylize::Painted;
use std::time::Instant;

/// The pace keeper of a pipeline, made anew for every style, size and rate.
pub struct Pace {
    started_at: Instant,
    asked: Option<(f32, SizeRequest)>,
    keeper: Option<PaceKeeper>,
}

impl Pace {
    pub fn new() -> Self {
        Self { started_at: Instant::now(), asked: None, keeper: None }
    }

    /// Forgets what was measured: another network paints now.
    pub fn restart(&mut self) {
        self.asked = None;
    }

    /// The size to paint a frame at, where `size` is asked for and `fps` is to be held.
    pub fn size(&mut self, fps: Option<f32>, size: SizeRequest, frame: Size) -> SizeRequest {
        let asked = fps.map(|fps| (fps, size));
        if asked != self.asked {
            self.asked = asked;
            self.keeper = fps.map(PaceKeeper::new);
        }
        match self.keeper.as_ref().map(PaceKeeper::scale) {
            Some(scale) if scale < 1.0 => SizeRequest::Exact(scaled(size.resolve(frame), scale)),
            _ => size,
        }
    }

    /// Takes note of a painting. `is_fixed`: the network has one size only, so that nothing can be done.
    pub fn note(&mut self, shared: &Shared, painted: &Painted, is_fixed: bool) {
        let Some(keeper) = self.keeper.as_mut().filter(|_| !is_fixed) else { return };
        let took = painted.preprocess + painted.inference + painted.postprocess;
        if let Some(change) = keeper.note(took, self.started_at.elapsed()) {
            let words = words(&change, painted.input_size.height);
            tracing::info!("pace: {words}");
            shared.meter().note_pace(words);
        }
    }
}

/// A change for people: "540p to 432p: 31 ms over 16 ms".
fn words(change: &PaceChange, height_px: u32) -> String {
    let to = (height_px as f32 * change.to / change.from).round();
    let is_over = change.took > change.budget;
    let [took, budget] = [change.took, change.budget].map(|time| time.as_secs_f32() * 1e3);
    let relation = if is_over { "over" } else { "of" };
    format!("{height_px}p to {to:.0}p: {took:.0} ms {relation} {budget:.0} ms")
}

fn scaled(size: Size, scale: f32) -> Size {
    let side = |side: u32| ((side as f32 * scale).round() as u32).max(1);
    Size::new(side(size.width), side(size.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn tells_what_was_done_and_why() {
        let [took, budget] = [31, 16].map(Duration::from_millis);
        assert_eq!(words(&PaceChange { from: 1.0, to: 0.8, took, budget }, 540), "540p to 432p: 31 ms over 16 ms");
        assert_eq!(
            words(&PaceChange { from: 0.8, to: 0.9, took: budget, budget: took }, 432),
            "432p to 486p: 16 ms of 31 ms"
        );
    }

    #[test]
    fn without_a_rate_the_size_is_what_was_asked_for() {
        let mut pace = Pace::new();
        let size = SizeRequest::Height(480);
        assert_eq!(pace.size(None, size, Size::new(640, 480)), size);
        assert_eq!(pace.size(Some(30.0), size, Size::new(640, 480)), size);
    }
}
