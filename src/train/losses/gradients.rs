//! The gradients of all losses are those of finite differences.

use super::{FramePair, JUDGED_MARGIN_PX, LossWeights, SteadinessLosses, StyleLosses, StyleTargets};
use crate::network::Random;
use crate::train::{Features, TrainDevice};
use burn_tensor::{Tensor, TensorData};

const SIDE: usize = 2 * JUDGED_MARGIN_PX + 32;

/// Four blocks of one convolution each, with made-up weights.
fn features() -> Features {
    Features::made_up(&[(3, 4), (4, 4), (4, 5), (5, 4)])
}

fn pictures(seed: u64, count: usize, side: usize) -> Tensor<4> {
    let mut random = Random::new(seed);
    let values: Vec<f32> = (0..count * 3 * side * side).map(|_| 0.2 + 0.6 * random.unit()).collect();
    Tensor::from_data(TensorData::new(values, [count, 3, side, side]), TrainDevice::processor().tensors())
}

/// Each loss alone, so that none hides behind the others.
fn alone() -> Vec<(&'static str, LossWeights)> {
    let none = LossWeights::NONE;
    vec![
        ("style", LossWeights { style: 1.0, ..none }),
        ("content", LossWeights { content: 1.0, ..none }),
        ("palette", LossWeights { palette: 1.0, ..none }),
        ("variation", LossWeights { variation: 1.0, ..none }),
        ("steadiness", LossWeights { steadiness: 1.0, ..none }),
        ("border", LossWeights { border: 1.0, ..none }),
        ("lattice", LossWeights { lattice: 1.0, ..none }),
        ("temporal", LossWeights { temporal: 1.0, ..none }),
        ("teacher", LossWeights { teacher: 1.0, ..none }),
    ]
}

/// A painter with one weight: it changes the contrast, and more so in every fourth column.
fn paint(contrast: &Tensor<1>, x: Tensor<4>) -> Tensor<4> {
    let width = x.dims()[3];
    let columns: Vec<f32> = (0..width).map(|column| if column.is_multiple_of(4) { 1.3 } else { 1.0 }).collect();
    let columns = Tensor::from_data(TensorData::new(columns, [1, 1, 1, width]), &x.device());
    ((x - 0.3) * contrast.clone().reshape([1, 1, 1, 1]) * columns).square() + 0.2
}

/// A loss of what is painted with this contrast, and its gradient for the contrast.
fn loss(contrast: f32, weights: &LossWeights, features: &Features, targets: &StyleTargets) -> (f32, f32) {
    let device = TrainDevice::processor().tensors().clone();
    let leaf = Tensor::<1>::from_data(TensorData::new(vec![contrast], [1]), &device).require_grad();
    let (frames, teacher_target) = (pictures(5, 2, SIDE), pictures(6, 2, SIDE));
    let pair = FramePair { before: pictures(7, 1, SIDE), now: pictures(8, 1, SIDE) };
    let paintings = paint(&leaf, frames.clone());
    let mut random = Random::new(9);
    let style = StyleLosses { features, targets, weights, is_thorough: false };
    let style = style.of(&frames, &paintings, Some(&teacher_target), &mut random).unwrap();
    let pair = (weights.temporal > 0.0).then_some(&pair);
    let steadiness = SteadinessLosses { weights, is_thorough: false };
    let steadiness = steadiness.of(&frames, &paintings, pair, |x| paint(&leaf, x), &mut random);
    let (mut total, mut objective) = (style.losses.total, style.objective);
    let mut through_moved = None;
    if let Some(found) = steadiness {
        total += found.weighted.losses.total;
        objective = objective + found.weighted.objective;
        through_moved = found.moved;
    }
    let mut gradients = objective.backward();
    let mut gradient = leaf.grad_remove(&mut gradients).map_or(0.0, |gradient| gradient.into_scalar::<f32>());
    if let Some((moved, view)) = through_moved
        && let Some(at_moved) = moved.grad_remove(&mut gradients)
    {
        let at_paintings = view.backward(&at_moved.autodiff(), 2);
        // A graph can be walked back once only.
        let further = (paint(&leaf, frames) * at_paintings).sum().backward();
        gradient += leaf.grad(&further).unwrap().into_scalar::<f32>();
    }
    (total, gradient)
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let features = features();
    let targets = StyleTargets::new(&features, &pictures(10, 1, 40));
    for (name, weights) in alone() {
        let at = |contrast: f32| loss(contrast, &weights, &features, &targets);
        let ((_, gradient), step) = (at(0.7), 0.004);
        let difference = (at(0.7 + step).0 - at(0.7 - step).0) / (2.0 * step);
        assert!(
            gradient != 0.0 && (gradient - difference).abs() < 0.02 * difference.abs(),
            "{name}: {gradient}, by differences {difference}"
        );
    }
}
