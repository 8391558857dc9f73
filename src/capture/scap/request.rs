//! What scap is asked for.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A question to scap, which captures in a process of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScapRequest {
    pub target: ScapTarget,
    /// The program `impasto-scap`; `None` is the one that `IMPASTO_SCAP` names, else the one beside our own.
    pub program: Option<PathBuf>,
}

/// What is captured. On Linux the desktop's dialog decides, which scap cannot narrow down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScapTarget {
    /// What the person chooses in the dialog (Linux); the screen (macOS).
    #[default]
    Any,
    /// Some window.
    Window,
    Screen,
    /// The window with this id (macOS).
    WindowId(u32),
}
