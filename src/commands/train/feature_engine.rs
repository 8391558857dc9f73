//! Computes the losses of the perceptual features with ONNX Runtime while training: on the processor it takes less than
//! half the time of the tensors.

use crate::network::{FeatureConvolution, feature_losses_to_onnx};
use crate::stylize::{GraphInput, GraphSession, StylizeError};
use crate::train::{FeatureAnswer, FeatureEngine, FeatureQuestion, PictureBatch};

/// Opens the engine of features.
///
/// # Errors
/// ONNX Runtime is missing.
pub fn open(blocks: &[Vec<FeatureConvolution>]) -> Result<FeatureEngine, StylizeError> {
    let mut session = GraphSession::open(&feature_losses_to_onnx(blocks))?;
    Ok(Box::new(move |question| answer(&mut session, question).map_err(|error| error.to_string())))
}

fn answer(session: &mut GraphSession, question: FeatureQuestion<'_>) -> Result<FeatureAnswer, StylizeError> {
    let pictures = [question.fine, question.half, question.half_frame];
    let shapes = pictures.map(shape);
    let weights = [[question.style_weight], [question.content_weight]];
    let statistics = || question.targets.iter().flatten();
    let sides: Vec<[[i64; 3]; 2]> = statistics()
        .map(|statistics| {
            let channels = statistics.means.len() as i64;
            [[1, channels, 1], [channels, channels, 0]]
        })
        .collect();
    let mut inputs: Vec<GraphInput<'_>> =
        shapes.iter().zip(pictures).map(|(shape, picture)| GraphInput { shape, values: &picture.values }).collect();
    inputs.extend(weights.iter().map(|weight| GraphInput { shape: &[], values: weight }));
    for (statistics, [means, covariance]) in statistics().zip(&sides) {
        inputs.push(GraphInput { shape: means, values: &statistics.means });
        inputs.push(GraphInput { shape: &covariance[..2], values: &statistics.covariance });
    }
    let outputs = session.run(&inputs)?;
    let [style, content, fine, half] = <[_; 4]>::try_from(outputs)
        .map_err(|outputs| StylizeError::Features(format!("{} outputs came instead of 4", outputs.len())))?;
    let number = |values: &[f32]| values.first().copied().unwrap_or(f32::NAN);
    Ok(FeatureAnswer {
        style: number(&style.values),
        content: number(&content.values),
        fine_gradient: fine.values,
        half_gradient: half.values,
    })
}

