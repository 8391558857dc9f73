//! Perceptual features: what VGG-16 sees in a picture.

use super::{FeatureStatistics, PictureBatch, Planes, TrainDevice, TrainError};
use crate::frame::Size;
use crate::network::{
    BGR_MEANS, CHECK_SIDE_PX, FeatureConvolution, check_picture, check_vgg16, gradient_multiple_px, read_vgg16,
};
use burn_tensor::activation::relu;
use burn_tensor::module::{conv2d, max_pool2d};
use burn_tensor::ops::{ConvOptions, MaxPoolOptions};
use burn_tensor::{Device, Tensor, TensorData};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What a feature engine is asked, see [`feature_losses_to_onnx`](crate::network::feature_losses_to_onnx).
#[derive(Debug, Clone, Copy)]
pub struct FeatureQuestion<'q> {
    /// Parts of the paintings, at full size.
    pub fine: &'q PictureBatch,
    /// The paintings at half size.
    pub half: &'q PictureBatch,
    /// Their frames at half size.
    pub half_frame: &'q PictureBatch,
    /// Those of the style picture, for each block: at full size, and at half size.
    pub targets: &'q [Vec<FeatureStatistics>; 2],
    pub style_weight: f32,
    pub content_weight: f32,
}

/// What a feature engine answers: see [`LossWeights`](super::LossWeights) and [`Losses`](super::Losses).
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureAnswer {
    pub style: f32,
    pub content: f32,
    /// Of the weighted sum of both, for each value of `fine`.
    pub fine_gradient: Vec<f32>,
    /// For each value of `half`.
    pub half_gradient: Vec<f32>,
}

/// Computes style and content losses with their gradients faster than the tensors do. The error is for people.
pub type FeatureEngine = Box<dyn FnMut(FeatureQuestion<'_>) -> Result<FeatureAnswer, String> + Send>;

/// A network that describes pictures: blocks of 3x3 convolutions, each at half the resolution of the one before.
pub struct Features {
    blocks: Vec<Vec<(Tensor<4>, Tensor<1>)>>,
    means: Tensor<4>,
    device: TrainDevice,
    engine: Option<Mutex<FeatureEngine>>,
}

impl Features {
    /// Reads VGG-16 from an ONNX file with Keras names, weights for blue, green, red of 0..255 minus the ImageNet
    /// means.
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
        Self { blocks, means, device: opened, engine: None }
    }

    /// Blocks of one convolution each with made-up weights, from channels to channels, on the processor.
    #[cfg(test)]
    pub(super) fn made_up(blocks: &[(usize, usize)]) -> Self {
        let mut random = crate::network::Random::new(11);
        let mut block = |&(inputs, outputs): &(usize, usize)| {
            let weights = (0..outputs * inputs * 9).map(|_| random.normal() * 0.3).collect();
            vec![FeatureConvolution { inputs, outputs, weights, biases: vec![0.1; outputs] }]
        };
        Self::new(blocks.iter().map(&mut block).collect(), &TrainDevice::processor())
    }

    /// The same features, whose losses an engine computes where it can: for pictures whose sides are multiples of
    /// [`gradient_multiple_px`].
    #[must_use]
    pub fn with_engine(self, engine: FeatureEngine) -> Self {
        Self { engine: Some(Mutex::new(engine)), ..self }
    }

    /// The engine's answer; `None` where there is no engine, or none for pictures of this size.
    ///
    /// # Errors
    /// The engine fails.
    pub(super) fn ask_engine(&self, question: FeatureQuestion<'_>) -> Result<Option<FeatureAnswer>, TrainError> {
        let Some(engine) = &self.engine else { return Ok(None) };
        let multiple = gradient_multiple_px(self.len()) as u32;
        let sizes = [question.fine.size, question.half.size];
        let fits = |side: u32| side.is_multiple_of(multiple);
        if !sizes.into_iter().all(|size| fits(size.width) && fits(size.height)) {
            return Ok(None);
        }
        let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
        engine(question).map(Some).map_err(TrainError::FeatureEngine)
    }

    /// The device that they are on.
    pub fn device(&self) -> &TrainDevice {
        &self.device
    }

    /// Whether losses can be had from an engine.
    pub(super) fn has_engine(&self) -> bool {
        self.engine.is_some()
    }

    /// Number of blocks.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// What the last convolution of each of the first `count` blocks sees in pictures `[pictures, 3, height, width]`,
    /// RGB 0..=1.
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
