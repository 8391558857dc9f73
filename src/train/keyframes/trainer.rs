//! Training from key frames: iteration after iteration, with checkpoints.

use super::super::adam::Adam;
use super::super::checkpoint::{fill, note_device, read_state, with_moments, with_moments_mut, write_state};
use super::super::limit::Limit;
use super::super::losses::{JUDGED_MARGIN_PX, View, steadiness};
use super::super::preview::{fitting, painting_on, side_by_side};
use super::super::run::{forward, forward_batch, gradients, leaves, leaves_of, values_if_finite};
use super::super::trainer::MEAN_SHARE;
use super::super::{Crops, Features, TrainDevice, TrainError};
use super::discriminator::Discriminator;
use super::losses::{KeyframeJudgement, discriminator_loss};
use super::patches::Patches;
use super::{KeyframeLosses, KeyframePairs, KeyframeSettings};
use crate::frame::Frame;
use crate::network::{Network, Parameter, Random};
use burn_tensor::Tensor;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::{Duration, Instant};

/// The first line of a checkpoint.
const FORMAT: &str = "impasto key frame checkpoint 2";

/// The learning rate after warming up.
const LEARNING_RATE: f32 = 1.5e-3;

/// The discriminator learns at this share of the network's rate; the published rate is 0.0004.
const DISCRIMINATOR_RATE: f32 = 0.3;

/// The share of one batch in the running means of batch norms, as PyTorch has it.
const RUNNING_SHARE: f32 = 0.1;

/// Key frames in a preview.
const SHOWN_KEYFRAMES: usize = 1;

/// What a checkpoint says beside its weights.
#[derive(Serialize, Deserialize)]
struct State {
    settings: KeyframeSettings,
    steps: u64,
    spent: Duration,
    random: Random,
    means: KeyframeLosses,
    /// What it was trained on so far, in this order.
    #[serde(default)]
    devices: Vec<String>,
}

/// A network that learns from painted key frames, with all that trains it. Lives on one thread; `burn` computes on
/// threads of its own.
pub struct KeyframeTrainer {
    settings: KeyframeSettings,
    network: Network,
    adam: Adam,
    discriminator: Discriminator,
    discriminator_adam: Adam,
    random: Random,
    pairs: KeyframePairs,
    crops: Crops,
    features: Features,
    device: TrainDevice,
    devices: Vec<String>,
    spent: Duration,
    means: KeyframeLosses,
}

impl KeyframeTrainer {
    /// A network that starts from random weights, or from those of another style. `crops` are the game's frames; it
    /// is trained on the device of `features`.
    ///
    /// # Errors
    /// `from` are not the weights of a network of this architecture, or this has instance norms, which no patch can
    /// train.
    pub fn new(
        settings: KeyframeSettings,
        pairs: KeyframePairs,
        crops: Crops,
        features: Features,
        from: Option<&[Parameter]>,
    ) -> Result<Self, TrainError> {
        let random = Random::new(settings.seed);
        let means = KeyframeLosses::default();
        let state = State { settings, steps: 0, spent: Duration::ZERO, random, means, devices: Vec::new() };
        let mut trainer = Self::assemble(state, pairs, crops, features)?;
        if let Some(weights) = from {
            trainer.network.take_over(weights)?;
        }
        Ok(trainer)
    }

    /// The settings that a checkpoint was made with.
    ///
    /// # Errors
    /// The checkpoint cannot be read.
    pub fn settings_of(checkpoint: &Path) -> Result<KeyframeSettings, TrainError> {
        Ok(read_state::<State>(checkpoint, FORMAT)?.0.settings)
    }

