//! What `bench` found, as JSON and as a table.

use super::Rates;
use crate::control::{Brush, LatencyStats, Percentiles, ProviderReport, RunStats};
use crate::frame::Size;
use crate::stylize::{BareSession, Style};
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;

/// The figures of one `bench`. Rates are medians over the rounds, in pictures per second.
#[derive(Debug, Serialize)]
pub struct Report {
    style: String,
    model: PathBuf,
    provider: ProviderReport,
    /// Threads of the CPU provider.
    threads: usize,
    /// The size of the frames, and of what is composed.
    shown_size: Size,
    /// The size that the network runs at.
    painted_size: Size,
    /// How many times as large strokes are as at the shown size.
    brush: f64,
    rounds: u32,
    /// A bare session: no preprocessing, no postprocessing, tensors reused.
    onnxruntime_fps: f64,
    /// Capture to painting, through the real pipeline.
    pipeline_fps: f64,
    /// The same with the compositor, and the finished picture brought back.
    composed_fps: f64,
    /// `pipeline_fps` as a part of `onnxruntime_fps`.
    pipeline_share: f64,
    compositor: Compositor,
    /// Stage times of the rounds without the compositor; its own time is from the rounds with it.
    ms: StageTimes,
    /// Stage times of the rounds with the compositor, which may share the processor with the network.
    composed_ms: StageTimes,
    latency_ms: LatencyStats,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<Baseline>,
    /// How many times as fast as the baseline the network runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
}

/// The adapter that composes.
#[derive(Debug, Serialize)]
pub struct Compositor {
    pub adapter: String,
    /// It draws on the processor, and so shares its cores with the network.
    pub is_software: bool,
}

/// Time per stage, in milliseconds.
#[derive(Debug, Default, Serialize)]
struct StageTimes {
    capture: Percentiles,
    preprocess: Percentiles,
    inference: Percentiles,
    postprocess: Percentiles,
    compose: Percentiles,
}

/// The other model.
#[derive(Debug, Serialize)]
pub struct Baseline {
    model: PathBuf,
    provider: ProviderReport,
    painted_size: Size,
    onnxruntime_fps: f64,
}

impl Baseline {
    pub fn new(style: &Style, session: &BareSession, rates: &[f64]) -> Self {
        Self {
            model: style.model.clone(),
            provider: session.provider().clone(),
            painted_size: session.input_size(),
            onnxruntime_fps: median(rates),
        }
    }
}

impl Report {
    pub fn new(
        style: &Style,
        session: &BareSession,
        shown_size: Size,
        rounds: u32,
        rates: &Rates,
        compositor: Compositor,
    ) -> Self {
        let (onnxruntime_fps, pipeline_fps) = (median(&rates.bare), median(&rates.pipeline));
        Self {
            style: style.name.clone(),
            model: style.model.clone(),
            provider: session.provider().clone(),
            threads: session.threads(),
            shown_size,
            painted_size: session.input_size(),
            brush: Brush::between(shown_size, session.input_size()),
            rounds,
            onnxruntime_fps,
            pipeline_fps,
            composed_fps: median(&rates.composed),
            pipeline_share: quotient(pipeline_fps, onnxruntime_fps),
            compositor,
            ms: StageTimes::default(),
            composed_ms: StageTimes::default(),
            latency_ms: LatencyStats::default(),
            baseline: None,
            ratio: None,
        }
    }

    /// Adds the stage times of the pipelines without and with a compositor.
    pub fn with_stages(mut self, pipeline: &RunStats, composed: &RunStats) -> Self {
        self.ms = StageTimes { compose: composed.ms.compose, ..StageTimes::of(pipeline) };
        self.composed_ms = StageTimes::of(composed);
        self.latency_ms = composed.latency_ms;
        self
    }

    pub fn with_baseline(mut self, baseline: Option<Baseline>) -> Self {
        self.ratio = baseline.as_ref().map(|baseline| quotient(self.onnxruntime_fps, baseline.onnxruntime_fps));
        self.baseline = baseline;
        self
    }
}

impl StageTimes {
    fn of(stats: &RunStats) -> Self {
        let ms = stats.ms;
        Self {
            capture: ms.capture,
            preprocess: ms.preprocess,
            inference: ms.inference,
            postprocess: ms.postprocess,
            compose: ms.compose,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, shown at {} and painted at {} (brush {}), on {} with {} threads; medians of {} rounds\n",
            self.style,
            self.shown_size,
            self.painted_size,
            self.brush,
            self.provider.running,
            self.threads,
            self.rounds
        )?;
        writeln!(f, "  {:<24}{:>8.2} fps", "ONNX Runtime alone", self.onnxruntime_fps)?;
        writeln!(
            f,
            "  {:<24}{:>8.2} fps   {:.2} of ONNX Runtime alone",
            "capture and paint", self.pipeline_fps, self.pipeline_share
        )?;
        let adapter = &self.compositor.adapter;
        writeln!(f, "  {:<24}{:>8.2} fps   on {adapter}", "capture, paint, compose", self.composed_fps)?;
        if let (Some(baseline), Some(ratio)) = (&self.baseline, self.ratio) {
            let model = baseline.model.file_name().unwrap_or_default().to_string_lossy();
            let (fps, size) = (baseline.onnxruntime_fps, baseline.painted_size);
            writeln!(
                f,
                "  {:<24}{fps:>8.2} fps   this style runs {ratio:.2} times as fast as {model} at {size}",
                "baseline alone"
            )?;
        }
        writeln!(f, "\n  {:<24}{:>16}{:>22}", "milliseconds", "painting", "and composing")?;
        writeln!(f, "  {:<24}{:>8}{:>8}{:>14}{:>8}", "", "p50", "p95", "p50", "p95")?;
        let (plain, composed) = (&self.ms, &self.composed_ms);
        for (name, plain, composed) in [
            ("capture", Some(plain.capture), composed.capture),
            ("preprocess", Some(plain.preprocess), composed.preprocess),
            ("inference", Some(plain.inference), composed.inference),
            ("postprocess", Some(plain.postprocess), composed.postprocess),
            ("compose", None, composed.compose),
            ("capture to present", None, self.latency_ms.capture_to_present),
        ] {
            let plain = plain.map_or_else(|| " ".repeat(16), |times| format!("{:>8.2}{:>8.2}", times.p50, times.p95));
            writeln!(f, "  {name:<24}{plain}{:>14.2}{:>8.2}", composed.p50, composed.p95)?;
        }
        if !self.provider.reason.is_empty() {
            writeln!(f, "\n{}", self.provider.reason)?;
        }
        Ok(())
    }
}

/// The middle value, to two decimal places; 0 where there is none.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let value = match sorted.len() {
        0 => 0.0,
        count if count % 2 == 0 => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    };
    hundredths(value)
}

fn quotient(a: f64, b: f64) -> f64 {
    if b > 0.0 { (a / b * 1e3).round() / 1e3 } else { 0.0 }
}

pub(super) fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quotients() {
        assert_eq!(median(&[]), 0.0);
        assert_eq!(median(&[3.0, 1.0, 90.0]), 3.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.014]), 2.51);
        assert_eq!((quotient(1.0, 3.0), quotient(1.0, 0.0)), (0.333, 0.0));
    }
}
