//! Width and height of a picture.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Width and height in pixels; both at least 1 wherever a picture exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// A size from width and height in pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn area(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The size of this shape with the given height, at least 1 pixel wide.
    pub fn with_height(self, height: u32) -> Self {
        let width = (f64::from(self.width) * f64::from(height) / f64::from(self.height.max(1))).round();
        Self::new((width as u32).max(1), height.max(1))
    }

    /// The size of this shape with about the area of a square of `side_px`, each side at least 1 pixel.
    pub fn with_area_of_square(self, side_px: u32) -> Self {
        let scale = f64::from(side_px) / (self.area().max(1) as f64).sqrt();
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        Self::new(scaled(self.width), scaled(self.height))
    }

    /// The size of this shape whose shorter side has `side_px`; each side at least 1 pixel.
    pub fn with_short_side(self, side_px: u32) -> Self {
        let scale = f64::from(side_px) / f64::from(self.width.min(self.height).max(1));
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        Self::new(scaled(self.width), scaled(self.height))
    }

    /// Rounds both sides to the nearest multiple, never below one multiple.
    pub fn rounded_to(self, multiple: u32) -> Self {
        let multiple = multiple.max(1);
        let round = |side: u32| ((side + multiple / 2) / multiple).max(1) * multiple;
        Self::new(round(self.width), round(self.height))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// The text is not a size.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a size: write WIDTHxHEIGHT, for example 640x480")]
pub struct ParseSizeError(String);

impl FromStr for Size {
    type Err = ParseSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseSizeError(text.to_owned());
        let (width, height) = text.split_once(['x', 'X']).ok_or_else(error)?;
        let side = |side: &str| side.trim().parse::<u32>().ok().filter(|&side| side > 0).ok_or_else(error);
        Ok(Self::new(side(width)?, side(height)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_aspect_at_another_height() {
        assert_eq!(Size::new(1280, 720).with_height(480), Size::new(853, 480));
    }

    #[test]
    fn keeps_the_shape_at_the_area_of_a_square() {
        assert_eq!(Size::new(512, 512).with_area_of_square(448), Size::new(448, 448));
        assert_eq!(Size::new(400, 100).with_area_of_square(100), Size::new(200, 50));
        assert_eq!(Size::new(1000, 1).with_area_of_square(4), Size::new(126, 1));
    }

    #[test]
    fn keeps_the_shape_at_a_short_side() {
        assert_eq!(Size::new(1280, 1014).with_short_side(448), Size::new(566, 448));
        assert_eq!(Size::new(300, 900).with_short_side(100), Size::new(100, 300));
    }

    #[test]
    fn rounds_to_the_nearest_multiple() {
        assert_eq!(Size::new(853, 1).rounded_to(4), Size::new(852, 4));
    }

    #[test]
    fn reads_its_own_writing_and_refuses_nonsense() {
        assert_eq!("640x480".parse::<Size>().unwrap(), Size::new(640, 480));
        for nonsense in ["640", "x480", "0x480", "640x-1", "axb"] {
            assert!(nonsense.parse::<Size>().is_err(), "{nonsense}");
        }
    }
}
