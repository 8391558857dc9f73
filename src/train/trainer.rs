//! Training from a style picture: iteration after iteration, with checkpoints.

use super::adam::Adam;
use super::checkpoint::{self, State, Weights};
use super::data::scaled;
use super::evaluation::HeldOut;
use super::limit::Limit;
use super::losses::{FramePair, JUDGED_MARGIN_PX, StyleLosses, StyleTargets};
use super::objective::{Batch, losses_and_gradients};
use super::preview::{fitting, painting_on, side_by_side};
use super::stopping::{best, stop_reason};
use super::{
    Crops, Evaluation, Features, LossWeights, Losses, PictureBatch, Planes, Settings, StopReason, TrainDevice,
    TrainError,
};
use crate::frame::{Frame, Size, resize_lanczos};
use crate::network::{Network, Parameter, Random};
use std::path::Path;
use std::time::{Duration, Instant};

/// Batches in a row for which a loss or gradient is NaN or infinite before training ends. One alone says little of the
/// weights: it was seen after 166 iterations of `classic`, for a reason that was not examined, and the next ones were
/// well.
const SKIPPED_BATCHES: u32 = 8;

/// The share of one iteration in the running means of the losses.
pub(super) const MEAN_SHARE: f32 = 0.02;

/// Of so many iterations, one learns from successive frames, which cost two more paintings; they count so much more
/// there.
const PAIR_EVERY: u64 = 4;

/// What is left of the running mean of the weights in an iteration.
const WEIGHTS_DECAY: f32 = 0.999;

/// A network in training, with all that trains it. Lives on one thread; `burn` computes on threads of its own.
pub struct Trainer {
    settings: Settings,
    weights: Weights,
    random: Random,
    crops: Crops,
    features: Features,
    targets: StyleTargets,
    style_size: Size,
    device: TrainDevice,
    devices: Vec<String>,
    spent: Duration,
    means: Losses,
    skipped: u64,
    teacher: Option<Teacher>,
    held_out: Option<HeldOut>,
    evaluations: Vec<Evaluation>,
}

/// Paints a frame as it is to be learnt, at the frame's size or another one. The error is for people.
pub type Teacher = Box<dyn FnMut(&Frame) -> Result<Frame, String>>;

