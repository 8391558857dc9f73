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
    /// Of the flow-warped loss, in every second iteration, where there are pairs of successive frames.
    pub temporal: f32,
    /// Of the difference from the teacher's painting, where there is a teacher.
    pub teacher: f32,
    pub variation: f32,
}

/// The losses of one iteration, or their means over several; `None` where nothing was judged, as it does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The weighted sum.
    pub total: f32,
    /// Relative squared distance of the Gram matrices from those of the style picture, mean over the blocks.
    pub style: Option<f32>,
    /// Relative squared distance of the content features from those of the frame.
    pub content: Option<f32>,
    /// Mean squared difference between the painting of a noisy crop and the crop of the painting.
    pub steadiness: Option<f32>,
    /// Mean squared change between successive paintings, after motion and change of light are undone.
    pub temporal: Option<f32>,
    /// Mean absolute plus mean squared difference from the teacher's painting.
    pub teacher: Option<f32>,
}

impl Losses {
    /// Name and value of what was judged, but for the total.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, f32)> {
        let parts = [
            ("style", self.style),
            ("content", self.content),
            ("steadiness", self.steadiness),
            ("temporal", self.temporal),
            ("teacher", self.teacher),
        ];
        parts.into_iter().filter_map(|(name, loss)| Some((name, loss?)))
    }

    /// Mixes in the losses of another iteration.
    pub(super) fn approach(&mut self, new: &Self, share: f32) {
        self.total += (new.total - self.total) * share;
        let mix = |mean: &mut Option<f32>, new: Option<f32>| {
            if let Some(new) = new {
                *mean = Some(mean.map_or(new, |mean| mean + (new - mean) * share));
            }
        };
        mix(&mut self.style, new.style);
        mix(&mut self.content, new.content);
        mix(&mut self.steadiness, new.steadiness);
        mix(&mut self.temporal, new.temporal);
        mix(&mut self.teacher, new.teacher);
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

/// What judges paintings.
pub(super) struct Judge<'j> {
    pub features: &'j Features,
    pub targets: &'j StyleTargets,
    pub weights: &'j LossWeights,
    /// Whether losses that do not count are judged, too, to be looked at.
    pub is_thorough: bool,
}

/// The losses of an iteration as tensors, and their weighted sum, from which gradients are computed.
pub(super) struct Judgement {
    pub sum: Tensor<1>,
    style: Option<Tensor<1>>,
    content: Option<Tensor<1>>,
    steadiness: Option<Tensor<1>>,
    temporal: Option<Tensor<1>>,
    teacher: Option<Tensor<1>>,
}

impl Judge<'_> {
    /// Judges the painting of a square frame; `paint` paints further pictures with the same weights, `taught` is the
    /// teacher's painting of it.
    pub fn judge(
        &self,
        frame: &Tensor<4>,
        taught: Option<&Tensor<4>>,
        paint: impl Fn(Tensor<4>) -> Tensor<4>,
        random: &mut Random,
    ) -> Judgement {
        let (features, weights) = (self.features, self.weights);
        let painting = paint(frame.clone());
        let judged = inner(&painting);
        let mut judgement = Judgement {
            sum: total_variation(judged.clone()) * weights.variation,
            style: None,
            content: None,
            steadiness: None,
            temporal: None,
            teacher: None,
        };
        if self.is_thorough || weights.style > 0.0 || weights.content > 0.0 {
            let content_blocks = features.len().min(CONTENT_BLOCK + 1);
            let last = |seen: &[Tensor<4>]| seen[content_blocks - 1].clone();
            let wanted = last(&features.see(inner(frame), content_blocks));
            let seen = features.see(judged.clone(), features.len());
            let scale = wanted.clone().square().sum();
            judgement.style = judgement.added(self.targets.distance(&seen), weights.style);
            judgement.content = judgement.added((last(&seen) - wanted).square().sum() / scale, weights.content);
        }
        if self.is_thorough || weights.steadiness > 0.0 {
            judgement.steadiness = judgement.added(steadiness(frame, &painting, paint, random), weights.steadiness);
        }
        if let Some(taught) = taught {
            judgement.teacher = judgement.added(difference(judged, inner(taught)), weights.teacher);
        }
        judgement
    }
}

impl Judgement {
    /// Adds the temporal loss of successive paintings.
    pub fn add_temporal(&mut self, loss: Tensor<1>, weight: f32) {
        self.temporal = self.added(loss, weight);
    }

    fn added(&mut self, loss: Tensor<1>, weight: f32) -> Option<Tensor<1>> {
        self.sum = self.sum.clone() + loss.clone() * weight;
        Some(loss)
    }

    /// The losses as numbers.
    pub fn losses(&self) -> Losses {
        let number = |loss: &Tensor<1>| loss.clone().into_scalar::<f32>();
        Losses {
            total: number(&self.sum),
            style: self.style.as_ref().map(number),
            content: self.content.as_ref().map(number),
            steadiness: self.steadiness.as_ref().map(number),
            temporal: self.temporal.as_ref().map(number),
            teacher: self.teacher.as_ref().map(number),
        }
    }
}

/// The part of a crop in which it is judged.
pub(super) fn inner(x: &Tensor<4>) -> Tensor<4> {
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

/// Mean absolute plus mean squared difference: the first also where the second has become small, the second against what
/// is far off.
fn difference(painting: Tensor<4>, taught: Tensor<4>) -> Tensor<1> {
    let difference = painting - taught;
    difference.clone().abs().mean() + difference.square().mean()
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
    use crate::train::TrainDevice;

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
    fn features() -> Features {
        let mut random = Random::new(11);
        let mut convolution = |inputs: usize, outputs: usize| FeatureConvolution {
            inputs,
            outputs,
            weights: (0..outputs * inputs * 9).map(|_| random.normal() * 0.3).collect(),
            biases: vec![0.1; outputs],
        };
        let blocks =
            vec![vec![convolution(3, 4)], vec![convolution(4, 4)], vec![convolution(4, 5)], vec![convolution(5, 4)]];
        Features::new(blocks, &TrainDevice::processor())
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let device = TrainDevice::processor().tensors().clone();
        let features = features();
        let side = 2 * MARGIN_PX + 16;
        let mut random = Random::new(5);
        let values: Vec<f32> = (0..3 * side * side).map(|_| 0.2 + 0.6 * random.unit()).collect();
        let frame = Tensor::from_data(TensorData::new(values, [1, 3, side, side]), &device);
        let style: Vec<f32> = (0..3 * 16 * 16).map(|_| random.unit()).collect();
        let targets = StyleTargets::new(&features, Tensor::from_data(TensorData::new(style, [1, 3, 16, 16]), &device));
        let taught = frame.clone() * 0.5 + 0.1;
        // Each loss alone, so that none hides behind the others.
        let alone = |chosen: usize| {
            let [style, content, steadiness, teacher, variation] =
                std::array::from_fn(|index| f32::from(u8::from(index == chosen)));
            LossWeights { style, content, steadiness, temporal: 0.0, teacher, variation }
        };
        for weights in [0, 1, 2, 3, 4].map(alone) {
            // A painter with one weight: it changes the contrast.
            let judge = |contrast: &Tensor<1>| {
                let paint = |x: Tensor<4>| (x - 0.5) * contrast.clone().reshape([1, 1, 1, 1]) + 0.5;
                let judge = Judge { features: &features, targets: &targets, weights: &weights, is_thorough: false };
                judge.judge(&frame, Some(&taught), paint, &mut Random::new(9)).sum
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
