//! Makes styles: trains a style transfer network from one picture, and writes it as an ONNX file with its manifest.
//!
//! [`Trainer`] holds everything: the [`Network`](crate::network::Network), the perceptual [`Features`], the pictures ([`Crops`]) and the optimizer.
//! Tensors are those of `burn`, on the CPU; between two iterations all weights live in plain memory, so that checkpoints
//! and exports need nothing of `burn`. Only built with the feature `train`.

mod adam;
mod best;
mod checkpoint;
mod data;
mod error;
mod export;
mod features;
mod keyframes;
mod limit;
mod losses;
mod planes;
mod preview;
mod run;
mod trainer;
mod training;

pub use best::{BestScore, Patience};
pub use checkpoint::write_whole;
pub use data::{Crops, MIN_SIDE_PX};
pub use error::TrainError;
pub use export::{Provenance, write_style};
pub use features::Features;
pub use keyframes::{
    KeyframeError, KeyframeLosses, KeyframePairs, KeyframeProvenance, KeyframeSettings, KeyframeTrainer,
    KeyframeWeights, write_keyframe_style,
};
pub use limit::Limit;
pub use losses::{LossWeights, Losses};
pub use planes::Planes;
pub use preview::{fitting, painting};
pub use run::paint;
pub use trainer::{Settings, Trainer};
pub use training::Training;
