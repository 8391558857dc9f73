//! How large to paint.

use super::Brush;
use crate::frame::Size;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The word before a brush's factor.
const BRUSH: &str = "brush ";

/// The smallest and the largest side, in pixels, that a network is asked to run at.
const SIDE_RANGE_PX: std::ops::RangeInclusive<u32> = 16..=8192;

/// The resolution at which a network runs: the shown size divided by the brush, or a size that was named. Written as
/// `auto`, `brush 2.5`, `480` or `640x480`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SizeRequest {
    /// The shown size divided by a factor.
    Brush(Brush),
    /// Height in pixels; the width follows the frame.
    Height(u32),
    /// Both sides; the painting is stretched back to the frame's aspect.
    Exact(Size),
}

impl SizeRequest {
    /// What counts where nothing is named.
    pub const AUTOMATIC: Self = Self::Brush(Brush::Automatic);

    /// The size to run at for a frame of `frame` size, before any rounding to the network's multiple. `style_brush` is
    /// the multiple of the automatic brush that the style's manifest asks for, or 1.
    pub fn resolve(self, frame: Size, style_brush: f32) -> Size {
        match self {
            Self::Brush(brush) => brush.painted_size(frame, style_brush),
            Self::Height(height) => frame.with_height(height),
            Self::Exact(size) => size,
        }
    }

    /// Whether it names a size in pixels, rather than a brush.
    pub fn names_size(self) -> bool {
        !matches!(self, Self::Brush(_))
    }

    /// Reads a size in pixels; a brush is refused.
    ///
    /// # Errors
    /// It is no size, or out of range; for people.
    pub fn read_size(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let request = match text.parse::<u32>() {
            Ok(height) => Self::Height(height),
            Err(_) => Self::Exact(text.parse().map_err(|_| {
                format!("\"{text}\" is not a size: write a height such as 480, or WIDTHxHEIGHT such as 640x480")
            })?),
        };
        let in_range = match request {
            Self::Exact(size) => [size.width, size.height].iter().all(|side| SIDE_RANGE_PX.contains(side)),
            Self::Height(height) => SIDE_RANGE_PX.contains(&height),
            Self::Brush(_) => true,
        };
        if in_range {
            Ok(request)
        } else {
            Err(format!(
                "the size {text} is out of range: each side must be {} to {} pixels",
                SIDE_RANGE_PX.start(),
                SIDE_RANGE_PX.end()
            ))
        }
    }
}

impl FromStr for SizeRequest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(factor) = text.trim().strip_prefix(BRUSH) {
            return factor.parse().map(Self::Brush);
        }
        match text.parse() {
            Ok(Brush::Automatic) => Ok(Self::AUTOMATIC),
            _ => Self::read_size(text).map_err(|error| format!("{error}; or auto, or \"{BRUSH}2\" for larger strokes")),
        }
    }
}

impl fmt::Display for SizeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Brush(Brush::Automatic) => write!(f, "{}", Brush::Automatic),
            Self::Brush(brush) => write!(f, "{BRUSH}{brush}"),
            Self::Height(height) => write!(f, "{height}"),
            Self::Exact(size) => write!(f, "{size}"),
        }
    }
}

impl From<SizeRequest> for String {
    fn from(request: SizeRequest) -> Self {
        request.to_string()
    }
}

impl TryFrom<String> for SizeRequest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_writing_and_says_what_is_wrong() {
        for (text, request) in [
            ("auto", SizeRequest::AUTOMATIC),
            ("brush 2.5", SizeRequest::Brush(Brush::Factor(2.5))),
            ("480", SizeRequest::Height(480)),
            ("640x480", SizeRequest::Exact(Size::new(640, 480))),
        ] {
            assert_eq!(text.parse(), Ok(request));
            assert_eq!(request.to_string(), text);
        }
        let error = |text: &str| text.parse::<SizeRequest>().unwrap_err();
        assert!(error("4").contains("16 to 8192"), "a number alone is a height, not a factor");
        assert!(error("big").contains("WIDTHxHEIGHT") && error("big").contains("auto"));
        assert!(error("brush 9").contains("1 to 6"));
        assert!(SizeRequest::read_size("auto").unwrap_err().contains("WIDTHxHEIGHT"));
    }
}
