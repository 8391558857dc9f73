//! The losses of an iteration, and where they lead: their gradients for the weights of the network.

use super::beside::beside;
use super::losses::{Judge, Judgement};
use super::run::{forward, leaves, values_if_finite};
use super::temporal::TemporalPair;
use super::{Losses, TrainDevice, TrainError};
use crate::network::{Network, Random};
use burn_tensor::Tensor;

/// What an iteration looks at.
pub(super) struct Material<'m> {
    /// A square frame `[1, 3, side, side]`.
    pub frame: &'m Tensor<4>,
    /// The teacher's painting of it, where there is a teacher.
    pub taught: Option<&'m Tensor<4>>,
    /// Two successive frames, where such are judged in this iteration.
    pub pair: Option<&'m TemporalPair>,
}

/// The losses, and their gradients in the order of the network's parameters; `None` where one is no number.
///
/// The frame is painted once. How the painting looks and how steady it is are two graphs of their own, side by side, which end at
/// the painting: what both say of it goes back through the network in the end.
///
/// # Errors
/// The engine of the features fails.
pub(super) fn descend(
    network: &Network,
    judge: &Judge<'_>,
    material: &Material<'_>,
    device: &TrainDevice,
    random: &mut Random,
) -> Result<Option<(Losses, Vec<Vec<f32>>)>, TrainError> {
    let Material { frame, taught, pair } = *material;
    let own_leaves = leaves(network, device.tensors());
    let painting = forward(network, &own_leaves, frame.clone());
    // A start of a graph of its own.
    let start = || painting.clone().detach().require_grad();
    let (look, calm) = beside(
        device,
        || {
            let painting = start();
            let look = judge.look(frame, &painting, taught)?;
            Ok::<_, TrainError>(Slopes::of(&look, &painting, &[]))
        },
        || {
            let (painting, leaves) = (start(), leaves(network, device.tensors()));
            let paint = |picture| forward(network, &leaves, picture);
            judge.calm(frame, &painting, pair, paint, random).map(|calm| Slopes::of(&calm, &painting, &leaves))
        },
    );
    let Some(look) = look? else { return Ok(None) };
    let (mut losses, mut at_painting, mut sideways) = (look.losses, look.painting, None);
    if let Some(calm) = calm {
        let Some(calm) = calm else { return Ok(None) };
        losses = losses.with(&calm.losses);
        at_painting = at_painting + calm.painting;
        sideways = Some(calm.weights);
    }
    let mut found = (painting * at_painting).sum().backward();
    let Some(mut gradients) = values_if_finite(&own_leaves, &mut found) else { return Ok(None) };
    for (sum, other) in gradients.iter_mut().flatten().zip(sideways.iter().flatten().flatten()) {
        *sum += other;
    }
    Ok(Some((losses, gradients)))
}

/// What one judgement says.
struct Slopes {
    losses: Losses,
    /// Its gradient for the painting.
    painting: Tensor<4>,
    /// Its gradients for the weights with which further pictures were painted.
    weights: Vec<Vec<f32>>,
}

impl Slopes {
    /// `None` where something is no number.
    fn of(judgement: &Judgement, painting: &Tensor<4>, leaves: &[Tensor<1>]) -> Option<Self> {
        if !judgement.losses.total.is_finite() {
            return None;
        }
        let mut found = judgement.descent.backward();
        let weights = values_if_finite(leaves, &mut found)?;
        let slope = painting.grad_remove(&mut found).map(Tensor::autodiff);
        Some(Self { losses: judgement.losses, painting: slope.unwrap_or_else(|| painting.zeros_like()), weights })
    }
}
