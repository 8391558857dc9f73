//! What training makes small.

use super::Features;
use crate::network::{CONTENT_BLOCK, MARGIN_PX, Random};
use burn_tensor::{Device, Tensor, TensorData, s};
use serde::{Deserialize, Serialize};

/// The second view of the steadiness loss is off the centre by at most this many pixels.
const SHIFT_PX: u32 = 6;

/// The second view of the steadiness loss has noise of at most this deviation (of 0..=1).
const NOISE_DEVIATION: f32 = 0.03;

/// How much each loss counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossWeights {
    pub style: f32,
    pub content: f32,
    pub steadiness: f32,
    pub variation: f32,
}

/// The losses of one iteration, or their means over several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The weighted sum.
    pub total: f32,
    /// Relative squared distance of the Gram matrices from those of the style picture, mean over the blocks.
    pub style: f32,
    /// Relative squared distance of the content features from those of the frame.
    pub content: f32,
    /// Mean squared difference between the painting of a noisy crop and the crop of the painting.
    pub steadiness: f32,
}

impl Losses {
    /// Mixes in the losses of another iteration.
    pub(super) fn approach(&mut self, new: &Self, share: f32) {
        let mix = |mean: &mut f32, value: f32| *mean += (value - *mean) * share;
        mix(&mut self.total, new.total);
        mix(&mut self.style, new.style);
        mix(&mut self.content, new.content);
        mix(&mut self.steadiness, new.steadiness);
    }
}

/// The Gram matrices of the style picture.
pub(super) struct StyleTargets {
    /// One of each block, with the sum of its squares.
    grams: Vec<(Tensor<2>, f32)>,
}

impl StyleTargets {
    /// Looks at a style picture `[1, 3, height, width]`.
    pub fn new(features: &Features, picture: Tensor<4>) -> Self {
        let with_square = |seen| {
            let gram = gram(seen);
            let square = gram.clone().square().sum().into_scalar::<f32>();
            (gram, square)
        };
        Self { grams: features.see(picture, features.len()).into_iter().map(with_square).collect() }
    }

    /// Mean over the blocks of |G - Gs|^2 / |Gs|^2.
    fn distance(&self, seen: &[Tensor<4>]) -> Tensor<1> {
        let distances = seen
            .iter()
            .zip(&self.grams)
            .map(|(seen, (target, square))| (gram(seen.clone()) - target.clone()).square().sum() / *square);
        distances.reduce(|sum, distance| sum + distance).expect("features have blocks") / self.grams.len() as f32
    }
}

/// The losses of an iteration as tensors, and their weighted sum, from which gradients are computed.
pub(super) struct Judgement {
    pub sum: Tensor<1>,
    style: Tensor<1>,
    content: Tensor<1>,
    steadiness: Tensor<1>,
}

impl Judgement {
    /// Judges the painting of a square frame; `paint` paints further pictures with the same weights.
    pub fn new(
        frame: &Tensor<4>,
        paint: impl Fn(Tensor<4>) -> Tensor<4>,
        features: &Features,
        targets: &StyleTargets,
        weights: &LossWeights,
        random: &mut Random,
    ) -> Self {
        let content_blocks = features.len().min(CONTENT_BLOCK + 1);
        let last = |seen: &[Tensor<4>]| seen[content_blocks - 1].clone();
        let wanted = last(&features.see(inner(frame), content_blocks));
        let painting = paint(frame.clone());
        let judged = inner(&painting);
        let seen = features.see(judged.clone(), features.len());
        let style = targets.distance(&seen);
        let scale = wanted.clone().square().sum();
        let content = (last(&seen) - wanted).square().sum() / scale;
        let steadiness = steadiness(frame, &painting, paint, random);
        let sum = style.clone() * weights.style
            + content.clone() * weights.content
            + steadiness.clone() * weights.steadiness
            + total_variation(judged) * weights.variation;
        Self { sum, style, content, steadiness }
    }

    /// The losses as numbers.
    pub fn losses(&self) -> Losses {
        let number = |loss: &Tensor<1>| loss.clone().into_scalar::<f32>();
        Losses {
            total: number(&self.sum),
            style: number(&self.style),
            content: number(&self.content),
            steadiness: number(&self.steadiness),
        }
    }
}

/// The part of a crop in which it is judged.
fn inner(x: &Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    x.clone().slice(s![.., .., MARGIN_PX..height - MARGIN_PX, MARGIN_PX..width - MARGIN_PX])
}

/// How often pairs of features occur together (Gatys et al. 2016): `[channels, channels]`, mean over the pixels.
fn gram(seen: Tensor<4>) -> Tensor<2> {
    let [_, channels, height, width] = seen.dims();
    let flat = seen.reshape([channels, height * width]);
    flat.clone().matmul(flat.transpose()) / (height * width) as f32
}

