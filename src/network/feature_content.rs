//! The content loss in the graph of losses: shapes, without light and contrast.

use super::loss_graph::LossGraph;
use crate::onnx::Attribute;

/// Features with mean 0 and deviation 1 in each channel of each picture.
struct Normalized {
    /// Without the mean.
    centred: String,
    mean: String,
    /// The mean over all channels and pictures.
    overall_mean: String,
    deviation: String,
    /// Over all channels and pictures.
    overall_deviation: String,
    /// What is divided by.
    divisor: String,
    normalized: String,
    /// All values, and those of a channel, without one each: the deviations are those of samples.
    values_less_one: String,
    pixels_less_one: String,
}

fn push_normalized(graph: &mut LossGraph, prefix: &str, flat: &str) -> Normalized {
    let name = |kind: &str| format!("{prefix}_normalized_{kind}");
    let keepdims = || vec![Attribute::int("keepdims", 1)];
    let mean = graph.reduced("ReduceMean", flat, &name("mean"), &[2]);
    let centred = graph.node("Sub", &[flat, &mean], &name("centred"));
    let values = graph.size(flat, &name("values"));
    let rows = graph.size(&mean, &name("rows"));
    let pixels = graph.node("Div", &[&values, &rows], &name("pixels"));
    let less_one = |graph: &mut LossGraph, count: &str, kind: &str| {
        let less = graph.node("Sub", &[count, "one"], &name(&format!("{kind}_minus")));
        graph.node("Max", &[&less, "one"], &name(kind))
    };
    let values_less_one = less_one(graph, &values, "values_less_one");
    let pixels_less_one = less_one(graph, &pixels, "pixels_less_one");
    let squares = graph.node("Mul", &[&centred, &centred], &name("squares"));
    let squares = graph.node_with("ReduceSum", &[&squares, "last_axis"], &name("square_sums"), keepdims());
    let variance = graph.node("Div", &[&squares, &pixels_less_one], &name("variance"));
    let deviation = graph.node("Sqrt", &[&variance], &name("deviation"));
    // Over all values: what the channels vary around their means, and what these vary.
    let overall_mean = graph.reduced("ReduceMean", &mean, &name("overall_mean"), &[0, 1, 2]);
    let off = graph.node("Sub", &[&mean, &overall_mean], &name("mean_off"));
    let between = graph.sum_of_squares(&off, &name("between"));
    let between = graph.node("Mul", &[&between, &pixels], &name("between_pixels"));
    let within = graph.node_with("ReduceSum", &[&squares], &name("within"), vec![Attribute::int("keepdims", 0)]);
    let sum = graph.node("Add", &[&between, &within], &name("overall_squares"));
    let variance = graph.node("Div", &[&sum, &values_less_one], &name("overall_variance"));
    let overall_deviation = graph.node("Sqrt", &[&variance], &name("overall_deviation"));
    let share = graph.node("Mul", &[&overall_deviation, "floor_share"], &name("overall_share"));
    let divisor = graph.node("Add", &[&deviation, &share], &name("divisor_share"));
    let divisor = graph.node("Add", &[&divisor, "floor"], &name("divisor"));
    let normalized = graph.node("Div", &[&centred, &divisor], &name("features"));
    Normalized {
        centred,
        mean,
        overall_mean,
        deviation,
        overall_deviation,
        divisor,
        normalized,
        values_less_one,
        pixels_less_one,
    }
}

/// Adds the content loss, `content`, of the features of block `number` of paintings and of their frames; returns its
/// gradient for the former.
pub(super) fn push_content(graph: &mut LossGraph, seen: &str, wanted: &str, number: usize) -> String {
    let name = |kind: &str| format!("content_{kind}");
    let flat_shape = format!("flat{number}");
    let seen_flat = graph.node("Reshape", &[seen, &flat_shape], &name("seen"));
    let wanted_flat = graph.node("Reshape", &[wanted, &flat_shape], &name("wanted"));
    let found = push_normalized(graph, "painting", &seen_flat);
    let wanted = push_normalized(graph, "frame", &wanted_flat);
    let difference = graph.node("Sub", &[&found.normalized, &wanted.normalized], &name("difference"));
    let distance = graph.sum_of_squares(&difference, &name("distance"));
    let values = graph.size(&seen_flat, &name("values"));
    graph.node("Div", &[&distance, &values], "content");

    // For the normalized features; then by the quotient rule for what was divided, for the channel's deviation, and for
    // the overall one.
    let weight = graph.node("Mul", &["content_weight", "two"], &name("weight_two"));
    let weight = graph.node("Div", &[&weight, &values], &name("weight_value"));
    let normalized = graph.node("Mul", &[&difference, &weight], &name("normalized_gradient"));
    let mean = graph.reduced("ReduceMean", &normalized, &name("normalized_gradient_mean"), &[2]);
    let centred = graph.node("Sub", &[&normalized, &mean], &name("centred_gradient_divisor"));
    let centred = graph.node("Div", &[&centred, &found.divisor], &name("centred_gradient"));
    let products = graph.node("Mul", &[&normalized, &found.normalized], &name("divisor_products"));
    let keepdims = vec![Attribute::int("keepdims", 1)];
    let sums = graph.node_with("ReduceSum", &[&products, "last_axis"], &name("divisor_sums"), keepdims);
    let quotient = graph.node("Div", &[&sums, &found.divisor], &name("divisor_quotient"));
    let divisor = graph.node("Neg", &[&quotient], &name("divisor_gradient"));
    let deviation = graph.node("Max", &[&found.deviation, "tiny"], &name("deviation_above_zero"));
    let deviation = graph.node("Mul", &[&deviation, &found.pixels_less_one], &name("deviation_pixels"));
    let by_deviation = graph.node("Div", &[&divisor, &deviation], &name("by_deviation"));
    let sum = graph.node_with("ReduceSum", &[&divisor], &name("divisor_sum"), vec![Attribute::int("keepdims", 0)]);
    let overall = graph.node("Mul", &[&sum, "floor_share"], &name("overall_gradient"));
    let spread = graph.node("Mul", &[&found.values_less_one, &found.overall_deviation], &name("overall_spread"));
    let spread = graph.node("Max", &[&spread, "tiny"], &name("overall_spread_above_zero"));
    let by_overall = graph.node("Div", &[&overall, &spread], &name("by_overall"));
    let factor = graph.node("Add", &[&by_deviation, &by_overall], &name("centred_factor"));
    let from_deviations = graph.node("Mul", &[&found.centred, &factor], &name("deviation_gradient"));
    let off = graph.node("Sub", &[&found.mean, &found.overall_mean], &name("mean_off"));
    let from_mean = graph.node("Mul", &[&off, &by_overall], &name("mean_gradient"));
    let gradient = graph.node("Add", &[&centred, &from_deviations], &name("gradient_part"));
    let gradient = graph.node("Add", &[&gradient, &from_mean], &name("gradient_flat"));
    let shape = graph.node("Shape", &[seen], &name("shape"));
    graph.node("Reshape", &[&gradient, &shape], &name("gradient"))
}
