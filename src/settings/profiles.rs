//! What is remembered for each game.

use super::document;
use super::file::write_whole;
use super::{Choices, SettingsError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What belongs to one game.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The class of the game's windows, or its executable's name, as `impasto windows` lists it.
    pub application: String,
    /// Paint the game by itself when it starts, also when it starts again.
    pub attach: bool,
    /// The folder for recordings of this game; empty means that of the settings.
    pub recording_folder: PathBuf,
    pub paint: Choices,
}

/// Everything in `profiles.toml`: profiles by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profiles {
    pub profile: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Name and profile of the game whose windows are of this application, in any case of letters.
    pub fn of_application(&self, application: &str) -> Option<(&str, &Profile)> {
        let is_of =
            |profile: &Profile| !application.is_empty() && profile.application.eq_ignore_ascii_case(application);
        self.profile.iter().find(|(_, profile)| is_of(profile)).map(|(name, profile)| (name.as_str(), profile))
    }

    /// The profile of an application, made where there is none: with these choices, under the application's name.
    pub fn for_application(&mut self, application: &str, paint: &Choices) -> &mut Profile {
        let name =
            self.of_application(application).map_or_else(|| self.free_name(application), |(name, _)| name.to_owned());
        self.profile.entry(name).or_insert_with(|| Profile {
            application: application.to_owned(),
            paint: paint.clone(),
            ..Profile::default()
        })
    }

    /// The profile of this name, in any case of letters.
    ///
    /// # Errors
    /// There is none: the text names those that are there.
    pub fn named(&self, name: &str) -> Result<(&str, &Profile), String> {
        let found = self.profile.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(name, profile)| (name.as_str(), profile)).ok_or_else(|| {
            let names: Vec<_> = self.profile.keys().map(String::as_str).collect();
            if names.is_empty() {
                format!(
                    "there is no profile \"{name}\", nor any other: paint a game and change something, and it gets one"
                )
            } else {
                format!("there is no profile \"{name}\": there are {}", names.join(", "))
            }
        })
    }

    /// Takes over profiles; those of a name that is taken only where `replaces`. Gives the names that were left out.
    pub fn take_over(&mut self, others: Self, replaces: bool) -> Vec<String> {
        let mut left_out = Vec::new();
        for (name, profile) in others.profile {
            if !replaces && self.profile.contains_key(&name) {
                left_out.push(name);
            } else {
                self.profile.insert(name, profile);
            }
        }
        left_out
    }

    /// A name that no profile has yet.
    fn free_name(&self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted} {number}"));
        std::iter::once(wanted.to_owned())
            .chain(numbered)
            .find(|name| !self.profile.contains_key(name))
            .unwrap_or_default()
    }
}

/// Reads a file of profiles that was exported. What is wrong inside is left out and told by the sentences.
///
/// # Errors
/// The file cannot be read, or holds no profile.
pub fn read_profiles(path: &Path) -> Result<(Profiles, Vec<String>), SettingsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| SettingsError::Read { path: path.to_owned(), reason: error.to_string() })?;
    let refuse = |reason: &str| SettingsError::NotProfiles { path: path.to_owned(), reason: reason.to_owned() };
    let table = text.parse::<toml::Table>().map_err(|error| refuse(error.message()))?;
    let (profiles, notices) = document::read::<Profiles>(&table);
    if profiles.profile.is_empty() {
        return Err(refuse("it holds no [profile.NAME]"));
    }
    Ok((profiles, notices))
}

/// Writes profiles into one file, whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn write_profiles(path: &Path, profiles: &Profiles) -> Result<(), SettingsError> {
    let fail = |reason: String| SettingsError::Write { path: path.to_owned(), reason };
    let text = toml::to_string(profiles).map_err(|error| fail(error.to_string()))?;
    write_whole(path, &text).map_err(|error| fail(error.to_string()))
}
