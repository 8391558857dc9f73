//! The live figures that the panel shows.

use crate::control::ProviderReport;
use crate::frame::Size;
use crate::stylize::Parameter;

/// Figures over the last second (rates) and the last 64 pictures (medians).
#[derive(Debug, Clone, Default)]
pub struct LiveFigures {
    pub captured_fps: f32,
    pub inference_fps: f32,
    pub presented_fps: f32,
    /// Milliseconds, medians.
    pub capture_ms: f32,
    pub preprocess_ms: f32,
    pub inference_ms: f32,
    pub postprocess_ms: f32,
    pub compose_ms: f32,
    pub present_ms: f32,
    pub latency_ms: f32,
    pub source_size: Option<Size>,
    pub input_size: Option<Size>,
    /// The network paints at one size only, whatever is asked for.
    pub has_one_size: bool,
    /// The name of the style that paints now.
    pub style: Option<String>,
    /// The last thing that was done to hold the rate, and why.
    pub pace: Option<String>,
    /// A style is being loaded in the background.
    pub is_loading: bool,
    pub provider: ProviderReport,
    /// Further inputs of the current network.
    pub parameters: Vec<Parameter>,
}
