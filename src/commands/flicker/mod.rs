//! `impasto flicker`: how steady styles are, beside the raw video.
//!
//! Every frame is painted by every style, and each pair of successive paintings gives a warping error; on some frames
//! the responses to noise, shifts and a bright object are measured with further paintings. The figures are defined in
//! [`crate::steadiness`].

mod curves;
mod data_uri;
mod material;
mod page;
mod report;
mod subject;

use super::paint_options::seconds;
use super::progress::{bar, note, spinner};
use super::signals::stop_on_interrupt;
use crate::control::SizeRequest;
use crate::frame::Frame;
use crate::steadiness::Flow;
use crate::stylize::{LoadOptions, ProviderChoice, Style, find_style};
use anyhow::{Context, bail};
use clap::Args;
use material::{Material, estimation_error};
use report::{FlowFigures, Report};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use subject::Subject;

/// So much of the source is measured where nothing else is asked for.
const USUAL_TIME: Duration = Duration::from_secs(4);
/// The responses are measured on about so many frames, evenly spread.
const PROBES: u64 = 4;

#[derive(Debug, Args)]
pub struct FlickerArgs {
    /// The styles: names or model files, separated by commas.
    #[arg(long, value_name = "NAME|FILE.onnx,..", value_delimiter = ',', required = true)]
    style: Vec<String>,
    /// A video, a folder with the successive frames of one, or a dataset that has bursts.
    #[arg(long, value_name = "CLIP|FOLDER|DATASET", conflicts_with = "source")]
    input: Option<PathBuf>,
    /// The built-in scene, whose motion is known exactly.
    #[arg(long, value_parser = ["scene"], default_value = "scene")]
    source: String,
    /// The resolution of frames and networks: a height, or WIDTHxHEIGHT.
    #[arg(long, value_name = "HEIGHT|WxH", default_value = "480")]
    size: SizeRequest,
    /// How much of the source to measure; 4 seconds if nothing is said.
    #[arg(long, value_name = "N", value_parser = seconds, conflicts_with = "frames")]
    seconds: Option<Duration>,
    /// How many frames to measure.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    frames: Option<u64>,
    /// What runs the networks.
    #[arg(long, value_enum, default_value_t = ProviderChoice::Auto)]
    provider: ProviderChoice,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Write a page with pictures and curves.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

pub fn run(args: &FlickerArgs) -> anyhow::Result<()> {
    let stop = stop_on_interrupt();
    if let Some(path) = &args.report {
        check_report(path)?;
    }
    let styles = args.style.iter().map(|style| find_style(style)).collect::<Result<Vec<Style>, _>>()?;
    let material = match &args.input {
        Some(path) => Material::open(path, args.size)?,
        None => Material::scene(args.size),
    };
    let loading = spinner("loading");
    let options = LoadOptions {
        provider: args.provider,
        threads: 0,
        frame_size: material.size,
        size: SizeRequest::Exact(material.size),
    };
    let mut subjects = vec![Subject::raw()];
    for style in styles {
        subjects.push(Subject::load(style, &options)?);
    }
    let estimation = material.is_estimated().then(|| estimation_error(material.size));
    loading.finish_and_clear();

    let wanted = args.frames.unwrap_or_else(|| material.frames_in(args.seconds.unwrap_or(USUAL_TIME)));
    let mut session =
        Session { material, subjects, wanted, keeps_pictures: args.report.is_some(), occluded: Vec::new() };
    session.measure(&stop)?;
    let flow = FlowFigures::new(&session.occluded, estimation);
    let report = Report::new(&session.material, flow, &session.subjects);
    if let Some(path) = &args.report {
        let page = page::page(&report, &session.subjects)?;
        std::fs::write(path, page).with_context(|| format!("cannot write the report {}", path.display()))?;
        eprintln!("wrote the report: {}", path.display());
    }
    if args.json {
        return super::print_json(&report);
    }
    print!("{report}");
    Ok(())
}

/// Refuses a report that could not be written, before minutes of work.
fn check_report(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        bail!("the report is to be a file, but this is a folder: {}", path.display());
    }
    if !folder.is_dir() {
        bail!("the folder for the report does not exist, make it first: {}", folder.display());
    }
    Ok(())
}

struct Session {
    material: Material,
    /// The raw video first, then the styles.
    subjects: Vec<Subject>,
    /// Number of frames to measure, if there are so many.
    wanted: u64,
    keeps_pictures: bool,
    /// The occluded share of each pair that is no cut.
    occluded: Vec<f64>,
}

impl Session {
    fn measure(&mut self, stop: &AtomicBool) -> anyhow::Result<()> {
        let total = self.material.frame_count.map_or(self.wanted, |count| count.min(self.wanted));
        let probe_step = total.div_ceil(PROBES).max(1);
        let progress = bar(Some(total), "measuring");
        let mut before: Option<Frame> = None;
        for index in 0..self.wanted {
            if stop.load(Ordering::SeqCst) {
                note(&progress, &format!("interrupted: the figures are those of {index} frames"));
                break;
            }
            let Some(now) = self.material.next_frame()? else { break };
            let flow = before.as_ref().map(|before| self.material.flow(before, &now));
            self.occluded.extend(flow.as_ref().map(Flow::occluded_share).filter(|&share| share < 1.0));
            // The second frame is kept in case that the source ends before its middle.
            let is_kept = self.keeps_pictures && (index == 1 || index == total / 2);
            for subject in &mut self.subjects {
                subject.see(&now, flow.as_ref(), is_kept)?;
                if index % probe_step == 0 {
                    subject.probe(&now)?;
                }
            }
            before = Some(now);
            progress.inc(1);
        }
        progress.finish_and_clear();
        if self.subjects.iter().all(|subject| subject.gathered.warping_errors.is_empty()) {
            bail!(
                "flicker shows between frames, and here is no pair of them: give a video or a folder of several pictures"
            );
        }
        Ok(())
    }
}
