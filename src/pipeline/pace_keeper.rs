//! Holds a rate of paintings: paints smaller while a painting takes too long, and larger again when there is time for it.
//!
//! The time of a painting is taken to grow with its area. Going up asks for more room than going down leaves (hysteresis),
//! and every step up that had to be taken back doubles the patience before the next, so that the size never swings. The
//! clock is given with every sample: nothing here waits or asks for the time.

use std::time::Duration;

/// The sides that a painting may have, as shares of the size that was asked for.
pub(super) const SCALES: [f32; 6] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5];
/// So many paintings after a change do not count: the first ones at a new size take longer.
const SETTLING: usize = 3;
/// Decisions are made on so many of the latest paintings; going down needs half of them.
const WINDOW: usize = 16;
/// A smaller size is chosen so that a painting is expected to take at most this share of its time.
const DOWN_TO: f32 = 0.9;
/// A larger size is tried when even the slower paintings are expected to take at most this share of their time.
const UP_TO: f32 = 0.8;
/// How long a size is kept at least before a larger one is tried, and how long at most.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(4);
const LONGEST_PATIENCE: Duration = Duration::from_mins(5);

/// A change of size, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaceChange {
    /// Shares of the sides that were asked for.
    pub from: f32,
    pub to: f32,
    /// What a painting took (median), and may take.
    pub took: Duration,
    pub budget: Duration,
}

/// Decides at what share of its size a network paints.
#[derive(Debug, Clone)]
pub struct PaceKeeper {
    budget: Duration,
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
        SCALES[self.step]
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
        if self.went_up && kept > 2 * self.patience {
            // The larger size has proved itself.
            (self.went_up, self.patience) = (false, SHORTEST_PATIENCE);
        }
        let budget = self.budget.as_secs_f32() * 1e3;
        let median = self.ranked(0.5);
        if self.samples.len() >= WINDOW / 2 && median > budget && self.step + 1 < SCALES.len() {
            let smaller = self.step + 1..SCALES.len();
            let fits = |step: &usize| self.expected(median, *step) <= DOWN_TO * budget;
            let step = smaller.clone().find(fits).unwrap_or(SCALES.len() - 1);
            if self.went_up {
                self.patience = (2 * self.patience).min(LONGEST_PATIENCE);
            }
            return Some(self.change(step, median, now));
        }
        let may_grow = self.step > 0 && self.samples.len() == WINDOW && kept >= self.patience;
        if may_grow && self.expected(self.ranked(0.9), self.step - 1) <= UP_TO * budget {
            return Some(self.change(self.step - 1, median, now));
        }
        None
    }

    /// What a painting that takes `ms` now is expected to take at another step.
    fn expected(&self, ms: f32, step: usize) -> f32 {
        let ratio = SCALES[step] / SCALES[self.step];
        ms * ratio * ratio
    }

    /// A sample that this share of the samples does not exceed.
    fn ranked(&self, share: f32) -> f32 {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f32::total_cmp);
        sorted[((sorted.len() - 1) as f32 * share).round() as usize]
    }

    fn change(&mut self, step: usize, median_ms: f32, now: Duration) -> PaceChange {
        let from = self.scale();
        self.went_up = step < self.step;
        self.step = step;
        self.samples.clear();
        self.settled = 0;
        self.changed_at = Some(now);
        PaceChange { from, to: self.scale(), took: Duration::from_secs_f32(median_ms / 1e3), budget: self.budget }
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

    #[test]
    fn what_is_fast_enough_stays_as_it_is() {
        let mut keeper = PaceKeeper::new(30.0);
        assert_eq!(play(&mut keeper, 0..60, |_, scale| 33.0 * scale * scale), []);
        assert_eq!(keeper.scale(), 1.0);
    }

    #[test]
    fn paints_smaller_at_once_and_says_why() {
        let mut keeper = PaceKeeper::new(60.0);
        let changes = play(&mut keeper, 0..60, |_, scale| 31.0 * scale * scale);
        let [(at, change)] = changes[..] else { panic!("one change, not {changes:?}") };
        assert!(at < Duration::from_secs(1));
        assert_eq!((change.from, change.to), (1.0, 0.6));
        let ms = [change.took, change.budget].map(|time| (time.as_secs_f32() * 1e3).round());
        assert_eq!(ms, [31.0, 17.0]);
    }

    #[test]
    fn comes_back_when_there_is_time_again() {
        let mut keeper = PaceKeeper::new(30.0);
        let load = |now: Duration, scale: f32| if now < Duration::from_secs(20) { 60.0 } else { 15.0 } * scale * scale;
        let changes = play(&mut keeper, 0..120, load);
        assert_eq!(keeper.scale(), 1.0);
        assert!(changes.iter().skip(1).all(|(_, change)| change.to > change.from), "{changes:?}");
    }

    #[test]
    fn a_rate_that_cannot_be_held_ends_at_the_smallest_size() {
        let mut keeper = PaceKeeper::new(60.0);
        play(&mut keeper, 0..30, |_, _| 400.0);
        assert_eq!(keeper.scale(), 0.5);
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
            let first_up = changes.iter().position(|(_, change)| change.to > change.from).unwrap_or(changes.len());
            prop_assert!(changes[first_up..].iter().all(|(_, change)| change.to > change.from), "{:?}", changes);
            prop_assert!(changes.len() < 2 * SCALES.len());
        }
    }
}