    /// Goes on from a checkpoint: on the processor, exactly as if there had been no interruption. Key frames may have
    /// been painted over meanwhile, or added.
    ///
    /// # Errors
    /// The checkpoint cannot be read, or was made with other settings.
    pub fn resume(
        path: &Path,
        settings: &KeyframeSettings,
        pairs: KeyframePairs,
        crops: Crops,
        features: Features,
    ) -> Result<Self, TrainError> {
        let (state, floats): (State, _) = read_state(path, FORMAT)?;
        if state.settings != *settings {
            let differences = state.settings.differences(settings);
            return Err(TrainError::OtherSettings { path: path.to_owned(), differences });
        }
        let (random, steps) = (state.random.clone(), state.steps);
        let mut trainer = Self::assemble(state, pairs, crops, features)?;
        trainer.random = random;
        trainer.adam.steps = steps;
        trainer.discriminator_adam.steps = steps;
        let own = with_moments_mut(trainer.network.parameters_mut(), &mut trainer.adam);
        let adversary = with_moments_mut(&mut trainer.discriminator.parameters, &mut trainer.discriminator_adam);
        fill(path, &floats, own.chain(adversary).collect())?;
        Ok(trainer)
    }

    /// Draws the first weights.
    fn assemble(state: State, pairs: KeyframePairs, crops: Crops, features: Features) -> Result<Self, TrainError> {
        let State { settings, mut random, spent, means, mut devices, .. } = state;
        settings.check()?;
        let network = Network::new(settings.architecture.clone(), &mut random);
        let discriminator = Discriminator::new(&mut random);
        let (adam, discriminator_adam) = (Adam::new(network.parameters()), Adam::new(&discriminator.parameters));
        let device = features.device().clone();
        note_device(&mut devices, &device);
        Ok(Self {
            settings,
            network,
            adam,
            discriminator,
            discriminator_adam,
            random,
            pairs,
            crops,
            features,
            device,
            devices,
            spent,
            means,
        })
    }

    /// One iteration: a step of the network, then one of the discriminator on the same patches; `limit` only decides
    /// the learning rate.
    ///
    /// # Errors
    /// A loss or gradient is NaN or infinite (the weights are left as they were), or no picture can be decoded.
    pub fn step(&mut self, limit: Limit) -> Result<KeyframeLosses, TrainError> {
        self.step_seen(limit, |_| ())
    }

