//! Whether frames are levelled before they are painted.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// When automatic levels are applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LevelsChoice {
    /// Where the style was made for them: its manifest says so.
    #[default]
    Auto,
    On,
    Off,
}

impl LevelsChoice {
    const ALL: [Self; 3] = [Self::Auto, Self::On, Self::Off];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// Whether frames are levelled for a style that was made for levels, or not.
    pub fn applies(self, style_has_levels: bool) -> bool {
        match self {
            Self::Auto => style_has_levels,
            Self::On => true,
            Self::Off => false,
        }
    }

    /// The choice after a switch was pressed: the other state. Where that is what the style asks for, it follows the
    /// style again.
    pub fn switched(self, style_has_levels: bool) -> Self {
        match !self.applies(style_has_levels) {
            is_on if is_on == style_has_levels => Self::Auto,
            true => Self::On,
            false => Self::Off,
        }
    }
}

impl FromStr for LevelsChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|choice| choice.name().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| format!("\"{text}\" does not say when to level: choose auto, on or off"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_overrides_the_style_and_returns_to_it() {
        for style_has_levels in [false, true] {
            let pressed = LevelsChoice::Auto.switched(style_has_levels);
            assert_eq!(pressed, if style_has_levels { LevelsChoice::Off } else { LevelsChoice::On });
            assert_eq!(pressed.applies(style_has_levels), !style_has_levels);
            assert_eq!(pressed.switched(style_has_levels), LevelsChoice::Auto);
        }
    }

    #[test]
    fn reads_its_names() {
        assert!(LevelsChoice::ALL.into_iter().all(|choice| choice.name().parse() == Ok(choice)));
        assert!("maybe".parse::<LevelsChoice>().unwrap_err().contains("auto, on or off"));
    }
}
