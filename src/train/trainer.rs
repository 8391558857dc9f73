//! Training: iteration after iteration, with checkpoints.

use super::adam::Adam;
use super::checkpoint::{self, Learnt, State};
use super::data::scaled;
use super::descent::{Material, descend};
use super::evaluation::HeldOut;
use super::limit::Limit;
use super::losses::{Judge, StyleTargets};
use super::preview::{fitting, painting_on, side_by_side};
use super::stopping::{best, stop_reason};
use super::temporal::TemporalPair;
use super::{Crops, Evaluation, Features, Losses, Planes, Settings, StopReason, TrainDevice, TrainError};
use crate::frame::Frame;
use crate::network::{MARGIN_PX, Network, Parameter, Random};
use std::path::Path;
use std::time::{Duration, Instant};

/// Side in pixels of what is judged of two successive frames, at most: two more paintings must not cost much.
const PAIR_PX: u32 = 112;

/// Of so many iterations, one judges successive frames.
const PAIR_EVERY: u64 = 2;

/// Crops in a row for which the loss or its gradient is no number before training ends. One alone says little of the weights: it was
/// seen after 166 iterations of `classic`, for a reason that was not examined, and the next crops were well.
const UNUSABLE_CROPS: u32 = 8;

/// The share of one iteration in the running means of the losses.
pub(super) const MEAN_SHARE: f32 = 0.02;

/// A network in training, with all that trains it. Lives on one thread; `burn` computes on threads of its own.
pub struct Trainer {
    settings: Settings,
    network: Network,
    adam: Adam,
    random: Random,
    crops: Crops,
    features: Features,
    targets: StyleTargets,
    device: TrainDevice,
    devices: Vec<String>,
    spent: Duration,
    means: Losses,
    unusable: u64,
    teacher: Option<Teacher>,
    held_out: Option<HeldOut>,
    evaluations: Vec<Evaluation>,
    /// The network of the best evaluation.
    best: Option<Network>,
}

/// Paints a frame as it is to be learnt, at the frame's size or another one. The error is for people.
pub type Teacher = Box<dyn FnMut(&Frame) -> Result<Frame, String>>;

