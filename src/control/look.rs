//! How the finished picture is joined from the game and its painting.

use super::Region;
use serde::{Deserialize, Serialize};

/// The settings of the compositor, all of which take effect on the next picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// `0` shows the game, `1` the painting.
    pub strength: f32,
    /// `0` shows the painting's colours, `1` the game's (its chroma under the painting's luma).
    pub keep_colors: f32,
    /// `0` shows the painting as it is, `1` the game's large outlines and thin strong lines in it.
    pub clarity: f32,
    /// A/B split at this fraction of the width: the game to the left, the painting to the right.
    pub split: Option<f32>,
    /// The part that is painted; around it the game is shown.
    pub region: Region,
    /// Show the game alone.
    pub bypass: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { strength: 1.0, keep_colors: 0.0, clarity: 0.5, split: None, region: Region::ALL, bypass: false }
    }
}
