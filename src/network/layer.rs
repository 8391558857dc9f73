//! The layers that our networks are made of: one description, which training runs and the ONNX file is written from.

use super::Random;

/// Added to the variance before its root is taken, as PyTorch's instance norm does.
pub const NORM_EPSILON: f32 = 1e-5;

/// The slope of leaky rectifiers below zero.
pub const LEAK: f32 = 0.2;

/// A step of a network. Every tensor is `[1, channels, height, width]`.
#[derive(Debug, Clone)]
pub enum Layer {
    Convolution(Convolution),
    /// Each channel to mean 0 and variance 1 over the picture, then a learned scale and offset.
    InstanceNorm {
        name: String,
        channels: usize,
    },
    /// Each channel to mean 0 and variance 1 by running means over the training, then a learned scale and offset: at
    /// run time nothing but a factor and a sum.
    BatchNorm {
        name: String,
        channels: usize,
    },
    Relu,
    /// Negative values times 0.2.
    LeakyRelu,
    Sigmoid,
    /// Four channels become 2x2 pixels of one channel (ONNX `DepthToSpace`, mode CRD).
    Shuffle,
    /// Each pixel becomes 2x2 pixels.
    Nearest,
    /// Multiplies every value.
    Scale(f32),
    /// The result of the layers is added to what went in.
    Residual(Vec<Layer>),
    /// The result of the layers becomes further channels behind those of what went in.
    Concatenation(Vec<Layer>),
}

/// A square convolution with bias, padded so that without stride it keeps the size.
#[derive(Debug, Clone)]
pub struct Convolution {
    pub name: String,
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    pub border: Border,
    pub start: Start,
}

/// What a convolution sees beyond the border of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    Zero,
    Reflect,
}

/// What weights a convolution starts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// Uniform within one over the square root of the fan-in, biases too (PyTorch's default).
    Uniform,
    /// Normal with deviation sqrt(2 / fan-in) (He et al. 2015).
    Kaiming,
    /// Normal with deviation 0.02, so that a residual block starts close to doing nothing.
    Small,
    /// As `Kaiming` times `gain`, with the same weights for the four channels that become one pixel's 2x2, and no
    /// biases: the shuffle starts as nearest-neighbour upsampling, which leaves no dot grid (ICNR, Aitken et al. 2017).
    NearestUpsampling { gain: f32 },
}

impl Convolution {
    pub fn new(name: &str, inputs: usize, outputs: usize, kernel: usize, border: Border) -> Self {
        let name = name.to_owned();
        Self { name, inputs, outputs, kernel, stride: 1, dilation: 1, border, start: Start::Uniform }
    }

    pub fn with_stride(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    pub fn with_dilation(self, dilation: usize) -> Self {
        Self { dilation, ..self }
    }

    pub fn starting(self, start: Start) -> Self {
        Self { start, ..self }
    }

    /// Pixels of padding on each side.
    pub fn padding(&self) -> usize {
        self.dilation * (self.kernel / 2)
    }

    /// Shape of the weights: `[outputs, inputs, kernel, kernel]`.
    pub fn shape(&self) -> [usize; 4] {
        [self.outputs, self.inputs, self.kernel, self.kernel]
    }

    /// Weights and biases to start from.
    pub fn start(&self, random: &mut Random) -> (Vec<f32>, Vec<f32>) {
        let fan_in = self.inputs * self.kernel * self.kernel;
        let bound = 1.0 / (fan_in as f32).sqrt();
        let deviation = (2.0 / fan_in as f32).sqrt();
        let count = self.outputs * fan_in;
        let weights = match self.start {
            Start::Uniform => (0..count).map(|_| random.between(-bound, bound)).collect(),
            Start::Kaiming => (0..count).map(|_| random.normal() * deviation).collect(),
            Start::Small => (0..count).map(|_| random.normal() * 0.02).collect(),
            Start::NearestUpsampling { gain } => {
                let kernels: Vec<f32> = (0..count / 4).map(|_| random.normal() * deviation * gain).collect();
                kernels.chunks(fan_in).flat_map(|kernel| kernel.repeat(4)).collect()
            }
        };
        let biases = match self.start {
            Start::NearestUpsampling { .. } => vec![0.0; self.outputs],
            _ => (0..self.outputs).map(|_| random.between(-bound, bound)).collect(),
        };
        (weights, biases)
    }
}
