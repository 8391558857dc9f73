//! When training ends, and how fast it learns until then.

use std::time::Duration;

/// The usual learning rate after warming up.
pub(super) const LEARNING_RATE: f32 = 1.5e-3;

/// The learning rate grows over so many iterations.
const WARM_UP_STEPS: u64 = 30;

/// The share of the learning rate that is left at the end.
const LAST_RATE: f32 = 0.1;

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

    /// The learning rate of the iteration after so many; `highest` is that after warming up.
    pub(super) fn rate(self, highest: f32, steps: u64, spent: Duration) -> f32 {
        let warm = ((steps + 1) as f32 / WARM_UP_STEPS as f32).min(1.0);
        highest * warm * (LAST_RATE + (1.0 - LAST_RATE) * (1.0 - self.done(steps, spent)))
    }
}
