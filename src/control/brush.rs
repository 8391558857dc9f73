//! How large strokes are.

use crate::frame::Size;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The word for the automatic brush.
const AUTOMATIC: &str = "auto";

/// The automatic brush: this factor where the shorter side of the shown picture has so many pixels.
const REFERENCE_FACTOR: f32 = 2.0;
const REFERENCE_PX: f32 = 480.0;
/// From this shorter side on, the painting no longer grows with the picture.
const LARGEST_PX: f32 = 1080.0;

/// A brush never makes a side smaller than this, in pixels, unless the shown side is.
const SHORTEST_PAINTED_PX: u32 = 16;

/// The brush: a network runs at the shown size divided by a factor, so its strokes are that many times as large on the
/// screen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Brush {
    /// The factor follows the size of the picture. [`Brush::factor`] has the curve.
    #[default]
    Automatic,
    /// A factor in [`Brush::FACTORS`].
    Factor(f32),
}

impl Brush {
    /// Factors that exist.
    pub const FACTORS: RangeInclusive<f32> = 1.0..=6.0;

    /// The factor for a shown picture of `shown` pixels, always in [`Self::FACTORS`]. `style` is the multiple of the
    /// automatic factor that the style's manifest asks for, 1 where it asks for nothing.
    ///
    /// With `h`, the shorter side of the picture, the automatic factor is `style * 2 * sqrt(h / 480)` up to `h` = 1080,
    /// and `style * h / 360` above. For `style` = 1, a painting has 240 lines at 480 (factor 2), 294 at 720 (2.4), 360
    /// at 1080 (3), and still 360 at 2160 (6). Strokes therefore keep nearly the same size relative to the picture,
    /// small pictures keep enough pixels to be recognized, and a picture of 3840x2160 costs no more than one of
    /// 1920x1080.
    pub fn factor(self, shown: Size, style: f32) -> f32 {
        let factor = match self {
            Self::Automatic => {
                let side = shown.width.min(shown.height) as f32;
                let lines = side.min(LARGEST_PX) / REFERENCE_PX;
                style * REFERENCE_FACTOR * lines.sqrt() * (side / LARGEST_PX).max(1.0)
            }
            Self::Factor(factor) => factor,
        };
        // `clamp` keeps a NaN, `max` does not.
        factor.max(*Self::FACTORS.start()).min(*Self::FACTORS.end())
    }

    /// How many times as large strokes are on the screen as in the painting, to two decimal places.
    pub fn between(shown: Size, painted: Size) -> f64 {
        let ratio = (shown.area() as f64 / painted.area().max(1) as f64).sqrt();
        (ratio * 100.0).round() / 100.0
    }

    /// The size to paint at for a shown picture, before any rounding to the network's multiple; see [`Self::factor`].
    pub fn painted_size(self, shown: Size, style: f32) -> Size {
        let factor = self.factor(shown, style);
        let side = |side: u32| ((side as f32 / factor).round() as u32).max(SHORTEST_PAINTED_PX.min(side));
        Size::new(side(shown.width), side(shown.height))
    }
}

impl FromStr for Brush {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case(AUTOMATIC) {
            return Ok(Self::Automatic);
        }
        match text.parse::<f32>() {
            Ok(factor) if Self::FACTORS.contains(&factor) => Ok(Self::Factor(factor)),
            _ => {
                let (smallest, largest) = (Self::FACTORS.start(), Self::FACTORS.end());
                Err(format!("\"{text}\" is not a brush: write a number from {smallest} to {largest}, or {AUTOMATIC}"))
            }
        }
    }
}

impl fmt::Display for Brush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Automatic => f.write_str(AUTOMATIC),
            Self::Factor(factor) => write!(f, "{factor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_factors_and_the_word_and_refuses_the_rest() {
        assert_eq!("2.5".parse(), Ok(Brush::Factor(2.5)));
        assert_eq!(" Auto ".parse(), Ok(Brush::Automatic));
        for text in ["0.9", "6.1", "NaN", "inf", "-2", "large", ""] {
            assert!(text.parse::<Brush>().unwrap_err().contains("from 1 to 6, or auto"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn factors_stay_in_range_and_larger_pictures_are_painted_no_smaller(
            side in 1u32..8192, wider in 1.0f32..4.0, style in 0.25f32..4.0,
        ) {
            let shown = |side: u32| Size::new((side as f32 * wider) as u32, side);
            let [small, large] = [side, side + 1].map(shown);
            prop_assert!(Brush::FACTORS.contains(&Brush::Automatic.factor(small, style)));
            prop_assert!(Brush::Automatic.factor(small, style) <= Brush::Automatic.factor(large, style) + 1e-4);
            let painted = [small, large].map(|shown| Brush::Automatic.painted_size(shown, style).height);
            prop_assert!(painted[0] <= painted[1] + 1, "{:?}", painted);
            prop_assert_eq!(Brush::Factor(f32::NAN).factor(small, style), 1.0);
        }
    }
}
