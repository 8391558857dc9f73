//! Measures of the painting itself: how close its strokes and colours are to the style picture, how much of the frame
//! it still shows, and whether it shows the grid of its network. Pure arithmetic on frames and features: nothing here
//! knows a network, a file or a window. How steady paintings are is measured by [`crate::steadiness`].
//!
//! | measure | of | range | best |
//! | --- | --- | --- | --- |
//! | [`StyleStatistics::distance`] | features of all frames against those of the style picture | 0 and up | 0 |
//! | [`Palette::distance`] | colours of all frames against those of the style picture | 0 to about 1 | 0 |
//! | [`ContentFeatures::distance`] | features of a painting against those of its frame | 0 to about 2 (unrelated) | 0 |
//! | [`Legibility::correlation`] | outlines of the paintings against those of their frames | -1 to 1 | 1 |
//! | [`lattice`] | what repeats every 2, 4 or 8 px where the frame is smooth | 0 to 1 | 0 |
//!
//! The first two mean something beside the same distance of the unpainted frames: 1 is "no closer than the game
//! itself". Features are those of VGG-16, slices `[channels, height, width]` of one picture. The measures are those by
//! which `scripts/train_style.py` trains; `tests/likeness` holds both to the same numbers.

mod blocks;
mod content;
mod lattice;
mod legibility;
mod palette;
mod statistics;
mod style;

pub use blocks::halved_planes;
pub use content::ContentFeatures;
pub use lattice::{Lattice, lattice, smooth_pictures};
pub use legibility::Legibility;
pub use palette::Palette;
pub use statistics::FeatureStatistics;
pub use style::StyleStatistics;
