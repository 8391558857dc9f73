//! Weights outside the model file: they may only come from the model's own folder, and this is checked before ONNX
//! Runtime opens anything.

use super::StylizeError;
use crate::onnx::{Attribute, DataLocation, Graph, Model, Node, TensorProto};
use std::path::{Component, Path};

/// Checks every reference to a file outside the model.
///
/// # Errors
/// A file lies outside the model's folder (an absolute path, `..`, or a link that leads out), is missing, or is too
/// short.
pub(super) fn check_external_data(path: &Path, model: &Model) -> Result<(), StylizeError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut check = |tensor: &TensorProto| check_tensor(path, folder, tensor);
    if let Some(graph) = &model.graph {
        visit_graph(graph, &mut check)?;
    }
    model.functions.iter().try_for_each(|function| visit_nodes(&function.nodes, &mut check))
}

type Check<'c> = &'c mut dyn FnMut(&TensorProto) -> Result<(), StylizeError>;

fn visit_graph(graph: &Graph, check: Check<'_>) -> Result<(), StylizeError> {
    graph.initializers.iter().try_for_each(&mut *check)?;
    visit_nodes(&graph.nodes, check)
}

fn visit_nodes(nodes: &[Node], check: Check<'_>) -> Result<(), StylizeError> {
    nodes.iter().flat_map(|node| &node.attributes).try_for_each(|attribute| visit_attribute(attribute, check))
}

fn visit_attribute(attribute: &Attribute, check: Check<'_>) -> Result<(), StylizeError> {
    attribute.t.iter().chain(&attribute.tensors).try_for_each(&mut *check)?;
    attribute.g.iter().chain(&attribute.graphs).try_for_each(|graph| visit_graph(graph, check))
}

fn check_tensor(path: &Path, folder: &Path, tensor: &TensorProto) -> Result<(), StylizeError> {
    if tensor.data_location != DataLocation::External as i32 && tensor.external_data.is_empty() {
        return Ok(());
    }
    let value = |key: &str| tensor.external_data.iter().find(|pair| pair.key == key).map(|pair| pair.value.as_str());
    let data = value("location").unwrap_or_default().to_owned();
    let foreign = || StylizeError::ForeignExternalData { path: path.to_owned(), data: data.clone() };
    // A backslash separates folders on Windows only; no honest exporter writes one, nor a drive's colon.
    let is_plain = !data.is_empty() && !data.contains(['\\', ':', '\0']);
    let components = || Path::new(&data).components();
    if !is_plain || !components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(foreign());
    }
    let missing = || StylizeError::MissingExternalData { path: path.to_owned(), data: data.clone() };
    let file = folder.join(&data);
    let real_file = file.canonicalize().map_err(|_| missing())?;
    let real_folder = folder.canonicalize().map_err(|_| missing())?;
    if !real_file.starts_with(&real_folder) {
        return Err(foreign());
    }
    let metadata = std::fs::metadata(&real_file).map_err(|_| missing())?;
    if !metadata.is_file() {
        return Err(foreign());
    }
    let number = |key: &str| value(key).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let end = number("offset").checked_add(number("length"));
    if end.is_none_or(|end| end > metadata.len()) {
        return Err(StylizeError::ShortExternalData { path: path.to_owned(), data });
    }
    Ok(())
}
