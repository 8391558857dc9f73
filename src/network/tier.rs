//! The sizes of network that have a name.

use super::Architecture;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A size of network. All but `classic` work at a quarter of the resolution, without norms and reflected borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Fast,
    Balanced,
    Quality,
    /// `fast_neural_style` (Johnson et al. 2016, with the instance norms of Ulyanov et al. 2016), as the reference.
    Classic,
}

impl Tier {
    pub const ALL: [Self; 4] = [Self::Fast, Self::Balanced, Self::Quality, Self::Classic];

    /// The tier's name on the command line and in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Quality => "quality",
            Self::Classic => "classic",
        }
    }

    /// The network of the tier.
    pub fn architecture(self) -> Architecture {
        match self {
            // Sizes for painting at half the shown size, where a frame has a quarter of the pixels.
            Self::Fast => Architecture::quarter(16, 32, 16, &[1, 2, 4]),
            Self::Balanced => Architecture::quarter(24, 48, 24, &[1, 2, 1, 4, 1, 2]),
            Self::Quality => Architecture::quarter(24, 64, 32, &[1, 2, 1, 4, 1, 2]),
            Self::Classic => Architecture::Classic,
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Tier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.name() == text)
            .ok_or_else(|| format!("\"{text}\" is no tier: write fast, balanced, quality or classic"))
    }
}