fn shape(pictures: &PictureBatch) -> [i64; 4] {
    [pictures.count as i64, 3, i64::from(pictures.size.height), i64::from(pictures.size.width)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
    use crate::network::{Random, Tier};
    use crate::train::{Crops, FeatureStatistics, Features, Limit, Losses, SCENE, Settings, TrainDevice, Trainer};

    /// Four blocks of one convolution each, but for the second, which has two.
    fn blocks() -> Vec<Vec<FeatureConvolution>> {
        let mut random = Random::new(3);
        let mut convolution = |inputs: usize, outputs: usize| FeatureConvolution {
            inputs,
            outputs,
            weights: (0..outputs * inputs * 9).map(|_| random.normal() * (2.0 / (inputs * 9) as f32).sqrt()).collect(),
            biases: (0..outputs).map(|_| random.normal() * 0.1).collect(),
        };
        vec![
            vec![convolution(3, 8)],
            vec![convolution(8, 8), convolution(8, 12)],
            vec![convolution(12, 12)],
            vec![convolution(12, 6)],
        ]
    }

    /// A few iterations, and the weights after them.
    fn trained(features: Features) -> (Vec<Losses>, Vec<f32>) {
        let mut style = Frame::new(Size::new(48, 48));
        for (index, pixel) in style.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel.copy_from_slice(&[(index * 7 % 256) as u8, (index / 48 * 5) as u8, (index % 48 * 5) as u8, 255]);
        }
        let settings = Settings {
            architecture: Tier::Fast.into(),
            batch: 2,
            crop_px: 32,
            style_px: 48,
            seed: 5,
            ..Settings::default()
        };
        let crops = Crops::open(&[SCENE.into()]).unwrap();
        let mut trainer = Trainer::new(settings, &style, crops, features, None).unwrap();
        let losses = (0..3).map(|_| trainer.step(Limit::Iterations(10)).unwrap()).collect();
        let weights = trainer.network().parameters().iter().flat_map(|parameter| parameter.values.clone()).collect();
        (losses, weights)
    }

    #[test]
    fn onnx_runtime_teaches_what_tensors_teach() {
        let features = || Features::new(blocks(), &TrainDevice::processor());
        let (wanted, by_tensors) = trained(features());
        let (found, by_engine) = trained(features().with_engine(open(&blocks()).unwrap()));
        for (found, wanted) in found.iter().zip(&wanted) {
            for ((name, found), (_, wanted)) in found.parts().zip(wanted.parts()) {
                assert!((found - wanted).abs() < 1e-3 * wanted.abs(), "{name}: {found}, {wanted}");
            }
        }
        // Adam's first steps have the length of the learning rate whatever the length of a gradient, so that only the
        // smallest ones may differ.
        let far = by_engine.iter().zip(&by_tensors).filter(|(found, wanted)| (*found - *wanted).abs() > 1e-5).count();
        assert!(far < by_tensors.len() / 100, "{far} of {} weights differ", by_tensors.len());
    }

    #[test]
    fn the_gradients_are_those_of_finite_differences() {
        let mut random = Random::new(9);
        let mut batch = |width, height| {
            let (count, size) = (2, Size::new(width, height));
            PictureBatch { count, size, values: (0..count * 3 * size.area()).map(|_| random.unit()).collect() }
        };
        let (fine, half, half_frame) = (batch(16, 24), batch(16, 16), batch(16, 16));
        let target = |channels: usize| FeatureStatistics {
            means: vec![60.0; channels],
            covariance: (0..channels * channels)
                .map(|at| if at.is_multiple_of(channels + 1) { 6000.0 } else { 1000.0 })
                .collect(),
        };
        let targets = [[8, 12, 12, 6].map(target).to_vec(), [8, 12, 12, 6].map(target).to_vec()];
        let mut engine = open(&blocks()).unwrap();
        for (style_weight, content_weight) in [(1.0, 0.0), (0.0, 1.0), (3.0, 2.0)] {
            let mut ask = |fine: &PictureBatch, half: &PictureBatch| {
                let targets = &targets;
                let question =
                    FeatureQuestion { fine, half, half_frame: &half_frame, targets, style_weight, content_weight };
                engine(question).unwrap()
            };
            let answer = ask(&fine, &half);
            // Along the gradient, and along a direction of its own; all pictures move together.
            let gradient: Vec<f32> = answer.fine_gradient.iter().chain(&answer.half_gradient).copied().collect();
            let other: Vec<f32> = fine.values.iter().chain(&half.values).rev().copied().collect();
            for direction in [gradient.clone(), other] {
                let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
                let (at_fine, at_half) = direction.split_at(fine.values.len());
                let moved = |pictures: &PictureBatch, direction: &[f32], by: f32| {
                    let pairs = pictures.values.iter().zip(direction);
                    PictureBatch { values: pairs.map(|(value, way)| value + by * way / length).collect(), ..*pictures }
                };
                let mut loss = |by: f32| {
                    let answer = ask(&moved(&fine, at_fine, by), &moved(&half, at_half, by));
                    answer.style * style_weight + answer.content * content_weight
                };
                // Short, because what normalizes a channel that is almost dark bends the loss sharply.
                let step = 0.001;
                let found = (loss(step) - loss(-step)) / (2.0 * step);
                let wanted: f32 = gradient.iter().zip(&direction).map(|(slope, way)| slope * way / length).sum();
                assert!((found - wanted).abs() < 0.03 * wanted.abs() + 2e-3, "{found}, {wanted}");
            }
        }
    }
}
