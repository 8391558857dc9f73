//! Perceptual features: what VGG-16 sees in a picture.

use super::{Planes, TrainError};
use crate::frame::Size;
use crate::network::{BGR_MEANS, FeatureConvolution, NetworkError, read_vgg16};
use burn_tensor::activation::relu;
use burn_tensor::module::{conv2d, max_pool2d};
use burn_tensor::ops::{ConvOptions, MaxPoolOptions};
use burn_tensor::{Device, Tensor, TensorData};
use std::path::Path;

/// Mean of relu1_2, relu2_2, relu3_3 and relu4_3 of [`check_picture`], from the file that `scripts/fetch-features` brings.
const CHECK_MEANS: [f32; 4] = [256.9957, 504.2841, 700.506, 85.16877];

/// How far a mean may be off, as a share: other conversions of the same weights differ by rounding only.
const CHECK_TOLERANCE: f32 = 0.01;

/// Side of the picture of the self-check in pixels.
const CHECK_SIDE_PX: u32 = 32;

/// A network that describes pictures: blocks of 3x3 convolutions, each at half the resolution of the one before.
pub struct Features {
    blocks: Vec<Vec<(Tensor<4>, Tensor<1>)>>,
    means: Tensor<4>,
}

impl Features {
    /// Reads VGG-16 from an ONNX file with Keras names, weights for blue, green, red of 0..255 minus the ImageNet means.
    ///
    /// # Errors
    /// The file cannot be read, lacks a convolution, or a self-check shows that its weights are not those of VGG-16.
    pub fn read(path: &Path, device: &Device) -> Result<Self, TrainError> {
        let features = Self::new(read_vgg16(path)?, device);
        let means = features.check_means(device);
        let is_right = |(mean, wanted): (&f32, &f32)| (mean - wanted).abs() <= CHECK_TOLERANCE * wanted;
        if !means.iter().zip(&CHECK_MEANS).all(is_right) {
            let problem = format!(
                "the file has the shape of VGG-16 but not its weights: a test picture gives {means:.3?} and not {CHECK_MEANS:.3?}"
            );
            return Err(NetworkError::Features { path: path.to_owned(), problem }.into());
        }
        Ok(features)
    }

    /// Features of any convolutions, in blocks.
    pub fn new(blocks: Vec<Vec<FeatureConvolution>>, device: &Device) -> Self {
        let tensors = |convolution: FeatureConvolution| {
            let shape = [convolution.outputs, convolution.inputs, 3, 3];
            let weights = Tensor::from_data(TensorData::new(convolution.weights, shape), device);
            let biases = Tensor::from_data(TensorData::new(convolution.biases, [convolution.outputs]), device);
            (weights, biases)
        };
        let blocks = blocks.into_iter().map(|block| block.into_iter().map(tensors).collect()).collect();
        let means = Tensor::from_data(TensorData::new(BGR_MEANS.to_vec(), [1, 3, 1, 1]), device);
        Self { blocks, means }
    }

    /// Number of blocks.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// What the last convolution of each of the first `count` blocks sees in a picture `[1, 3, height, width]`, RGB 0..=1.
    pub(super) fn see(&self, picture: Tensor<4>, count: usize) -> Vec<Tensor<4>> {
        let mut x = picture.flip([1]) * 255.0 - self.means.clone();
        let mut seen = Vec::with_capacity(count);
        for (index, block) in self.blocks.iter().take(count).enumerate() {
            if index > 0 {
                x = max_pool2d(x, MaxPoolOptions::new([2, 2]));
            }
            for (weights, biases) in block {
                let options = ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
                x = relu(conv2d(x, weights.clone(), Some(biases.clone()), options));
            }
            seen.push(x.clone());
        }
        seen
    }

    fn check_means(&self, device: &Device) -> Vec<f32> {
        let seen = self.see(check_picture().tensor(device), self.len());
        seen.into_iter().map(|features| features.mean().into_scalar::<f32>()).collect()
    }
}

/// A picture with an edge, a ramp and a pattern, the same everywhere.
fn check_picture() -> Planes {
    let side = CHECK_SIDE_PX;
    let value = |channel: u32, x: u32, y: u32| match channel {
        0 => x as f32 / (side - 1) as f32,
        1 => f32::from(u8::from(x + y < side)),
        _ => ((x * 7 + y * 13) % 32) as f32 / 31.0,
    };
    let values =
        (0..3 * side * side).map(|index| value(index / (side * side), index % side, index / side % side)).collect();
    Planes { size: Size::new(side, side), values }
}
