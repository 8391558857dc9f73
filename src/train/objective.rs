//! The losses of an iteration, and their gradients for the weights of the network.

use super::join::join;
use super::losses::{FramePair, SteadinessLosses, StyleLosses};
use super::run::{forward, leaves, values_if_finite};
use super::{Losses, TrainDevice, TrainError};
use crate::network::{Network, Random};
use burn_tensor::Tensor;

/// What an iteration learns from.
pub(super) struct Batch {
    /// Square frames `[pictures, 3, side, side]`.
    pub frames: Tensor<4>,
    /// The teacher's paintings of them, where there is a teacher.
    pub teacher_target: Option<Tensor<4>>,
    /// Two successive frames, where there are such.
    pub pair: Option<FramePair>,
}

/// The losses, and their gradients in the order of the network's parameters; `None` where one is NaN or infinite.
///
/// The frames are painted once. The losses of how the paintings look and those of how steady they are end at the
/// paintings, and are computed side by side, each with a backward pass of its own; the gradients of both for the
/// paintings then take one backward pass through the network.
///
/// # Errors
/// The engine of the features fails.
pub(super) fn losses_and_gradients(
    network: &Network,
    style_losses: StyleLosses<'_>,
    batch: &Batch,
    device: &TrainDevice,
    random: &mut Random,
) -> Result<Option<(Losses, Vec<Vec<f32>>)>, TrainError> {
    let Batch { frames, teacher_target, pair } = batch;
    let weights = style_losses.weights;
    let own_leaves = leaves(network, device.tensors());
    let paintings = forward(network, &own_leaves, frames.clone());
    // Generators of their own, because the order of what two threads draw is left to chance.
    let [mut style_random, mut steadiness_random] = [(); 2].map(|()| random.fork());
    let (style, steadiness) = join(
        device,
        || {
            let start = paintings.clone().detach().require_grad();
            let found = style_losses.of(frames, &start, teacher_target.as_ref(), &mut style_random)?;
            Ok::<_, TrainError>(found.losses.total.is_finite().then(|| {
                let gradient = start.grad_remove(&mut found.objective.backward()).map(Tensor::autodiff);
                (found.losses, gradient.unwrap_or_else(|| start.zeros_like()))
            }))
        },
        || {
            let (paintings, leaves) = (paintings.clone().detach(), leaves(network, device.tensors()));
            let paint = |pictures| forward(network, &leaves, pictures);
            let losses = SteadinessLosses { weights, is_thorough: false };
            let found = losses.of(frames, &paintings, pair.as_ref(), paint, &mut steadiness_random)?;
            Some(found.weighted.losses.total.is_finite().then(|| {
                let mut gradients = found.weighted.objective.backward();
                let at_paintings = found.moved.and_then(|(moved, view)| {
                    moved
                        .grad_remove(&mut gradients)
                        .map(|gradient| view.backward(&gradient.autodiff(), frames.dims()[0]))
                });
                (found.weighted.losses, at_paintings, values_if_finite(&leaves, &mut gradients))
            }))
        },
    );
    let Some((mut losses, mut at_paintings)) = style? else { return Ok(None) };
    let mut further = None;
    if let Some(steadiness) = steadiness {
        let Some((found, gradient, Some(weights))) = steadiness else { return Ok(None) };
        losses = losses.with(&found);
        at_paintings = gradient.into_iter().fold(at_paintings, |sum, gradient| sum + gradient);
        further = Some(weights);
    }
    let mut found = (paintings * at_paintings).sum().backward();
    let Some(mut gradients) = values_if_finite(&own_leaves, &mut found) else { return Ok(None) };
    for (sum, other) in gradients.iter_mut().flatten().zip(further.iter().flatten().flatten()) {
        *sum += other;
    }
    Ok(Some((losses, gradients)))
}
