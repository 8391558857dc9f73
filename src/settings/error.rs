//! What can go wrong with remembering.

use std::path::PathBuf;

/// Settings or profiles could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the file cannot be read ({reason}): {}", path.display())]
    Read { path: PathBuf, reason: String },
    #[error("this is no file of profiles ({reason}): {}", path.display())]
    NotProfiles { path: PathBuf, reason: String },
    #[error("the file cannot be written ({reason}), so that changes are forgotten at the end; check its folder: {}", path.display())]
    Write { path: PathBuf, reason: String },
}
