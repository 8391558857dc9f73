//! Turns a frame into a small painted picture. The only room that knows ONNX Runtime.

use crate::control::{ParameterValue, ProviderReport, SizeRequest};
use crate::frame::{Frame, FramePool, Size};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A style that can be loaded: a model file and what its manifest says.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The manifest's name, else the file's stem.
    pub name: String,
    /// The `.onnx` file.
    pub model: PathBuf,
    /// A `.png` of the same stem beside the model.
    pub thumbnail: Option<PathBuf>,
}

/// The styles installed in the style folders (those of the program, then the user's), sorted by name.
pub fn installed_styles() -> Vec<Style> {
    todo!()
}

/// The style of this name (case-insensitive; `oil-swirls` and `Oil swirls` are the same), or the model file at this path.
///
/// # Errors
/// Neither exists: the error lists the installed names.
pub fn find_style(name_or_path: &str) -> Result<Style, StylizeError> {
    let _ = name_or_path;
    todo!()
}

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

/// How a style is loaded.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    pub provider: ProviderChoice,
    /// Threads of the CPU provider; 0 leaves it to Impasto (all but what the game needs).
    pub threads: usize,
    /// The size to warm up at: the frame's size and the requested inference size.
    pub frame_size: Size,
    pub size: SizeRequest,
}

/// A further input of a network, as a person sees it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Parameter {
    /// The network's input name.
    pub name: String,
    /// What a person reads, one label per value.
    pub labels: Vec<String>,
    /// Smallest and largest sensible value.
    pub min: f32,
    pub max: f32,
    /// The current values: one for a scalar, several for a vector.
    pub values: Vec<f32>,
}

/// A loaded, warm style transfer network. Lives on one thread at a time (the `stylize` thread; built on `load style`).
pub struct Painter {
    _private: (),
}

/// A painting and how long its stages took.
#[derive(Debug, Clone)]
pub struct Painted {
    /// The painting, at the network's output size, stamped like the frame it was painted from.
    pub picture: Arc<Frame>,
    pub input_size: Size,
    pub preprocess: Duration,
    pub inference: Duration,
    pub postprocess: Duration,
}

impl Painter {
    /// Loads and warms a style; blocks for up to seconds.
    ///
    /// # Errors
    /// The model is missing, broken, no image-to-image network, too large, or no provider runs it.
    pub fn load(style: &Style, options: &LoadOptions) -> Result<Self, StylizeError> {
        let _ = (style, options);
        todo!()
    }

    /// Paints one frame at the requested size, rounded to what the network can do. Allocates nothing in the steady state.
    ///
    /// # Errors
    /// Inference failed or gave no numbers (NaN).
    pub fn paint(&mut self, frame: &Frame, size: SizeRequest, pool: &mut FramePool) -> Result<Painted, StylizeError> {
        let _ = (frame, size, pool);
        todo!()
    }

    /// The further inputs of the network, with their current values.
    pub fn parameters(&self) -> &[Parameter] {
        todo!()
    }

    /// Sets a further input; it counts from the next frame on.
    ///
    /// # Errors
    /// The network has no such input, or the number of values is wrong.
    pub fn set_parameter(&mut self, value: &ParameterValue) -> Result<(), StylizeError> {
        let _ = value;
        todo!()
    }

    /// Which provider runs, and why.
    pub fn provider(&self) -> &ProviderReport {
        todo!()
    }
}

/// A style could not be found, loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum StylizeError {
    #[error("the model file does not exist: {}", .0.display())]
    Missing(PathBuf),
}

/// Where the ONNX Runtime library is.
///
/// # Errors
/// It is nowhere: the error says how to bring it.
pub fn runtime_library() -> Result<PathBuf, StylizeError> {
    Err(StylizeError::Missing(Path::new("").to_owned()))
}
