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
        "the weights do not fit the tier {tier}{numbers}: \"{name}\" is missing or has another shape, for they are {found}; \
         start from a style of the same tier"
    )]
    OtherNetwork {
        tier: Architecture,
        /// The numbers of the tier in parentheses, or nothing where its name consists of them.
        numbers: String,
        name: String,
        /// What network they are of.
        found: String,
    },
    #[error("{problem}; fetch the right file with scripts/fetch-features: {}", path.display())]
    Features { path: PathBuf, problem: String },
}
