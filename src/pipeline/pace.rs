//! What the `stylize` thread does to hold a rate, its own and the game's.

use super::Shared;
use super::game_guard::{GameGuard, GuardChange, GuardReason};
use super::pace_keeper::{PaceChange, PaceKeeper};
use crate::control::SizeRequest;
use crate::frame::Size;
use crate::stylize::Painted;
use std::time::{Duration, Instant};

/// A network of one size only rests at most this long between two paintings for the game's sake.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// The pace keeper and the game's guard of a pipeline, made anew for every style, size and rate.
pub struct Pace {
    started_at: Instant,
    asked: Option<(f32, SizeRequest)>,
    keepers: Option<Keepers>,
    /// The height that is painted at, in pixels, before anything is made smaller; 0 before the first painting.
    full_height_px: u32,
    /// A network of one size only cannot paint smaller; it paints less often.
    is_fixed: bool,
    rests_until: Instant,
}

/// Who decides; the smaller size counts.
struct Keepers {
    painting: PaceKeeper,
    game: GameGuard,
}

impl Keepers {
    fn scale(&self) -> f32 {
        self.painting.scale().min(self.game.scale())
    }
}

impl Pace {
    pub fn new() -> Self {
        let now = Instant::now();
        Self { started_at: now, asked: None, keepers: None, full_height_px: 0, is_fixed: false, rests_until: now }
    }

    /// Forgets how long paintings took: another network paints now. `is_fixed`: it has one size only.
    pub fn restart(&mut self, is_fixed: bool) {
        self.is_fixed = is_fixed;
        if let (Some(keepers), Some((fps, _))) = (&mut self.keepers, self.asked) {
            keepers.painting = PaceKeeper::new(fps);
        }
    }

    /// Takes note of the frames that the game gave, where `fps` is to be held at `size`. While nothing is painted, this tells what
    /// the game gives by itself.
    pub fn watch(&mut self, shared: &Shared, fps: Option<f32>, size: SizeRequest, is_painting: bool) {
        let asked = fps.map(|fps| (fps, size));
        if asked != self.asked {
            self.asked = asked;
            self.keepers = fps.map(|fps| Keepers { painting: PaceKeeper::new(fps), game: GameGuard::new() });
        }
        let Some(keepers) = &mut self.keepers else { return };
        let frames = shared.meter().captured();
        let others = is_painting.then(|| keepers.painting.scale());
        if let Some(change) = keepers.game.note(frames, self.started_at.elapsed(), others) {
            tell(shared, guard_words(&change, self.full_height_px, self.is_fixed));
        }
    }

    /// The size to paint a frame at, where `size` is asked for.
    pub fn size(&mut self, size: SizeRequest, frame: Size) -> SizeRequest {
        let full = size.resolve(frame);
        self.full_height_px = full.height;
        match self.keepers.as_ref().map(Keepers::scale) {
            Some(scale) if scale < 1.0 && !self.is_fixed => SizeRequest::Exact(scaled(full, scale)),
            _ => size,
        }
    }

    /// Whether no painting is due yet, for the game's sake.
    pub fn rests(&self) -> bool {
        Instant::now() < self.rests_until
    }

    /// Takes note of a painting.
    pub fn note(&mut self, shared: &Shared, painted: &Painted) {
        let Some(keepers) = &mut self.keepers else { return };
        let took = painted.preprocess + painted.inference + painted.postprocess;
        if self.is_fixed {
            self.rests_until = Instant::now() + rest_after(took, keepers.game.scale());
        } else if keepers.painting.scale() <= keepers.game.scale()
            && let Some(change) = keepers.painting.note(took, self.started_at.elapsed())
        {
            tell(shared, words(&change, painted.input_size.height));
        }
    }
}

/// How long a network of one size rests after a painting, so that it takes the share of the time that a smaller painting would.
fn rest_after(took: Duration, scale: f32) -> Duration {
    took.mul_f32(1.0 / (scale * scale) - 1.0).min(LONGEST_REST)
}

fn tell(shared: &Shared, words: String) {
    tracing::info!("pace: {words}");
    shared.meter().note_pace(words);
}

/// A change for people: "540p to 432p: 31 ms over 16 ms".
fn words(change: &PaceChange, height_px: u32) -> String {
    let to = (height_px as f32 * change.to / change.from).round();
    let is_over = change.took > change.budget;
    let [took, budget] = [change.took, change.budget].map(|time| time.as_secs_f32() * 1e3);
    let relation = if is_over { "over" } else { "of" };
    format!("{height_px}p to {to:.0}p: {took:.0} ms {relation} {budget:.0} ms")
}

/// A change for the game's sake: "540p to 486p: the game gave 36 of 60 fps".
fn guard_words(change: &GuardChange, full_height_px: u32, is_fixed: bool) -> String {
    let reason = match change.reason {
        GuardReason::GameFell { fps, before_fps } => format!("the game gave {fps:.0} of {before_fps:.0} fps"),
        GuardReason::NoGain => "it gave the game nothing".to_owned(),
        GuardReason::GameHolds { fps } => format!("the game holds {fps:.0} fps"),
        GuardReason::GameLost { fps, before_fps } => format!("the game fell from {before_fps:.0} to {fps:.0} fps"),
    };
    if is_fixed {
        let often = if change.to < change.from { "less" } else { "more" };
        return format!("paints {often} often: {reason}");
    }
    let height = |scale: f32| (full_height_px as f32 * scale).round();
    format!("{:.0}p to {:.0}p: {reason}", height(change.from), height(change.to))
}

fn scaled(size: Size, scale: f32) -> Size {
    let side = |side: u32| ((side as f32 * scale).round() as u32).max(1);
    Size::new(side(size.width), side(size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_was_done_and_why() {
        let [took, budget] = [31, 16].map(Duration::from_millis);
        assert_eq!(words(&PaceChange { from: 1.0, to: 0.8, took, budget }, 540), "540p to 432p: 31 ms over 16 ms");
        assert_eq!(
            words(&PaceChange { from: 0.8, to: 0.9, took: budget, budget: took }, 432),
            "432p to 486p: 16 ms of 31 ms"
        );
        let fell = GuardReason::GameFell { fps: 36.2, before_fps: 60.0 };
        let change = GuardChange { from: 1.0, to: 0.9, reason: fell };
        assert_eq!(guard_words(&change, 540, false), "540p to 486p: the game gave 36 of 60 fps");
        assert_eq!(guard_words(&change, 540, true), "paints less often: the game gave 36 of 60 fps");
        let back = GuardChange { from: 0.9, to: 1.0, reason: GuardReason::NoGain };
        assert_eq!(guard_words(&back, 540, false), "486p to 540p: it gave the game nothing");
    }

    #[test]
    fn a_network_of_one_size_rests_instead() {
        let took = Duration::from_millis(40);
        assert_eq!(rest_after(took, 1.0), Duration::ZERO);
        assert!(rest_after(took, 0.5).abs_diff(Duration::from_millis(120)) < Duration::from_millis(1));
        assert_eq!(rest_after(Duration::from_secs(9), 0.5), LONGEST_REST);
    }

    #[test]
    fn without_a_change_the_size_is_what_was_asked_for() {
        let mut pace = Pace::new();
        let size = SizeRequest::Height(480);
        assert_eq!(pace.size(size, Size::new(640, 480)), size);
        pace.keepers = Some(Keepers { painting: PaceKeeper::new(30.0), game: GameGuard::new() });
        assert_eq!(pace.size(size, Size::new(640, 480)), size);
    }
}
