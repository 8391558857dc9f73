//! The networks that paint, as descriptions: a handful of numbers ([`Architecture`]) gives [`Layer`]s, these need weights
//! ([`Network`]), and both together make an ONNX model ([`to_onnx`]). Nothing here computes: `stylize` runs models, `train`
//! runs layers.

mod architecture;
mod error;
mod graph;
mod layer;
mod random;
mod tier;
mod vgg;
mod weights;

pub use architecture::{Architecture, Quarter};
pub use error::NetworkError;
pub use graph::{read_parameters, to_onnx};
pub use layer::{Border, Convolution, Layer, NORM_EPSILON, Start};
pub use random::Random;
pub use tier::Tier;
pub use vgg::{BGR_MEANS, FeatureConvolution, read_vgg16};
pub use weights::{MULTIPLE_PX, Network, Parameter};
