//! Execution providers: which are tried, in which order, and the proof that one works.

use super::StylizeError;
use super::runtime::runtime;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

/// Which execution provider is to run the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lowercase")]
pub enum ProviderChoice {
    #[default]
    Auto,
    Cpu,
    Cuda,
    TensorRt,
    DirectMl,
    CoreMl,
    WebGpu,
    OpenVino,
}

impl std::fmt::Display for ProviderChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
            Self::DirectMl => "directml",
            Self::CoreMl => "coreml",
            Self::WebGpu => "webgpu",
            Self::OpenVino => "openvino",
        })
    }
}

/// From this number of processor cores on, half of them are left to the game.
const SHARING_FROM_CORES: usize = 4;

/// The number of threads for the CPU provider: `wanted`, or for 0 every core of a small machine and half of a larger one.
pub(super) fn thread_count(wanted: usize) -> usize {
    if wanted > 0 {
        return wanted;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < SHARING_FROM_CORES { cores } else { cores / 2 }
}

/// Session options common to all providers: one operation at a time, on `threads` threads that do not spin (a game runs
/// beside), with every graph optimization.
pub(super) fn session_options(threads: usize) -> Result<SessionBuilder, StylizeError> {
    let runtime = runtime()?;
    let build = || -> Result<SessionBuilder, String> {
        let options = Session::builder(&runtime.environment).map_err(|error| error.to_string())?;
        options
            .with_optimization_level(GraphOptimizationLevel::All)
            .and_then(|options| options.with_intra_threads(threads))
            .and_then(|options| options.with_inter_threads(1))
            .and_then(|options| options.with_intra_op_spinning(false))
            .map_err(|error| error.to_string())
    };
    build().map_err(|reason| StylizeError::RuntimeBroken { path: runtime.path.clone(), reason })
}