impl Trainer {
    /// A network that starts from random weights, or from those of another style. It is trained on the features'
    /// device.
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
        let (adam, mean) = (Adam::new(network.parameters()), network.clone());
        let state = State {
            settings,
            steps: 0,
            spent: Duration::ZERO,
            random,
            means: Losses::default(),
            skipped: 0,
            evaluations: Vec::new(),
            devices: Vec::new(),
            has_best: false,
        };
        Ok(Self::assemble(state, Weights { network, adam, mean, best: None }, style, crops, features))
    }

    /// The settings that a checkpoint was made with.
    ///
    /// # Errors
    /// The checkpoint cannot be read.
    pub fn settings_of(checkpoint: &Path) -> Result<Settings, TrainError> {
        Ok(checkpoint::read(checkpoint)?.0.settings)
    }

    /// Goes on from a checkpoint: on the processor, exactly as if there had been no interruption. A graphics card adds
    /// up in an order of its own, and does not repeat itself to the last bit.
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
        let (state, weights) = checkpoint::read(path)?;
        if state.settings != *settings {
            let differences = state.settings.differences(settings);
            return Err(TrainError::OtherSettings { path: path.to_owned(), differences });
        }
        Ok(Self::assemble(state, weights, style, crops, features))
    }

    fn assemble(state: State, weights: Weights, style: &Frame, crops: Crops, features: Features) -> Self {
        let device = features.device().clone();
        let State { settings, spent, random, means, skipped, evaluations, mut devices, .. } = state;
        checkpoint::note_device(&mut devices, &device);
        let mut picture = Frame::new(style.size.with_short_side(settings.style_px));
        resize_lanczos(style, &mut picture);
        let style_size = picture.size;
        let picture = Planes::from_frame(&picture);
        let targets = StyleTargets::new(&features, &picture.tensor(device.tensors()));
        Self {
            settings,
            weights,
            random,
            crops,
            features,
            targets,
            style_size,
            device,
            devices,
            spent,
            means,
            skipped,
            teacher: None,
            held_out: None,
            evaluations,
        }
    }

    /// The same training with a teacher; what its paintings count is in the settings' weights.
    #[must_use]
    pub fn with_teacher(self, teacher: Teacher) -> Self {
        Self { teacher: Some(teacher), ..self }
    }

    /// One iteration; `limit` decides the learning rate and the weight of steadiness. Batches for which a loss or
    /// gradient is NaN or infinite are skipped.
    ///
    /// # Errors
    /// Batch after batch is skipped (the weights are left as they were), no picture can be decoded, or the teacher
    /// cannot paint.
    pub fn step(&mut self, limit: Limit) -> Result<Losses, TrainError> {
        self.step_seen(limit, |_| ())
    }

    /// The same; `see` is shown the gradients, in the order of the network's parameters.
    pub(super) fn step_seen(&mut self, limit: Limit, see: impl FnOnce(&[Vec<f32>])) -> Result<Losses, TrainError> {
        let start = Instant::now();
        let rate = limit.rate(self.settings.learning_rate, self.steps(), self.spent);
        let mut loss_weights = self.settings.weights.at(self.done(limit));
        loss_weights.temporal *= PAIR_EVERY as f32;
        let mut found = None;
        for _ in 0..SKIPPED_BATCHES {
            found = self.losses_and_gradients(&loss_weights)?;
            if found.is_some() {
                break;
            }
            self.skipped += 1;
        }
        let (losses, gradients) = found.ok_or(TrainError::NotFinite { step: self.steps() })?;
        see(&gradients);
        let Weights { network, adam, mean, .. } = &mut self.weights;
        // The mean of the first iterations is over few of them, instead of holding on to the start.
        let decay = WEIGHTS_DECAY.min((1 + adam.steps) as f32 / (10 + adam.steps) as f32);
        adam.update(network.parameters_mut(), &gradients, rate);
        mean.move_towards(network, 1.0 - decay);
        // The first iterations count the same, instead of being mixed into zeros.
        self.means.move_towards(&losses, MEAN_SHARE.max(1.0 / self.steps() as f32));
        self.spent += start.elapsed();
        Ok(losses)
    }

    /// The losses of the next batch, and their gradients; `None` where one is NaN or infinite.
    fn losses_and_gradients(&mut self, weights: &LossWeights) -> Result<Option<(Losses, Vec<Vec<f32>>)>, TrainError> {
        let batch = self.next_batch()?;
        let (features, targets) = (&self.features, &self.targets);
        let style_losses = StyleLosses { features, targets, weights, is_thorough: false };
        losses_and_gradients(&self.weights.network, style_losses, &batch, &self.device, &mut self.random)
    }

    fn next_batch(&mut self) -> Result<Batch, TrainError> {
        let (side, device) = (self.crop_side(), self.device.tensors());
        let (mut frames, mut teacher_targets) = (Vec::new(), Vec::new());
        for _ in 0..self.settings.batch.max(1) {
            let frame = self.crops.next(side, &mut self.random)?;
            teacher_targets.extend(teacher_target(self.teacher.as_mut(), &frame)?);
            frames.push(frame);
        }
        let has_pair = self.settings.weights.temporal > 0.0 && self.steps().is_multiple_of(PAIR_EVERY);
        let pair = if has_pair { self.crops.next_pair(side, &mut self.random) } else { None };
        Ok(Batch {
            frames: PictureBatch::of(&frames).tensor(device),
            teacher_target: (!teacher_targets.is_empty()).then(|| PictureBatch::of(&teacher_targets).tensor(device)),
            pair: pair.map(|pair| FramePair { before: pair.before.tensor(device), now: pair.now.tensor(device) }),
        })
    }

    /// Side of crops with their margins, in pixels.
    fn crop_side(&self) -> u32 {
        self.settings.crop_px + 2 * JUDGED_MARGIN_PX as u32
    }

    /// Whether it is time for [`Self::evaluate`]; in the end, that is wherever it was not done since the last
    /// iteration.
    pub fn is_evaluation_due(&self, limit: Limit) -> bool {
        let (iteration, spent) =
            self.evaluations.last().map_or((0, Duration::ZERO), |last| (last.iteration, last.spent));
        let steps = self.steps().saturating_sub(iteration);
        let is_over = self.done(limit) >= 1.0;
        steps > 0 && (is_over || limit.is_evaluation_due(steps, self.spent.saturating_sub(spent)))
    }

    /// Computes the losses of the mean network on held-out crops, if that was not done since the last iteration, and
    /// keeps it if it is the best so far. Takes seconds, the first time more. Nothing that is learnt later depends on
    /// it.
    ///
    /// # Errors
    /// The score is NaN or infinite, or the teacher cannot paint.
    pub fn evaluate(&mut self) -> Result<Evaluation, TrainError> {
        let start = Instant::now();
        if let Some(last) = self.evaluations.last().filter(|last| last.iteration == self.steps()) {
            return Ok(*last);
        }
        if self.held_out.is_none() {
            let side = self.crop_side();
            let teach = |frame: &Planes| teacher_target(self.teacher.as_mut(), frame);
            self.held_out = Some(HeldOut::new(&mut self.crops, side, teach)?);
        }
        let held_out = self.held_out.as_ref().expect("it was just made, where it was missing");
        let (features, targets, weights) = (&self.features, &self.targets, &self.settings.weights);
        let style_losses = StyleLosses { features, targets, weights, is_thorough: true };
        let (losses, flicker) = held_out.evaluate(&self.weights.mean, style_losses, self.device.tensors())?;
        if !losses.total.is_finite() {
            return Err(TrainError::NotFinite { step: self.steps() });
        }
        self.spent += start.elapsed();
        let evaluation = Evaluation {
            iteration: self.steps(),
            spent: self.spent,
            score: losses.total,
            losses,
            flicker,
            training: self.means,
        };
        self.evaluations.push(evaluation);
        if best(&self.evaluations) == Some(self.evaluations.len() - 1) {
            self.weights.best = Some(self.weights.mean.clone());
        }
        Ok(evaluation)
    }

    /// The evaluations so far.
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// Why training should end before its limit, if it should.
    pub fn stop_reason(&self, limit: Limit) -> Option<StopReason> {
        stop_reason(&self.evaluations, self.done(limit))
    }

    /// The best evaluation, if there was any.
    pub fn best_evaluation(&self) -> Option<&Evaluation> {
        best(&self.evaluations).map(|index| &self.evaluations[index])
    }

    /// Makes the best network so far that of [`Self::network`], if there was any evaluation; to be called in the end.
    pub fn take_best(&mut self) -> Option<&Evaluation> {
        self.weights.mean = self.weights.best.clone()?;
        self.best_evaluation()
    }

    /// The share of the training that is done, 0..=1.
    pub fn done(&self, limit: Limit) -> f32 {
        limit.done(self.steps(), self.spent)
    }

    /// Iterations so far.
    pub fn steps(&self) -> u64 {
        self.weights.adam.steps
    }

    /// Time spent in iterations, over all sittings.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// Running means of the losses.
    pub fn means(&self) -> Losses {
        self.means
    }

    /// Batches that were skipped, because a loss or gradient was NaN or infinite for them.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The network with the running mean of the weights, which is exported.
    #[allow(clippy::misnamed_getters, reason = "the mean of the weights is what others mean by the network")]
    pub fn network(&self) -> &Network {
        &self.weights.mean
    }

    /// Size of the style picture as its features were computed.
    pub fn style_size(&self) -> Size {
        self.style_size
    }

    /// What it is trained with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it was trained on, in this order: the last one is the present one.
    pub fn devices(&self) -> &[String] {
        &self.devices
    }

    /// The pictures that it is trained on.
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
            skipped: self.skipped,
            evaluations: self.evaluations.clone(),
            devices: self.devices.clone(),
            has_best: self.weights.best.is_some(),
        };
        checkpoint::write(path, &state, &self.weights)
    }

    /// Frames and their paintings side by side, one below the other, each `height_px` pixels high.
    pub fn preview(&self, frames: &[Frame], height_px: u32) -> Frame {
        let row = |frame| [fitting(frame, height_px), painting_on(self.network(), frame, height_px, &self.device)];
        side_by_side(&frames.iter().map(row).collect::<Vec<_>>())
    }
}

/// The teacher's painting of a crop, at the crop's size; `None` where there is no teacher.
fn teacher_target(teacher: Option<&mut Teacher>, crop: &Planes) -> Result<Option<Planes>, TrainError> {
    let Some(teacher) = teacher else { return Ok(None) };
    let painting = teacher(&crop.to_frame()).map_err(TrainError::Teacher)?;
    let fits = painting.size == crop.size;
    Ok(Some(Planes::from_frame(&if fits { painting } else { scaled(&painting, crop.size) })))
}
