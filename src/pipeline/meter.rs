//! Counts and times what passes through the pipeline. All memory is taken at the start.

use super::figures::LiveFigures;
use crate::compose::Layers;
use crate::control::{FrameCounts, LatencyStats, Percentiles, ProviderReport, RunStats, StageStats};
use crate::frame::{Frame, Size};
use crate::stylize::{Painted, Parameter, ProviderChoice};
use std::time::{Duration, Instant};

/// Percentiles are taken over at most this many of the latest samples of a stage.
const SAMPLES: usize = 8192;
/// Live medians are taken over this many of the latest samples.
const LIVE_SAMPLES: usize = 64;
/// Live rates are counted over this time, and means over this time at least.
const LIVE_WINDOW: Duration = Duration::from_secs(1);
/// At most this many different notices are kept for the statistics.
const NOTICES: usize = 100;

/// The figures of one run.
pub struct Meter {
    started_at: Instant,
    encoder: String,
    counts: FrameCounts,
    captured: Rate,
    inferred: Rate,
    presented: Rate,
    capture: Samples,
    preprocess: Samples,
    inference: Samples,
    postprocess: Samples,
    compose: Samples,
    present: Samples,
    latency: Samples,
    /// Recorded and skipped pictures of the recordings that are over.
    finished_recordings: (u64, u64),
    current_recording: (u64, u64),
    provider: ProviderReport,
    style: Option<String>,
    parameters: Vec<Parameter>,
    is_loading: bool,
    source_size: Option<Size>,
    input_size: Option<Size>,
    has_one_size: bool,
    output_size: Option<Size>,
    pace: Vec<String>,
    notices: Vec<String>,
}

impl Meter {
    pub fn new(requested: ProviderChoice) -> Self {
        let provider =
            ProviderReport { requested: format!("{requested:?}").to_lowercase(), ..ProviderReport::default() };
        Self {
            started_at: Instant::now(),
            encoder: String::new(),
            counts: FrameCounts::default(),
            captured: Rate::new(),
            inferred: Rate::new(),
            presented: Rate::new(),
            capture: Samples::new(),
            preprocess: Samples::new(),
            inference: Samples::new(),
            postprocess: Samples::new(),
            compose: Samples::new(),
            present: Samples::new(),
            latency: Samples::new(),
            finished_recordings: (0, 0),
            current_recording: (0, 0),
            provider,
            style: None,
            parameters: Vec::new(),
            is_loading: false,
            source_size: None,
            input_size: None,
            has_one_size: false,
            output_size: None,
            pace: Vec::new(),
            notices: Vec::new(),
        }
    }

    pub fn note_captured(&mut self, frame: &Frame) {
        self.counts.captured += 1;
        self.captured.tick();
        self.capture.push(frame.captured_at.elapsed());
        self.source_size = Some(frame.size);
    }

    /// Frames that the source has given since the start.
    pub fn captured(&self) -> u64 {
        self.counts.captured
    }

    pub fn note_superseded(&mut self) {
        self.counts.superseded += 1;
    }

    pub fn note_painted(&mut self, painted: &Painted) {
        self.counts.inferred += 1;
        self.inferred.tick();
        self.preprocess.push(painted.preprocess);
        self.inference.push(painted.inference);
        self.postprocess.push(painted.postprocess);
        self.input_size = Some(painted.input_size);
    }

    pub fn note_presented(
        &mut self,
        layers: &Layers,
        output: Size,
        compose: Duration,
        present: Duration,
        is_first_showing: bool,
    ) {
        self.counts.presented += 1;
        self.presented.tick();
        self.compose.push(compose);
        self.present.push(present);
        self.output_size = Some(output);
        if let (Some(painting), true) = (&layers.painting, is_first_showing) {
            self.latency.push(painting.source.captured_at.elapsed());
        }
    }

