//! A style: a model file and what is said about it.

use super::manifest::{Manifest, brush_of};
use std::path::PathBuf;

/// A style that can be loaded: a model file and what its manifest says.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The manifest's name, else the file's stem.
    pub name: String,
    /// The `.onnx` file.
    pub model: PathBuf,
    /// A `.png` of the same stem beside the model.
    pub thumbnail: Option<PathBuf>,
    /// The manifest beside the model, where there is one that can be read.
    pub manifest: Option<Manifest>,
}

impl Style {
    /// The multiple of the automatic brush that its manifest asks for; 1 where it asks for nothing.
    pub fn brush(&self) -> f32 {
        brush_of(self.manifest.as_ref())
    }
}
