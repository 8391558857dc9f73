//! The losses are those of the PyTorch trainer (`scripts/style_trainer/losses.py`), on a fixed batch.
//! `tests/train/twin_losses.py` wrote the numbers, and makes the same batch.

use super::content::content_distance;
use super::lattice::{SMOOTH_PX, Shade, lattice, shaded};
use super::palette::{Palette, palette_distance};
use super::pixels::{averaged, difference, frame_difference, inner, total_variation};
use super::similarity::{Extent, Similarity};
use super::statistics::{FeatureStatistics, StatisticsTarget};
use super::steadiness::{Steadiness, steadiness};
use super::{JUDGED_MARGIN_PX, View};
use crate::network::{CONTENT_BLOCK, FeatureConvolution, HALF_SCALE_WEIGHT, Random};
use crate::train::planes::values_of;
use crate::train::{Features, TrainDevice};
use burn_tensor::{Device, Tensor, TensorData, s};
use std::collections::BTreeMap;

const SIDE: usize = 144;

/// Of a loss, and of the length of its gradient.
const TOLERANCE: f32 = 1e-3;

#[derive(serde::Deserialize)]
struct Twin {
    loss: f32,
    /// The length of the gradient for the paintings.
    gradient: Option<f32>,
}

fn device() -> Device {
    TrainDevice::processor().tensors().clone()
}

fn uniform(seed: u64, count: usize, low: f32, high: f32) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.between(low, high)).collect()
}

fn pictures(seed: u64, count: usize, height: usize, width: usize) -> Tensor<4> {
    let values = uniform(seed, count * 3 * height * width, 0.0, 1.0);
    Tensor::from_data(TensorData::new(values, [count, 3, height, width]), &device())
}

fn features() -> Features {
    let mut random = Random::new(3);
    let mut block = |(inputs, outputs): (usize, usize)| {
        let bound = (6.0 / (inputs * 9) as f32).sqrt();
        let weights = (0..outputs * inputs * 9).map(|_| random.between(-bound, bound)).collect();
        vec![FeatureConvolution { inputs, outputs, weights, biases: (0..outputs).map(|_| random.unit()).collect() }]
    };
    let blocks = [(3, 8), (8, 8), (8, 12), (12, 12)].map(&mut block);
    Features::new(blocks.into(), &TrainDevice::processor())
}

fn directions() -> Vec<[f32; 3]> {
    let unit = |vector: &[f32]| {
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        [0, 1, 2].map(|part| vector[part] / length)
    };
    uniform(5, 32 * 3, -0.5, 0.5).chunks_exact(3).map(unit).collect()
}

fn view() -> View {
    let similarity = |turn: f32, zoom: f32, shift| {
        let turn = turn.to_radians();
        Similarity { cos: zoom * turn.cos(), sin: zoom * turn.sin(), shift }
    };
    let extent = Extent { side: SIDE, margin: JUDGED_MARGIN_PX };
    let noise = uniform(6, 2 * 3 * extent.inner() * extent.inner(), -1.5, 1.5);
    View {
        moves: vec![similarity(1.5, 1.02, [3.25, -4.5]), similarity(-0.7, 0.98, [-6.1, 2.4])],
        extent,
        noise: noise.into_iter().map(|value| value * 0.02).collect(),
        gain: 1.01,
    }
}

fn shades() -> Vec<Shade> {
    let numbers = uniform(7, 2 * 4 * 3 + 4, 0.0, 1.0);
    let color = |at: usize| [numbers[at], numbers[at + 1], numbers[at + 2]];
    let shade = |index: usize| Shade {
        first: color(index * 3),
        second: color(12 + index * 3),
        angle: numbers[24 + index] * std::f32::consts::TAU,
        is_flat: index.is_multiple_of(2),
    };
    (0..4).map(shade).collect()
}

