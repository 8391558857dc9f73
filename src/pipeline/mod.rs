//! Spawns, names, stops and joins the threads that capture and paint, and owns the slots between them. Knows no window.

use crate::capture::OpenSource;
use crate::compose::Layers;
use crate::control::{Event, ParameterValue, ProviderReport, RunStats, SizeRequest};
use crate::frame::Size;
use crate::stylize::{Parameter, ProviderChoice, Style};
use std::time::Duration;

/// What a pipeline is started with.
pub struct PipelineConfig {
    pub source: OpenSource,
    /// The style to paint with; `None` shows the plain frame until [`Pipeline::set_style`].
    pub style: Option<Style>,
    pub provider: ProviderChoice,
    pub size: SizeRequest,
    pub fps_cap: Option<f32>,
    pub parameters: Vec<ParameterValue>,
    /// Called from any thread of the pipeline for every event: must return at once (send to a bounded channel, wake a
    /// window's event loop).
    pub on_event: Box<dyn Fn(Event) + Send + Sync>,
}

/// The running threads `capture`, `stylize` and, for seconds, `load style`. Dropping it stops and joins them.
pub struct Pipeline {
    _private: (),
}

/// Live figures for the panel, over the last second or so.
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
    /// The name of the style that paints now.
    pub style: Option<String>,
    /// A style is being loaded in the background.
    pub is_loading: bool,
    pub provider: ProviderReport,
    /// Further inputs of the current network.
    pub parameters: Vec<Parameter>,
}

impl Pipeline {
    /// Starts the threads. The source is opened on its thread: failing to open is an `Ended(Failed)` event.
    pub fn start(config: PipelineConfig) -> Self {
        let _ = config;
        todo!()
    }

    /// The newest frame and painting; `None` before the first frame.
    pub fn newest(&self) -> Option<Layers> {
        todo!()
    }

    /// Loads a style in the background; the current one paints until the new one is warm.
    pub fn set_style(&self, style: Style) {
        let _ = style;
        todo!()
    }

    /// Changes the inference size from the next frame on.
    pub fn set_size(&self, size: SizeRequest) {
        let _ = size;
        todo!()
    }

    /// Changes the cap from the next frame on.
    pub fn set_fps_cap(&self, cap: Option<f32>) {
        let _ = cap;
        todo!()
    }

    /// Sets a further input of the network from the next frame on.
    pub fn set_parameter(&self, value: ParameterValue) {
        let _ = value;
        todo!()
    }

    /// While paused (bypass, hidden), frames go through unpainted, or not at all.
    pub fn set_painting(&self, on: bool) {
        let _ = on;
        todo!()
    }

    /// Tells that `layers` were put on the screen now: `compose` and `present` are the time that the stages took.
    pub fn note_presented(&self, layers: &Layers, output: Size, compose: Duration, present: Duration) {
        let _ = (layers, output, compose, present);
        todo!()
    }

    /// Tells how many pictures a recording took and left out since it started.
    pub fn note_recorded(&self, recorded: u64, skipped: u64) {
        let _ = (recorded, skipped);
        todo!()
    }

    /// Figures for the panel.
    pub fn figures(&self) -> LiveFigures {
        todo!()
    }

    /// Figures of the whole run.
    pub fn stats(&self) -> RunStats {
        todo!()
    }
}
