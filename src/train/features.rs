//! Perceptual features: what VGG-16 sees in a picture.

use super::{Planes, TrainDevice, TrainError};
use crate::frame::Size;
use crate::network::{BGR_MEANS, CHECK_SIDE_PX, FeatureConvolution, check_picture, check_vgg16, read_vgg16};
use burn_tensor::activation::relu;
use burn_tensor::module::{conv2d, max_pool2d};
use burn_tensor::ops::{ConvOptions, MaxPoolOptions};
use burn_tensor::{Device, Tensor, TensorData};
use std::path::Path;

/// A network that describes pictures: blocks of 3x3 convolutions, each at half the resolution of the one before.
pub struct Features {
    blocks: Vec<Vec<(Tensor<4>, Tensor<1>)>>,
    means: Tensor<4>,
    device: TrainDevice,
}

impl Features {
    /// Reads VGG-16 from an ONNX file with Keras names, weights for blue, green, red of 0..255 minus the ImageNet means.
    ///
    /// # Errors
    /// The file cannot be read, lacks a convolution, or a self-check shows that its weights are not those of VGG-16.
    pub fn read(path: &Path, device: &TrainDevice) -> Result<Self, TrainError> {
        let features = Self::new(read_vgg16(path)?, device);
        check_vgg16(path, &features.check_means(device.tensors()))?;
        Ok(features)
    }

    /// Features of any convolutions, in blocks. What is trained with them is trained on the same device.
    pub fn new(blocks: Vec<Vec<FeatureConvolution>>, device: &TrainDevice) -> Self {
        let opened = device.clone();
        let device = device.tensors();
        let tensors = |convolution: FeatureConvolution| {
            let shape = [convolution.outputs, convolution.inputs, 3, 3];
            let weights = Tensor::from_data(TensorData::new(convolution.weights, shape), device);
            let biases = Tensor::from_data(TensorData::new(convolution.biases, [convolution.outputs]), device);
            (weights, biases)
        };
        let blocks = blocks.into_iter().map(|block| block.into_iter().map(tensors).collect()).collect();
        let means = Tensor::from_data(TensorData::new(BGR_MEANS.to_vec(), [1, 3, 1, 1]), device);
        Self { blocks, means, device: opened }
    }

    /// The device that they are on.
    pub fn device(&self) -> &TrainDevice {
        &self.device
    }

    /// Number of blocks.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// What the last convolution of each of the first `count` blocks sees in a picture `[1, 3, height, width]`, RGB 0..=1.
    pub fn see(&self, picture: Tensor<4>, count: usize) -> Vec<Tensor<4>> {
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
        let picture = Planes { size: Size::new(CHECK_SIDE_PX, CHECK_SIDE_PX), values: check_picture() };
        let seen = self.see(picture.tensor(device), self.len());
        seen.into_iter().map(|features| features.mean().into_scalar::<f32>()).collect()
    }
}