    /// Takes the running totals of the current recording; smaller totals than before mean a new recording.
    pub fn note_recorded(&mut self, recorded: u64, skipped: u64) {
        if recorded < self.current_recording.0 || skipped < self.current_recording.1 {
            self.finished_recordings.0 += self.current_recording.0;
            self.finished_recordings.1 += self.current_recording.1;
        }
        self.current_recording = (recorded, skipped);
        self.counts.recorded = self.finished_recordings.0 + recorded;
        self.counts.skipped = self.finished_recordings.1 + skipped;
    }

    pub fn note_encoder(&mut self, name: &str) {
        name.clone_into(&mut self.encoder);
    }

    pub fn note_style(&mut self, style: &str, provider: &ProviderReport, parameters: &[Parameter]) {
        self.style = Some(style.to_owned());
        self.provider = provider.clone();
        self.note_parameters(parameters);
    }

    pub fn note_one_size(&mut self, has_one_size: bool) {
        self.has_one_size = has_one_size;
    }

    pub fn note_parameters(&mut self, parameters: &[Parameter]) {
        self.parameters = parameters.to_vec();
    }

    /// Takes note of what was done to hold the rate.
    pub fn note_pace(&mut self, words: String) {
        if self.pace.len() == NOTICES {
            self.pace.remove(0);
        }
        self.pace.push(words);
    }

    pub fn note_loading(&mut self, is_loading: bool) {
        self.is_loading = is_loading;
    }

    pub fn add_notice(&mut self, text: &str) {
        if self.notices.len() < NOTICES && !self.notices.iter().any(|known| known == text) {
            self.notices.push(text.to_owned());
        }
    }

    pub fn live(&self) -> LiveFigures {
        LiveFigures {
            captured_fps: self.captured.live_fps(),
            inference_fps: self.inferred.live_fps(),
            presented_fps: self.presented.live_fps(),
            capture_ms: self.capture.live_median(),
            preprocess_ms: self.preprocess.live_median(),
            inference_ms: self.inference.live_median(),
            postprocess_ms: self.postprocess.live_median(),
            compose_ms: self.compose.live_median(),
            present_ms: self.present.live_median(),
            latency_ms: self.latency.live_median(),
            source_size: self.source_size,
            input_size: self.input_size,
            has_one_size: self.has_one_size,
            style: self.style.clone(),
            pace: self.pace.last().cloned(),
            is_loading: self.is_loading,
            provider: self.provider.clone(),
            parameters: self.parameters.clone(),
        }
    }

    pub fn stats(&self) -> RunStats {
        RunStats {
            captured_fps: self.captured.mean_fps(),
            inference_fps: self.inferred.mean_fps(),
            presented_fps: self.presented.mean_fps(),
            frames: self.counts,
            ms: StageStats {
                capture: self.capture.percentiles(),
                preprocess: self.preprocess.percentiles(),
                inference: self.inference.percentiles(),
                postprocess: self.postprocess.percentiles(),
                compose: self.compose.percentiles(),
                present: self.present.percentiles(),
            },
            latency_ms: LatencyStats { capture_to_present: self.latency.percentiles() },
            provider: self.provider.clone(),
            style: self.style.clone().unwrap_or_default(),
            input_size: self.input_size,
            source_size: self.source_size,
            output_size: self.output_size,
            encoder: self.encoder.clone(),
            duration_secs: self.started_at.elapsed().as_secs_f64(),
            peak_rss_bytes: peak_rss_bytes(),
            pace: self.pace.clone(),
            notices: self.notices.clone(),
        }
    }
}

/// The latest durations of one stage, in milliseconds, in a ring.
#[derive(Clone)]
pub struct Samples {
    ring: Vec<f32>,
    next: usize,
}

impl Samples {
    pub fn new() -> Self {
        Self { ring: Vec::with_capacity(SAMPLES), next: 0 }
    }

    pub fn push(&mut self, duration: Duration) {
        let ms = duration.as_secs_f32() * 1e3;
        if self.ring.len() < SAMPLES {
            self.ring.push(ms);
        } else {
            self.ring[self.next] = ms;
        }
        self.next = (self.next + 1) % SAMPLES;
    }

    pub fn percentiles(&self) -> Percentiles {
        let mut sorted = self.ring.clone();
        sorted.sort_by(f32::total_cmp);
        Percentiles { p50: rank(&sorted, 0.50), p95: rank(&sorted, 0.95) }
    }