    /// The same; `see` is shown the gradients of the network and those of the discriminator, in the order of their
    /// parameters.
    pub(in crate::train) fn step_seen(
        &mut self,
        limit: Limit,
        see: impl FnOnce([&[Vec<f32>]; 2]),
    ) -> Result<KeyframeLosses, TrainError> {
        let start = Instant::now();
        let rate = limit.rate(LEARNING_RATE, self.steps(), self.spent);
        let not_finite = TrainError::NotFinite { step: self.steps() };
        let patches = Patches::draw(&self.pairs, &self.settings, &mut self.random, self.device.tensors());
        let side = self.settings.steadiness_px + 2 * JUDGED_MARGIN_PX as u32;
        let frame = self.crops.next(side, &mut self.random)?.tensor(self.device.tensors());
        let leaves = leaves(&self.network, self.device.tensors());
        let paint = |picture| forward(&self.network, &leaves, picture);

        let (paintings, statistics) = forward_batch(&self.network, &leaves, patches.seen.clone());
        let judged = patches.judged(&paintings);
        let view = View::draw(1, side as usize, &mut self.random);
        let painting = paint(frame.clone());
        let moved = view.moved(&painting).require_grad();
        let steadiness = steadiness(paint(view.of_frames(&frame)) - moved.clone()).inside;
        let fixed = leaves_of(&self.discriminator.parameters, self.device.tensors(), false);
        let scores = self.discriminator.scores(&fixed, judged.clone());
        let weights = &self.settings.weights;
        let judgement = KeyframeJudgement::new(&judged, &patches, &self.features, scores, steadiness, weights);
        let mut losses = judgement.losses();

        let adversary = leaves_of(&self.discriminator.parameters, self.device.tensors(), true);
        let loss = discriminator_loss(&self.discriminator, &adversary, patches.wanted.clone(), judged.detach());
        losses.discriminator = loss.clone().into_scalar::<f32>();
        if !losses.total.is_finite() || !losses.discriminator.is_finite() {
            return Err(not_finite);
        }
        let mut found = judgement.sum.backward();
        let at_moved = moved.grad_remove(&mut found).map(Tensor::autodiff);
        let through_moved = at_moved.map_or_else(|| painting.zeros_like(), |gradient| view.backward(&gradient, 1));
        let changes = values_if_finite(&leaves, &mut found);
        let further = gradients(&(painting * through_moved).sum(), &leaves);
        let (Some(mut changes), Some(further), Some(adversary_changes)) =
            (changes, further, gradients(&loss, &adversary))
        else {
            return Err(not_finite);
        };
        for (sum, other) in changes.iter_mut().flatten().zip(further.iter().flatten()) {
            *sum += other;
        }
        see([&changes, &adversary_changes]);
        self.adam.update(self.network.parameters_mut(), &changes, rate);
        self.network.follow(&statistics, RUNNING_SHARE);
        let adversary_rate = rate * DISCRIMINATOR_RATE;
        self.discriminator_adam.update(&mut self.discriminator.parameters, &adversary_changes, adversary_rate);
        // The first iterations count the same, instead of being mixed into zeros.
        self.means.move_towards(&losses, MEAN_SHARE.max(1.0 / self.steps() as f32));
        self.spent += start.elapsed();
        Ok(losses)
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
    pub fn means(&self) -> KeyframeLosses {
        self.means
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The parameters of the network, then those of the discriminator.
    pub(in crate::train) fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.network.parameters().iter().chain(&self.discriminator.parameters)
    }

    /// What it is trained with.
    pub fn settings(&self) -> &KeyframeSettings {
        &self.settings
    }

    /// What it was trained on, in this order: the last one is the present one.
    pub fn devices(&self) -> &[String] {
        &self.devices
    }

    /// The key frames that it learns from.
    pub fn pairs(&self) -> &KeyframePairs {
        &self.pairs
    }

    /// The frames on which it learns to be steady.
    pub fn crops(&self) -> &Crops {
        &self.crops
    }

    /// Pictures to watch the training on, see [`Crops::examples`].
    pub fn examples(&mut self) -> Vec<Frame> {
        self.crops.examples()
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
            devices: self.devices.clone(),
        };
        let adversary = with_moments(&self.discriminator.parameters, &self.discriminator_adam);
        let floats = with_moments(self.network.parameters(), &self.adam).chain(adversary);
        write_state(path, FORMAT, &state, floats)
    }

    /// Frames and their paintings side by side, one below the other, each `height_px` pixels high; below them a key
    /// frame as it was painted by hand, and as the network paints it.
    pub fn preview(&self, frames: &[Frame], height_px: u32) -> Frame {
        let painting = |frame: &Frame| painting_on(&self.network, frame, height_px, &self.device);
        let of_frame = |frame| [fitting(frame, height_px), painting(frame)];
        let of_keyframe = |(input, wanted): (Frame, Frame)| [fitting(&wanted, height_px), painting(&input)];
        let keyframes = (0..SHOWN_KEYFRAMES).filter_map(|index| self.pairs.example(index));
        side_by_side(&frames.iter().map(of_frame).chain(keyframes.map(of_keyframe)).collect::<Vec<_>>())
    }

    /// Mean absolute difference between the paintings of all key frames and their painted versions, of 0..=1.
    pub fn keyframe_difference(&self) -> f32 {
        let difference = |index| {
            let (input, wanted) = self.pairs.example(index)?;
            let height_px = wanted.size.height;
            let painted = painting_on(&self.network, &input, height_px, &self.device);
            let wanted = fitting(&wanted, height_px);
            let sum: f64 = painted.pixels.iter().zip(&wanted.pixels).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
            // The fourth byte of a pixel is the same everywhere.
            Some(sum / (3 * wanted.size.area()) as f64 / 255.0)
        };
        (0..self.pairs.len()).filter_map(difference).sum::<f64>() as f32 / self.pairs.len() as f32
    }
}
