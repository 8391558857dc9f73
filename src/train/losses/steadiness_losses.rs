//! The losses of how steady paintings are: under small motions, over time, and on pictures without detail.

use super::lattice::{lattice, smooth_pictures};
use super::pixels::{frame_difference, inner};
use super::steadiness::steadiness;
use super::style_losses::WeightedLosses;
use super::{LossWeights, View};
use crate::network::Random;
use burn_tensor::{Tensor, s};

/// Two successive frames `[1, 3, side, side]`.
#[derive(Debug, Clone)]
pub(in crate::train) struct FramePair {
    pub before: Tensor<4>,
    pub now: Tensor<4>,
}

/// Computes the losses of how steady paintings are.
#[derive(Clone, Copy)]
pub(in crate::train) struct SteadinessLosses<'s> {
    pub weights: &'s LossWeights,
    /// Whether losses that do not count are computed, too, to be looked at.
    pub is_thorough: bool,
}

/// The losses, with a gradient for the paintings that flows through none of their tensors.
pub(in crate::train) struct FoundSteadiness {
    pub weighted: WeightedLosses,
    /// The moved paintings, a leaf, with the view by which its gradient becomes that of the paintings.
    pub moved: Option<(Tensor<4>, View)>,
}

impl SteadinessLosses<'_> {
    /// The losses of the paintings of square frames, and of two successive frames where such are given; `paint` paints
    /// further pictures with the same weights. `None` where nothing counts.
    pub fn of(
        &self,
        frames: &Tensor<4>,
        paintings: &Tensor<4>,
        pair: Option<&FramePair>,
        paint: impl Fn(Tensor<4>) -> Tensor<4>,
        random: &mut Random,
    ) -> Option<FoundSteadiness> {
        let weights = self.weights;
        let is_moved = self.is_thorough || weights.steadiness > 0.0 || weights.border > 0.0;
        let has_lattice = self.is_thorough || weights.lattice > 0.0;
        if !is_moved && !has_lattice && pair.is_none() {
            return None;
        }
        let mut found = FoundSteadiness { weighted: WeightedLosses::none(frames), moved: None };
        let weighted = &mut found.weighted;
        if is_moved {
            let [count, _, side, _] = frames.dims();
            // Half of a batch is enough: the gradient of steadiness is far less noisy than that of style.
            let count = if self.is_thorough { count } else { count.div_ceil(2) };
            let first = |pictures: &Tensor<4>| pictures.clone().slice(s![0..count, .., .., ..]);
            let view = View::draw(count, side, random);
            let moved = view.moved(&first(paintings)).require_grad();
            let steady = steadiness(paint(view.of_frames(&first(frames))) - moved.clone());
            weighted.losses.steadiness = weighted.add(steady.inside, weights.steadiness);
            weighted.losses.border = weighted.add(steady.border, weights.border);
            found.moved = Some((moved, view));
        }
        if has_lattice {
            let paintings = paint(smooth_pictures(random, &frames.device()));
            weighted.losses.lattice = weighted.add(lattice(&paintings), weights.lattice);
        }
        if let Some(pair) = pair {
            weighted.losses.temporal = weighted.add(pair.loss(paint), weights.temporal);
        }
        Some(found)
    }
}

impl FramePair {
    /// The frame difference loss of the paintings of both frames, without their border.
    pub fn loss(&self, paint: impl Fn(Tensor<4>) -> Tensor<4>) -> Tensor<1> {
        let paintings = paint(Tensor::cat(vec![self.before.clone(), self.now.clone()], 0));
        let one = |index: usize| inner(&paintings.clone().slice(s![index..index + 1, .., .., ..]));
        frame_difference([&inner(&self.before), &inner(&self.now)], [&one(0), &one(1)])
    }
}
