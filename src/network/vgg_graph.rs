//! VGG-16 as an ONNX graph, for looking through it without the trainer.

use super::{BGR_MEANS, FeatureConvolution};
use crate::onnx::{Attribute, DataType, GraphBuilder, Model};

/// Name of the picture input.
const INPUT: &str = "picture";

/// The convolutions of [`read_vgg16`](super::read_vgg16), or others in blocks, as an ONNX model: opset 17, from `picture`,
/// `[1, 3, height, width]` floats, RGB 0..=1, to what the last convolution of each block sees, `[1, channels, height / 2^b,
/// width / 2^b]` of block `b`, sides rounded down; with VGG-16 these are relu1_2, relu2_2, relu3_3 and relu4_3.
pub fn features_to_onnx(blocks: &[Vec<FeatureConvolution>]) -> Model {
    let mut builder = GraphBuilder::new("impasto_features");
    builder.input(INPUT, DataType::Float, &["1", "3", "height", "width"]);
    builder.integers("blue_green_red", &[2, 1, 0]);
    builder.floats("byte_range", &[], &[255.0]);
    builder.floats("means", &[1, 3, 1, 1], &BGR_MEANS);
    builder.node("Gather", &[INPUT, "blue_green_red"], "bgr", vec![Attribute::int("axis", 1)]);
    builder.node("Mul", &["bgr", "byte_range"], "bytes", Vec::new());
    builder.node("Sub", &["bytes", "means"], "centred", Vec::new());
    let mut x = "centred".to_owned();
    for (index, block) in blocks.iter().enumerate() {
        let number = index + 1;
        if index > 0 {
            let pooled = format!("pool{number}");
            let attributes = vec![Attribute::ints("kernel_shape", &[2, 2]), Attribute::ints("strides", &[2, 2])];
            builder.node("MaxPool", &[&x], &pooled, attributes);
            x = pooled;
        }
        for (step, convolution) in block.iter().enumerate() {
            x = push_convolution(&mut builder, convolution, &x, &format!("{number}_{}", step + 1));
        }
        let channels = block.last().map_or(0, |convolution| convolution.outputs).to_string();
        // Axes of their own names, because sides are rounded down.
        let (height, width) = (format!("height{number}"), format!("width{number}"));
        builder.output(&x, DataType::Float, &["1", &channels, &height, &width]);
    }
    builder.build()
}

/// Adds a 3x3 convolution and what follows it; returns the name of the result, `relu` and `number`.
fn push_convolution(builder: &mut GraphBuilder, convolution: &FeatureConvolution, x: &str, number: &str) -> String {
    let [weights, biases, sum, seen] = ["weights", "biases", "conv", "relu"].map(|kind| format!("{kind}{number}"));
    let (inputs, outputs) = (convolution.inputs as i64, convolution.outputs as i64);
    builder.floats(&weights, &[outputs, inputs, 3, 3], &convolution.weights);
    builder.floats(&biases, &[outputs], &convolution.biases);
    builder.node("Conv", &[x, &weights, &biases], &sum, vec![Attribute::ints("pads", &[1; 4])]);
    builder.node("Relu", &[&sum], &seen, Vec::new());
    seen
}
