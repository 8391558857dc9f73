//! A few small steps of training, by which a device shows that it computes as the processor does.

use super::{
    Crops, Features, KeyframePairs, KeyframeSettings, KeyframeTrainer, Limit, LossWeights, Planes, SCENE, Settings,
    TrainDevice, TrainError, Trainer,
};
use crate::frame::Frame;
use crate::network::{Architecture, FeatureConvolution, Parameter, Random};
use std::time::Instant;

/// Steps of a self-test.
pub const SELF_TEST_STEPS: u64 = 3;

/// Side in pixels of what is judged of a crop, and of the style picture: as small as the features can look at.
const SIDE_PX: u32 = 32;

/// Crops in a batch.
const PICTURES: u32 = 2;

/// Patches of a step, where key frames are learnt from.
const PATCHES: u32 = 2;

/// The learning rate and the weights of the losses are those of the start of a training of so many iterations.
const LIMIT: Limit = Limit::Iterations(1000);

/// Channels of made-up features.
const MADE_UP_CHANNELS: [(usize, usize); 4] = [(3, 8), (8, 8), (8, 12), (12, 12)];

/// What kind of training is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// From a style picture, with a teacher: network, features, all losses.
    Picture,
    /// From key frames: the losses of these, and the discriminator.
    Keyframes,
}

/// What came out of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct SelfTestStep {
    /// Losses by name, as far as they were judged, with the weighted sum as `total`, before the step.
    pub losses: Vec<(&'static str, f32)>,
    /// Length of the gradient of each parameter by name. The losses of three steps hardly tell whether these are right,
    /// for the first steps are tiny.
    pub gradients: Vec<(String, f32)>,
    /// Time that it took. The first one is long where a driver compiles what it is to compute.
    pub seconds: f32,
}

/// Trains a network for a few steps on small crops of the built-in scene, on the device of `features`, and gives each
/// step to `tell` as it is done. On the processor the numbers are the same in every run.
///
/// # Errors
/// A loss is no number, or the network cannot be trained so.
pub fn self_test(
    subject: Subject,
    architecture: &Architecture,
    features: Features,
    mut tell: impl FnMut(SelfTestStep),
) -> Result<(), TrainError> {
    let mut crops = Crops::open(&[SCENE.into()])?;
    let examples = crops.examples();
    let frame = examples.first().ok_or(TrainError::Undecodable { tries: 1 })?;
    match subject {
        Subject::Picture => {
            let mut trainer = picture_trainer(architecture, &painted(frame), crops, features)?;
            let names = names(trainer.network().parameters());
            for _ in 0..SELF_TEST_STEPS {
                let (start, mut gradients) = (Instant::now(), Vec::new());
                let losses = trainer.step_seen(LIMIT, |seen| gradients = lengths(&names, seen))?;
                let losses = losses.parts().chain([("total", losses.total)]).collect();
                tell(SelfTestStep { losses, gradients, seconds: start.elapsed().as_secs_f32() });
            }
        }
        Subject::Keyframes => {
            let pairs = KeyframePairs::of_frames(&[[frame.clone(), painted(frame)]]);
            let settings = KeyframeSettings {
                architecture: architecture.clone(),
                patch_px: SIDE_PX,
                patches: PATCHES,
                steadiness_px: SIDE_PX,
                ..KeyframeSettings::default()
            };
            let mut trainer = KeyframeTrainer::new(settings, pairs, crops, features, None)?;
            let names = names(trainer.parameters());
            for _ in 0..SELF_TEST_STEPS {
                let (start, mut gradients) = (Instant::now(), Vec::new());
                let losses =
                    trainer.step_seen(LIMIT, |seen| gradients = lengths(&names, seen.into_iter().flatten()))?;
                let losses = vec![
                    ("pixels", losses.pixels),
                    ("features", losses.features),
                    ("adversarial", losses.adversarial),
                    ("discriminator", losses.discriminator),
                    ("steadiness", losses.steadiness),
                    ("total", losses.total),
                ];
                tell(SelfTestStep { losses, gradients, seconds: start.elapsed().as_secs_f32() });
            }
        }
    }
    Ok(())
}

