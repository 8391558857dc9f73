//! Holds a rate of paintings. While a painting takes too long it first accepts fewer paintings, down to half the rate,
//! because the picture follows the game between two paintings anyway. Only then does it paint smaller, by a quarter of
//! the sides at most, so that strokes keep their size.
//!
//! The time of a painting is taken to grow with its area. Going up asks for more room than going down leaves
//! (hysteresis), and every step up that had to be taken back doubles the patience before the next, so that the size
//! never swings. The clock is given with every sample: nothing here waits or asks for the time.

use super::effort::{Effort, SMALLEST_SCALE};
use std::time::Duration;

/// The share of the rate that is accepted before a painting becomes smaller.
const LEAST_OFTEN: f32 = 0.5;
/// What is accepted, best first: fewer paintings, then smaller ones.
const LADDER: [Effort; 4] = [
    Effort::FULL,
    Effort::new(LEAST_OFTEN, 1.0),
    Effort::new(LEAST_OFTEN, 0.875),
    Effort::new(LEAST_OFTEN, SMALLEST_SCALE),
];
/// So many paintings after a change do not count: the first ones at a new size take longer.
const SETTLING: usize = 3;
/// Decisions are made on so many of the latest paintings; going down needs half of them.
const WINDOW: usize = 16;
/// A lower step is chosen so that a painting is expected to take at most this share of its time.
const DOWN_TO: f32 = 0.9;
/// A higher step is tried when even the slower paintings are expected to take at most this share of their time.
const UP_TO: f32 = 0.8;
/// How long a step is kept at least before a higher one is tried, and how long at most.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(4);
const LONGEST_PATIENCE: Duration = Duration::from_mins(5);
/// A higher step that is kept for so many times the patience has proved itself.
const PROOF: u32 = 4;

/// A change of what is accepted, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaceChange {
    pub from: Effort,
    pub to: Effort,
    /// What a painting took (median), and was allowed to take before the change.
    pub took: Duration,
    pub budget: Duration,
}

/// Decides how few paintings are accepted, and at what share of its size a network paints.
#[derive(Debug, Clone)]
pub struct PaceKeeper {
    budget: Duration,
    /// A place in [`LADDER`].
    step: usize,
    /// Milliseconds of the paintings since the last change, the newest last; negative numbers do not occur.
    samples: Vec<f32>,
    /// Paintings since the last change that did not count.
    settled: usize,
    changed_at: Option<Duration>,
    went_up: bool,
    patience: Duration,
}

impl PaceKeeper {
    /// Holds `fps` paintings per second, of 1 or more.
    pub fn new(fps: f32) -> Self {
        Self {
            budget: Duration::from_secs_f32(1.0 / fps.max(1.0)),
            step: 0,
            samples: Vec::with_capacity(WINDOW),
            settled: 0,
            changed_at: None,
            went_up: false,
            patience: SHORTEST_PATIENCE,
        }
    }

    /// The share of the sides that were asked for, at which to paint now.
    pub fn scale(&self) -> f32 {
        LADDER[self.step].scale
    }

    /// Milliseconds that a painting may take at a step.
    fn budget_ms(&self, step: usize) -> f32 {
        self.budget.as_secs_f32() * 1e3 / LADDER[step].often
    }

    /// Takes note of a painting that took so long; `now` is the time on any clock that only goes forwards.
    pub fn note(&mut self, took: Duration, now: Duration) -> Option<PaceChange> {
        let changed_at = *self.changed_at.get_or_insert(now);
        if self.settled < SETTLING {
            self.settled += 1;
            return None;
        }
        if self.samples.len() == WINDOW {
            self.samples.remove(0);
        }
        self.samples.push(took.as_secs_f32() * 1e3);
        let kept = now.saturating_sub(changed_at);
        if self.went_up && kept > PROOF * self.patience {
            // The higher step has proved itself.
            (self.went_up, self.patience) = (false, SHORTEST_PATIENCE);
        }
        let median = self.ranked(0.5);
        let is_late = median > self.budget_ms(self.step);
        if self.samples.len() >= WINDOW / 2 && is_late && self.step + 1 < LADDER.len() {
            let fits = |step: &usize| self.expected(median, *step) <= DOWN_TO * self.budget_ms(*step);
            let step = (self.step + 1..LADDER.len()).find(fits).unwrap_or(LADDER.len() - 1);
            if self.went_up {
                self.patience = (2 * self.patience).min(LONGEST_PATIENCE);
            }
            return Some(self.change(step, median, now));
        }
        let may_grow = self.step > 0 && self.samples.len() == WINDOW && kept >= self.patience;
        if may_grow {
            let higher = self.step - 1;
            let fits = self.expected(self.ranked(0.9), higher) <= UP_TO * self.budget_ms(higher);
            return fits.then(|| self.change(higher, median, now));
        }
        None
    }

    /// What a painting that takes `ms` now is expected to take at another step.
    fn expected(&self, ms: f32, step: usize) -> f32 {
        let ratio = LADDER[step].scale / LADDER[self.step].scale;
        ms * ratio * ratio
    }

