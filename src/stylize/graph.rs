//! What the graph of a model says without running it: which tensors are the pictures, and what else goes in.

use super::StylizeError;
use super::convention::{Channels, Element, Layout};
use super::facts::{Confidence, Known};
use super::manifest::{Manifest, PictureManifest};
use crate::frame::Size;
use crate::onnx::{DataType, Dimension, Graph, Model, ValueInfo};
use std::collections::HashSet;
use std::path::Path;

/// A picture tensor, as far as the graph says.
#[derive(Debug, Clone)]
pub(super) struct GraphPicture {
    pub tensor: String,
    pub element: Element,
    pub layout: Known<Layout>,
    pub channels: Known<Channels>,
    pub fixed_size: Option<Size>,
}

/// A further input: what a person sees as a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GraphParameter {
    pub name: String,
    pub element: DataType,
    /// Dimensions; `None` where the graph leaves them open.
    pub shape: Vec<Option<u64>>,
}

/// The inputs and outputs of a graph.
#[derive(Debug, Clone)]
pub(super) struct GraphFacts {
    pub input: GraphPicture,
    pub output: GraphPicture,
    pub parameters: Vec<GraphParameter>,
}

/// The most values that a parameter may have: more than this is no slider.
const PARAMETER_VALUES_LIMIT: u64 = 1024;

/// Reads the pictures and parameters out of a model.
///
/// # Errors
/// It is no image-to-image network: the error says why.
pub(super) fn read_graph(path: &Path, model: &Model, manifest: &Manifest) -> Result<GraphFacts, StylizeError> {
    let refuse = |reason: String| StylizeError::NotAPictureNetwork { path: path.to_owned(), reason };
    let graph = model.graph.as_ref().ok_or_else(|| refuse("it holds no graph".to_owned()))?;
    let weights: HashSet<&str> = graph.initializers.iter().map(|tensor| tensor.name.as_str()).collect();
    let inputs: Vec<&ValueInfo> = graph.inputs.iter().filter(|input| !weights.contains(input.name.as_str())).collect();
    let outputs: Vec<&ValueInfo> = graph.outputs.iter().collect();
    let hint = channel_order_hint(model);
    let input =
        pick("input", &inputs, &manifest.input, |value| picture_of(value, graph, hint, None)).map_err(refuse)?;
    let output = pick("output", &outputs, &manifest.output, |value| picture_of(value, graph, hint, Some(&input)))
        .map_err(refuse)?;
    let parameters = inputs
        .iter()
        .filter(|value| value.name != input.tensor)
        .map(|value| parameter_of(value))
        .collect::<Result<Vec<_>, _>>()
        .map_err(refuse)?;
    let mut facts = GraphFacts { input, output, parameters };
    overrule(&mut facts.input, &manifest.input).map_err(refuse)?;
    overrule(&mut facts.output, &manifest.output).map_err(refuse)?;
    Ok(facts)
}

/// The first value that is a picture, or the one that the manifest names.
fn pick(
    what: &str,
    values: &[&ValueInfo],
    manifest: &PictureManifest,
    picture_of: impl Fn(&ValueInfo) -> Result<GraphPicture, String>,
) -> Result<GraphPicture, String> {
    if let Some(name) = &manifest.tensor {
        let value = values.iter().find(|value| value.name == *name);
        return picture_of(value.ok_or_else(|| format!("it has no {what} \"{name}\", which its manifest names"))?);
    }
    let mut reasons = Vec::new();
    for value in values {
        match picture_of(value) {
            Ok(picture) => return Ok(picture),
            Err(reason) => reasons.push(reason),
        }
    }
    if reasons.is_empty() { Err(format!("it has no {what}")) } else { Err(reasons.join(", and ")) }
}

