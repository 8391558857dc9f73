//! What the program remembers between runs: the person's settings, and what belongs to each game.
//!
//! Both are TOML files in one folder. Every key has a default; a key that is not known, or a value that cannot be,
//! costs nothing but a notice that names it, and stays in the file until the person changes that value. Files are
//! written whole, to a temporary file beside them that is then renamed, and keep the person's own comments.

mod changes;
mod choices;
mod document;
mod error;
mod file;
mod folder;
mod hotkeys;
mod number;
mod profiles;
mod values;

pub use choices::{AskedChoices, Choices};
pub use error::SettingsError;
pub use file::Remembered;
pub use folder::{PORTABLE_FILE, SETTINGS_VARIABLE, portal_token_file, settings_folder};
pub use hotkeys::{HotkeyAction, HotkeySettings, KeyCombination};
pub use profiles::{Profile, Profiles, read_profiles, write_profiles};
pub use values::{RecordingSettings, Settings};

/// The file of the person's settings, in the settings folder.
const SETTINGS_FILE: &str = "settings.toml";

/// The file of the profiles, in the settings folder.
const PROFILES_FILE: &str = "profiles.toml";

/// Reads the person's settings; the sentences tell what is wrong in them.
pub fn open_settings() -> (Remembered<Settings>, Vec<String>) {
    Remembered::open(settings_folder().map(|folder| folder.join(SETTINGS_FILE)))
}

/// Reads what is remembered for each game; the sentences tell what is wrong in it.
pub fn open_profiles() -> (Remembered<Profiles>, Vec<String>) {
    Remembered::open(settings_folder().map(|folder| folder.join(PROFILES_FILE)))
}
