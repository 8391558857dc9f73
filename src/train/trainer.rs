//! Training: iteration after iteration, with checkpoints.

use super::adam::Adam;
use super::checkpoint::{self, State};
use super::data::{crop, scaled};
use super::limit::Limit;
use super::losses::{Judgement, StyleTargets};
use super::preview::{fitting, painting, side_by_side};
use super::run::{forward, gradients, leaves};
use super::{BestScore, Crops, Features, LossWeights, Losses, Planes, TrainError};
use crate::frame::Frame;
use crate::network::{Architecture, MARGIN_PX, Network, Parameter, Random, STYLE_PX, Tier};
use burn_tensor::Device;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::{Duration, Instant};

/// The share of one iteration in the running means of the losses.
pub(super) const MEAN_SHARE: f32 = 0.02;

/// Held-out frames are looked at in so many crops, drawn with this seed.
const LOOK_FRAMES: usize = 3;
const LOOK_SEED: u64 = 2020;

/// What decides how a style looks. All of it is in the checkpoint, because training can only go on with the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub architecture: Architecture,
    pub weights: LossWeights,
    /// Side of what is judged of a crop, in pixels; a multiple of 16.
    pub crop_px: u32,
    /// The style picture is scaled to the area of a square of this side: larger gives larger strokes.
    pub style_px: u32,
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let weights = LossWeights { style: 8.0, content: 1.5, steadiness: 15.0, variation: 0.05 };
        Self { architecture: Tier::Balanced.into(), weights, crop_px: 176, style_px: STYLE_PX, seed: 1 }
    }
}

impl Settings {
    /// The settings that differ, as words for people.
    fn differences(&self, other: &Self) -> String {
        let named = |settings: &Self| {
            [
                ("tier", settings.architecture.to_string()),
                ("style weight", settings.weights.style.to_string()),
                ("content weight", settings.weights.content.to_string()),
                ("steadiness", settings.weights.steadiness.to_string()),
                ("variation", settings.weights.variation.to_string()),
                ("crop", settings.crop_px.to_string()),
                ("style size", settings.style_px.to_string()),
                ("seed", settings.seed.to_string()),
            ]
        };
        different(named(self), named(other))
    }
}

/// The named values that differ, as words for people.
pub(super) fn different<const N: usize>(old: [(&str, String); N], new: [(&str, String); N]) -> String {
    let pairs = old.into_iter().zip(new);
    let words = pairs.filter(|(old, new)| old != new).map(|((name, old), (_, new))| format!("{name} {old}, not {new}"));
    words.collect::<Vec<_>>().join("; ")
}

/// A network in training, with all that trains it. Lives on one thread; `burn` computes on threads of its own.
pub struct Trainer {
    settings: Settings,
    network: Network,
    adam: Adam,
    random: Random,
    crops: Crops,
    features: Features,
    targets: StyleTargets,
    device: Device,
    spent: Duration,
    means: Losses,
    best: Option<BestScore>,
    /// The weights of the best score; none where there is none.
    best_weights: Vec<Vec<f32>>,
}

impl Trainer {
    /// The device that trainings run on, and that their features must be on.
    pub fn device() -> Device {
        Device::flex().autodiff()
    }

    /// A network that starts from random weights, or from those of another style.
    ///
    /// # Errors
    /// `from` are not the weights of a network of this architecture.
    pub fn new(
        settings: Settings,
        style: &Frame,
        crops: Crops,
        features: Features,
        from: Option<&[Parameter]>,
    ) -> Result<Self, TrainError> {
        let mut random = Random::new(settings.seed);
        let mut network = Network::new(settings.architecture.clone(), &mut random);
        if let Some(weights) = from {
            network.take_over(weights)?;
        }
        let adam = Adam::new(network.parameters());
        let state = State { settings, steps: 0, spent: Duration::ZERO, random, means: Losses::default(), best: None };
        Ok(Self::assemble(state, network, adam, Vec::new(), style, crops, features))
    }

    /// The settings that a checkpoint was made with.
    ///
    /// # Errors
    /// The checkpoint cannot be read.
    pub fn settings_of(checkpoint: &Path) -> Result<Settings, TrainError> {
        Ok(checkpoint::read(checkpoint)?.0.settings)
    }

    /// Goes on from a checkpoint, exactly as if there had been no interruption.
    ///
    /// # Errors
    /// The checkpoint cannot be read, or was made with other settings.
    pub fn resume(
        path: &Path,
        settings: &Settings,
        style: &Frame,
        crops: Crops,
        features: Features,
    ) -> Result<Self, TrainError> {
        let (state, network, adam, best_weights) = checkpoint::read(path)?;
        if state.settings != *settings {
            let differences = state.settings.differences(settings);
            return Err(TrainError::OtherSettings { path: path.to_owned(), differences });
        }
        Ok(Self::assemble(state, network, adam, best_weights, style, crops, features))
    }

