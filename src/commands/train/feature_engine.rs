//! Looks through the perceptual features with ONNX Runtime while training: on the processor it takes less than half the time of the tensors.

use crate::frame::Size;
use crate::network::{FeatureConvolution, feature_gradient_to_onnx};
use crate::stylize::{GraphInput, GraphSession, StylizeError};
use crate::train::{FeatureAnswer, FeatureEngine, FeatureQuestion, Planes};

/// Opens the engine of features.
///
/// # Errors
/// ONNX Runtime is missing.
pub fn open(blocks: &[Vec<FeatureConvolution>]) -> Result<FeatureEngine, StylizeError> {
    let mut session = GraphSession::open(&feature_gradient_to_onnx(blocks))?;
    let channels: Vec<i64> =
        blocks.iter().map(|block| block.last().map_or(0, |convolution| convolution.outputs as i64)).collect();
    Ok(Box::new(move |question| answer(&mut session, &channels, question).map_err(|error| error.to_string())))
}

fn answer(
    session: &mut GraphSession,
    channels: &[i64],
    question: FeatureQuestion<'_>,
) -> Result<FeatureAnswer, StylizeError> {
    let Size { width, height } = question.painting.size;
    let picture = [1, 3, i64::from(height), i64::from(width)];
    let weights = [[question.style_weight], [question.content_weight]];
    let grams: Vec<[i64; 2]> = channels.iter().map(|&channels| [channels; 2]).collect();
    let mut inputs = vec![
        GraphInput { shape: &picture, values: &question.painting.values },
        GraphInput { shape: &picture, values: &question.frame.values },
    ];
    inputs.extend(weights.iter().map(|weight| GraphInput { shape: &[], values: weight }));
    inputs.extend(grams.iter().zip(question.grams).map(|(shape, values)| GraphInput { shape, values }));
    let outputs = session.run(&inputs)?;
    let [style, content, gradient] = &outputs[..] else {
        return Err(StylizeError::Features(format!("{} outputs came instead of 3", outputs.len())));
    };
    let number = |values: &[f32]| values.first().copied().unwrap_or(f32::NAN);
    Ok(FeatureAnswer {
        style: number(&style.values),
        content: number(&content.values),
        gradient: Planes { size: question.painting.size, values: gradient.values.clone() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{BYTES_PER_PIXEL, Frame};
    use crate::network::{Random, Tier};
    use crate::train::{Crops, Features, Limit, Losses, SCENE, Settings, TrainDevice, Trainer};

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
    fn learnt(features: Features) -> (Vec<Losses>, Vec<f32>) {
        let mut style = Frame::new(Size::new(48, 48));
        for (index, pixel) in style.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel.copy_from_slice(&[(index * 7 % 256) as u8, (index / 48 * 5) as u8, (index % 48 * 5) as u8, 255]);
        }
        let settings =
            Settings { architecture: Tier::Fast.into(), crop_px: 32, style_px: 48, seed: 5, ..Settings::default() };
        let crops = Crops::open(&[SCENE.into()]).unwrap();
        let mut trainer = Trainer::new(settings, &style, crops, features, None).unwrap();
        let losses = (0..3).map(|_| trainer.step(Limit::Iterations(100)).unwrap()).collect();
        let weights = trainer.network().parameters().iter().flat_map(|parameter| parameter.values.clone()).collect();
        (losses, weights)
    }

    #[test]
    fn onnx_runtime_teaches_what_tensors_teach() {
        let features = || Features::new(blocks(), &TrainDevice::processor());
        let (wanted, by_tensors) = learnt(features());
        let (found, by_engine) = learnt(features().with_engine(open(&blocks()).unwrap()));
        for (found, wanted) in found.iter().zip(&wanted) {
            for ((name, found), (_, wanted)) in found.parts().zip(wanted.parts()) {
                assert!((found - wanted).abs() < 1e-3 * wanted.abs(), "{name}: {found}, {wanted}");
            }
        }
        // Adam's first steps have the length of the learning rate whatever the length of a gradient, so that only the smallest ones may differ.
        let far = by_engine.iter().zip(&by_tensors).filter(|(found, wanted)| (*found - *wanted).abs() > 1e-5).count();
        assert!(far < by_tensors.len() / 100, "{far} of {} weights differ", by_tensors.len());
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let mut random = Random::new(9);
        let size = Size::new(16, 24);
        let mut picture = || Planes { size, values: (0..3 * size.area()).map(|_| random.unit()).collect() };
        let (painting, frame) = (picture(), picture());
        let grams = [8, 12, 12, 6].map(|channels: usize| vec![30.0; channels * channels]);
        let mut engine = open(&blocks()).unwrap();
        for (style_weight, content_weight) in [(1.0, 0.0), (0.0, 1.0), (3.0, 2.0)] {
            let mut ask = |painting: &Planes| {
                let question = FeatureQuestion { painting, frame: &frame, grams: &grams, style_weight, content_weight };
                engine(question).unwrap()
            };
            let answer = ask(&painting);
            // Along the gradient, and along a direction of its own.
            let directions = [answer.gradient.values.clone(), frame.values.clone()];
            for direction in directions {
                let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
                let mut moved = |by: f32| {
                    let values =
                        painting.values.iter().zip(&direction).map(|(value, slope)| value + by * slope / length);
                    let answer = ask(&Planes { size, values: values.collect() });
                    answer.style * style_weight + answer.content * content_weight
                };
                let step = 0.004;
                let found = (moved(step) - moved(-step)) / (2.0 * step);
                let wanted: f32 =
                    answer.gradient.values.iter().zip(&direction).map(|(slope, way)| slope * way / length).sum();
                assert!((found - wanted).abs() < 0.03 * wanted.abs() + 1e-5, "{found}, {wanted}");
            }
        }
    }
}
