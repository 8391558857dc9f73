//! The style and content losses of a batch of paintings, with their gradients, as one ONNX graph: the largest part of
//! training, without tensors.
//!
//! The features do not learn, so their backward pass is made of forward operations (`feature_backward.rs`).

use super::feature_backward::{push_backward, push_backward_weights};
use super::feature_content::push_content;
use super::loss_graph::LossGraph;
use super::vgg_graph::{channels, push_features, push_weights};
use super::{CONTENT_BLOCK, FeatureConvolution, HALF_SCALE_WEIGHT, NORMALIZATION_FLOOR, STYLE_BLOCK_WEIGHTS};
use crate::onnx::{Attribute, DataType, Model};

/// The pictures whose features are compared with the style picture's, and how much each counts.
const SCALES: [(&str, f32); 2] = [("fine", 1.0), ("half", HALF_SCALE_WEIGHT)];

/// The convolutions of [`read_vgg16`](super::read_vgg16), or others in blocks, as an ONNX model that computes losses:
/// opset 17, all floats.
///
/// Inputs, in this order: `fine`, parts of the paintings at full size, `half`, the paintings at half size, and
/// `half_frame`, their frames at half size, each `[pictures, 3, height, width]`, RGB 0..=1, whose sides are multiples
/// of [`gradient_multiple_px`]; `style_weight` and `content_weight`, `[]`; then of the style picture at full size, and
/// after these at half size, for each block the means of the channels `[1, channels, 1]` and their covariance
/// `[channels, channels]`.
///
/// Outputs: `style`, `[]`, the sum over both scales of the relative distances of means and covariances over the whole
/// batch, weighted over the blocks; `content`, `[]`, the mean squared difference of the normalized features of `half`
/// and `half_frame` in block 3 (relu3_3), or in the last one where there are fewer; `gradient_fine` and
/// `gradient_half`, of the weighted sum of both losses, in the shapes of `fine` and `half`.
pub fn feature_losses_to_onnx(blocks: &[Vec<FeatureConvolution>]) -> Model {
    let mut graph = LossGraph::new("impasto_feature_losses");
    push_inputs(&mut graph, blocks);
    push_weights(&mut graph.builder, blocks);
    push_backward_weights(&mut graph, blocks);
    push_constants(&mut graph, blocks);
    let content_block = blocks.len().min(CONTENT_BLOCK + 1) - 1;
    let wanted = push_features(&mut graph.builder, &blocks[..=content_block], "half_frame").swap_remove(content_block);
    let mut style_parts = Vec::new();
    for (scale, _) in SCALES {
        let seen = push_features(&mut graph.builder, blocks, scale);
        let mut gradients: Vec<String> = Vec::with_capacity(blocks.len());
        for (number, seen) in (1..).zip(&seen) {
            let (loss, gradient) = push_style(&mut graph, scale, seen, number);
            style_parts.push(loss);
            gradients.push(gradient);
        }
        if scale == "half" {
            let content = push_content(&mut graph, &seen[content_block], &wanted, content_block + 1);
            gradients[content_block] =
                graph.node("Add", &[&gradients[content_block], &content], "half_losses_gradient");
        }
        push_backward(&mut graph, scale, blocks, &gradients);
    }
    let style_parts: Vec<&str> = style_parts.iter().map(String::as_str).collect();
    graph.node("Sum", &style_parts, "style");
    for loss in ["style", "content"] {
        graph.builder.output(loss, DataType::Float, &[]);
    }
    for (scale, _) in SCALES {
        let (height, width) = (format!("{scale}_height"), format!("{scale}_width"));
        graph.builder.output(&format!("gradient_{scale}"), DataType::Float, &["pictures", "3", &height, &width]);
    }
    graph.builder.build()
}

/// The sides of pictures must be multiples of this, in pixels: every block works at half the resolution of the one
/// before.
pub fn gradient_multiple_px(blocks: usize) -> usize {
    1 << blocks.saturating_sub(1)
}

fn push_inputs(graph: &mut LossGraph, blocks: &[Vec<FeatureConvolution>]) {
    for (picture, sides) in [("fine", "fine"), ("half", "half"), ("half_frame", "half")] {
        let (height, width) = (format!("{sides}_height"), format!("{sides}_width"));
        graph.builder.input(picture, DataType::Float, &["pictures", "3", &height, &width]);
    }
    for weight in ["style_weight", "content_weight"] {
        graph.builder.input(weight, DataType::Float, &[]);
    }
    for (scale, _) in SCALES {
        for (number, block) in (1..).zip(blocks) {
            let channels = channels(block).to_string();
            graph.builder.input(&format!("{scale}_target_mean{number}"), DataType::Float, &["1", &channels, "1"]);
            let covariance = format!("{scale}_target_covariance{number}");
            graph.builder.input(&covariance, DataType::Float, &[&channels, &channels]);
        }
    }
}

