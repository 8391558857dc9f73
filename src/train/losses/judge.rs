//! Judges paintings: how they look, and how steady they are, each by itself.

use super::super::beside::beside;
use super::super::features::FeatureQuestion;
use super::super::planes::values_of;
use super::super::temporal::TemporalPair;
use super::super::{Features, Planes, TrainError};
use super::terms::{difference, gram, inner, steadiness, total_variation};
use super::{LossWeights, Losses};
use crate::network::{CONTENT_BLOCK, Random};
use burn_tensor::Tensor;

/// The Gram matrices of the style picture.
pub(in crate::train) struct StyleTargets {
    /// One of each block, with the sum of its squares.
    grams: Vec<(Tensor<2>, f32)>,
    /// The values of the matrices.
    values: Vec<Vec<f32>>,
}

impl StyleTargets {
    /// Looks at a style picture `[1, 3, height, width]`.
    pub fn new(features: &Features, picture: Tensor<4>) -> Self {
        let with_square = |seen| {
            let gram = gram(seen);
            let square = gram.clone().square().sum().into_scalar::<f32>();
            (gram, square)
        };
        let grams: Vec<_> = features.see(picture, features.len()).into_iter().map(with_square).collect();
        let values = grams.iter().map(|(gram, _)| values_of(gram.clone())).collect();
        Self { grams, values }
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
pub(in crate::train) struct Judge<'j> {
    pub features: &'j Features,
    pub targets: &'j StyleTargets,
    pub weights: &'j LossWeights,
    /// Whether losses that do not count are judged, too, to be looked at.
    pub is_thorough: bool,
}

/// Losses of an iteration, and where they lead.
pub(in crate::train) struct Judgement {
    /// The losses, with their weighted sum as the total.
    pub losses: Losses,
    /// Something whose gradients are those of the weighted sum.
    pub descent: Tensor<1>,
}

impl Judge<'_> {
    /// Judges how the painting of a square frame looks: its strokes, what it shows, and how smooth it is; `taught` is the teacher's painting
    /// of the frame.
    ///
    /// # Errors
    /// The engine of the features fails.
    pub fn look(
        &self,
        frame: &Tensor<4>,
        painting: &Tensor<4>,
        taught: Option<&Tensor<4>>,
    ) -> Result<Judgement, TrainError> {
        let weights = self.weights;
        let judged = inner(painting);
        let mut judgement = Judgement::nothing(&judged);
        judgement.add(total_variation(judged.clone()), weights.variation);
        if self.is_thorough || weights.style > 0.0 || weights.content > 0.0 {
            let wanted = inner(frame);
            if !self.ask_engine(&judged, &wanted, &mut judgement)? {
                self.look_through_tensors(&judged, &wanted, &mut judgement);
            }
        }
        if let Some(taught) = taught {
            judgement.losses.teacher = judgement.add(difference(judged, inner(taught)), weights.teacher);
        }
        Ok(judgement)
    }

    /// Has style and content judged by the engine of the features; false where there is none for such a picture.
    fn ask_engine(
        &self,
        judged: &Tensor<4>,
        wanted: &Tensor<4>,
        judgement: &mut Judgement,
    ) -> Result<bool, TrainError> {
        if !self.features.has_engine() {
            return Ok(false);
        }
        let LossWeights { style, content, .. } = *self.weights;
        let (painting, frame) = (Planes::from_tensor(judged.clone()), Planes::from_tensor(wanted.clone()));
        let grams = &self.targets.values;
        let question =
            FeatureQuestion { painting: &painting, frame: &frame, grams, style_weight: style, content_weight: content };
        let Some(answer) = self.features.ask_engine(question)? else { return Ok(false) };
        let gradient = answer.gradient.tensor(&judged.device());
        judgement.descent = judgement.descent.clone() + (judged.clone() * gradient).sum();
        judgement.losses.style = Some(answer.style);
        judgement.losses.content = Some(answer.content);
        judgement.losses.total += answer.style * style + answer.content * content;
        Ok(true)
    }

