//! When training ends, and how fast it learns until then.

use std::time::Duration;

/// The usual learning rate after warming up.
pub(super) const LEARNING_RATE: f32 = 1e-3;

/// The learning rate that is reached in the end.
const LAST_RATE: f32 = 1e-5;

/// The learning rate grows over so many iterations, or over this share of the training where that is shorter.
const WARM_UP_STEPS: u64 = 200;
const WARM_UP_SHARE: f32 = 0.1;

/// Evaluations of a whole training, of which each takes seconds, and what lies between two of a short one at least.
const EVALUATIONS: u32 = 40;
const LEAST_BETWEEN: (u64, Duration) = (20, Duration::from_secs(20));

/// When training ends; the learning rate falls towards it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Time spent in iterations, over all sittings.
    Time(Duration),
    Iterations(u64),
}

impl Limit {
    /// The share of a training that is done after so many iterations and so much time, 0..=1.
    pub(super) fn done(self, steps: u64, spent: Duration) -> f32 {
        let share = match self {
            Self::Time(time) => spent.as_secs_f32() / time.as_secs_f32(),
            Self::Iterations(count) => steps as f32 / count as f32,
        };
        // A limit of nothing is reached at once.
        if share.is_nan() { 1.0 } else { share.min(1.0) }
    }

    /// Whether it is time for an evaluation, so many iterations and so much time after the last one. With a limit of
    /// iterations, evaluations come at the same ones in each run.
    pub(super) fn is_evaluation_due(self, steps: u64, spent: Duration) -> bool {
        match self {
            Self::Time(time) => spent >= (time / EVALUATIONS).max(LEAST_BETWEEN.1),
            Self::Iterations(count) => steps >= (count / u64::from(EVALUATIONS)).max(LEAST_BETWEEN.0),
        }
    }

    /// The learning rate of the iteration after so many: it grows linearly to `highest`, and falls along half a cosine
    /// (Loshchilov and Hutter 2017).
    pub(super) fn rate(self, highest: f32, steps: u64, spent: Duration) -> f32 {
        let done = self.done(steps, spent);
        let by_steps = (steps + 1) as f32 / WARM_UP_STEPS as f32;
        let by_share = match self {
            Self::Time(_) => done / WARM_UP_SHARE,
            Self::Iterations(count) => (steps + 1) as f32 / (count as f32 * WARM_UP_SHARE).floor().max(1.0),
        };
        let warm = by_steps.max(by_share).min(1.0);
        let last = LAST_RATE.min(highest);
        last + (highest - last) * warm * (0.5 + 0.5 * (std::f32::consts::PI * done).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_grows_and_falls_along_a_cosine() {
        let rate = |limit: Limit, steps| limit.rate(1e-3, steps, Duration::from_secs(steps));
        let near = |found: f32, wanted: f32| assert!((found - wanted).abs() < 2e-6, "{found}, {wanted}");
        let long = Limit::Iterations(10_000);
        near(rate(long, 0), 1e-5 + 0.99e-3 / 200.0);
        near(rate(long, 99), 1e-5 + 0.99e-3 / 2.0);
        near(rate(long, 5000), 1e-5 + 0.99e-3 / 2.0);
        near(rate(long, 10_000), 1e-5);
        // Short ones warm up in a tenth of their length.
        near(rate(Limit::Iterations(100), 9), 1e-5 + 0.99e-3 * 0.98);
        near(rate(Limit::Time(Duration::from_secs(100)), 5), 1e-5 + 0.99e-3 * 0.5 * 0.993_8);
    }
}
