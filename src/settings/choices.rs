//! How to paint, as far as it is remembered.

use super::changes::take;
use super::number;
use crate::control::{LevelsChoice, Look, Rate, Region, SizeRequest};
use serde::{Deserialize, Serialize};

/// Paintings per second that are held where nothing else is asked for: in between, the painting is carried along.
const USUAL_PACE_FPS: f32 = 30.0;

/// What a person chooses while a game is painted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// A style's name, or a model's path; empty means the first style that is installed.
    pub style: String,
    /// How much of the painting is seen, `0..=1`.
    #[serde(serialize_with = "number::write", deserialize_with = "number::read_fraction")]
    pub strength: f32,
    /// How much of the game's own colours is kept, `0..=1`.
    #[serde(serialize_with = "number::write", deserialize_with = "number::read_fraction")]
    pub keep_colors: f32,
    /// How much of the game's large outlines is brought back, `0..=1`.
    #[serde(serialize_with = "number::write", deserialize_with = "number::read_fraction")]
    pub clarity: f32,
    /// The part of the picture that is painted.
    pub region: Region,
    /// Whether frames are levelled before they are painted.
    pub levels: LevelsChoice,
    /// How large to paint: by a brush, or at a size.
    pub size: SizeRequest,
    /// At most this many frames per second are captured.
    pub fps_cap: Rate,
    /// Paintings per second that are held.
    pub pace: Rate,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            style: String::new(),
            strength: 1.0,
            keep_colors: 0.0,
            clarity: Look::default().clarity,
            region: Region::ALL,
            levels: LevelsChoice::default(),
            size: SizeRequest::AUTOMATIC,
            fps_cap: Rate::OFF,
            pace: Rate::of(USUAL_PACE_FPS),
        }
    }
}

impl Choices {
    /// Takes over what differs between `before` and `after`, and leaves the rest as it was: one change that a person
    /// makes does not pin everything else.
    pub fn take_changes(&mut self, before: &Self, after: &Self) {
        take(&mut self.style, &before.style, &after.style);
        take(&mut self.strength, &before.strength, &after.strength);
        take(&mut self.keep_colors, &before.keep_colors, &after.keep_colors);
        take(&mut self.clarity, &before.clarity, &after.clarity);
        take(&mut self.region, &before.region, &after.region);
        take(&mut self.levels, &before.levels, &after.levels);
        take(&mut self.size, &before.size, &after.size);
        take(&mut self.fps_cap, &before.fps_cap, &after.fps_cap);
        take(&mut self.pace, &before.pace, &after.pace);
    }
}

/// What a command line asked for; `None` leaves it to what is remembered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AskedChoices {
    /// A style's name, or a model's path.
    pub style: Option<String>,
    pub strength: Option<f32>,
    pub keep_colors: Option<f32>,
    pub clarity: Option<f32>,
    pub region: Option<Region>,
    pub levels: Option<LevelsChoice>,
    pub size: Option<SizeRequest>,
    pub fps_cap: Option<Rate>,
    pub pace: Option<Rate>,
}

impl AskedChoices {
    /// What was asked for, and for the rest what is remembered. A size in pixels that is asked for is kept: no rate is
    /// held then, unless one is asked for too.
    pub fn over(&self, remembered: &Choices) -> Choices {
        let usual_pace = if self.size.is_some_and(SizeRequest::names_size) { Rate::OFF } else { remembered.pace };
        Choices {
            style: self.style.clone().unwrap_or_else(|| remembered.style.clone()),
            strength: self.strength.unwrap_or(remembered.strength),
            keep_colors: self.keep_colors.unwrap_or(remembered.keep_colors),
            clarity: self.clarity.unwrap_or(remembered.clarity),
            region: self.region.unwrap_or(remembered.region),
            levels: self.levels.unwrap_or(remembered.levels),
            size: self.size.unwrap_or(remembered.size),
            fps_cap: self.fps_cap.unwrap_or(remembered.fps_cap),
            pace: self.pace.unwrap_or(usual_pace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_over_only_what_the_person_changed() {
        let before = Choices { strength: 0.3, ..Choices::default() };
        let after = Choices { style: "woodcut".to_owned(), ..before.clone() };
        let mut kept = Choices { keep_colors: 0.5, ..Choices::default() };
        kept.take_changes(&before, &after);
        assert_eq!(kept, Choices { style: "woodcut".to_owned(), keep_colors: 0.5, ..Choices::default() });
    }
}