    fn live_median(&self) -> f32 {
        let mut latest = [0.0f32; LIVE_SAMPLES];
        let count = self.ring.len().min(LIVE_SAMPLES);
        for (back, slot) in latest[..count].iter_mut().enumerate() {
            *slot = self.ring[(self.next + SAMPLES - 1 - back) % SAMPLES];
        }
        latest[..count].sort_by(f32::total_cmp);
        rank(&latest[..count], 0.5) as f32
    }
}

/// The nearest-rank percentile of sorted values; 0 where there are none.
fn rank(sorted: &[f32], fraction: f64) -> f64 {
    let index = (fraction * sorted.len() as f64).ceil() as usize;
    sorted.get(index.saturating_sub(1)).map_or(0.0, |&value| (f64::from(value) * 1e3).round() / 1e3)
}

/// The instants of the latest events of one kind.
struct Rate {
    ring: Vec<Instant>,
    next: usize,
    total: u64,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Rate {
    /// Enough for the live window at any rate that a display shows.
    const CAPACITY: usize = 512;

    fn new() -> Self {
        Self { ring: Vec::with_capacity(Self::CAPACITY), next: 0, total: 0, first: None, last: None }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if self.ring.len() < Self::CAPACITY {
            self.ring.push(now);
        } else {
            self.ring[self.next] = now;
        }
        self.next = (self.next + 1) % Self::CAPACITY;
        self.total += 1;
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    fn live_fps(&self) -> f32 {
        let recent = self.ring.iter().filter(|instant| instant.elapsed() < LIVE_WINDOW).count();
        recent as f32 / LIVE_WINDOW.as_secs_f32()
    }

    /// Events per second between the first and the last one, which count as a second apart at least: a still picture
    /// that is shown twice at once has no rate.
    fn mean_fps(&self) -> f64 {
        match (self.first, self.last) {
            (Some(first), Some(last)) if last > first => {
                let fps = (self.total - 1) as f64 / (last - first).max(LIVE_WINDOW).as_secs_f64();
                (fps * 100.0).round() / 100.0
            }
            _ => 0.0,
        }
    }
}

/// The largest resident memory of this process so far, in bytes; 0 where the system does not tell.
#[cfg(not(windows))]
pub fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// The largest working set of this process so far, in bytes; 0 where the system does not tell.
#[cfg(windows)]
pub fn peak_rss_bytes() -> u64 {
    use windows::Win32::System::ProcessStatus::{GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS};
    use windows::Win32::System::Threading::GetCurrentProcess;
    let mut facts = PROCESS_MEMORY_COUNTERS::default();
    // SAFETY: the handle is that of this process, and the structure's size is passed with its pointer.
    let told = unsafe {
        GetProcessMemoryInfo(GetCurrentProcess(), &raw mut facts, size_of::<PROCESS_MEMORY_COUNTERS>() as u32)
    };
    told.map_or(0, |()| facts.PeakWorkingSetSize as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks_and_old_samples_leave() {
        let mut samples = Samples::new();
        assert_eq!(samples.percentiles(), Percentiles { p50: 0.0, p95: 0.0 });
        for ms in 1..=100 {
            samples.push(Duration::from_millis(ms));
        }
        assert_eq!(samples.percentiles(), Percentiles { p50: 50.0, p95: 95.0 });
        assert_eq!(samples.live_median(), 68.0, "of 37..=100");
        for _ in 0..SAMPLES {
            samples.push(Duration::from_millis(7));
        }
        assert_eq!(samples.percentiles(), Percentiles { p50: 7.0, p95: 7.0 });
    }

    #[test]
    fn a_second_recording_adds_to_the_first() {
        let mut meter = Meter::new(ProviderChoice::Auto);
        meter.note_recorded(10, 1);
        meter.note_recorded(20, 2);
        meter.note_recorded(1, 0);
        assert_eq!((meter.counts.recorded, meter.counts.skipped), (21, 2));
    }
}
