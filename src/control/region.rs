//! The part of a picture that is painted.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A rectangle in fractions of the picture's width and height. What lies outside stays as the game shows it, such as a
/// status bar or a map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f64; 4]", try_from = "[f64; 4]")]
pub struct Region {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// Edges are kept to a thousandth of the picture.
const STEPS: f64 = 1000.0;

impl Region {
    /// All of the picture.
    pub const ALL: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    /// A rectangle; each edge must lie from 0 to 1, and the rectangle must not be empty.
    pub fn new([left, top, right, bottom]: [f32; 4]) -> Option<Self> {
        let is_inside = [left, top, right, bottom].iter().all(|edge| (0.0..=1.0).contains(edge));
        (is_inside && left < right && top < bottom).then_some(Self { left, top, right, bottom })
    }

    /// The edges in output pixels: left, top, right, bottom.
    pub fn in_px(self, width: u32, height: u32) -> [f32; 4] {
        let (width, height) = (width as f32, height as f32);
        [self.left * width, self.top * height, self.right * width, self.bottom * height].map(f32::round)
    }
}

impl Default for Region {
    fn default() -> Self {
        Self::ALL
    }
}

impl From<Region> for [f64; 4] {
    fn from(Region { left, top, right, bottom }: Region) -> Self {
        [left, top, right, bottom].map(|edge| (f64::from(edge) * STEPS).round() / STEPS)
    }
}

impl TryFrom<[f64; 4]> for Region {
    type Error = &'static str;

    fn try_from(edges: [f64; 4]) -> Result<Self, Self::Error> {
        Self::new(edges.map(|edge| edge as f32))
            .ok_or("it must be left, top, right and bottom as fractions from 0 to 1")
    }
}

impl FromStr for Region {
    type Err = String;

    /// Reads `LEFT,TOP,RIGHT,BOTTOM`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let edges: Option<Vec<f32>> = text.split(',').map(|edge| edge.trim().parse().ok()).collect();
        edges.and_then(|edges| Self::new(edges.try_into().ok()?)).ok_or_else(|| {
            format!(
                "\"{text}\" is no part of the picture: write LEFT,TOP,RIGHT,BOTTOM as fractions, such as 0,0,1,0.84"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parts_and_refuses_what_is_none() {
        let part: Region = "0, 0.1,1,0.84".parse().unwrap();
        assert_eq!(part, Region { left: 0.0, top: 0.1, right: 1.0, bottom: 0.84 });
        assert_eq!(part.in_px(640, 480), [0.0, 48.0, 640.0, 403.0]);
        for text in ["", "0,0,1", "0,0,1,1.1", "0.5,0,0.5,1", "0,1,1,0", "a,0,1,1", "NaN,0,1,1"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
