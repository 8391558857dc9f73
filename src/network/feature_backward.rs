//! The backward pass through the features, made of forward operations: that of a 3x3 convolution with padding 1 is the
//! convolution with the weights' axes swapped and their squares turned by half.

use super::FeatureConvolution;
use super::loss_graph::{LossGraph, to_floats};
use super::vgg_graph::numbered;
use crate::onnx::Attribute;

/// Adds the weights of the backward pass, once for all pictures.
pub(super) fn push_backward_weights(graph: &mut LossGraph, blocks: &[Vec<FeatureConvolution>]) {
    graph.builder.floats("twice_as_large", &[4], &[1.0, 1.0, 2.0, 2.0]);
    for (number, step, convolution) in numbered(blocks) {
        let shape = [convolution.inputs as i64, convolution.outputs as i64, 3, 3];
        graph.builder.floats(&format!("turned{number}_{step}"), &shape, &turned(convolution));
    }
}

/// Adds the backward pass of `picture` from the losses' gradients for the features of each block to `gradient_PICTURE`.
pub(super) fn push_backward(
    graph: &mut LossGraph,
    picture: &str,
    blocks: &[Vec<FeatureConvolution>],
    from_losses: &[String],
) {
    let name = |kind: &str, number: &str| format!("{picture}_{kind}{number}");
    let mut gradient = String::new();
    for (index, block) in blocks.iter().enumerate().rev() {
        let number = index + 1;
        let from_loss = &from_losses[index];
        gradient = if gradient.is_empty() {
            from_loss.clone()
        } else {
            graph.node("Add", &[&gradient, from_loss], &name("gradient", &number.to_string()))
        };
        for step in (1..=block.len()).rev() {
            let number = format!("{number}_{step}");
            let is_positive = graph.node("Greater", &[&name("relu", &number), "zero"], &name("is_positive", &number));
            let kept = graph.node("Where", &[&is_positive, &gradient, "zero"], &name("gradient_conv", &number));
            let (weights, output) = (format!("turned{number}"), name("gradient_in", &number));
            gradient = graph.node_with("Conv", &[&kept, &weights], &output, vec![Attribute::ints("pads", &[1; 4])]);
        }
        if index > 0 {
            gradient = push_unpooling(graph, picture, &gradient, number, blocks[index - 1].len());
        }
    }
    let axis = vec![Attribute::int("axis", 1)];
    let rgb = graph.node_with("Gather", &[&gradient, "blue_green_red"], &name("gradient_rgb", ""), axis);
    graph.node("Mul", &[&rgb, "byte_range"], &format!("gradient_{picture}"));
}

/// Adds the backward pass through the pooling before block `number`, which has `steps` convolutions before it: to the
/// largest value of each square, or in equal shares to all that are as large.
fn push_unpooling(graph: &mut LossGraph, picture: &str, gradient: &str, number: usize, steps: usize) -> String {
    let name = |kind: &str| format!("{picture}_{kind}{number}");
    let pooled_from = format!("{picture}_relu{}_{steps}", number - 1);
    let largest = enlarged(graph, &name("pool"), &name("largest"));
    let is_largest = graph.node("Equal", &[&largest, &pooled_from], &name("is_largest"));
    let ones = graph.node_with("Cast", &[&is_largest], &name("largest_ones"), vec![to_floats()]);
    let squares = vec![Attribute::ints("kernel_shape", &[2, 2]), Attribute::ints("strides", &[2, 2])];
    let share = graph.node_with("AveragePool", &[&ones], &name("largest_share"), squares);
    let count = graph.node("Mul", &[&share, "four"], &name("largest_count"));
    let gradient = graph.node("Div", &[gradient, &count], &name("gradient_pool"));
    let gradient = enlarged(graph, &gradient, &name("gradient_enlarged"));
    graph.node("Where", &[&is_largest, &gradient, "zero"], &name("gradient_unpooled"))
}

/// Adds a picture whose pixels became 2x2 pixels.
fn enlarged(graph: &mut LossGraph, x: &str, output: &str) -> String {
    let attributes = vec![
        Attribute::text("mode", "nearest"),
        Attribute::text("coordinate_transformation_mode", "asymmetric"),
        Attribute::text("nearest_mode", "floor"),
    ];
    graph.node_with("Resize", &[x, "", "twice_as_large"], output, attributes)
}

/// The weights of the backward pass of a convolution: `[inputs, outputs, 3, 3]`, each square turned by half.
fn turned(convolution: &FeatureConvolution) -> Vec<f32> {
    let FeatureConvolution { inputs, outputs, weights, .. } = convolution;
    let square = |output: usize, input: usize| &weights[(output * inputs + input) * 9..][..9];
    let pairs = (0..*inputs).flat_map(|input| (0..*outputs).map(move |output| (output, input)));
    pairs.flat_map(|(output, input)| square(output, input).iter().rev().copied()).collect()
}