    fn look_through_tensors(&self, judged: &Tensor<4>, wanted: &Tensor<4>, judgement: &mut Judgement) {
        let (features, weights) = (self.features, self.weights);
        let content_blocks = features.len().min(CONTENT_BLOCK + 1);
        let last = |seen: &[Tensor<4>]| seen[content_blocks - 1].clone();
        let (seen, wanted) = beside(
            features.device(),
            || features.see(judged.clone(), features.len()),
            || last(&features.see(wanted.clone(), content_blocks)),
        );
        let scale = wanted.clone().square().sum();
        judgement.losses.style = judgement.add(self.targets.distance(&seen), weights.style);
        judgement.losses.content = judgement.add((last(&seen) - wanted).square().sum() / scale, weights.content);
    }

    /// Judges how steady the painting of a square frame and those of two successive frames are; `None` where nothing of it counts. `paint` paints
    /// further pictures with the same weights.
    pub fn calm(
        &self,
        frame: &Tensor<4>,
        painting: &Tensor<4>,
        pair: Option<&TemporalPair>,
        paint: impl Fn(Tensor<4>) -> Tensor<4>,
        random: &mut Random,
    ) -> Option<Judgement> {
        let weights = self.weights;
        let is_steadiness_judged = self.is_thorough || weights.steadiness > 0.0 || weights.border > 0.0;
        if !is_steadiness_judged && pair.is_none() {
            return None;
        }
        let mut judgement = Judgement::nothing(frame);
        if is_steadiness_judged {
            let steadiness = steadiness(frame, painting, &paint, random);
            judgement.losses.steadiness = judgement.add(steadiness.everywhere, weights.steadiness);
            judgement.losses.border = judgement.add(steadiness.border, weights.border);
        }
        if let Some(pair) = pair {
            let loss = pair.loss(paint(pair.before.clone()), &paint(pair.now.clone()));
            judgement.losses.temporal = judgement.add(loss, weights.temporal);
        }
        Some(judgement)
    }
}

impl Judgement {
    /// No loss, on the device of a picture.
    fn nothing(picture: &Tensor<4>) -> Self {
        Self { losses: Losses::default(), descent: Tensor::zeros([1], &picture.device()) }
    }

    /// Counts a loss, and gives its value.
    fn add(&mut self, loss: Tensor<1>, weight: f32) -> Option<f32> {
        let value = loss.clone().into_scalar::<f32>();
        self.losses.total += value * weight;
        self.descent = self.descent.clone() + loss * weight;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{FeatureConvolution, MARGIN_PX};
    use crate::train::TrainDevice;
    use burn_tensor::TensorData;

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
            let [style, content, steadiness, border, teacher, variation] =
                std::array::from_fn(|index| f32::from(u8::from(index == chosen)));
            LossWeights { style, content, steadiness, border, temporal: 0.0, teacher, variation }
        };
        let contrast = |value: f32| Tensor::<1>::from_data(TensorData::new(vec![value], [1]), &device);
        let fixed = contrast(0.7);
        for weights in [0, 1, 2, 3, 4, 5].map(alone) {
            // A painter with one weight: it changes the contrast.
            let judge = |contrast: &Tensor<1>| {
                // Not linear, so that the mean colours along the border change too.
                let by =
                    |contrast: Tensor<1>, x: Tensor<4>| ((x - 0.3) * contrast.reshape([1, 1, 1, 1])).square() + 0.2;
                let paint = |x: Tensor<4>| by(contrast.clone(), x);
                let judge = Judge { features: &features, targets: &targets, weights: &weights, is_thorough: false };
                // Along the border only the smaller picture gives way: what it is compared with stays.
                let is_fixed = weights.border > 0.0;
                let painting = by(if is_fixed { fixed.clone() } else { contrast.clone() }, frame.clone());
                let look = judge.look(&frame, &painting, Some(&taught)).unwrap();
                match judge.calm(&frame, &painting, None, paint, &mut Random::new(9)) {
                    Some(calm) => (look.losses.total + calm.losses.total, look.descent + calm.descent),
                    None => (look.losses.total, look.descent),
                }
            };
            let leaf = contrast(0.7).require_grad();
            let gradient = leaf.grad(&judge(&leaf).1.backward()).unwrap().into_scalar::<f32>();
            let step = 0.002;
            let [low, high] = [-step, step].map(|step| judge(&contrast(0.7 + step)).0);
            let difference = (high - low) / (2.0 * step);
            assert!(
                gradient != 0.0 && (gradient - difference).abs() < 0.02 * difference.abs(),
                "{weights:?}: {gradient}, {difference}"
            );
        }
    }
}
