//! The networks that paint, as descriptions: a handful of numbers ([`Architecture`]) gives [`Layer`]s, these need
//! weights ([`Network`]), and both together make an ONNX model ([`to_onnx`]). Nothing here computes: `stylize` runs
//! models, `train` runs layers.

mod architecture;
mod cost;
mod error;
mod feature_backward;
mod feature_content;
mod feature_losses;
mod graph;
mod ladder;
mod layer;
mod loss_graph;
mod random;
mod tier;
mod vgg;
mod vgg_check;
mod vgg_graph;
mod weights;

pub use architecture::{Architecture, Quarter};
pub use error::NetworkError;
pub use feature_losses::{feature_losses_to_onnx, gradient_multiple_px};
pub use graph::{read_parameters, to_onnx};
pub use ladder::ladder;
pub use layer::{Border, Convolution, LEAK, Layer, NORM_EPSILON, Start};
pub use random::Random;
pub use tier::Tier;
pub use vgg::{
    BGR_MEANS, CONTENT_BLOCK, FeatureConvolution, HALF_SCALE_WEIGHT, MARGIN_PX, NORMALIZATION_FLOOR,
    STYLE_BLOCK_WEIGHTS, STYLE_PX, read_vgg16,
};
pub use vgg_check::{CHECK_SIDE_PX, check_picture, check_vgg16};
pub use vgg_graph::features_to_onnx;
pub use weights::{BatchStatistics, MULTIPLE_PX, Network, Parameter};
