//! Makes styles from key frames that somebody painted: few-shot patch-based training (Texler et al. 2020, "Interactive
//! Video Stylization Using Few-Shot Patch-Based Training").
//!
//! Each iteration draws patches at random places of the key frames, paints them, and compares them with the same
//! patches of the painted versions: pixel by pixel, through the perceptual features, and by a discriminator that learns
//! to tell painted by hand from painted by the network. Frames of the game, which nobody painted, train it to be
//! steady.

mod discriminator;
mod error;
mod export;
mod losses;
mod pairs;
mod patches;
mod settings;
mod trainer;

pub use error::KeyframeError;
pub use export::{KeyframeProvenance, write_keyframe_style};
pub use losses::KeyframeLosses;
pub use pairs::KeyframePairs;
pub use settings::{KeyframeSettings, KeyframeWeights};
pub use trainer::KeyframeTrainer;
