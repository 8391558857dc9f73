//! The one place that decides whether a style is painted with levels.

use super::{Manifest, Style};
use crate::control::LevelsChoice;

/// Whether frames are levelled before a network with this manifest paints them. Networks of other people have not seen
/// levels in training, so only a manifest that says `levels = true` asks for them.
pub(super) fn levels_apply(manifest: Option<&Manifest>, choice: LevelsChoice) -> bool {
    choice.applies(has_levels(manifest))
}

fn has_levels(manifest: Option<&Manifest>) -> bool {
    manifest.and_then(|manifest| manifest.levels).unwrap_or_default()
}

impl Style {
    /// Whether the style's manifest asks for levels.
    pub fn has_levels(&self) -> bool {
        has_levels(self.manifest.as_ref())
    }

    /// Whether the style is painted with levels where this was chosen.
    pub fn levels_apply(&self, choice: LevelsChoice) -> bool {
        levels_apply(self.manifest.as_ref(), choice)
    }
}