/// Reads a value as a picture. `input` is the picture input when an output is read.
fn picture_of(
    value: &ValueInfo,
    graph: &Graph,
    hint: Option<bool>,
    input: Option<&GraphPicture>,
) -> Result<GraphPicture, String> {
    let what = if input.is_some() { "output" } else { "input" };
    let name = &value.name;
    let tensor = value.tensor().ok_or_else(|| format!("the {what} \"{name}\" is no tensor"))?;
    let element = match DataType::try_from(tensor.elem_type) {
        Ok(DataType::Float) => Element::Float32,
        Ok(DataType::Float16) => Element::Float16,
        Ok(DataType::Uint8) => Element::Uint8,
        other => {
            let kind = other.map_or_else(|_| "unknown".to_owned(), |kind| format!("{kind:?}").to_lowercase());
            return Err(format!("the {what} \"{name}\" has {kind} elements, not float32, float16 or uint8"));
        }
    };
    let unknown = vec![Dimension::default(); 4];
    let dimensions = value.dimensions().unwrap_or(&unknown);
    if dimensions.len() != 4 {
        return Err(format!("the {what} \"{name}\" has {}, not four dimensions", describe(dimensions)));
    }
    if dimensions[0].fixed().is_some_and(|batch| batch != 1) {
        return Err(format!("the {what} \"{name}\" takes {} pictures at once", dimensions[0].fixed().unwrap_or(0)));
    }
    let fixed: Vec<Option<u64>> = dimensions.iter().map(Dimension::fixed).collect();
    let is_count = |count: Option<u64>| matches!(count, Some(3 | 4));
    let (layout, count) = match (is_count(fixed[1]), is_count(fixed[3])) {
        (true, false) => (Known::certain(Layout::Nchw, "its second dimension counts channels"), fixed[1]),
        (false, true) => (Known::certain(Layout::Nhwc, "its last dimension counts channels"), fixed[3]),
        (true, true) => (
            Known::new(Layout::Nchw, Confidence::Guess, "its second and its last dimension could count channels"),
            fixed[1],
        ),
        (false, false) if fixed[1].is_some() && fixed[3].is_some() => {
            return Err(format!(
                "the {what} \"{name}\" has {}, none of which counts 3 or 4 channels",
                describe(dimensions)
            ));
        }
        (false, false) => match input {
            Some(input) => (
                Known::new(input.layout.value, Confidence::Likely, "the graph leaves it open; the input has it"),
                Some(input.channels.value.count() as u64)
                    .filter(|_| value.dimensions().is_none() || fixed[1].is_none()),
            ),
            None => open_input(name, &fixed, graph)?,
        },
    };
    let count = count.unwrap_or(3);
    let side = |side: Option<u64>| side.and_then(|side| u32::try_from(side).ok());
    let (height, width) = match layout.value {
        Layout::Nchw => (fixed[2], fixed[3]),
        Layout::Nhwc => (fixed[1], fixed[2]),
    };
    let fixed_size = match (side(width), side(height)) {
        (Some(width), Some(height)) => Some(Size::new(width, height)),
        (None, None) => None,
        (one, other) => {
            // Half a fixed size is rare: the open side follows the fixed one.
            one.or(other).map(|side| Size::new(one.unwrap_or(side), other.unwrap_or(side)))
        }
    };
    Ok(GraphPicture { tensor: name.clone(), element, channels: channels(count, hint), layout, fixed_size })
}

/// An input whose channel dimension the graph leaves open: the first convolution tells.
fn open_input(name: &str, fixed: &[Option<u64>], graph: &Graph) -> Result<(Known<Layout>, Option<u64>), String> {
    let first = graph.nodes.iter().find(|node| node.inputs.iter().any(|input| input == name));
    let transposes = first.is_some_and(|node| node.op_type == "Transpose");
    let weight = graph.nodes.iter().find(|node| node.op_type == "Conv").and_then(|node| node.inputs.get(1));
    let weight = weight.and_then(|weight| graph.initializers.iter().find(|tensor| tensor.name == *weight));
    let count = weight.and_then(|weight| weight.dims.get(1)).and_then(|&count| u64::try_from(count).ok());
    if let Some(count) = count.filter(|count| !matches!(count, 3 | 4)) {
        return Err(format!("its first convolution takes {count} channels, not 3 or 4"));
    }
    let layout = if transposes && fixed[1].is_none() { Layout::Nhwc } else { Layout::Nchw };
    let reason = "the graph leaves the channels open; its first operation suggests it";
    Ok((Known::new(layout, Confidence::Likely, reason), count))
}

