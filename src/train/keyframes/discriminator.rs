//! The adversary: a small network that learns to tell patches painted by hand from those of the network in training.

use super::super::run::convolve;
use crate::network::{Border, Convolution, Parameter, Random, Start};
use burn_tensor::Tensor;
use burn_tensor::activation::leaky_relu;

/// Channels of the layers.
const CHANNELS: [usize; 3] = [3, 24, 48];

/// What is left of negative values between layers.
const LEAK: f64 = 0.2;

/// A patch discriminator (Isola et al. 2017): two convolutions with stride, and one that gives a score at every fourth
/// pixel. It sees 15 pixels across, so that it judges strokes and not places, and has no norms.
pub(super) struct Discriminator {
    layers: Vec<Convolution>,
    pub parameters: Vec<Parameter>,
}

impl Discriminator {
    pub fn new(random: &mut Random) -> Self {
        let layer = |name: &str, inputs, outputs| {
            Convolution::new(name, inputs, outputs, 3, Border::Zero).starting(Start::Kaiming)
        };
        let layers = vec![
            layer("first", CHANNELS[0], CHANNELS[1]).with_stride(2),
            layer("second", CHANNELS[1], CHANNELS[2]).with_stride(2),
            Convolution::new("score", CHANNELS[2], 1, 3, Border::Zero),
        ];
        let mut parameters = Vec::new();
        for layer in &layers {
            let (weights, biases) = layer.start(random);
            let parameter =
                |kind: &str, shape, values| Parameter { name: format!("{}.{kind}", layer.name), shape, values };
            parameters.push(parameter("weight", layer.shape().to_vec(), weights));
            parameters.push(parameter("bias", vec![layer.outputs], biases));
        }
        Self { layers, parameters }
    }

    /// Scores of pictures `[pictures, 3, height, width]`, about 1 for painted by hand and 0 for painted by the network;
    /// `leaves` are the weights as flat tensors.
    pub fn scores(&self, leaves: &[Tensor<1>], pictures: Tensor<4>) -> Tensor<4> {
        let last = self.layers.len() - 1;
        let weights = leaves.chunks_exact(2);
        self.layers.iter().zip(weights).enumerate().fold(pictures, |x, (index, (layer, leaves))| {
            let x = convolve(layer, x, leaves[0].clone(), leaves[1].clone());
            if index < last { leaky_relu(x, LEAK) } else { x }
        })
    }
}

/// Least-squares loss (Mao et al. 2017) of scores that should be `wanted`.
pub(super) fn score_loss(scores: Tensor<4>, wanted: f32) -> Tensor<1> {
    (scores - wanted).square().mean()
}
