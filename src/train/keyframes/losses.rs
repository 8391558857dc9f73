//! The losses that training from key frames minimizes.

use super::super::Features;
use super::KeyframeWeights;
use super::discriminator::{Discriminator, score_loss};
use super::patches::Patches;
use burn_tensor::{Tensor, s};
use serde::{Deserialize, Serialize};

/// Blocks of features that are compared: relu1_2 and relu2_2. The published ones are as shallow; deeper ones cost most.
const FEATURE_BLOCKS: usize = 2;

/// So many patches of an iteration are seen by the features, which cost more than all else.
const FEATURE_PATCHES: usize = 2;

/// Keeps the division finite.
const EPSILON: f32 = 1e-6;

/// The losses of one iteration, or their means over several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyframeLosses {
    /// The weighted sum, without that of the discriminator.
    pub total: f32,
    /// Mean absolute difference from the painted version, of 0..=1.
    pub pixels: f32,
    /// Relative squared distance of the features from those of the painted version, mean over the blocks.
    pub features: f32,
    /// How well the discriminator tells the painting from one by hand: 1 is surely, 0 is not at all.
    pub adversarial: f32,
    /// The discriminator's own loss: 0 where it is always right, 0.25 where it guesses.
    pub discriminator: f32,
    /// Mean squared difference between the painting of a moved, noisy view and the moved painting, of the game's
    /// frames.
    pub steadiness: f32,
}

impl KeyframeLosses {
    /// Mixes in the losses of another iteration.
    pub(super) fn move_towards(&mut self, new: &Self, share: f32) {
        let mix = |mean: &mut f32, value: f32| *mean += (value - *mean) * share;
        mix(&mut self.total, new.total);
        mix(&mut self.pixels, new.pixels);
        mix(&mut self.features, new.features);
        mix(&mut self.adversarial, new.adversarial);
        mix(&mut self.discriminator, new.discriminator);
        mix(&mut self.steadiness, new.steadiness);
    }
}

/// The losses of an iteration as tensors, and their weighted sum, from which gradients are computed.
pub(super) struct KeyframeJudgement {
    pub sum: Tensor<1>,
    pixels: Tensor<1>,
    features: Tensor<1>,
    adversarial: Tensor<1>,
    steadiness: Tensor<1>,
}

impl KeyframeJudgement {
    /// Judges the judged windows of painted patches; `scores` of the discriminator for them; `steadiness` of other
    /// frames.
    pub fn new(
        judged: &Tensor<4>,
        patches: &Patches,
        features: &Features,
        scores: Tensor<4>,
        steadiness: Tensor<1>,
        weights: &KeyframeWeights,
    ) -> Self {
        let pixels = (judged.clone() - patches.wanted.clone()).abs().mean();
        let features = feature_distance(judged, &patches.wanted, features);
        let adversarial = score_loss(scores, 1.0);
        let sum = pixels.clone() * weights.pixels
            + features.clone() * weights.features
            + adversarial.clone() * weights.adversarial
            + steadiness.clone() * weights.steadiness;
        Self { sum, pixels, features, adversarial, steadiness }
    }

    /// The losses as numbers; the discriminator's is not among them.
    pub fn losses(&self) -> KeyframeLosses {
        let number = |loss: &Tensor<1>| loss.clone().into_scalar::<f32>();
        KeyframeLosses {
            total: number(&self.sum),
            pixels: number(&self.pixels),
            features: number(&self.features),
            adversarial: number(&self.adversarial),
            discriminator: 0.0,
            steadiness: number(&self.steadiness),
        }
    }
}

/// Mean over the blocks of |F - Fw|^2 / |Fw|^2, of the first patches.
fn feature_distance(judged: &Tensor<4>, wanted: &Tensor<4>, features: &Features) -> Tensor<1> {
    let count = judged.dims()[0].min(FEATURE_PATCHES);
    let blocks = features.len().min(FEATURE_BLOCKS);
    let see = |x: &Tensor<4>| features.see(x.clone().slice(s![0..count, .., .., ..]), blocks);
    let pairs = see(judged).into_iter().zip(see(wanted));
    let distances =
        pairs.map(|(seen, wanted)| (seen - wanted.clone()).square().sum() / (wanted.square().sum() + EPSILON));
    distances.reduce(|sum, distance| sum + distance).expect("features have blocks") / blocks as f32
}

