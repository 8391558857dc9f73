//! What people can choose about recordings and screenshots.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a screenshot shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScreenshotKind {
    /// The finished picture, as it is seen.
    #[default]
    Painted,
    /// The frame of the game that the finished picture was made from.
    Original,
    /// The game at the left, the finished picture at the right.
    Both,
}

impl ScreenshotKind {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 3] = [Self::Painted, Self::Original, Self::Both];

    /// What a person reads.
    pub fn title(self) -> &'static str {
        match self {
            Self::Painted => "Painted",
            Self::Original => "Original",
            Self::Both => "Side by side",
        }
    }
}

/// What is heard in a recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SoundChoice {
    /// The game's own sound where it can be told from others', else everything that the desktop plays.
    #[default]
    Auto,
    /// The game alone; silence where it plays nothing.
    Game,
    /// Everything that the desktop plays.
    Desktop,
    Off,
}

impl SoundChoice {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Game, Self::Desktop, Self::Off];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Game => "game",
            Self::Desktop => "desktop",
            Self::Off => "off",
        }
    }

    /// What a person reads.
    pub fn title(self) -> &'static str {
        match self {
            Self::Auto => "The game, else the desktop",
            Self::Game => "The game alone",
            Self::Desktop => "The desktop",
            Self::Off => "None",
        }
    }
}

impl FromStr for SoundChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|choice| choice.name().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| format!("\"{text}\" is no sound: choose auto, game, desktop or off"))
    }
}

/// What is heard in a recording, and how loud.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoundOptions {
    pub choice: SoundChoice,
    /// From 0 to [`Self::LOUDEST`]; 1 is as loud as it is played.
    pub level: f32,
    pub is_muted: bool,
}

impl SoundOptions {
    /// The largest level.
    pub const LOUDEST: f32 = 2.0;

    /// This sound, as loud as it is played.
    pub fn new(choice: SoundChoice) -> Self {
        Self { choice, level: 1.0, is_muted: false }
    }
}

impl Default for SoundOptions {
    fn default() -> Self {
        Self::new(SoundChoice::default())
    }
}

/// How much of a recording's detail is kept, against its size on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordQuality {
    /// For sending around.
    Small,
    #[default]
    Balanced,
    /// For cutting and for painting again.
    High,
}

impl RecordQuality {
    /// All of them, smallest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Balanced, Self::High];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Balanced => "balanced",
            Self::High => "high",
        }
    }

    /// What a person reads.
    pub fn title(self) -> &'static str {
        match self {
            Self::Small => "Small",
            Self::Balanced => "Balanced",
            Self::High => "High",
        }
    }
}

impl FromStr for RecordQuality {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|quality| quality.name().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| format!("\"{text}\" is not a quality: choose small, balanced or high"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_qualities_and_sounds_by_their_names() {
        for quality in RecordQuality::ALL {
            assert_eq!(quality.name().parse(), Ok(quality));
        }
        for choice in SoundChoice::ALL {
            assert_eq!(choice.name().parse(), Ok(choice));
        }
        assert!("loud".parse::<SoundChoice>().unwrap_err().contains("auto, game, desktop or off"));
        assert!("best".parse::<RecordQuality>().unwrap_err().contains("small, balanced or high"));
    }
}
