//! Makes styles: trains a style transfer network from one picture, and writes it as an ONNX file with its manifest.
//!
//! [`Trainer`] holds everything: the [`Network`](crate::network::Network), the perceptual [`Features`], the pictures
//! ([`Crops`]) and the optimizer. Tensors are those of `burn`, on the device that the features are on, see
//! [`TrainDevice`]; between two iterations all weights live in plain memory, so that checkpoints and exports need
//! nothing of `burn`. Only built with the feature `train`.

mod adam;
mod checkpoint;
mod data;
mod device;
mod error;
mod evaluation;
mod export;
mod features;
#[cfg(feature = "train-gpu")]
mod graphics;
mod join;
mod keyframes;
mod limit;
mod losses;
mod objective;
mod planes;
mod preview;
mod run;
mod self_test;
mod settings;
mod stopping;
mod trainer;
mod training;

pub use checkpoint::write_whole;
pub use data::{Crops, MIN_SIDE_PX, PairCrop, SCENE};
pub use device::{Adapter, Backend, TrainDevice};
pub use error::TrainError;
pub use evaluation::{Evaluation, Flicker};
pub use export::{Provenance, write_style};
pub use features::{FeatureAnswer, FeatureEngine, FeatureQuestion, Features};
pub use keyframes::{
    KeyframeError, KeyframeLosses, KeyframePairs, KeyframeProvenance, KeyframeSettings, KeyframeTrainer,
    KeyframeWeights, write_keyframe_style,
};
pub use limit::Limit;
pub use losses::{FeatureStatistics, LossWeights, Losses};
pub use planes::{PictureBatch, Planes};
pub use preview::{fitting, painting};
pub use run::paint;
pub use self_test::{SELF_TEST_STEPS, SelfTestStep, Subject, made_up_features, self_test};
pub use settings::Settings;
pub use stopping::StopReason;
pub use trainer::{Teacher, Trainer};
pub use training::Training;