impl Trainer {
    /// A network that starts from random weights, or from those of another style. It is trained on the features' device.
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
        let state = State {
            settings,
            steps: 0,
            spent: Duration::ZERO,
            random,
            means: Losses::default(),
            unusable: 0,
            evaluations: Vec::new(),
            devices: Vec::new(),
            has_best: false,
        };
        Ok(Self::assemble(Learnt { state, network, adam, best: None }, style, crops, features))
    }

    /// The settings that a checkpoint was made with.
    ///
    /// # Errors
    /// The checkpoint cannot be read.
    pub fn settings_of(checkpoint: &Path) -> Result<Settings, TrainError> {
        Ok(checkpoint::read(checkpoint)?.state.settings)
    }

    /// Goes on from a checkpoint: on the processor, exactly as if there had been no interruption. A graphics card adds up
    /// in an order of its own, and does not repeat itself to the last bit.
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
        let learnt = checkpoint::read(path)?;
        if learnt.state.settings != *settings {
            let differences = learnt.state.settings.differences(settings);
            return Err(TrainError::OtherSettings { path: path.to_owned(), differences });
        }
        Ok(Self::assemble(learnt, style, crops, features))
    }

    fn assemble(learnt: Learnt, style: &Frame, crops: Crops, features: Features) -> Self {
        let device = features.device().clone();
        let Learnt { state, network, adam, best } = learnt;
        let State { settings, spent, random, means, unusable, evaluations, mut devices, .. } = state;
        checkpoint::note_device(&mut devices, &device);
        let picture = Planes::from_frame(&scaled(style, style.size.with_area_of_square(settings.style_px)));
        let targets = StyleTargets::new(&features, picture.tensor(device.tensors()));
        Self {
            settings,
            network,
            adam,
            random,
            crops,
            features,
            targets,
            device,
            devices,
            spent,
            means,
            unusable,
            teacher: None,
            held_out: None,
            evaluations,
            best,
        }
    }

    /// The same training with a teacher; what its paintings count is in the settings' weights.
    #[must_use]
    pub fn with_teacher(self, teacher: Teacher) -> Self {
        Self { teacher: Some(teacher), ..self }
    }

    /// One iteration; `limit` only decides the learning rate. Crops for which the loss or its gradient is no number are left out.
    ///
    /// # Errors
    /// The loss is no number for one crop after another (the weights are left as they were), no picture can be decoded, or the
    /// teacher cannot paint.
    pub fn step(&mut self, limit: Limit) -> Result<Losses, TrainError> {
        self.step_seen(limit, |_| ())
    }

    /// The same; `see` is shown the gradients, in the order of the network's parameters.
    pub(super) fn step_seen(&mut self, limit: Limit, see: impl FnOnce(&[Vec<f32>])) -> Result<Losses, TrainError> {
        let start = Instant::now();
        let rate = limit.rate(self.settings.learning_rate, self.steps(), self.spent);
        let mut found = None;
        for _ in 0..UNUSABLE_CROPS {
            found = self.descent()?;
            if found.is_some() {
                break;
            }
            self.unusable += 1;
        }
        let (losses, gradients) = found.ok_or(TrainError::NotANumber { step: self.steps() })?;
        see(&gradients);
        self.adam.update(self.network.parameters_mut(), &gradients, rate);
        // The first iterations count the same, instead of being mixed into zeros.
        self.means.approach(&losses, MEAN_SHARE.max(1.0 / self.steps() as f32));
        self.spent += start.elapsed();
        Ok(losses)
    }

    /// The losses for the next crop, and their gradients; `None` where one is no number.
    fn descent(&mut self) -> Result<Option<(Losses, Vec<Vec<f32>>)>, TrainError> {
        let crop = self.crops.next(self.crop_side(), &mut self.random)?;
        let taught = taught(self.teacher.as_mut(), &crop)?.map(|painting| painting.tensor(self.device.tensors()));
        let pair = self.next_pair();
        let frame = crop.tensor(self.device.tensors());
        let judge = judge(&self.settings, &self.features, &self.targets, false);
        let material = Material { frame: &frame, taught: taught.as_ref(), pair: pair.as_ref() };
        descend(&self.network, &judge, &material, &self.device, &mut self.random)
    }

    /// Two successive frames, where the next iteration is to judge such and there are any.
    fn next_pair(&mut self) -> Option<TemporalPair> {
        if self.settings.weights.temporal <= 0.0 || self.steps() % PAIR_EVERY != PAIR_EVERY - 1 {
            return None;
        }
        let pair = self.crops.next_pair(self.pair_side(), &mut self.random)?;
        Some(TemporalPair::new(&pair, self.device.tensors()))
    }

    /// Sides of crops with their margins, in pixels.
    fn crop_side(&self) -> u32 {
        self.settings.crop_px + 2 * MARGIN_PX as u32
    }

    fn pair_side(&self) -> u32 {
        self.settings.crop_px.min(PAIR_PX) + 2 * MARGIN_PX as u32
    }

    /// Whether it is time for [`Self::evaluate`]; in the end, that is wherever it was not done since the last iteration.
    pub fn is_evaluation_due(&self, limit: Limit) -> bool {
        let (iteration, spent) =
            self.evaluations.last().map_or((0, Duration::ZERO), |last| (last.iteration, last.spent));
        let steps = self.steps().saturating_sub(iteration);
        let is_over = self.done(limit) >= 1.0;
        steps > 0 && (is_over || limit.is_evaluation_due(steps, self.spent.saturating_sub(spent)))
    }

    /// Judges the network on held-out crops, if that was not done since the last iteration, and keeps it if it is the best
    /// so far. Takes seconds, the first time more. Nothing that is learnt later depends on it.
    ///
    /// # Errors
    /// The score is no number, or the teacher cannot paint.
    pub fn evaluate(&mut self) -> Result<Evaluation, TrainError> {
        let start = Instant::now();
        if let Some(last) = self.evaluations.last().filter(|last| last.iteration == self.steps()) {
            return Ok(*last);
        }
        if self.held_out.is_none() {
            let (side, pair_side) = (self.crop_side(), self.pair_side());
            let teach = |frame: &Planes| taught(self.teacher.as_mut(), frame);
            self.held_out = Some(HeldOut::new(&mut self.crops, side, pair_side, teach)?);
        }
        let held_out = self.held_out.as_ref().expect("it was just made, where it was missing");
        let judge = judge(&self.settings, &self.features, &self.targets, true);
        let (losses, flicker) = held_out.evaluate(&self.network, &judge, self.device.tensors())?;
        if !losses.total.is_finite() {
            return Err(TrainError::NotANumber { step: self.steps() });
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
            self.best = Some(self.network.clone());
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

    /// Makes the network of the best evaluation the present one, if there was any; to be called in the end, for training
    /// must not go on from it: the optimizer is further on.
    pub fn take_best(&mut self) -> Option<&Evaluation> {
        self.network = self.best.clone()?;
        self.best_evaluation()
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

    /// Crops that were left out, because the loss or its gradient was no number for them.
    pub fn unusable(&self) -> u64 {
        self.unusable
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
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
            unusable: self.unusable,
            evaluations: self.evaluations.clone(),
            devices: self.devices.clone(),
            has_best: self.best.is_some(),
        };
        checkpoint::write(path, &state, &self.network, &self.adam, self.best.as_ref())
    }

    /// Frames and their paintings side by side, one below the other, each `height_px` pixels high.
    pub fn preview(&self, frames: &[Frame], height_px: u32) -> Frame {
        let row = |frame| [fitting(frame, height_px), painting_on(&self.network, frame, height_px, &self.device)];
        side_by_side(&frames.iter().map(row).collect::<Vec<_>>())
    }
}

fn judge<'j>(
    settings: &'j Settings,
    features: &'j Features,
    targets: &'j StyleTargets,
    is_thorough: bool,
) -> Judge<'j> {
    Judge { features, targets, weights: &settings.weights, is_thorough }
}

/// The teacher's painting of a crop, at the crop's size; `None` where there is no teacher.
fn taught(teacher: Option<&mut Teacher>, crop: &Planes) -> Result<Option<Planes>, TrainError> {
    let Some(teacher) = teacher else { return Ok(None) };
    let painting = teacher(&crop.to_frame()).map_err(TrainError::Teacher)?;
    let fits = painting.size == crop.size;
    Ok(Some(Planes::from_frame(&if fits { painting } else { scaled(&painting, crop.size) })))
}
