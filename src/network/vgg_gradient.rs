//! The style and content losses of a painting, with their gradient, as an ONNX graph: training without tensors of its own for the largest
//! part of its work.
//!
//! The features do not learn, so their backward pass is made of the same operations as their forward pass: that of a 3x3
//! convolution with padding 1 is the convolution with the weights' axes swapped and their squares turned by half.

use super::vgg_graph::{channels, numbered, push_features, push_weights};
use super::{CONTENT_BLOCK, FeatureConvolution};
use crate::onnx::{Attribute, DataType, GraphBuilder, Model};

/// The convolutions of [`read_vgg16`](super::read_vgg16), or others in blocks, as an ONNX model that judges a painting: opset 17, all
/// floats.
///
/// Inputs, in this order: `painting` and `frame`, `[1, 3, height, width]`, RGB 0..=1, whose sides are multiples of
/// [`gradient_multiple_px`]; `style_weight` and `content_weight`, `[]`; `gram1`, `gram2` … of the style picture, `[channels, channels]`, one of each block,
/// means over its pixels. Outputs: `style`, `[]`, the mean over the blocks of `|G - Gs|^2 / |Gs|^2`; `content`, `[]`,
/// `|F - Ff|^2 / |Ff|^2` of block 3 (relu3_3), or of the last one where there are fewer; and `gradient`, `[1, 3, height, width]`, of the weighted sum of both for each value of the painting.
pub fn feature_gradient_to_onnx(blocks: &[Vec<FeatureConvolution>]) -> Model {
    let mut graph = Graph { builder: GraphBuilder::new("impasto_feature_gradient") };
    let sides = ["1", "3", "height", "width"];
    for picture in ["painting", "frame"] {
        graph.builder.input(picture, DataType::Float, &sides);
    }
    for weight in ["style_weight", "content_weight"] {
        graph.builder.input(weight, DataType::Float, &[]);
    }
    for (number, block) in (1..).zip(blocks) {
        let channels = channels(block).to_string();
        graph.builder.input(&format!("gram{number}"), DataType::Float, &[&channels, &channels]);
    }
    push_weights(&mut graph.builder, blocks);
    graph.push_constants(blocks);
    let content_block = blocks.len().min(CONTENT_BLOCK + 1) - 1;
    let seen = push_features(&mut graph.builder, blocks, "painting");
    let wanted = push_features(&mut graph.builder, &blocks[..=content_block], "frame");
    let mut from_losses: Vec<String> = (1..).zip(&seen).map(|(number, seen)| graph.push_style(seen, number)).collect();
    graph.push_mean_style(blocks.len());
    let from_content = graph.push_content(&seen[content_block], &wanted[content_block]);
    from_losses[content_block] =
        graph.node("Add", &[&from_losses[content_block], &from_content], "painting_losses_slope");
    graph.push_backward(blocks, &from_losses);
    graph.builder.output("style", DataType::Float, &[]);
    graph.builder.output("content", DataType::Float, &[]);
    graph.builder.output("gradient", DataType::Float, &sides);
    graph.builder.build()
}

/// The sides of pictures must be multiples of this, in pixels: every block works at half the resolution of the one before.
pub fn gradient_multiple_px(blocks: usize) -> usize {
    1 << blocks.saturating_sub(1)
}

/// A graph that grows.
struct Graph {
    builder: GraphBuilder,
}

impl Graph {
    /// Adds an operation; returns the name of its result.
    fn node(&mut self, operation: &str, inputs: &[&str], output: &str) -> String {
        self.node_with(operation, inputs, output, Vec::new())
    }

    fn node_with(&mut self, operation: &str, inputs: &[&str], output: &str, attributes: Vec<Attribute>) -> String {
        self.builder.node(operation, inputs, output, attributes);
        output.to_owned()
    }

    /// Adds the sum of the squares of all values.
    fn sum_of_squares(&mut self, x: &str, output: &str) -> String {
        let squares = self.node("Mul", &[x, x], &format!("{output}_of"));
        self.node_with("ReduceSum", &[&squares], output, vec![Attribute::int("keepdims", 0)])
    }

    fn push_constants(&mut self, blocks: &[Vec<FeatureConvolution>]) {
        self.builder.floats("zero", &[], &[0.0]);
        self.builder.floats("two", &[], &[2.0]);
        self.builder.floats("four", &[], &[4.0]);
        self.builder.floats("blocks", &[], &[blocks.len() as f32]);
        self.builder.floats("twice_as_large", &[4], &[1.0, 1.0, 2.0, 2.0]);
        for (number, step, convolution) in numbered(blocks) {
            let shape = [convolution.inputs as i64, convolution.outputs as i64, 3, 3];
            self.builder.floats(&format!("turned{number}_{step}"), &shape, &turned(convolution));
        }
        for (number, block) in (1..).zip(blocks) {
            let channels = channels(block);
            self.builder.floats(&format!("channels{number}"), &[], &[channels as f32]);
            self.builder.integers(&format!("flat{number}"), &[channels as i64, -1]);
        }
    }

