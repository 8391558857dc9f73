//! Turns a frame into a small painted picture. The only room that knows ONNX Runtime.
//!
//! [`inspect`] understands a model, [`Painter`] runs it: preprocess, network, postprocess. [`BareSession`] runs
//! the network alone, for measuring; [`FeatureSession`] runs networks that describe pictures.

mod bare;
mod convention;
mod doctor;
mod error;
mod external_data;
mod facts;
mod failures;
mod fault;
mod features;
mod graph;
mod graph_session;
mod inspect;
mod levels;
mod manifest;
mod memory;
mod missing;
mod nvidia;
mod opened;
mod painter;
mod parameter;
mod places;
mod plugin;
mod postprocess;
mod preload;
mod preprocess;
mod probe;
mod provider;
mod resample;
mod runtime;
mod session;
mod simd;
mod style;
mod styles;

pub use bare::BareSession;
pub use convention::{Channels, Convention, Element, Layout, ValueRange};
pub use doctor::{ProviderProbe, probe_providers};
pub use error::StylizeError;
pub use facts::{Confidence, Known, ModelFacts, PictureFacts};
pub use features::{FeatureMap, FeatureSession};
pub use graph_session::{GraphInput, GraphOutput, GraphSession};
pub use inspect::inspect;
pub use manifest::{Fit, Manifest, PaintingManifest, ParameterManifest, PictureManifest};
pub use painter::{LoadOptions, Painted, Painter};
pub use parameter::Parameter;
pub use places::folders_above_executable;
pub use provider::ProviderChoice;
pub use runtime::{runtime_library, runtime_version};
pub use style::Style;
pub use styles::{default_style, find_style, installed_styles, own_styles_folder, style_folders, style_key};
