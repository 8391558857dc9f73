//! Estimates the memory of one inference from the graph, so that an absurd model is refused before it runs.
//!
//! Shapes are followed through the operations that change a picture's size; others are taken to keep the shape of their
//! first input. Tensors are freed after their last use, as ONNX Runtime does.

use super::StylizeError;
use super::convention::Layout;
use super::graph::GraphFacts;
use crate::frame::Size;
use crate::onnx::{Attribute, DataType, Graph, Model, Node, TensorProto};
use std::collections::HashMap;
use std::path::Path;

/// No model may want more than this, ...
const LIMIT_BYTES: u64 = 8 << 30;

/// ... nor more than this part of the machine's memory, in percent.
const LIMIT_PERCENT_OF_RAM: u64 = 60;

/// Bytes of one value of an intermediate tensor: float32, the most common.
const VALUE_BYTES: f64 = 4.0;

/// Estimates the bytes that one inference at an input size needs, weights included.
///
/// # Errors
/// They are more than the limit.
pub(super) fn check_memory(path: &Path, model: &Model, facts: &GraphFacts, size: Size) -> Result<u64, StylizeError> {
    let Some(graph) = &model.graph else { return Ok(0) };
    let needed = (weights_bytes(graph) + peak_bytes(graph, facts, size)).min(u64::MAX as f64) as u64;
    refuse_above_limit(path, size, needed).map(|()| needed)
}

/// Refuses a model that would need so many bytes.
///
/// # Errors
/// They are more than the limit.
pub(super) fn refuse_above_limit(path: &Path, size: Size, needed_bytes: u64) -> Result<(), StylizeError> {
    let limit_bytes = limit_bytes();
    if needed_bytes <= limit_bytes {
        return Ok(());
    }
    Err(StylizeError::TooMuchMemory { path: path.to_owned(), size: size.to_string(), needed_bytes, limit_bytes })
}

/// The most that a model may want on this machine.
fn limit_bytes() -> u64 {
    let share = ram_bytes().map_or(u64::MAX, |ram| ram / 100 * LIMIT_PERCENT_OF_RAM);
    LIMIT_BYTES.min(share)
}

/// The machine's memory, where the system tells.
fn ram_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn weights_bytes(graph: &Graph) -> f64 {
    let bytes = |tensor: &TensorProto| {
        let element = DataType::try_from(tensor.data_type).map_or(4, DataType::size_bytes);
        tensor.dims.iter().map(|&side| side.max(0) as f64).product::<f64>() * element as f64
    };
    graph.initializers.iter().map(bytes).sum()
}

/// Follows the shapes and returns the most bytes that are alive at once.
fn peak_bytes(graph: &Graph, facts: &GraphFacts, size: Size) -> f64 {
    let constants = Constants::new(graph);
    let mut last_use: HashMap<&str, usize> = HashMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        for input in &node.inputs {
            last_use.insert(input, index);
        }
    }
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let channels = facts.input.channels.value.count() as f64;
    let input = match facts.input.layout.value {
        Layout::Nchw => vec![1.0, channels, height, width],
        Layout::Nhwc => vec![1.0, height, width, channels],
    };
    let mut shapes: HashMap<&str, Vec<f64>> = HashMap::from([(facts.input.tensor.as_str(), input)]);
    let mut alive: f64 = shapes.values().map(|shape| bytes(shape)).sum();
    let mut peak = alive;
    for (index, node) in graph.nodes.iter().enumerate() {
        for (output, shape) in node.outputs.iter().zip(output_shapes(node, &shapes, &constants)) {
            alive += bytes(&shape);
            shapes.insert(output, shape);
        }
        peak = peak.max(alive);
        for input in &node.inputs {
            if last_use.get(input.as_str()) == Some(&index)
                && let Some(shape) = shapes.remove(input.as_str())
            {
                alive -= bytes(&shape);
            }
        }
    }
    peak
}

fn bytes(shape: &[f64]) -> f64 {
    shape.iter().product::<f64>() * VALUE_BYTES
}

/// Constant tensors by name: weights and `Constant` nodes.
struct Constants<'g>(HashMap<&'g str, &'g TensorProto>);

impl<'g> Constants<'g> {
    fn new(graph: &'g Graph) -> Self {
        let weights = graph.initializers.iter().map(|tensor| (tensor.name.as_str(), tensor));
        let nodes = graph.nodes.iter().filter(|node| node.op_type == "Constant").filter_map(|node| {
            Some((node.outputs.first()?.as_str(), node.attributes.iter().find_map(|attribute| attribute.t.as_ref())?))
        });
        Self(weights.chain(nodes).collect())
    }

    fn shape(&self, name: Option<&String>) -> Option<Vec<f64>> {
        Some(self.0.get(name?.as_str())?.dims.iter().map(|&side| side as f64).collect())
    }

    /// The numbers of a small constant.
    fn values(&self, name: Option<&String>) -> Option<Vec<f64>> {
        let tensor = self.0.get(name?.as_str())?;
        let raw = &tensor.raw_data;
        Some(match DataType::try_from(tensor.data_type).ok()? {
            DataType::Int64 if raw.is_empty() => tensor.int64_data.iter().map(|&value| value as f64).collect(),
            DataType::Int64 => raw.as_chunks::<8>().0.iter().map(|&value| i64::from_le_bytes(value) as f64).collect(),
            DataType::Float if raw.is_empty() => tensor.float_data.iter().map(|&value| f64::from(value)).collect(),
            DataType::Float => {
                raw.as_chunks::<4>().0.iter().map(|&value| f64::from(f32::from_le_bytes(value))).collect()
            }
            _ => return None,
        })
    }
}

