//! What the loop around a training needs of it, whatever it learns from.

use super::{KeyframeTrainer, Limit, TrainError, Trainer};
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
    ($trainer:ty, $words:expr) => {
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

training!(Trainer, |trainer: &Trainer| {
    let means = trainer.means();
    format!("style loss {:.3}, content loss {:.3}, steadiness loss {:.5}", means.style, means.content, means.steadiness)
});

training!(KeyframeTrainer, |trainer: &KeyframeTrainer| {
    let means = trainer.means();
    format!(
        "pixel loss {:.4}, feature loss {:.3}, adversarial loss {:.2}, steadiness loss {:.5}",
        means.pixels, means.features, means.adversarial, means.steadiness
    )
});
