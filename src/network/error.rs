//! What can be wrong with the weights of a network.

use super::Architecture;
use crate::onnx::OnnxError;
use std::path::PathBuf;

/// Weights could not be taken over.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    #[error(
        "the weights are not those of the tier {architecture} (\"{name}\" is missing or has another shape): choose a style of the same tier"
    )]
    OtherNetwork { architecture: Architecture, name: String },
    #[error("{problem}; fetch the right file with scripts/fetch-features: {}", path.display())]
    Features { path: PathBuf, problem: String },
}
