//! Runs a network on tensors.

use super::planes::values_of;
use super::{Planes, TrainDevice};
use crate::network::{BatchStatistics, Border, Convolution, LEAK, Layer, NORM_EPSILON, Network, Parameter};
use burn_tensor::activation::{leaky_relu, relu, sigmoid};
use burn_tensor::module::conv2d;
use burn_tensor::ops::{ConvOptions, PadMode};
use burn_tensor::{Device, Gradients, Tensor, TensorData};

/// The weights of a network as flat tensors on a device, whose gradients are kept where the device computes them.
pub(super) fn leaves(network: &Network, device: &Device) -> Vec<Tensor<1>> {
    leaves_of(network.parameters(), device, device.is_autodiff())
}

/// Weights as flat tensors on a device; if `learning`, their gradients are kept.
pub(super) fn leaves_of(parameters: &[Parameter], device: &Device, learning: bool) -> Vec<Tensor<1>> {
    let leaf = |parameter: &Parameter| {
        let data = TensorData::new(parameter.values.clone(), [parameter.values.len()]);
        let tensor = Tensor::from_data(data, device);
        if learning { tensor.require_grad() } else { tensor }
    };
    parameters.iter().map(leaf).collect()
}

/// The gradients of a loss for each of the weights; `None` where one is NaN or infinite.
pub(super) fn gradients(loss: &Tensor<1>, leaves: &[Tensor<1>]) -> Option<Vec<Vec<f32>>> {
    values_if_finite(leaves, &mut loss.backward())
}

/// The gradients that were found for each of the weights; `None` where one is NaN or infinite.
pub(super) fn values_if_finite(leaves: &[Tensor<1>], found: &mut Gradients) -> Option<Vec<Vec<f32>>> {
    let flat = |leaf: &Tensor<1>| leaf.grad_remove(found).map_or_else(|| vec![0.0; leaf.dims()[0]], values_of);
    let gradients: Vec<Vec<f32>> = leaves.iter().map(flat).collect();
    gradients.iter().flatten().all(|value| value.is_finite()).then_some(gradients)
}

/// The paintings of pictures `[pictures, 3, height, width]`, with weights from [`leaves`].
pub(super) fn forward(network: &Network, leaves: &[Tensor<1>], picture: Tensor<4>) -> Tensor<4> {
    run(network.layers(), &mut leaves.iter(), &mut Norms::Running, picture)
}

/// The same for a batch in training: batch norms take their means from the batch, and tell them.
pub(super) fn forward_batch(
    network: &Network,
    leaves: &[Tensor<1>],
    pictures: Tensor<4>,
) -> (Tensor<4>, Vec<BatchStatistics>) {
    let mut norms = Norms::Batch(Vec::new());
    let paintings = run(network.layers(), &mut leaves.iter(), &mut norms, pictures);
    let Norms::Batch(seen) = norms else { return (paintings, Vec::new()) };
    (paintings, seen)
}

/// Where batch norms take their means and variances from.
enum Norms {
    /// The running ones, as at run time.
    Running,
    /// The batch, whose values are kept.
    Batch(Vec<BatchStatistics>),
}

/// Paints a picture on the processor, whose painting is the one that others are compared with; its sides must be
/// multiples of 4.
pub fn paint(network: &Network, picture: &Planes) -> Planes {
    paint_on(network, picture, TrainDevice::processor().tensors())
}

/// The same on any device.
pub(super) fn paint_on(network: &Network, picture: &Planes, device: &Device) -> Planes {
    let device = device.clone().without_autodiff();
    Planes::from_tensor(forward(network, &leaves(network, &device), picture.tensor(&device)))
}

/// A convolution, with its weights and biases as flat tensors.
pub(super) fn convolve(convolution: &Convolution, x: Tensor<4>, weights: Tensor<1>, biases: Tensor<1>) -> Tensor<4> {
    let padding = convolution.padding();
    let (x, padding) = match convolution.border {
        Border::Zero => (x, padding),
        Border::Reflect => (x.pad((padding, padding, padding, padding), PadMode::Reflect), 0),
    };
    let options = ConvOptions::new([convolution.stride; 2], [padding; 2], [convolution.dilation; 2], 1);
    conv2d(x, weights.reshape(convolution.shape()), Some(biases), options)
}