/// The shapes of a node's outputs, as far as they can be followed.
fn output_shapes(node: &Node, shapes: &HashMap<&str, Vec<f64>>, constants: &Constants<'_>) -> Vec<Vec<f64>> {
    let known = |index: usize| {
        let name = node.inputs.get(index)?;
        shapes.get(name.as_str()).cloned().or_else(|| constants.shape(Some(name)))
    };
    let largest = node.inputs.iter().enumerate().filter_map(|(index, _)| known(index));
    let largest = largest.max_by(|a, b| bytes(a).total_cmp(&bytes(b))).unwrap_or_default();
    let first = known(0).unwrap_or_else(|| largest.clone());
    let constant = |index: usize| constants.values(node.inputs.get(index));
    let shape = match node.op_type.as_str() {
        "Conv" | "ConvTranspose" => convolved(node, &first, constants),
        "MaxPool" | "AveragePool" => strided(node, first),
        "GlobalAveragePool" | "GlobalMaxPool" => {
            first.iter().enumerate().map(|(axis, &side)| if axis < 2 { side } else { 1.0 }).collect()
        }
        // The fourth input holds sizes; scales are the third, or the second in old operator sets.
        "Resize" | "Upsample" => match (constant(3), constant(2).filter(|values| !values.is_empty()), constant(1)) {
            (Some(sizes), _, _) if sizes.len() == first.len() => sizes,
            (_, Some(scales), _) | (_, None, Some(scales)) if scales.len() == first.len() => {
                first.iter().zip(scales).map(|(side, scale)| side * scale.max(0.0)).collect()
            }
            _ => first,
        },
        "DepthToSpace" | "SpaceToDepth" if first.len() == 4 => {
            let block = attribute(node, "blocksize").and_then(|found| found.i).unwrap_or(1).max(1) as f64;
            let factor = if node.op_type == "DepthToSpace" { block } else { 1.0 / block };
            vec![first[0], first[1] / (factor * factor), first[2] * factor, first[3] * factor]
        }
        "Transpose" => match attribute(node, "perm").map(|found| &found.ints) {
            Some(order) => order.iter().filter_map(|&axis| first.get(axis as usize).copied()).collect(),
            None => first.into_iter().rev().collect(),
        },
        "Concat" => {
            let axis = attribute(node, "axis").and_then(|found| found.i).unwrap_or(1);
            let axis = if axis < 0 { axis + first.len() as i64 } else { axis } as usize;
            let sum: f64 = (0..node.inputs.len()).filter_map(|index| known(index)?.get(axis).copied()).sum();
            first.iter().enumerate().map(|(at, &side)| if at == axis { sum } else { side }).collect()
        }
        "Pad" => match constant(1).or_else(|| attribute(node, "pads").map(|found| to_floats(&found.ints))) {
            Some(pads) if pads.len() == 2 * first.len() => {
                let rank = first.len();
                first.iter().enumerate().map(|(axis, side)| side + pads[axis] + pads[axis + rank]).collect()
            }
            _ => first,
        },
        "Tile" => constant(1).map_or(first.clone(), |times| {
            first.iter().zip(times).map(|(side, times)| side * times.max(0.0)).collect()
        }),
        "ConstantOfShape" => constant(0).unwrap_or_default(),
        "Expand" => constant(1).map_or(first.clone(), |target| broadcast(&first, &target)),
        "RandomNormal" | "RandomUniform" => {
            attribute(node, "shape").map(|found| to_floats(&found.ints)).unwrap_or_default()
        }
        "Shape" | "Size" | "Constant" => Vec::new(),
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Where" | "Min" | "Max" | "Sum" | "PRelu" => {
            (0..node.inputs.len()).filter_map(known).fold(Vec::new(), |so_far, shape| broadcast(&so_far, &shape))
        }
        _ => first,
    };
    vec![shape; node.outputs.len().min(1)]
}

fn attribute<'n>(node: &'n Node, name: &str) -> Option<&'n Attribute> {
    node.attributes.iter().find(|attribute| attribute.name == name)
}

fn to_floats(values: &[i64]) -> Vec<f64> {
    values.iter().map(|&value| value as f64).collect()
}

fn stride(node: &Node, axis: usize) -> f64 {
    attribute(node, "strides").and_then(|found| found.ints.get(axis)).map_or(1.0, |&stride| stride.max(1) as f64)
}

fn strided(node: &Node, shape: Vec<f64>) -> Vec<f64> {
    let side = |(axis, side): (usize, f64)| if axis < 2 { side } else { (side / stride(node, axis - 2)).ceil() };
    shape.into_iter().enumerate().map(side).collect()
}

fn convolved(node: &Node, input: &[f64], constants: &Constants<'_>) -> Vec<f64> {
    let is_transposed = node.op_type == "ConvTranspose";
    let Some(weights) = constants.shape(node.inputs.get(1)).filter(|weights| weights.len() == input.len()) else {
        return input.to_vec();
    };
    if weights.len() < 3 {
        return input.to_vec();
    }
    let groups = attribute(node, "group").and_then(|found| found.i).unwrap_or(1).max(1) as f64;
    let mut shape = input.to_vec();
    shape[1] = if is_transposed { weights[1] * groups } else { weights[0] };
    for (axis, side) in shape.iter_mut().skip(2).enumerate() {
        let stride = stride(node, axis);
        *side = if is_transposed { *side * stride } else { (*side / stride).ceil() };
    }
    shape
}

fn broadcast(a: &[f64], b: &[f64]) -> Vec<f64> {
    let rank = a.len().max(b.len());
    let side = |shape: &[f64], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1.0, |at| shape[at]);
    (0..rank).map(|axis| side(a, axis).max(side(b, axis))).collect()
}
