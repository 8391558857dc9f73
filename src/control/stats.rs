//! The figures of a run, as `--stats` writes them.

use crate::frame::Size;
use serde::Serialize;

/// Median and 95th percentile, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Percentiles {
    pub p50: f64,
    pub p95: f64,
}

/// How many frames went which way since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FrameCounts {
    /// Handed over by the source.
    pub captured: u64,
    /// Replaced by a newer frame before the network took them.
    pub superseded: u64,
    /// Painted by the network.
    pub inferred: u64,
    /// Shown (or, without a window, finished).
    pub presented: u64,
    /// Encoded into a recording.
    pub recorded: u64,
    /// Not recorded, because the encoder was busy.
    pub skipped: u64,
}

/// Time per stage, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct StageStats {
    pub capture: Percentiles,
    pub preprocess: Percentiles,
    pub inference: Percentiles,
    pub postprocess: Percentiles,
    pub compose: Percentiles,
    pub present: Percentiles,
}

/// Ages of pictures, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LatencyStats {
    /// From the capture of a frame until its painting was presented for the first time.
    pub capture_to_present: Percentiles,
}

/// Which execution provider was asked for, which one runs, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProviderReport {
    pub requested: String,
    pub running: String,
    /// Why this one runs: empty where the first choice does, else what the others said.
    pub reason: String,
}

/// Everything `--stats` writes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunStats {
    pub captured_fps: f64,
    pub inference_fps: f64,
    pub presented_fps: f64,
    pub frames: FrameCounts,
    pub ms: StageStats,
    pub latency_ms: LatencyStats,
    pub provider: ProviderReport,
    pub style: String,
    pub input_size: Option<Size>,
    pub source_size: Option<Size>,
    pub output_size: Option<Size>,
    /// The video encoder that recorded; empty where nothing was recorded.
    pub encoder: String,
    pub duration_secs: f64,
    pub peak_rss_bytes: u64,
    /// What was done to hold the rate, and why, the latest last.
    pub pace: Vec<String>,
    pub notices: Vec<String>,
}
