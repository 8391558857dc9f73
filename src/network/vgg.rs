//! The weights of VGG-16, the network that describes pictures: training and measuring look through it.

use super::NetworkError;
use crate::onnx::{Model, read_model};
use std::path::Path;

/// What VGG-16's training took from blue, green and red, of 0..255.
pub const BGR_MEANS: [f32; 3] = [103.939, 116.779, 123.68];

/// The block whose last layer says what a picture shows, for the content loss: the third (relu3_3).
pub const CONTENT_BLOCK: usize = 2;

/// How much each block counts in the style loss of training (relu1_2, relu2_2, relu3_3, relu4_3), before they are
/// divided by their sum: the first one tells colours and grain, the others strokes.
pub const STYLE_BLOCK_WEIGHTS: [f32; 4] = [0.5, 1.0, 1.0, 1.0];

/// How much the style at half size counts beside that at full size.
pub const HALF_SCALE_WEIGHT: f32 = 0.7;

/// Keep the division finite where features are normalized: a share of their deviation over all channels, and a number.
pub const NORMALIZATION_FLOOR: (f32, f32) = (1e-3, 1e-4);

/// The border in which a painting is not judged, in pixels: a network can tell the border by its padding, and would
/// hide there the colours that it lacks elsewhere. Training from a picture has a narrower one.
pub const MARGIN_PX: usize = 32;

/// The shorter side to which a style picture is scaled, in pixels, where nothing else is said.
pub const STYLE_PX: u32 = 448;

/// Convolutions of each block, and its channels: VGG-16 (Simonyan and Zisserman 2014) without its fifth block.
const BLOCKS: [(usize, usize); 4] = [(2, 64), (2, 128), (3, 256), (3, 512)];

/// The weights of a 3x3 convolution.
#[derive(Debug, Clone)]
pub struct FeatureConvolution {
    pub inputs: usize,
    pub outputs: usize,
    /// `[outputs, inputs, 3, 3]`; the first convolution's inputs are blue, green, red.
    pub weights: Vec<f32>,
    pub biases: Vec<f32>,
}

/// Reads VGG-16 without its fifth block from an ONNX file with Keras names, in blocks of convolutions; each block works
/// at half the resolution of the one before. The weights are for blue, green, red of 0..255 minus [`BGR_MEANS`].
///
/// # Errors
/// The file cannot be read, or lacks a convolution.
pub fn read_vgg16(path: &Path) -> Result<Vec<Vec<FeatureConvolution>>, NetworkError> {
    let model = read_model(path)?;
    let mut inputs = 3;
    let mut blocks = Vec::new();
    for (block, (count, outputs)) in BLOCKS.into_iter().enumerate() {
        let mut convolutions = Vec::new();
        for index in 0..count {
            let name = format!("block{}_conv{}", block + 1, index + 1);
            let missing = || NetworkError::Features {
                path: path.to_owned(),
                problem: format!("the file is not VGG-16: it holds no 3x3 convolution {name} of {outputs} filters"),
            };
            convolutions.push(convolution(&model, &name, inputs, outputs).ok_or_else(missing)?);
            inputs = outputs;
        }
        blocks.push(convolutions);
    }
    Ok(blocks)
}

/// The convolution whose weights and biases have `name` in their names.
fn convolution(model: &Model, name: &str, inputs: usize, outputs: usize) -> Option<FeatureConvolution> {
    let find = |shape: &[i64]| {
        let initializers = &model.graph.as_ref()?.initializers;
        initializers.iter().find(|tensor| tensor.name.contains(name) && tensor.dims == shape)?.floats()
    };
    let weights = find(&[outputs as i64, inputs as i64, 3, 3])?;
    let biases = find(&[outputs as i64])?;
    Some(FeatureConvolution { inputs, outputs, weights, biases })
}