/// The losses, each with a sum whose gradient is that of the loss.
fn losses(paintings: &Tensor<4>, view: &View, moved: &Tensor<4>) -> Vec<(&'static str, f32, Tensor<1>)> {
    let features = features();
    let (frames, style) = (pictures(1, 2, SIDE, SIDE), pictures(4, 1, 80, 64));
    let statistics = |picture: Tensor<4>| {
        let seen = features.see(picture, features.len());
        StatisticsTarget::new(&seen.into_iter().map(FeatureStatistics::of).collect::<Vec<_>>(), &device())
    };
    let [fine, half] = [style.clone(), averaged(style.clone(), 2)].map(statistics);
    let seen = |picture: &Tensor<4>| features.see(averaged(inner(picture), 2), features.len());
    let (seen_half, wanted) = (seen(paintings), seen(&frames));
    let seen_fine = features.see(inner(paintings), features.len());
    let style_loss = fine.distance(&seen_fine) + half.distance(&seen_half) * HALF_SCALE_WEIGHT;
    let (palette, palette_sum) = palette_distance(inner(paintings), &Palette::of(style), &directions());
    let painted = ((view.of_frames(&frames) - 0.3) * 0.8).square() + 0.2;
    let Steadiness { inside, border } = steadiness(painted - moved.clone());
    let cell = uniform(8, 16, 0.0, 1.0);
    let pattern: Vec<f32> =
        (0..SMOOTH_PX * SMOOTH_PX).map(|at| cell[at / SMOOTH_PX % 4 * 4 + at % SMOOTH_PX % 4]).collect();
    let pattern = Tensor::from_data(TensorData::new(pattern, [1, 1, SMOOTH_PX, SMOOTH_PX]), &device());
    let one = |x: &Tensor<4>, index: usize| inner(&x.clone().slice(s![index..index + 1, .., .., ..]));
    let pair = |x: &Tensor<4>| [one(x, 0), one(x, 1)];
    let ([frame_before, frame_now], [before, now]) = (pair(&frames), pair(paintings));
    let mut found = vec![("palette", palette, palette_sum)];
    for (name, loss) in [
        ("style", style_loss),
        ("content", content_distance(seen_half[CONTENT_BLOCK].clone(), wanted[CONTENT_BLOCK].clone())),
        ("variation", total_variation(inner(paintings))),
        ("steadiness", inside),
        ("border", border),
        ("lattice", lattice(&(shaded(&shades(), &device()) * pattern))),
        ("temporal", frame_difference([&frame_before, &frame_now], [&before, &now])),
        ("teacher", difference(paintings.clone(), pictures(9, 2, SIDE, SIDE))),
    ] {
        found.push((name, loss.clone().into_scalar::<f32>(), loss));
    }
    found
}

#[test]
fn losses_and_gradients_are_those_of_the_pytorch_trainer() {
    let twins: BTreeMap<String, Twin> =
        serde_json::from_str(include_str!("../../../tests/train/twin_losses.json")).unwrap();
    let view = view();
    for index in 0..twins.len() {
        // Anew for each loss, because a graph can be walked back once only.
        let paintings = pictures(2, 2, SIDE, SIDE).require_grad();
        let moved = view.moved(&paintings).require_grad();
        let mut losses = losses(&paintings, &view, &moved);
        assert_eq!(losses.len(), twins.len());
        let (name, found, sum) = losses.swap_remove(index);
        let twin = &twins[name];
        assert!((found - twin.loss).abs() < TOLERANCE * twin.loss, "{name}: {found}, in PyTorch {}", twin.loss);
        let Some(wanted) = twin.gradient else { continue };
        let mut gradients = sum.backward();
        let through_moved = moved.grad_remove(&mut gradients).map(|gradient| view.backward(&gradient, 2));
        let gradient =
            paintings.grad_remove(&mut gradients).or(through_moved).expect("the loss depends on the paintings");
        let length = values_of(gradient).iter().map(|value| value * value).sum::<f32>().sqrt();
        assert!((length - wanted).abs() < TOLERANCE * wanted, "gradient of {name}: {length}, in PyTorch {wanted}");
    }
}
