//! The person's settings.

use super::{Choices, HotkeySettings};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything in `settings.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The page that greets was read, or closed.
    pub is_welcomed: bool,
    /// How to paint what has no profile.
    pub paint: Choices,
    pub recording: RecordingSettings,
    pub hotkeys: HotkeySettings,
}

/// Where recordings go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingSettings {
    /// The folder for recordings and screenshots; empty means a folder of ours among the person's videos.
    pub folder: PathBuf,
}