    fn assemble(
        state: State,
        network: Network,
        adam: Adam,
        best_weights: Vec<Vec<f32>>,
        style: &Frame,
        crops: Crops,
        features: Features,
    ) -> Self {
        let device = Self::device();
        let State { settings, spent, random, means, best, .. } = state;
        let picture = Planes::from_frame(&scaled(style, style.size.with_area_of_square(settings.style_px)));
        let targets = StyleTargets::new(&features, picture.tensor(&device));
        Self { settings, network, adam, random, crops, features, targets, device, spent, means, best, best_weights }
    }

    /// One iteration; `limit` only decides the learning rate.
    ///
    /// # Errors
    /// The loss is no number any more (the weights are left as they were), or no picture can be decoded.
    pub fn step(&mut self, limit: Limit) -> Result<Losses, TrainError> {
        let start = Instant::now();
        let rate = limit.rate(self.steps(), self.spent);
        let side = self.settings.crop_px + 2 * MARGIN_PX as u32;
        let frame = self.crops.next(side, &mut self.random)?.tensor(&self.device);
        let leaves = leaves(&self.network, &self.device);
        let paint = |picture| forward(&self.network, &leaves, picture);
        let weights = &self.settings.weights;
        let judgement = Judgement::new(&frame, paint, &self.features, &self.targets, weights, &mut self.random);
        let losses = judgement.losses();
        if !losses.total.is_finite() {
            return Err(TrainError::NotANumber { step: self.steps() });
        }
        let Some(gradients) = gradients(&judgement.sum, &leaves) else {
            return Err(TrainError::NotANumber { step: self.steps() });
        };
        self.adam.update(self.network.parameters_mut(), &gradients, rate);
        // The first iterations count the same, instead of being mixed into zeros.
        self.means.approach(&losses, MEAN_SHARE.max(1.0 / self.steps() as f32));
        self.spent += start.elapsed();
        Ok(losses)
    }

    /// The losses on held-out frames, each time with the same crops and the same noise. Where the weighted sum is the
    /// smallest so far, the weights are kept as the best.
    pub fn look(&mut self, held_out: &[Frame]) -> Losses {
        let side = self.settings.crop_px + 2 * MARGIN_PX as u32;
        let mut random = Random::new(LOOK_SEED);
        let leaves = leaves(&self.network, &self.device);
        let mut mean = Losses::default();
        for (index, frame) in held_out.iter().take(LOOK_FRAMES).enumerate() {
            let frame = crop(frame, side, &mut random).tensor(&self.device);
            let paint = |picture| forward(&self.network, &leaves, picture);
            let weights = &self.settings.weights;
            let judgement = Judgement::new(&frame, paint, &self.features, &self.targets, weights, &mut random);
            mean.approach(&judgement.losses(), 1.0 / (index + 1) as f32);
        }
        let best = self.best.map_or(f32::INFINITY, |best| best.score);
        if !held_out.is_empty() && mean.total < best {
            self.best = Some(BestScore { score: mean.total, steps: self.steps() });
            self.best_weights = self.network.parameters().iter().map(|parameter| parameter.values.clone()).collect();
        }
        mean
    }

    /// Makes the best weights those of the network. Training should not go on from them: the optimizer is further on.
    pub fn take_best(&mut self) -> Option<BestScore> {
        let best = self.best?;
        for (parameter, weights) in self.network.parameters_mut().iter_mut().zip(&self.best_weights) {
            parameter.values.clone_from(weights);
        }
        Some(best)
    }

    /// The share of the training that is done, 0..=1.
    pub fn done(&self, limit: Limit) -> f32 {
        limit.done(self.steps(), self.spent)
    }

    /// Iterations so far.
    pub fn steps(&self) -> u64 {
        self.adam.steps
    }

    /// Time spent in iterations, over all sittings.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// Running means of the losses.
    pub fn means(&self) -> Losses {
        self.means
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What it is trained with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The pictures that it is trained on.
    pub fn crops(&self) -> &Crops {
        &self.crops
    }

    /// Writes a checkpoint; an older one of the same name stays whole until the new one is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), TrainError> {
        let state = State {
            settings: self.settings.clone(),
            steps: self.steps(),
            spent: self.spent,
            random: self.random.clone(),
            means: self.means,
            best: self.best,
        };
        checkpoint::write(path, &state, &self.network, &self.adam, &self.best_weights)
    }

    /// Frames and their paintings side by side, one below the other, each `height_px` pixels high.
    pub fn preview(&self, frames: &[Frame], height_px: u32) -> Frame {
        let row = |frame| [fitting(frame, height_px), painting(&self.network, frame, height_px)];
        side_by_side(&frames.iter().map(row).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_settings_that_differ() {
        let (old, mut new) = (Settings::default(), Settings::default());
        new.architecture = Tier::Fast.into();
        new.weights.style = 5.0;
        assert_eq!(old.differences(&new), "tier balanced, not fast; style weight 8, not 5");
    }
}