/// Runs layers; takes their parameters, each as a flat tensor, from `parameters` in order.
fn run<'t>(
    layers: &[Layer],
    parameters: &mut impl Iterator<Item = &'t Tensor<1>>,
    norms: &mut Norms,
    x: Tensor<4>,
) -> Tensor<4> {
    layers.iter().fold(x, |x, layer| {
        let mut parameter = || parameters.next().expect("a network holds the parameters of its layers").clone();
        match layer {
            Layer::Convolution(convolution) => {
                let (weights, biases) = (parameter(), parameter());
                convolve(convolution, x, weights, biases)
            }
            Layer::InstanceNorm { channels, .. } => {
                let (scale, offset) = (parameter(), parameter());
                let centred = x.clone() - x.mean_dims(&[2, 3]);
                let variance = centred.clone().square().mean_dims(&[2, 3]);
                let shape = [1, *channels, 1, 1];
                centred / (variance + NORM_EPSILON).sqrt() * scale.reshape(shape) + offset.reshape(shape)
            }
            Layer::BatchNorm { channels, .. } => {
                let [scale, offset, mean, variance] = [(); 4].map(|()| parameter().reshape([1, *channels, 1, 1]));
                let (mean, variance) = match norms {
                    Norms::Running => (mean.detach(), variance.detach()),
                    Norms::Batch(seen) => {
                        let mean = x.clone().mean_dims(&[0, 2, 3]);
                        let variance = (x.clone() - mean.clone()).square().mean_dims(&[0, 2, 3]);
                        let [means, variances] = [&mean, &variance].map(|values| values_of(values.clone()));
                        seen.push(BatchStatistics { means, variances });
                        (mean, variance)
                    }
                };
                (x - mean) / (variance + NORM_EPSILON).sqrt() * scale + offset
            }
            Layer::LeakyRelu => leaky_relu(x, f64::from(LEAK)),
            Layer::Relu => relu(x),
            Layer::Sigmoid => sigmoid(x),
            Layer::Shuffle => {
                let [pictures, channels, height, width] = x.dims();
                x.reshape([pictures, channels / 4, 2, 2, height, width]).permute([0, 1, 4, 2, 5, 3]).reshape([
                    pictures,
                    channels / 4,
                    2 * height,
                    2 * width,
                ])
            }
            Layer::Nearest => {
                let [pictures, channels, height, width] = x.dims();
                x.reshape([pictures, channels, height, 1, width, 1]).repeat(&[1, 1, 1, 2, 1, 2]).reshape([
                    pictures,
                    channels,
                    2 * height,
                    2 * width,
                ])
            }
            Layer::Scale(factor) => x * *factor,
            Layer::Residual(inner) => x.clone() + run(inner, parameters, norms, x),
            Layer::Concatenation(inner) => {
                let further = run(inner, parameters, norms, x.clone());
                Tensor::cat(vec![x, further], 1)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Random, Tier};

    fn network(tier: Tier) -> Network {
        Network::new(tier, &mut Random::new(1))
    }

    fn noise(width: u32, height: u32) -> Planes {
        let mut random = Random::new(2);
        let values = (0..3 * width * height).map(|_| random.unit()).collect();
        Planes { size: crate::frame::Size::new(width, height), values }
    }

    #[test]
    fn every_tier_paints_at_the_size_of_its_picture() {
        for tier in Tier::ALL {
            let painting = paint(&network(tier), &noise(36, 28));
            assert_eq!(painting.size, crate::frame::Size::new(36, 28), "{tier}");
            assert!(painting.values.iter().all(|value| value.is_finite()), "{tier}");
        }
    }

    #[test]
    fn starts_without_a_dot_grid() {
        let painting = paint(&network(Tier::Balanced), &noise(32, 32));
        let width = 32;
        for (index, value) in painting.values.iter().enumerate() {
            let (x, y) = (index % width, index / width);
            let corner = painting.values[y / 2 * 2 * width + x / 2 * 2];
            assert!((value - corner).abs() < 1e-5, "pixel {x}, {y} differs from its group");
        }
    }
}