/// Mean squared difference between the painting of a noisy crop of the frame and the same crop of its painting: wherever a
/// picture is cut, and however it flickers, the painting must stay.
pub(super) fn steadiness(
    frame: &Tensor<4>,
    painting: &Tensor<4>,
    paint: impl Fn(Tensor<4>) -> Tensor<4>,
    random: &mut Random,
) -> Tensor<1> {
    let side = frame.dims()[2] - 2 * MARGIN_PX;
    let [y, x] = [(); 2].map(|()| MARGIN_PX - SHIFT_PX as usize + random.whole(0, 2 * SHIFT_PX) as usize);
    let crop = |of: &Tensor<4>| of.clone().slice(s![.., .., y..y + side, x..x + side]);
    let deviation = random.between(0.0, NOISE_DEVIATION);
    let noise = noise([1, 3, side, side], deviation, random, &frame.device());
    let view = (crop(frame) + noise).clamp(0.0, 1.0);
    (paint(view) - crop(painting)).square().mean()
}

fn noise(shape: [usize; 4], deviation: f32, random: &mut Random, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| random.normal() * deviation).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Mean absolute difference of neighbours, down and across.
fn total_variation(x: Tensor<4>) -> Tensor<1> {
    let [_, _, height, width] = x.dims();
    let down = x.clone().slice(s![.., .., 1..height, ..]) - x.clone().slice(s![.., .., 0..height - 1, ..]);
    let across = x.clone().slice(s![.., .., .., 1..width]) - x.slice(s![.., .., .., 0..width - 1]);
    down.abs().mean() + across.abs().mean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::FeatureConvolution;

    fn tensor(values: &[f32], shape: [usize; 4]) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
    }

    #[test]
    fn gram_matrices_and_total_variation_have_the_values_of_the_formulas() {
        let x = tensor(&[1.0, 2.0, 3.0, 4.0], [1, 2, 1, 2]);
        let gram: Vec<f32> = gram(x).into_data().try_into_vec().unwrap();
        assert_eq!(gram, [2.5, 5.5, 5.5, 12.5]);
        let steps = total_variation(tensor(&[0.0, 1.0, 3.0, 3.0], [1, 1, 2, 2])).into_scalar::<f32>();
        assert_eq!(steps, (3.0 + 2.0) / 2.0 + (1.0 + 0.0) / 2.0);
    }

    #[test]
    fn a_steady_painting_costs_nothing() {
        let side = 2 * MARGIN_PX + 8;
        let values: Vec<f32> = (0..3 * side * side).map(|index| (index % 7) as f32 / 6.0).collect();
        let frame = tensor(&values, [1, 3, side, side]);
        let loss = |paint: fn(Tensor<4>) -> Tensor<4>| {
            steadiness(&frame, &paint(frame.clone()), paint, &mut Random::new(3)).into_scalar::<f32>()
        };
        assert_eq!(loss(|x| x * 0.0 + 0.5), 0.0);
        assert!(loss(|x| x) > 0.0, "a painting that shows the noise is not steady");
    }

    /// Four blocks of one convolution each, with made-up weights.
    fn features(device: &Device) -> Features {
        let mut random = Random::new(11);
        let mut convolution = |inputs: usize, outputs: usize| FeatureConvolution {
            inputs,
            outputs,
            weights: (0..outputs * inputs * 9).map(|_| random.normal() * 0.3).collect(),
            biases: vec![0.1; outputs],
        };
        let blocks =
            vec![vec![convolution(3, 4)], vec![convolution(4, 4)], vec![convolution(4, 5)], vec![convolution(5, 4)]];
        Features::new(blocks, device)
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let device = Device::flex().autodiff();
        let features = features(&device);
        let side = 2 * MARGIN_PX + 16;
        let mut random = Random::new(5);
        let values: Vec<f32> = (0..3 * side * side).map(|_| 0.2 + 0.6 * random.unit()).collect();
        let frame = Tensor::from_data(TensorData::new(values, [1, 3, side, side]), &device);
        let style: Vec<f32> = (0..3 * 16 * 16).map(|_| random.unit()).collect();
        let targets = StyleTargets::new(&features, Tensor::from_data(TensorData::new(style, [1, 3, 16, 16]), &device));
        // Each loss alone, so that none hides behind the others.
        let [style, content, steadiness, variation] =
            [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
                .map(|[style, content, steadiness, variation]| LossWeights { style, content, steadiness, variation });
        for weights in [style, content, steadiness, variation] {
            // A painter with one weight: it changes the contrast.
            let judge = |contrast: &Tensor<1>| {
                let paint = |x: Tensor<4>| (x - 0.5) * contrast.clone().reshape([1, 1, 1, 1]) + 0.5;
                Judgement::new(&frame, paint, &features, &targets, &weights, &mut Random::new(9)).sum
            };
            let contrast = |value: f32| Tensor::<1>::from_data(TensorData::new(vec![value], [1]), &device);
            let leaf = contrast(0.7).require_grad();
            let gradient = leaf.grad(&judge(&leaf).backward()).unwrap().into_scalar::<f32>();
            let step = 0.01;
            let [low, high] = [-step, step].map(|step| judge(&contrast(0.7 + step)).into_scalar::<f32>());
            let difference = (high - low) / (2.0 * step);
            assert!(
                gradient != 0.0 && (gradient - difference).abs() < 0.02 * difference.abs(),
                "{weights:?}: {gradient}, {difference}"
            );
        }
    }
}