    /// A sample that this share of the samples does not exceed.
    fn ranked(&self, share: f32) -> f32 {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f32::total_cmp);
        sorted[((sorted.len() - 1) as f32 * share).round() as usize]
    }

    fn change(&mut self, step: usize, median_ms: f32, now: Duration) -> PaceChange {
        let (from, budget_ms) = (LADDER[self.step], self.budget_ms(self.step));
        self.went_up = step < self.step;
        self.step = step;
        self.samples.clear();
        self.settled = 0;
        self.changed_at = Some(now);
        let [took, budget] = [median_ms, budget_ms].map(|ms| Duration::from_secs_f32(ms / 1e3));
        PaceChange { from, to: LADDER[step], took, budget }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A game and a network: what a painting takes at a time and a scale.
    fn play(
        keeper: &mut PaceKeeper,
        span: std::ops::Range<u64>,
        cost_ms: impl Fn(Duration, f32) -> f32,
    ) -> Vec<(Duration, PaceChange)> {
        let (mut now, end) = (Duration::from_secs(span.start), Duration::from_secs(span.end));
        let mut changes = Vec::new();
        while now < end {
            let took = Duration::from_secs_f32(cost_ms(now, keeper.scale()) / 1e3);
            // The game gives 60 frames per second at most.
            now += took.max(Duration::from_millis(16));
            changes.extend(keeper.note(took, now).map(|change| (now, change)));
        }
        changes
    }

    fn is_up(change: &PaceChange) -> bool {
        change.to.load() > change.from.load()
    }

    #[test]
    fn what_is_fast_enough_stays_as_it_is() {
        let mut keeper = PaceKeeper::new(30.0);
        assert_eq!(play(&mut keeper, 0..60, |_, scale| 33.0 * scale * scale), []);
        assert_eq!(keeper.scale(), 1.0);
    }

    #[test]
    fn accepts_fewer_paintings_before_smaller_ones_and_says_why() {
        for (took_ms, to) in [(29.0, LADDER[1]), (35.0, LADDER[2]), (50.0, LADDER[3])] {
            let mut keeper = PaceKeeper::new(60.0);
            let changes = play(&mut keeper, 0..60, |_, scale| took_ms * scale * scale);
            let [(at, change)] = changes[..] else { panic!("one change, not {changes:?}") };
            assert!(at < Duration::from_secs(1));
            assert_eq!((change.from, change.to), (Effort::FULL, to));
            let ms = [change.took, change.budget].map(|time| (time.as_secs_f32() * 1e3).round());
            assert_eq!(ms, [took_ms, 17.0]);
        }
    }

    #[test]
    fn comes_back_when_there_is_time_again() {
        let mut keeper = PaceKeeper::new(30.0);
        let load = |now: Duration, scale: f32| if now < Duration::from_secs(20) { 80.0 } else { 15.0 } * scale * scale;
        let changes = play(&mut keeper, 0..120, load);
        assert_eq!((keeper.scale(), changes[0].1.to), (1.0, LADDER[3]));
        assert!(changes.iter().skip(1).all(|(_, change)| is_up(change)), "{changes:?}");
        assert_eq!(changes.last().unwrap().1.to, Effort::FULL);
    }

    #[test]
    fn a_rate_that_cannot_be_held_ends_at_the_smallest_size() {
        let mut keeper = PaceKeeper::new(60.0);
        play(&mut keeper, 0..30, |_, _| 400.0);
        assert_eq!(keeper.scale(), SMALLEST_SCALE);
    }

    #[test]
    fn a_load_that_comes_and_goes_is_followed_less_and_less() {
        let mut keeper = PaceKeeper::new(30.0);
        let load =
            |now: Duration, scale: f32| if (now.as_secs() / 8).is_multiple_of(2) { 50.0 } else { 20.0 } * scale * scale;
        let early = play(&mut keeper, 0..120, load).len();
        play(&mut keeper, 120..1200, load);
        let late = play(&mut keeper, 1200..1320, load).len();
        assert!(late * 2 <= early, "{early} changes in the first two minutes, {late} in later ones");
    }

    proptest! {
        #[test]
        fn a_steady_load_is_answered_once(
            fixed_ms in 0.0f32..10.0, area_ms in 1.0f32..150.0, fps in 10.0f32..120.0, seed in 0u32..1000,
        ) {
            let noise = |now: Duration| {
                let mixed = (now.as_micros() as u32 ^ seed).wrapping_mul(0x9e37_79b9) >> 16;
                0.95 + 0.1 * mixed as f32 / 65536.0
            };
            let mut keeper = PaceKeeper::new(fps);
            let changes = play(&mut keeper, 0..400, |now, scale| (fixed_ms + area_ms * scale * scale) * noise(now));
            // Down in some steps, then perhaps up: never down again.
            let first_up = changes.iter().position(|(_, change)| is_up(change)).unwrap_or(changes.len());
            prop_assert!(changes[first_up..].iter().all(|(_, change)| is_up(change)), "{:?}", changes);
            prop_assert!(changes.len() < 2 * LADDER.len());
        }

        #[test]
        fn strokes_keep_their_size_within_a_quarter_and_change_only_below_half_the_rate(
            times_ms in proptest::collection::vec(0.1f32..400.0, 1..40), fps in 1.0f32..240.0,
        ) {
            let mut keeper = PaceKeeper::new(fps);
            let index = |now: Duration| now.as_secs() as usize / 3 % times_ms.len();
            let cost = |now: Duration, scale: f32| times_ms[index(now)] * scale * scale;
            for (_, change) in play(&mut keeper, 0..180, cost) {
                prop_assert!((SMALLEST_SCALE..=1.0).contains(&change.to.scale), "{:?}", change);
                let is_smaller = change.to.scale < change.from.scale;
                let accepted_ms = 1e3 / (fps * LEAST_OFTEN);
                // A lower step leaves a tenth of the time free.
                let is_needed = change.took.as_secs_f32() * 1e3 > DOWN_TO * accepted_ms;
                prop_assert!(!is_smaller || is_needed, "{:?}", change);
            }
            prop_assert!((SMALLEST_SCALE..=1.0).contains(&keeper.scale()));
        }
    }
}
