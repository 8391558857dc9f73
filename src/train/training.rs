//! What the loop around a training needs of it, whatever it learns from.

use super::{BestScore, KeyframeTrainer, Limit, Losses, TrainError, Trainer};
use crate::frame::Frame;
use crate::network::Network;
use std::path::Path;
use std::time::Duration;

/// A network in training. The methods are those of [`Trainer`] and [`KeyframeTrainer`], where they are described.
pub trait Training {
    /// One iteration.
    ///
    /// # Errors
    /// The loss is no number any more, or no picture can be decoded.
    fn step(&mut self, limit: Limit) -> Result<(), TrainError>;
    /// The share of the training that is done, 0..=1.
    fn done(&self, limit: Limit) -> f32;
    /// Iterations so far.
    fn steps(&self) -> u64;
    /// Time spent in iterations, over all sittings.
    fn spent(&self) -> Duration;
    /// Running means of the losses, for people.
    fn losses_in_words(&self) -> String;
    /// Running means of the losses, with their names.
    fn losses(&self) -> Vec<(&'static str, f32)>;
    /// The losses on held-out frames, the weighted sum last; nothing where a training keeps no best weights.
    fn look(&mut self, held_out: &[Frame]) -> Option<Vec<(&'static str, f32)>>;
    /// Makes the best weights those of the network.
    fn take_best(&mut self) -> Option<BestScore>;
    /// The network as it is now.
    fn network(&self) -> &Network;
    /// Writes a checkpoint.
    ///
    /// # Errors
    /// The file cannot be written.
    fn save(&self, path: &Path) -> Result<(), TrainError>;
    /// Frames and their paintings side by side.
    fn preview(&self, frames: &[Frame], height_px: u32) -> Frame;
}

/// Implements [`Training`] by the methods of the same names.
macro_rules! training {
    ($trainer:ty, $words:expr, { $($own:item)* }) => {
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

            fn losses_in_words(&self) -> String {
                $words(self)
            }

            $($own)*

            fn network(&self) -> &Network {
                <$trainer>::network(self)
            }

            fn save(&self, path: &Path) -> Result<(), TrainError> {
                <$trainer>::save(self, path)
            }

            fn preview(&self, frames: &[Frame], height_px: u32) -> Frame {
                <$trainer>::preview(self, frames, height_px)
            }
        }
    };
}

/// Losses with their names, the weighted sum last.
fn named(losses: &Losses) -> Vec<(&'static str, f32)> {
    vec![
        ("style", losses.style),
        ("content", losses.content),
        ("steadiness", losses.steadiness),
        ("total", losses.total),
    ]
}

training!(
    Trainer,
    |trainer: &Trainer| {
        let means = trainer.means();
        format!(
            "style loss {:.3}, content loss {:.3}, steadiness loss {:.5}",
            means.style, means.content, means.steadiness
        )
    },
    {
        fn losses(&self) -> Vec<(&'static str, f32)> {
            named(&self.means())
        }

        fn look(&mut self, held_out: &[Frame]) -> Option<Vec<(&'static str, f32)>> {
            Some(named(&Self::look(self, held_out)))
        }

        fn take_best(&mut self) -> Option<BestScore> {
            Self::take_best(self)
        }
    }
);

training!(
    KeyframeTrainer,
    |trainer: &KeyframeTrainer| {
        let means = trainer.means();
        format!(
            "pixel loss {:.4}, feature loss {:.3}, adversarial loss {:.2}, steadiness loss {:.5}",
            means.pixels, means.features, means.adversarial, means.steadiness
        )
    },
    {
        fn losses(&self) -> Vec<(&'static str, f32)> {
            let means = self.means();
            vec![
                ("pixels", means.pixels),
                ("features", means.features),
                ("adversarial", means.adversarial),
                ("steadiness", means.steadiness),
            ]
        }

        // Two networks that learn from each other have no loss that tells the best moment.
        fn look(&mut self, _: &[Frame]) -> Option<Vec<(&'static str, f32)>> {
            None
        }

        fn take_best(&mut self) -> Option<BestScore> {
            None
        }
    }
);