/// The discriminator's own loss: patches painted by hand should score 1, the network's 0.
pub(super) fn discriminator_loss(
    discriminator: &Discriminator,
    leaves: &[Tensor<1>],
    by_hand: Tensor<4>,
    by_network: Tensor<4>,
) -> Tensor<1> {
    let loss = |pictures, wanted| score_loss(discriminator.scores(leaves, pictures), wanted);
    (loss(by_hand, 1.0) + loss(by_network, 0.0)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::super::super::TrainDevice;
    use super::super::super::run::leaves_of;
    use super::*;
    use crate::network::Random;
    use burn_tensor::{Device, TensorData};

    const SIDE: usize = 32;

    /// Two blocks of one convolution each, with made-up weights.
    fn features() -> Features {
        Features::made_up(&[(3, 4), (4, 4)])
    }

    fn pictures(seed: u64, device: &Device) -> Tensor<4> {
        let mut random = Random::new(seed);
        let values: Vec<f32> = (0..2 * 3 * SIDE * SIDE).map(|_| 0.2 + 0.6 * random.unit()).collect();
        Tensor::from_data(TensorData::new(values, [2, 3, SIDE, SIDE]), device)
    }

    /// Compares the gradient of a loss by one number with its finite difference.
    fn check(name: &str, at: f32, loss: impl Fn(&Tensor<1>) -> Tensor<1>) {
        let device = TrainDevice::processor().tensors().clone();
        let number = |value: f32| Tensor::<1>::from_data(TensorData::new(vec![value], [1]), &device);
        let leaf = number(at).require_grad();
        let gradient = leaf.grad(&loss(&leaf).backward()).unwrap().into_scalar::<f32>();
        let step = 0.005;
        let [low, high] = [-step, step].map(|step| loss(&number(at + step)).into_scalar::<f32>());
        let difference = (high - low) / (2.0 * step);
        let is_near = (gradient - difference).abs() < 0.03 * difference.abs();
        assert!(gradient != 0.0 && is_near, "{name}: {gradient}, {difference}");
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let device = TrainDevice::processor().tensors().clone();
        let (features, discriminator) = (features(), Discriminator::new(&mut Random::new(4)));
        let (painting, wanted) = (pictures(1, &device), pictures(2, &device));
        let patches = Patches::whole(wanted.clone());
        let fixed = leaves_of(&discriminator.parameters, &device, false);
        let none = KeyframeWeights { pixels: 0.0, features: 0.0, adversarial: 0.0, steadiness: 0.0 };
        // Each loss alone, so that none hides behind the others.
        for weights in [
            KeyframeWeights { pixels: 1.0, ..none },
            KeyframeWeights { features: 1.0, ..none },
            KeyframeWeights { adversarial: 1.0, ..none },
            KeyframeWeights { steadiness: 1.0, ..none },
        ] {
            // A painter with one weight: it changes the contrast.
            check(&format!("{weights:?}"), 0.7, |contrast| {
                let judged = (painting.clone() - 0.5) * contrast.clone().reshape([1, 1, 1, 1]) + 0.5;
                let scores = discriminator.scores(&fixed, judged.clone());
                let steadiness = judged.clone().square().mean();
                KeyframeJudgement::new(&judged, &patches, &features, scores, steadiness, &weights).sum
            });
        }
        // The discriminator learns by all its weights; here by the strength of its last biases and weights together.
        check("discriminator", 0.7, |strength| {
            let leaves: Vec<Tensor<1>> = fixed.iter().map(|leaf| leaf.clone() * strength.clone()).collect();
            discriminator_loss(&discriminator, &leaves, wanted.clone(), painting.clone())
        });
    }

    #[test]
    fn what_is_painted_as_wanted_costs_nothing_and_a_sure_discriminator_neither() {
        let device = TrainDevice::processor().tensors().clone();
        let wanted = pictures(2, &device);
        let patches = Patches::whole(wanted.clone());
        let one = Tensor::<4>::ones([2, 1, 8, 8], &device);
        let weights = KeyframeWeights { pixels: 4.0, features: 6.0, adversarial: 0.5, steadiness: 1.0 };
        let nothing = Tensor::<1>::zeros([1], &device);
        let judge = |judged: &Tensor<4>| {
            KeyframeJudgement::new(judged, &patches, &features(), one.clone(), nothing.clone(), &weights).losses()
        };
        assert_eq!(judge(&wanted), KeyframeLosses::default());
        let off = judge(&(wanted.clone() + 0.125));
        assert!((off.pixels - 0.125).abs() < 1e-6 && off.features > 0.0, "{off:?}");
        assert_eq!(
            (score_loss(one.clone(), 1.0).into_scalar::<f32>(), score_loss(one, 0.0).into_scalar::<f32>()),
            (0.0, 1.0)
        );
    }
}