    /// Adds a block's share of the style loss, `style1` …; returns its gradient for what the block sees. With
    /// `G = F Fᵀ / n` it is `4 (G - Gs) F / (n |Gs|^2)`.
    fn push_style(&mut self, seen: &str, number: usize) -> String {
        let name = |kind: &str| format!("{kind}{number}");
        let (target, flat_shape, channels) = (name("gram"), name("flat"), name("channels"));
        let flat = self.node("Reshape", &[seen, &flat_shape], &name("seen"));
        let transposed = self.node("Transpose", &[&flat], &name("seen_transposed"));
        let values = self.node("Size", &[&flat], &name("values"));
        let values = self.node_with("Cast", &[&values], &name("values_float"), vec![to_floats()]);
        let pixels = self.node("Div", &[&values, &channels], &name("pixels"));
        let products = self.node("MatMul", &[&flat, &transposed], &name("products"));
        let gram = self.node("Div", &[&products, &pixels], &name("seen_gram"));
        let difference = self.node("Sub", &[&gram, &target], &name("gram_difference"));
        let distance = self.sum_of_squares(&difference, &name("gram_distance"));
        let size = self.sum_of_squares(&target, &name("gram_size"));
        self.node("Div", &[&distance, &size], &name("style"));
        let slope = self.node("MatMul", &[&difference, &flat], &name("gram_slope"));
        let weight = self.node("Mul", &["style_weight", "four"], &name("style_weight_four"));
        let share = self.node("Mul", &[&pixels, &size], &name("pixels_size"));
        let share = self.node("Mul", &[&share, "blocks"], &name("pixels_size_blocks"));
        let share = self.node("Div", &[&weight, &share], &name("style_share"));
        let slope = self.node("Mul", &[&slope, &share], &name("style_slope_flat"));
        let shape = self.node("Shape", &[seen], &name("shape"));
        self.node("Reshape", &[&slope, &shape], &name("style_slope"))
    }

    fn push_mean_style(&mut self, blocks: usize) {
        let parts: Vec<String> = (1..=blocks).map(|number| format!("style{number}")).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.node("Mean", &parts, "style");
    }

    /// Adds the content loss; returns its gradient for what the block sees.
    fn push_content(&mut self, seen: &str, wanted: &str) -> String {
        let difference = self.node("Sub", &[seen, wanted], "content_difference");
        let distance = self.sum_of_squares(&difference, "content_distance");
        let size = self.sum_of_squares(wanted, "content_size");
        self.node("Div", &[&distance, &size], "content");
        let weight = self.node("Mul", &["content_weight", "two"], "content_weight_two");
        let share = self.node("Div", &[&weight, &size], "content_share");
        self.node("Mul", &[&difference, &share], "content_slope")
    }

    /// Adds the way back from the losses' gradients for what each block sees to `gradient`.
    fn push_backward(&mut self, blocks: &[Vec<FeatureConvolution>], from_losses: &[String]) {
        let mut slope = String::new();
        for (index, block) in blocks.iter().enumerate().rev() {
            let number = index + 1;
            let from_loss = &from_losses[index];
            slope = if slope.is_empty() {
                from_loss.clone()
            } else {
                self.node("Add", &[&slope, from_loss], &format!("slope{number}"))
            };
            for step in (1..=block.len()).rev() {
                let number = format!("{number}_{step}");
                let relu = format!("painting_relu{number}");
                let lit = self.node("Greater", &[&relu, "zero"], &format!("lit{number}"));
                let kept = self.node("Where", &[&lit, &slope, "zero"], &format!("slope_conv{number}"));
                let (weights, output) = (format!("turned{number}"), format!("slope_in{number}"));
                slope = self.node_with("Conv", &[&kept, &weights], &output, vec![Attribute::ints("pads", &[1; 4])]);
            }
            if index > 0 {
                slope =
                    self.push_unpooling(&slope, number, &format!("painting_relu{index}_{}", blocks[index - 1].len()));
            }
        }
        let rgb = self.node_with("Gather", &[&slope, "blue_green_red"], "slope_rgb", vec![Attribute::int("axis", 1)]);
        self.node("Mul", &[&rgb, "byte_range"], "gradient");
    }

    /// Adds the way back through the pooling before block `number` to what it pooled: to the largest value of each square, or in equal shares
    /// to all that are as large.
    fn push_unpooling(&mut self, slope: &str, number: usize, pooled_from: &str) -> String {
        let name = |kind: &str| format!("{kind}{number}");
        let largest = self.enlarged(&format!("painting_pool{number}"), &name("largest"));
        let is_largest = self.node("Equal", &[&largest, pooled_from], &name("is_largest"));
        let ones = self.node_with("Cast", &[&is_largest], &name("largest_ones"), vec![to_floats()]);
        let squares = vec![Attribute::ints("kernel_shape", &[2, 2]), Attribute::ints("strides", &[2, 2])];
        let share = self.node_with("AveragePool", &[&ones], &name("largest_share"), squares);
        let count = self.node("Mul", &[&share, "four"], &name("largest_count"));
        let slope = self.node("Div", &[slope, &count], &name("slope_pool"));
        let slope = self.enlarged(&slope, &name("slope_enlarged"));
        self.node("Where", &[&is_largest, &slope, "zero"], &name("slope_unpooled"))
    }

    /// Adds a picture whose pixels became 2x2 pixels.
    fn enlarged(&mut self, x: &str, output: &str) -> String {
        let attributes = vec![
            Attribute::text("mode", "nearest"),
            Attribute::text("coordinate_transformation_mode", "asymmetric"),
            Attribute::text("nearest_mode", "floor"),
        ];
        self.node_with("Resize", &[x, "", "twice_as_large"], output, attributes)
    }
}

/// The attribute of a cast to floats.
fn to_floats() -> Attribute {
    Attribute::int("to", DataType::Float as i64)
}

/// The weights of the way back through a convolution: `[inputs, outputs, 3, 3]`, each square turned by half.
fn turned(convolution: &FeatureConvolution) -> Vec<f32> {
    let FeatureConvolution { inputs, outputs, weights, .. } = convolution;
    let square = |output: usize, input: usize| &weights[(output * inputs + input) * 9..][..9];
    let pairs = (0..*inputs).flat_map(|input| (0..*outputs).map(move |output| (output, input)));
    pairs.flat_map(|(output, input)| square(output, input).iter().rev().copied()).collect()
}
