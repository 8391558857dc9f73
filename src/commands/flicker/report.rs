//! What `flicker` found, as JSON.

use super::judge::Judge;
use super::likeness_figures::LikenessFigures;
use super::material::{EstimationError, Material};
use super::subject::{Gathered, Subject};
use crate::control::ProviderReport;
use crate::frame::Size;
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The figures of one `flicker`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `scene`, or the path of the clip or dataset.
    pub source: String,
    /// Of the frames, and of what is compared.
    pub size: Size,
    pub fps: f64,
    /// Number of frames that were painted.
    pub frames: usize,
    /// Number of frames on which the responses were measured.
    pub probes: usize,
    pub flow: FlowFigures,
    /// Number of frames whose paintings were judged.
    pub judged_frames: usize,
    /// The file of VGG-16; `null` where style and content were not measured.
    pub features: Option<PathBuf>,
    /// The floor.
    pub raw: Figures,
    pub styles: Vec<StyleFigures>,
}

/// Where the motion is known from.
#[derive(Debug, Serialize)]
pub struct FlowFigures {
    /// `exact` (the scene) or `estimated` (clips).
    pub kind: &'static str,
    /// The share of pixels that no warping error was taken from, mean over the pairs that are no cuts.
    pub occluded: f64,
    /// The endpoint error of the estimated flow, tried on the scene at the same size; absent for the exact flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_error_on_scene: Option<EstimationError>,
}

/// The figures of the raw video or of one style. All but the times are on the scale `0..=1` from black to white.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// The mean over all pairs; `null` where no pair shows anything twice.
    pub warping_error: Option<f64>,
    pub noise_response: NoiseFigures,
    pub shift_response: ShiftFigures,
    pub color_pumping: f64,
    pub detail: f64,
    /// Of each pair; `null` at hard cuts, and between the bursts of a dataset.
    pub warping_errors: Vec<Option<f64>>,
}

#[derive(Debug, Serialize)]
pub struct NoiseFigures {
    pub one_level: f64,
    pub sigma_0_01: f64,
}

#[derive(Debug, Serialize)]
pub struct ShiftFigures {
    pub px_1: f64,
    pub px_2: f64,
    pub px_4: f64,
}

/// The figures of one style.
#[derive(Debug, Serialize)]
pub struct StyleFigures {
    pub style: String,
    pub model: PathBuf,
    pub provider: ProviderReport,
    /// The size at which the network ran.
    pub input_size: Size,
    #[serde(flatten)]
    pub figures: Figures,
    /// `warping_error` as a multiple of the raw video's; `null` where that is 0.
    pub warping_error_of_raw: Option<f64>,
    pub likeness: LikenessFigures,
    /// Median time of one painting: preprocessing, network, postprocessing.
    pub ms_per_frame: f64,
}

impl FlowFigures {
    pub fn new(occluded: &[f64], endpoint_error_on_scene: Option<EstimationError>) -> Self {
        let kind = if endpoint_error_on_scene.is_some() { "estimated" } else { "exact" };
        Self { kind, occluded: mean(occluded), endpoint_error_on_scene }
    }
}

impl Figures {
    fn of(gathered: &Gathered) -> Self {
        let known: Vec<f64> = gathered.warping_errors.iter().copied().flatten().collect();
        let [px_1, px_2, px_4] = gathered.shifts.each_ref().map(|responses| mean(responses));
        Self {
            warping_error: mean_of_some(&known),
            noise_response: NoiseFigures {
                one_level: mean(&gathered.one_level_noise),
                sigma_0_01: mean(&gathered.normal_noise),
            },
            shift_response: ShiftFigures { px_1, px_2, px_4 },
            color_pumping: mean(&gathered.color_pumping),
            detail: mean(&gathered.details),
            warping_errors: gathered.warping_errors.clone(),
        }
    }
}

impl Report {
    /// The report on subjects of which the first is the raw video.
    pub fn new(material: &Material, flow: FlowFigures, subjects: &[Subject], judge: &Judge) -> Self {
        let raw = Figures::of(&subjects[0].gathered);
        let styles = subjects.iter().filter_map(|subject| {
            let (model, provider, input_size) = subject.model(material.size)?;
            let figures = Figures::of(&subject.gathered);
            let warping_error_of_raw = match (figures.warping_error, raw.warping_error) {
                (Some(own), Some(floor)) if floor > 0.0 => Some(own / floor),
                _ => None,
            };
            Some(StyleFigures {
                style: subject.name.clone(),
                model,
                provider,
                input_size,
                figures,
                warping_error_of_raw,
                likeness: LikenessFigures::of(subject, judge),
                ms_per_frame: median_ms(&subject.gathered.paint_times),
            })
        });
        Self {
            source: material.name.clone(),
            size: material.size,
            fps: material.fps,
            frames: subjects[0].gathered.details.len(),
            probes: subjects[0].gathered.color_pumping.len(),
            flow,
            judged_frames: judge.frames(),
            features: judge.critic.as_ref().map(|critic| critic.features.clone()),
            styles: styles.collect(),
            raw,
        }
    }
}

impl fmt::Display for FlowFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let occluded = self.occluded * 100.0;
        match self.endpoint_error_on_scene {
            None => write!(f, "exact flow, {occluded:.1} % of the pixels occluded"),
            Some(error) => write!(
                f,
                "estimated flow, {occluded:.1} % of the pixels left out; on the built-in scene its endpoint error is {:.2} px \
                 (median {:.2}, p95 {:.2}) over {:.0} % of the pixels",
                error.mean_px,
                error.median_px,
                error.p95_px,
                error.compared * 100.0
            ),
        }
    }
}

/// 0 where there are none.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn mean_of_some(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| mean(values))
}

fn median_ms(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
