//! When training ends, and how fast it learns until then.

use std::time::Duration;

/// The learning rate after warming up.
const RATE: f32 = 1.5e-3;

/// The learning rate grows over so many iterations.
const WARM_UP_STEPS: u64 = 30;

/// The share of the learning rate that is left at the end.
const LAST_RATE: f32 = 0.1;

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

    /// The learning rate of the iteration after so many.
    pub(super) fn rate(self, steps: u64, spent: Duration) -> f32 {
        let warm = ((steps + 1) as f32 / WARM_UP_STEPS as f32).min(1.0);
        RATE * warm * (LAST_RATE + (1.0 - LAST_RATE) * (1.0 - self.done(steps, spent)))
    }
}
