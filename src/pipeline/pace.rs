//! What the `stylize` thread does to hold a rate, its own and the game's.

use super::Shared;
use super::effort::Effort;
use super::game_guard::{GameGuard, GuardChange, GuardReason};
use super::pace_keeper::{PaceChange, PaceKeeper};
use crate::control::SizeRequest;
use crate::frame::Size;
use crate::stylize::Painted;
use std::cmp::Ordering;
use std::time::{Duration, Instant};

/// The longest time between the starts of two paintings that is chosen for the game's sake.
const LONGEST_INTERVAL: Duration = Duration::from_millis(500);

/// The pace keeper and the game's guard of a pipeline, made anew for every style, size and rate.
pub struct Pace {
    started_at: Instant,
    asked: Option<(f32, SizeRequest)>,
    keepers: Option<Keepers>,
    /// The height that is painted at, in pixels, before anything is made smaller; 0 before the first painting.
    full_height_px: u32,
    /// A network of one size only cannot paint smaller; it paints less often.
    is_fixed: bool,
    /// When the next painting is due, where the game is given time.
    due: Instant,
}

/// Who decides; the smaller size counts.
struct Keepers {
    painting: PaceKeeper,
    game: GameGuard,
}

impl Keepers {
    fn scale(&self) -> f32 {
        self.painting.scale().min(self.game.effort().scale)
    }
}

impl Pace {
    pub fn new() -> Self {
        let now = Instant::now();
        Self { started_at: now, asked: None, keepers: None, full_height_px: 0, is_fixed: false, due: now }
    }

    /// Forgets how long paintings took: another network paints now. `is_fixed`: it has one size only.
    pub fn restart(&mut self, is_fixed: bool) {
        self.is_fixed = is_fixed;
        if let (Some(keepers), Some((fps, _))) = (&mut self.keepers, self.asked) {
            keepers.painting = PaceKeeper::new(fps);
        }
    }

    /// Takes note of the frames that the game gave, where `fps` is to be held at `size`. While nothing is painted, this
    /// tells what the game gives by itself.
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

    /// The size to paint a frame at, where `size` is asked for, which comes to `full` pixels.
    pub fn size(&mut self, size: SizeRequest, full: Size) -> SizeRequest {
        self.full_height_px = full.height;
        match self.keepers.as_ref().map(Keepers::scale) {
            Some(scale) if scale < 1.0 && !self.is_fixed => SizeRequest::Exact(scaled(full, scale)),
            _ => size,
        }
    }

    /// Whether no painting is due yet, for the game's sake.
    pub fn rests(&self) -> bool {
        Instant::now() < self.due
    }

    /// Takes note of a painting.
    pub fn note(&mut self, shared: &Shared, painted: &Painted) {
        let Some(keepers) = &mut self.keepers else { return };
        let took = painted.preprocess + painted.inference + painted.postprocess;
        let game = keepers.game.effort();
        let often = if self.is_fixed { game.load() } else { game.often };
        let started_at = Instant::now().checked_sub(took).unwrap_or(self.due);
        self.due = next_due(self.due, started_at, interval(took, keepers.game.game_fps(), often));
        if !self.is_fixed
            && keepers.painting.scale() <= game.scale
            && let Some(change) = keepers.painting.note(took, self.started_at.elapsed())
        {
            tell(shared, words(&change, painted.input_size.height));
        }
    }
}

/// The time between the starts of two paintings, where a share `often` of those is painted that would be: one for every
/// frame of the game, or as many as the network can. Zero where all are.
fn interval(took: Duration, game_fps: Option<f32>, often: f32) -> Duration {
    if often >= 1.0 {
        return Duration::ZERO;
    }
    let frame = game_fps.filter(|fps| *fps >= 1.0).map_or(Duration::ZERO, |fps| Duration::from_secs_f32(1.0 / fps));
    took.max(frame).div_f32(often).min(LONGEST_INTERVAL)
}

/// When the next painting is due: counted from when the last one was due, so that the rate is exact although paintings
/// start with frames; but from its start where nothing was painted for longer.
fn next_due(due: Instant, started_at: Instant, interval: Duration) -> Instant {
    let earliest = started_at.checked_sub(interval).unwrap_or(started_at);
    due.max(earliest) + interval
}

fn tell(shared: &Shared, words: String) {
    tracing::info!("pace: {words}");
    shared.meter().note_pace(words);
}

/// A change for people: "240p to 210p: 31 ms over 27 ms", or "paints less often: 21 ms over 17 ms".
fn words(change: &PaceChange, height_px: u32) -> String {
    let is_over = change.took > change.budget;
    let [took, budget] = [change.took, change.budget].map(|time| time.as_secs_f32() * 1e3);
    let relation = if is_over { "over" } else { "of" };
    let what = what_changed(change.from, change.to, height_px as f32 / change.from.scale);
    format!("{what}: {took:.0} ms {relation} {budget:.0} ms")
}