/// The channel order: told by a text in the file, else the usual one.
fn channels(count: u64, hint: Option<bool>) -> Known<Channels> {
    let (is_bgr, confidence, reason) = match hint {
        Some(true) => (true, Confidence::Likely, "a text in the file speaks of BGR".to_owned()),
        Some(false) => (false, Confidence::Likely, "a text in the file speaks of RGB".to_owned()),
        None => (false, Confidence::Guess, "a graph cannot tell red from blue; this order is the usual one".to_owned()),
    };
    let value = match (count, is_bgr) {
        (4, false) => Channels::Rgba,
        (4, true) => Channels::Bgra,
        (_, false) => Channels::Rgb,
        (_, true) => Channels::Bgr,
    };
    Known::new(value, confidence, reason)
}

/// Whether a text in the file speaks of BGR (`true`) or RGB (`false`).
fn channel_order_hint(model: &Model) -> Option<bool> {
    let graph = model.graph.as_ref()?;
    let properties = model.metadata_props.iter().map(|pair| format!("{}={}", pair.key, pair.value));
    let values =
        graph.inputs.iter().chain(&graph.outputs).flat_map(|value| [value.name.clone(), value.doc_string.clone()]);
    let texts: Vec<String> = [model.doc_string.clone(), graph.doc_string.clone(), graph.name.clone()]
        .into_iter()
        .chain(properties)
        .chain(values)
        .map(|text| text.to_lowercase())
        .collect();
    let says = |word: &str| texts.iter().any(|text| text.contains(word));
    match (says("bgr"), says("rgb")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Reads a further input.
fn parameter_of(value: &ValueInfo) -> Result<GraphParameter, String> {
    let name = value.name.clone();
    let tensor = value.tensor().ok_or_else(|| format!("its input \"{name}\" is no tensor"))?;
    let element = DataType::try_from(tensor.elem_type).unwrap_or(DataType::Undefined);
    let feedable = [
        DataType::Float,
        DataType::Float16,
        DataType::Double,
        DataType::Int32,
        DataType::Int64,
        DataType::Uint8,
        DataType::Bool,
    ];
    if !feedable.contains(&element) {
        return Err(format!("its input \"{name}\" has {element:?} elements, which no slider can set").to_lowercase());
    }
    let dimensions = value.dimensions().unwrap_or_default();
    let shape: Vec<Option<u64>> = dimensions.iter().map(Dimension::fixed).collect();
    let is_small = shape.iter().flatten().try_fold(1u64, |product, &side| product.checked_mul(side));
    if is_small.is_none_or(|count| count > PARAMETER_VALUES_LIMIT) {
        return Err(format!("its further input \"{name}\" has {}, too many to set by hand", describe(dimensions)));
    }
    Ok(GraphParameter { name, element, shape })
}

/// Lets the manifest have the last word, where it does not contradict the file.
fn overrule(picture: &mut GraphPicture, manifest: &PictureManifest) -> Result<(), String> {
    if let Some(layout) = manifest.layout {
        if picture.layout.confidence == Confidence::Certain && picture.layout.value != layout {
            return Err(format!("its manifest says {layout}, but \"{}\" is {}", picture.tensor, picture.layout.value));
        }
        picture.layout = Known::said(layout);
    }
    if let Some(element) = manifest.element
        && element != picture.element
    {
        return Err(format!("its manifest says {element}, but \"{}\" is {}", picture.tensor, picture.element));
    }
    if let Some(channels) = manifest.channels {
        if picture.layout.confidence == Confidence::Certain && channels.count() != picture.channels.value.count() {
            let count = picture.channels.value.count();
            return Err(format!("its manifest says {channels}, but \"{}\" has {count} channels", picture.tensor));
        }
        picture.channels = Known::said(channels);
    }
    Ok(())
}

/// A shape as a person reads it.
fn describe(dimensions: &[Dimension]) -> String {
    let text: Vec<String> = dimensions
        .iter()
        .map(|dimension| match (dimension.value, &dimension.param) {
            (Some(value), _) => value.to_string(),
            (None, Some(name)) => name.clone(),
            (None, None) => "?".to_owned(),
        })
        .collect();
    format!("the shape [{}]", text.join(", "))
}
