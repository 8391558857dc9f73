//! The person's settings.

use super::changes::take;
use super::number;
use super::{Choices, HotkeySettings};
use crate::control::{RecordQuality, ScreenshotKind, SoundChoice};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything in `settings.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The page that greets was read, or closed.
    pub is_welcomed: bool,
    /// On Wayland, lay the painting over the whole screen where the desktop can do that.
    pub covers_screen: bool,
    /// On Wayland, let the desktop share at the start what it shared last.
    pub shares_again: bool,
    /// How to paint what has no profile.
    pub paint: Choices,
    pub recording: RecordingSettings,
    pub hotkeys: HotkeySettings,
}

/// Where recordings go, and how they are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingSettings {
    /// The folder for recordings and screenshots; empty means a folder of ours among the person's videos.
    pub folder: PathBuf,
    pub quality: RecordQuality,
    /// What encodes, by the name that the command line takes.
    pub encoder: String,
    /// Seconds of what was seen last that are kept to be saved; 0 keeps nothing.
    pub replay_secs: u32,
    /// Record the plain game into a second file, too.
    pub source: bool,
    /// What is heard.
    pub sound: SoundChoice,
    /// How loud, from 0 to 2; 1 is as loud as it is played.
    #[serde(serialize_with = "number::write", deserialize_with = "number::read_level")]
    pub sound_level: f32,
    /// What the screenshot key takes.
    pub screenshot: ScreenshotKind,
}

impl Default for RecordingSettings {
    fn default() -> Self {
        Self {
            folder: PathBuf::new(),
            quality: RecordQuality::default(),
            encoder: "auto".to_owned(),
            replay_secs: 0,
            source: false,
            sound: SoundChoice::default(),
            sound_level: 1.0,
            screenshot: ScreenshotKind::default(),
        }
    }
}

impl RecordingSettings {
    /// Takes over what differs between `before` and `after`, and leaves the rest as it was.
    pub fn take_changes(&mut self, before: &Self, after: &Self) {
        take(&mut self.folder, &before.folder, &after.folder);
        take(&mut self.quality, &before.quality, &after.quality);
        take(&mut self.encoder, &before.encoder, &after.encoder);
        take(&mut self.replay_secs, &before.replay_secs, &after.replay_secs);
        take(&mut self.source, &before.source, &after.source);
        take(&mut self.sound, &before.sound, &after.sound);
        take(&mut self.sound_level, &before.sound_level, &after.sound_level);
        take(&mut self.screenshot, &before.screenshot, &after.screenshot);
    }
}
