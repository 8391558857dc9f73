//! Where settings lie.

use std::path::PathBuf;

/// The environment variable that names the folder for settings and profiles.
pub const SETTINGS_VARIABLE: &str = "IMPASTO_SETTINGS";

/// A file of this name beside the executable makes the program portable: settings and profiles lie beside it, too.
pub const PORTABLE_FILE: &str = "impasto-portable";

/// Where the tokens lie by which a Wayland desktop shares again what was chosen last; `None` where nothing is
/// remembered.
pub fn portal_token_file() -> Option<PathBuf> {
    settings_folder().map(|folder| folder.join("portal.toml"))
}

/// The folder for settings and profiles; it need not exist yet. The environment variable comes first, then portable
/// mode, then the platform's folder. `None` where the system has no such folder: then nothing is remembered.
pub fn settings_folder() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(SETTINGS_VARIABLE).filter(|value| !value.is_empty()) {
        return Some(named.into());
    }
    let executable = std::env::current_exe().ok();
    let beside = executable.as_deref().and_then(std::path::Path::parent);
    if let Some(folder) = beside.filter(|folder| folder.join(PORTABLE_FILE).exists()) {
        return Some(folder.to_owned());
    }
    directories::ProjectDirs::from("", "", "impasto").map(|folders| folders.config_dir().to_owned())
}
