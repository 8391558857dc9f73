//! Reading and writing model files.

use super::Model;
use prost::Message;
use std::path::{Path, PathBuf};

/// The largest model file that is read: protobuf itself ends at 2 GiB. Larger weights live in external-data files.
pub const MODEL_FILE_LIMIT_BYTES: u64 = 2 << 30;

/// A model file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum OnnxError {
    #[error("cannot read the model file ({reason}): {}", path.display())]
    Read { path: PathBuf, reason: std::io::Error },
    #[error("cannot write the model file ({reason}): {}", path.display())]
    Write { path: PathBuf, reason: std::io::Error },
    #[error("the model file is {bytes} bytes long, more than the {MODEL_FILE_LIMIT_BYTES} that an ONNX file can have: {}", path.display())]
    TooLarge { path: PathBuf, bytes: u64 },
    #[error("the file is not a complete ONNX model ({reason}); fetch or export it again: {}", path.display())]
    Broken { path: PathBuf, reason: String },
}

/// Reads a model file, weights included.
///
/// # Errors
/// The file cannot be read, is larger than [`MODEL_FILE_LIMIT_BYTES`], or holds no graph.
pub fn read_model(path: &Path) -> Result<Model, OnnxError> {
    let read_error = |reason| OnnxError::Read { path: path.to_owned(), reason };
    let bytes = std::fs::metadata(path).map_err(read_error)?.len();
    if bytes > MODEL_FILE_LIMIT_BYTES {
        return Err(OnnxError::TooLarge { path: path.to_owned(), bytes });
    }
    let content = std::fs::read(path).map_err(read_error)?;
    decode_model(&content).map_err(|reason| OnnxError::Broken { path: path.to_owned(), reason })
}

/// Decodes a model from memory.
///
/// # Errors
/// The bytes are no protobuf message, or hold no graph with at least one node: the text says which.
pub fn decode_model(bytes: &[u8]) -> Result<Model, String> {
    if bytes.is_empty() {
        return Err("the file is empty".to_owned());
    }
    let model = Model::decode(bytes).map_err(|error| error.to_string())?;
    match &model.graph {
        None => Err("it holds no graph".to_owned()),
        Some(graph) if graph.nodes.is_empty() => Err("its graph holds no operation".to_owned()),
        Some(_) => Ok(model),
    }
}

/// The bytes of a model file.
pub fn encode_model(model: &Model) -> Vec<u8> {
    model.encode_to_vec()
}

/// Writes a model file.
///
/// # Errors
/// The file cannot be written.
pub fn write_model(path: &Path, model: &Model) -> Result<(), OnnxError> {
    std::fs::write(path, encode_model(model)).map_err(|reason| OnnxError::Write { path: path.to_owned(), reason })
}
