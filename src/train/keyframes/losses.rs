//! What training from key frames makes small.

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
    /// Mean squared difference between the painting of a noisy crop and the crop of the painting, of the game's frames.
    pub steadiness: f32,
}

impl KeyframeLosses {
    /// Mixes in the losses of another iteration.
    pub(super) fn approach(&mut self, new: &Self, share: f32) {
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
    /// Judges the judged windows of painted patches; `scores` of the discriminator for them; `steadiness` of other frames.
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
