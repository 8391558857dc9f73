//! Automatic levels: one curve that stretches the light of a frame before a network paints it, so that a dark game
//! shows the whole palette of a style.
//!
//! [`Levels`] is the curve of one picture. [`Leveller`] follows the frames of a game: slowly, at once on a cut, and
//! hardly on a flash. [`level_alike`] levels pictures to train on.

mod curve;
mod follow;
mod leveller;
mod observation;
mod structure;

pub use curve::{Levels, LevelsTable};
pub use follow::LevelsFollower;
pub use leveller::{Leveller, level_alike};
pub use observation::{Observation, Observer};