/// A change for the game's sake: "paints less often: the game gave 36 of 60 fps".
fn guard_words(change: &GuardChange, full_height_px: u32, is_fixed: bool) -> String {
    let reason = match change.reason {
        GuardReason::GameFell { fps, before_fps } => format!("the game gave {fps:.0} of {before_fps:.0} fps"),
        GuardReason::NoGain => "it gave the game nothing".to_owned(),
        GuardReason::GameHolds { fps } => format!("the game holds {fps:.0} fps"),
        GuardReason::GameLost { fps, before_fps } => format!("the game fell from {before_fps:.0} to {fps:.0} fps"),
    };
    // A network of one size paints less often instead of smaller.
    let [from, to] = [change.from, change.to].map(|effort| match is_fixed {
        true => Effort::new(effort.load(), 1.0),
        false => effort,
    });
    format!("{}: {reason}", what_changed(from, to, full_height_px as f32))
}

/// What is painted from now on: "paints less often", "240p to 210p", or both.
fn what_changed(from: Effort, to: Effort, full_height_px: f32) -> String {
    let often = match to.often.total_cmp(&from.often) {
        Ordering::Less => Some("paints less often".to_owned()),
        Ordering::Equal => None,
        Ordering::Greater => Some("paints more often".to_owned()),
    };
    let height = |effort: Effort| (full_height_px * effort.scale).round();
    let size = (to.scale != from.scale).then(|| format!("{:.0}p to {:.0}p", height(from), height(to)));
    often.into_iter().chain(size).collect::<Vec<_>>().join(", ")
}

fn scaled(size: Size, scale: f32) -> Size {
    let side = |side: u32| ((side as f32 * scale).round() as u32).max(1);
    Size::new(side(size.width), side(size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESS_OFTEN: Effort = Effort::new(0.5, 1.0);
    const SMALLER: Effort = Effort::new(0.5, 0.875);

    #[test]
    fn tells_what_was_done_and_why() {
        let [took, budget] = [31, 16].map(Duration::from_millis);
        let change = |from, to| PaceChange { from, to, took, budget };
        assert_eq!(words(&change(Effort::FULL, LESS_OFTEN), 240), "paints less often: 31 ms over 16 ms");
        assert_eq!(words(&change(LESS_OFTEN, SMALLER), 240), "240p to 210p: 31 ms over 16 ms");
        assert_eq!(words(&change(Effort::FULL, SMALLER), 240), "paints less often, 240p to 210p: 31 ms over 16 ms");
        let back = PaceChange { from: SMALLER, to: LESS_OFTEN, took: budget, budget: took };
        assert_eq!(words(&back, 210), "210p to 240p: 16 ms of 31 ms");
        let fell = GuardReason::GameFell { fps: 36.2, before_fps: 60.0 };
        let change = GuardChange { from: Effort::FULL, to: LESS_OFTEN, reason: fell };
        assert_eq!(guard_words(&change, 240, false), "paints less often: the game gave 36 of 60 fps");
        let change = GuardChange { from: LESS_OFTEN, to: SMALLER, reason: fell };
        assert_eq!(guard_words(&change, 240, false), "240p to 210p: the game gave 36 of 60 fps");
        assert_eq!(guard_words(&change, 240, true), "paints less often: the game gave 36 of 60 fps");
        let back = GuardChange { from: SMALLER, to: LESS_OFTEN, reason: GuardReason::NoGain };
        assert_eq!(guard_words(&back, 240, false), "210p to 240p: it gave the game nothing");
        assert_eq!(guard_words(&back, 240, true), "paints more often: it gave the game nothing");
    }

    /// Paintings in 30 seconds of a game of 60 frames a second, each painted for so many milliseconds. The painter
    /// looks for a frame when one comes, and after each painting.
    fn paintings(took_ms: u64, often: f32) -> u32 {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let (mut due, mut free_at_ms, mut painted, mut count) = (start, 0, None, 0);
        for ms in 0..30_000u64 {
            let frame = ms * 60 / 1000;
            let looks = ms == free_at_ms || frame != ms.saturating_sub(1) * 60 / 1000;
            if looks && ms >= free_at_ms && painted < Some(frame) && at(ms) >= due {
                due = next_due(due, at(ms), interval(Duration::from_millis(took_ms), Some(60.0), often));
                (free_at_ms, painted) = (ms + took_ms, Some(frame));
                count += 1;
            }
        }
        count
    }

    #[test]
    fn for_the_game_a_share_of_the_frames_is_painted() {
        for took_ms in [5, 12, 20, 45, 100] {
            for often in [0.8, 0.65, 0.5] {
                let share = paintings(took_ms, often) as f32 / paintings(took_ms, 1.0) as f32;
                assert!((share - often).abs() < 0.03, "{share} of the paintings, not {often}, at {took_ms} ms");
            }
        }
        assert_eq!(interval(Duration::from_secs(9), None, 0.5), LONGEST_INTERVAL);
    }

    #[test]
    fn without_a_change_the_size_is_what_was_asked_for() {
        let mut pace = Pace::new();
        let (size, full) = (SizeRequest::AUTOMATIC, Size::new(320, 240));
        assert_eq!(pace.size(size, full), size);
        pace.keepers = Some(Keepers { painting: PaceKeeper::new(30.0), game: GameGuard::new() });
        assert_eq!(pace.size(size, full), size);
    }
}