/// Features for where there are no real ones: four blocks of one convolution each, with random weights, which work in a
/// moment. Always the same.
pub fn made_up_features(device: &TrainDevice) -> Features {
    let mut random = Random::new(3);
    let mut convolution = |inputs: usize, outputs: usize| FeatureConvolution {
        inputs,
        outputs,
        weights: (0..outputs * inputs * 9).map(|_| random.normal() * (2.0 / (inputs * 9) as f32).sqrt()).collect(),
        biases: vec![0.0; outputs],
    };
    let blocks = MADE_UP_CHANNELS.map(|(inputs, outputs)| vec![convolution(inputs, outputs)]);
    Features::new(blocks.into(), device)
}

/// A training in which every loss counts.
fn picture_trainer(
    architecture: &Architecture,
    style: &Frame,
    crops: Crops,
    features: Features,
) -> Result<Trainer, TrainError> {
    let usual = Settings::default();
    let weights = LossWeights { teacher: 1.0, ..usual.weights };
    let settings = Settings {
        architecture: architecture.clone(),
        weights,
        batch: PICTURES,
        crop_px: SIDE_PX,
        style_px: SIDE_PX,
        teacher: Some("the negative".to_owned()),
        ..usual
    };
    let trainer = Trainer::new(settings, style, crops, features, None)?;
    Ok(trainer.with_teacher(Box::new(|frame: &Frame| Ok(painted(frame)))))
}

/// A picture "painted": its negative.
fn painted(frame: &Frame) -> Frame {
    let planes = Planes::from_frame(frame);
    Planes { size: planes.size, values: planes.values.iter().map(|value| 1.0 - value).collect() }.to_frame()
}

fn names<'p>(parameters: impl IntoIterator<Item = &'p Parameter>) -> Vec<String> {
    parameters.into_iter().map(|parameter| parameter.name.clone()).collect()
}

/// The lengths of gradients, with their names.
fn lengths<'g>(names: &[String], gradients: impl IntoIterator<Item = &'g Vec<f32>>) -> Vec<(String, f32)> {
    let length =
        |gradient: &Vec<f32>| gradient.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt() as f32;
    names.iter().cloned().zip(gradients.into_iter().map(length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Tier;

    fn steps(subject: Subject) -> Vec<SelfTestStep> {
        let mut steps = Vec::new();
        let features = made_up_features(&TrainDevice::processor());
        self_test(subject, &Tier::Fast.into(), features, |step| steps.push(step)).unwrap();
        steps
    }

    #[test]
    fn the_processor_repeats_itself_and_every_loss_and_gradient_is_tested() {
        for (subject, wanted) in [
            (
                Subject::Picture,
                &[
                    "style",
                    "content",
                    "palette",
                    "variation",
                    "steadiness",
                    "border",
                    "lattice",
                    "temporal",
                    "teacher",
                    "total",
                ][..],
            ),
            (Subject::Keyframes, &["pixels", "features", "adversarial", "discriminator", "steadiness", "total"]),
        ] {
            let (first, second) = (steps(subject), steps(subject));
            assert_eq!(first.len() as u64, SELF_TEST_STEPS);
            for (first, second) in first.iter().zip(&second) {
                assert_eq!((&first.losses, &first.gradients), (&second.losses, &second.gradients));
                assert!(first.gradients.iter().any(|(_, length)| *length > 0.0), "{first:?}");
            }
            for name in wanted {
                let judged =
                    first.iter().flat_map(|step| &step.losses).any(|(loss, value)| loss == name && *value > 0.0);
                assert!(judged, "{name} is not tested: {first:?}");
            }
        }
    }
}
