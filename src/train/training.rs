//! What the loop around a training needs of it, whatever it learns from.

use super::{Evaluation, KeyframeTrainer, Limit, StopReason, TrainError, Trainer};
use crate::frame::Frame;
use crate::network::Network;
use std::path::Path;
use std::time::Duration;

/// A network in training. The methods are those of [`Trainer`] and [`KeyframeTrainer`], where they are described.
pub trait Training {
    /// One iteration.
    ///
    /// # Errors
    /// The losses are NaN or infinite, or no picture can be decoded.
    fn step(&mut self, limit: Limit) -> Result<(), TrainError>;
    /// The share of the training that is done, 0..=1.
    fn done(&self, limit: Limit) -> f32;
    /// Iterations so far.
    fn steps(&self) -> u64;
    /// Time spent in iterations, over all sittings.
    fn spent(&self) -> Duration;
    /// Running means of the losses, by name; the weighted sum is `total`.
    fn losses(&self) -> Vec<(&'static str, f32)>;
    /// The network as it is now.
    fn network(&self) -> &Network;
    /// Writes a checkpoint.
    ///
    /// # Errors
    /// The file cannot be written.
    fn save(&self, path: &Path) -> Result<(), TrainError>;
    /// Frames and their paintings side by side.
    fn preview(&self, frames: &[Frame], height_px: u32) -> Frame;

    /// Running means of the losses, for people.
    fn losses_in_words(&self) -> String {
        let word = |(name, loss): (&str, f32)| {
            // Losses differ by orders of magnitude: three digits that mean something, but no more than five.
            let digits = if loss >= 0.1 || loss <= 0.0 { 3 } else { (2.0 - loss.log10().floor()).min(5.0) as usize };
            format!("{name} {loss:.digits$}")
        };
        let parts = self.losses().into_iter().filter(|(name, _)| *name != "total");
        parts.map(word).collect::<Vec<_>>().join(", ")
    }

    /// Whether it is time for an evaluation; never for trainings without such.
    fn is_evaluation_due(&self, _limit: Limit) -> bool {
        false
    }

    /// Judges the network on held-out frames, and keeps it if it is the best so far; `None` for trainings without
    /// evaluations.
    ///
    /// # Errors
    /// It cannot be judged.
    fn evaluate(&mut self) -> Result<Option<Evaluation>, TrainError> {
        Ok(None)
    }

    /// Makes the network of the best evaluation the present one, in the end.
    fn take_best(&mut self) -> Option<&Evaluation> {
        None
    }

    /// Why training should end before its limit, if it should.
    fn stop_reason(&self, _limit: Limit) -> Option<StopReason> {
        None
    }
}

/// Implements [`Training`] by the methods of the same names; whatever else stands in the braces is added.
macro_rules! training {
    ($trainer:ty { $($further:item)* }) => {
        impl Training for $trainer {
            fn step(&mut self, limit: Limit) -> Result<(), TrainError> {
                <$trainer>::step(self, limit).map(|_| ())
            }

            fn done(&self, limit: Limit) -> f32 {
                <$trainer>::done(self, limit)
            }

            fn steps(&self) -> u64 {
                <$trainer>::steps(self)
            }

            fn spent(&self) -> Duration {
                <$trainer>::spent(self)
            }

            fn network(&self) -> &Network {
                <$trainer>::network(self)
            }

            fn save(&self, path: &Path) -> Result<(), TrainError> {
                <$trainer>::save(self, path)
            }

            fn preview(&self, frames: &[Frame], height_px: u32) -> Frame {
                <$trainer>::preview(self, frames, height_px)
            }

            $($further)*
        }
    };
}

training!(Trainer {
    fn losses(&self) -> Vec<(&'static str, f32)> {
        let means = self.means();
        means.parts().chain([("total", means.total)]).collect()
    }

    fn is_evaluation_due(&self, limit: Limit) -> bool {
        Trainer::is_evaluation_due(self, limit)
    }

    fn evaluate(&mut self) -> Result<Option<Evaluation>, TrainError> {
        Trainer::evaluate(self).map(Some)
    }

    fn take_best(&mut self) -> Option<&Evaluation> {
        Trainer::take_best(self)
    }

    fn stop_reason(&self, limit: Limit) -> Option<StopReason> {
        Trainer::stop_reason(self, limit)
    }
});

// Two networks that learn from each other have no loss that tells the best moment: no evaluations.
training!(KeyframeTrainer {
    fn losses(&self) -> Vec<(&'static str, f32)> {
        let means = self.means();
        vec![
            ("pixels", means.pixels),
            ("features", means.features),
            ("adversarial", means.adversarial),
            ("steadiness", means.steadiness),
            ("total", means.total),
        ]
    }
});
