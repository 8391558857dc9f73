//! What `flicker` found, as JSON and as a table.

use super::critic::Critic;
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
    /// What style loss and content loss were measured with; `null` where they were not.
    pub losses: Option<LossFigures>,
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

/// How style loss and content loss were measured.
#[derive(Debug, Serialize)]
pub struct LossFigures {
    /// The file of VGG-16.
    pub features: PathBuf,
    /// What was judged of each painting: its middle.
    pub judged: Size,
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
    /// Relative distance of the Gram matrices from those of the style picture, as in training; `null` without features, and
    /// where the style picture is not known.
    pub style_loss: Option<f64>,
    /// Relative distance of the content features from those of the frame, as in training; `null` without features.
    pub content_loss: Option<f64>,
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
    pub fn new(material: &Material, flow: FlowFigures, subjects: &[Subject], critic: Option<&Critic>) -> Self {
        let raw = Figures::of(&subjects[0].gathered);
        let styles = subjects.iter().filter_map(|subject| {
            let (model, provider, input_size) = subject.model(material.size)?;
            let figures = Figures::of(&subject.gathered);
            let warping_error_of_raw = match (figures.warping_error, raw.warping_error) {
                (Some(own), Some(floor)) if floor > 0.0 => Some(own / floor),
                _ => None,
            };
            let gathered = &subject.gathered;
            Some(StyleFigures {
                style: subject.name.clone(),
                model,
                provider,
                input_size,
                figures,
                warping_error_of_raw,
                style_loss: mean_of_some(&gathered.style_losses),
                content_loss: mean_of_some(&gathered.content_losses),
                ms_per_frame: median_ms(&gathered.paint_times),
            })
        });
        Self {
            source: material.name.clone(),
            size: material.size,
            fps: material.fps,
            frames: subjects[0].gathered.details.len(),
            probes: subjects[0].gathered.color_pumping.len(),
            flow,
            losses: critic.map(|critic| LossFigures { features: critic.features.clone(), judged: critic.judged }),
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

/// A column of the table.
pub struct Column {
    pub name: &'static str,
    /// In letters.
    width: usize,
    needs_features: bool,
    /// The cell of a line as a text, or that of the raw video; `None` where there is no figure.
    text: fn(&Figures, Option<&StyleFigures>) -> Option<String>,
}

const COLUMNS: [Column; 12] = [
    column("E_warp", 10, |figures, _| Some(format!("{:.6}", figures.warping_error?))),
    column("of raw", 8, |_, style| Some(format!("{:.2}", style?.warping_error_of_raw?))),
    column("±1/255", 9, |figures, _| response(figures.noise_response.one_level)),
    column("σ 0.01", 9, |figures, _| response(figures.noise_response.sigma_0_01)),
    column("1 px", 9, |figures, _| response(figures.shift_response.px_1)),
    column("2 px", 9, |figures, _| response(figures.shift_response.px_2)),
    column("4 px", 9, |figures, _| response(figures.shift_response.px_4)),
    column("pumping", 9, |figures, _| response(figures.color_pumping)),
    column("detail", 9, |figures, _| response(figures.detail)),
    Column { needs_features: true, ..column("style", 8, |_, style| Some(format!("{:.3}", style?.style_loss?))) },
    Column { needs_features: true, ..column("content", 9, |_, style| Some(format!("{:.3}", style?.content_loss?))) },
    column("ms", 8, |_, style| Some(format!("{:.1}", style?.ms_per_frame))),
];

const fn column(
    name: &'static str,
    width: usize,
    text: fn(&Figures, Option<&StyleFigures>) -> Option<String>,
) -> Column {
    Column { name, width, needs_features: false, text }
}

fn response(value: f64) -> Option<String> {
    Some(format!("{value:.5}"))
}

impl Column {
    /// The cell of a style's line, or that of the raw video.
    pub fn cell(&self, figures: &Figures, style: Option<&StyleFigures>) -> String {
        (self.text)(figures, style).unwrap_or_else(|| "-".to_owned())
    }
}

impl Report {
    /// The columns of the table, in order.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let has_features = self.losses.is_some();
        COLUMNS.iter().filter(move |column| has_features || !column.needs_features)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, size, fps, frames, probes, flow, .. } = self;
        writeln!(f, "{source} at {size}, {frames} frames at {fps:.3} fps, responses from {probes} of them\n{flow}\n")?;
        let names = self.styles.iter().map(|style| style.style.chars().count());
        let name_width = names.max().unwrap_or(0).max("raw video".len()) + 2;
        write!(f, "  {:<name_width$}", "")?;
        writeln!(f, "{:>18}{:>18}{:>27}", "", "noise response", "shift response")?;
        write!(f, "  {:<name_width$}", "")?;
        for Column { name, width, .. } in self.columns() {
            write!(f, "{name:>width$}")?;
        }
        let raw = ("raw video", &self.raw, None);
        let styles = self.styles.iter().map(|style| (style.style.as_str(), &style.figures, Some(style)));
        for (name, figures, style) in std::iter::once(raw).chain(styles) {
            write!(f, "\n  {name:<name_width$}")?;
            for column in self.columns() {
                write!(f, "{:>width$}", column.cell(figures, style), width = column.width)?;
            }
        }
        writeln!(f, "\n\nSmaller is steadier, but so is a blurred or pale painting: it has less detail.")?;
        match &self.losses {
            Some(losses) => {
                writeln!(f, "Style and content are the losses of training, of the middle {}.", losses.judged)
            }
            None => Ok(()),
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