fn push_constants(graph: &mut LossGraph, blocks: &[Vec<FeatureConvolution>]) {
    let sum: f32 = STYLE_BLOCK_WEIGHTS.iter().take(blocks.len()).sum();
    for (number, (block, weight)) in (1..).zip(blocks.iter().zip(STYLE_BLOCK_WEIGHTS)) {
        let channels = channels(block);
        graph.builder.floats(&format!("channels{number}"), &[], &[channels as f32]);
        // As many pictures as there are, and whatever is left.
        graph.builder.integers(&format!("flat{number}"), &[0, channels as i64, -1]);
        for (scale, scale_weight) in SCALES {
            graph.number(&format!("{scale}_share{number}"), scale_weight * weight / sum);
        }
    }
    let (share, number) = NORMALIZATION_FLOOR;
    graph.number("floor_share", share);
    graph.number("floor", number);
    graph.builder.integers("first_axis", &[0]);
    graph.builder.integers("last_axis", &[2]);
}

/// Adds a block's share of the style loss; returns its name, and that of its gradient for the features. With the
/// centred features `X = F - mean` of `n` pixels in all pictures and `C = X Xᵀ / n` that is `2 (mean - mean_s) / (n
/// |mean_s|²) + 4 (C - C_s) X / (n |C_s|²)`.
fn push_style(graph: &mut LossGraph, scale: &str, seen: &str, number: usize) -> (String, String) {
    let name = |kind: &str| format!("{scale}_{kind}{number}");
    let flat = graph.node("Reshape", &[seen, &format!("flat{number}")], &name("seen"));
    let values = graph.size(&flat, &name("values"));
    let pixels = graph.node("Div", &[&values, &format!("channels{number}")], &name("pixels"));
    let mean = graph.reduced("ReduceMean", &flat, &name("mean"), &[0, 2]);
    let centred = graph.node("Sub", &[&flat, &mean], &name("centred"));
    let turned = vec![Attribute::ints("perm", &[0, 2, 1])];
    let transposed = graph.node_with("Transpose", &[&centred], &name("transposed"), turned);
    let products = graph.node("MatMul", &[&centred, &transposed], &name("products"));
    let keepdims = vec![Attribute::int("keepdims", 0)];
    let sum = graph.node_with("ReduceSum", &[&products, "first_axis"], &name("products_sum"), keepdims);
    let covariance = graph.node("Div", &[&sum, &pixels], &name("covariance"));

    let weight = graph.node("Mul", &["style_weight", &name("share")], &name("weight"));
    let weight = graph.node("Div", &[&weight, &pixels], &name("weight_pixel"));
    let mut losses = Vec::new();
    // The relative distance of a statistic, and what its difference counts in the gradient.
    let mut distance = |graph: &mut LossGraph, kind: &str, found: &str, factor: &str| {
        let target = name(&format!("target_{kind}"));
        let part = |what: &str| name(&format!("{kind}_{what}"));
        let difference = graph.node("Sub", &[found, &target], &part("difference"));
        let distance = graph.sum_of_squares(&difference, &part("distance"));
        let size = graph.sum_of_squares(&target, &part("size"));
        losses.push(graph.node("Div", &[&distance, &size], &part("loss")));
        let factor = graph.node("Mul", &[&weight, factor], &part("factor"));
        let factor = graph.node("Div", &[&factor, &size], &part("factor_size"));
        graph.node("Mul", &[&difference, &factor], &part("gradient"))
    };
    let from_mean = distance(graph, "mean", &mean, "two");
    let from_covariance = distance(graph, "covariance", &covariance, "four");
    let from_covariance = graph.node("MatMul", &[&from_covariance, &centred], &name("centred_gradient"));
    let gradient = graph.node("Add", &[&from_covariance, &from_mean], &name("flat_gradient"));
    let shape = graph.node("Shape", &[seen], &name("shape"));
    let gradient = graph.node("Reshape", &[&gradient, &shape], &name("style_gradient"));
    let loss = graph.node("Add", &[&losses[0], &losses[1]], &name("distance"));
    (graph.node("Mul", &[&loss, &name("share")], &name("style")), gradient)
}
