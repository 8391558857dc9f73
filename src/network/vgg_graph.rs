//! VGG-16 as an ONNX graph, for looking through it without the trainer.

use super::{BGR_MEANS, FeatureConvolution};
use crate::onnx::{Attribute, DataType, GraphBuilder, Model};

/// Name of the picture input.
const INPUT: &str = "picture";

/// The convolutions of [`read_vgg16`](super::read_vgg16), or others in blocks, as an ONNX model: opset 17, from
/// `picture`, `[1, 3, height, width]` floats, RGB 0..=1, to what the last convolution of each block sees, `[1,
/// channels, height / 2^b, width / 2^b]` of block `b`, sides rounded down; with VGG-16 these are relu1_2, relu2_2,
/// relu3_3 and relu4_3.
pub fn features_to_onnx(blocks: &[Vec<FeatureConvolution>]) -> Model {
    let mut builder = GraphBuilder::new("impasto_features");
    builder.input(INPUT, DataType::Float, &["1", "3", "height", "width"]);
    push_weights(&mut builder, blocks);
    for (index, seen) in push_features(&mut builder, blocks, INPUT).iter().enumerate() {
        let number = index + 1;
        let channels = channels(&blocks[index]).to_string();
        // Axes of their own names, because sides are rounded down.
        let (height, width) = (format!("height{number}"), format!("width{number}"));
        builder.output(seen, DataType::Float, &["1", &channels, &height, &width]);
    }
    builder.build()
}

/// Channels of what the last convolution of a block sees.
pub(super) fn channels(block: &[FeatureConvolution]) -> usize {
    block.last().map_or(0, |convolution| convolution.outputs)
}

/// Adds the weights, and the other constants of [`push_features`].
pub(super) fn push_weights(builder: &mut GraphBuilder, blocks: &[Vec<FeatureConvolution>]) {
    builder.integers("blue_green_red", &[2, 1, 0]);
    builder.floats("byte_range", &[], &[255.0]);
    builder.floats("means", &[1, 3, 1, 1], &BGR_MEANS);
    for (block, step, convolution) in numbered(blocks) {
        let (inputs, outputs) = (convolution.inputs as i64, convolution.outputs as i64);
        builder.floats(&format!("weights{block}_{step}"), &[outputs, inputs, 3, 3], &convolution.weights);
        builder.floats(&format!("biases{block}_{step}"), &[outputs], &convolution.biases);
    }
}

/// The convolutions with the numbers of their blocks and of their places in these, from 1.
pub(super) fn numbered(
    blocks: &[Vec<FeatureConvolution>],
) -> impl Iterator<Item = (usize, usize, &FeatureConvolution)> {
    (1..)
        .zip(blocks)
        .flat_map(|(number, block)| (1..).zip(block).map(move |(step, convolution)| (number, step, convolution)))
}

/// Adds what the blocks see in a picture; every name has the picture's before it. Returns the names of what the last
/// convolution of each block sees; that of a convolution is as `PICTURE_relu2_1`, and what the second block looks at
/// `PICTURE_pool2`.
pub(super) fn push_features(
    builder: &mut GraphBuilder,
    blocks: &[Vec<FeatureConvolution>],
    picture: &str,
) -> Vec<String> {
    let name = |kind: &str| format!("{picture}_{kind}");
    builder.node("Gather", &[picture, "blue_green_red"], &name("bgr"), vec![Attribute::int("axis", 1)]);
    builder.node("Mul", &[&name("bgr"), "byte_range"], &name("bytes"), Vec::new());
    builder.node("Sub", &[&name("bytes"), "means"], &name("centred"), Vec::new());
    let mut x = name("centred");
    let mut seen = Vec::with_capacity(blocks.len());
    for (index, block) in blocks.iter().enumerate() {
        let number = index + 1;
        if index > 0 {
            let pooled = name(&format!("pool{number}"));
            let attributes = vec![Attribute::ints("kernel_shape", &[2, 2]), Attribute::ints("strides", &[2, 2])];
            builder.node("MaxPool", &[&x], &pooled, attributes);
            x = pooled;
        }
        for step in 1..=block.len() {
            let number = format!("{number}_{step}");
            let (sum, relu) = (name(&format!("conv{number}")), name(&format!("relu{number}")));
            let (weights, biases) = (format!("weights{number}"), format!("biases{number}"));
            builder.node("Conv", &[&x, &weights, &biases], &sum, vec![Attribute::ints("pads", &[1; 4])]);
            builder.node("Relu", &[&sum], &relu, Vec::new());
            x = relu;
        }
        seen.push(x.clone());
    }
    seen
}
