//! `impasto flicker`: how steady styles are, beside the raw video, and how good their paintings are.
//!
//! Every frame is painted by every style, and each pair of successive paintings gives a warping error; on some frames
//! the responses to noise, shifts and a bright object are measured with further paintings. The figures are defined in
//! [`crate::steadiness`]. Beside them stand the measures of [`crate::likeness`], of which style and content need the
//! features of VGG-16 and style and palette the style picture.

mod critic;
mod judge;
mod likeness_figures;
mod material;
mod page;
mod report;
mod style_picture;
mod subject;
mod table;
mod target;

use super::features_file::{HOW_TO_FETCH, features_file};
use super::paint_options::seconds;
use super::progress::{bar, note, spinner};
use super::signals::stop_on_interrupt;
use super::size_options::{ShownOption, SizeOptions};
use crate::control::{LevelsChoice, ParameterValue};
use crate::frame::{Frame, Size};
use crate::steadiness::Flow;
use crate::stylize::{LoadOptions, ProviderChoice, Style, find_style};
use anyhow::{Context, bail, ensure};
use clap::Args;
use critic::Critic;
use judge::Judge;
use material::{Material, estimation_error};
use report::{FlowFigures, Report};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use style_picture::{find_style_picture, style_px};
use subject::Subject;
use target::StyleTarget;

/// So much of the source is measured where nothing else is asked for.
const USUAL_TIME: Duration = Duration::from_secs(4);
/// The responses are measured on about so many frames, evenly spread.
const PROBES: u64 = 4;
/// So many paintings are judged where nothing else is asked for, evenly spread.
const USUAL_JUDGED: u64 = 12;

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
    #[command(flatten)]
    size: SizeOptions,
    #[command(flatten)]
    shown: ShownOption,
    /// How much of the source to measure; 4 seconds if nothing is said.
    #[arg(long, value_name = "N", value_parser = seconds, conflicts_with = "frames")]
    seconds: Option<Duration>,
    /// How many frames to measure.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    frames: Option<u64>,
    /// Stretch the light of frames before they are painted: auto (where the style was made for it), on or off.
    #[arg(long, value_name = "auto|on|off", default_value = "auto")]
    levels: LevelsChoice,
    /// A further input of the networks that have it, such as their style weights.
    #[arg(long = "param", value_name = "NAME=VALUE[,VALUE..]")]
    parameters: Vec<ParameterValue>,
    /// The picture that the style was learnt from, where its manifest does not tell; one for all styles, or one for
    /// each.
    #[arg(long, value_name = "FILE,..", value_delimiter = ',')]
    style_image: Vec<PathBuf>,
    /// How many frames to judge as paintings (style, palette, content, legibility), evenly spread over those that are
    /// measured.
    #[arg(long, value_name = "N", default_value_t = USUAL_JUDGED, value_parser = clap::value_parser!(u64).range(1..))]
    judged_frames: u64,
    /// VGG-16 as ONNX with Keras names, for style and content [default: what scripts/fetch-features brought].
    #[arg(long, value_name = "FILE")]
    features: Option<PathBuf>,
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
    args.check_style_images()?;
    let styles = args.style.iter().map(|style| find_style(style)).collect::<Result<Vec<Style>, _>>()?;
    let material = match &args.input {
        Some(path) => Material::open(path, args.shown.request(&args.size))?,
        None => Material::scene(args.shown.request(&args.size)),
    };
    let loading = spinner("loading");
    let options =
        LoadOptions { provider: args.provider, threads: 0, frame_size: material.size, size: args.size.request() };
    let mut subjects = vec![Subject::raw()];
    for style in styles {
        subjects.push(Subject::load(style, &options, args.levels)?);
    }
    args.set_parameters(&mut subjects)?;
    let judge = Judge::new(args.critic(&mut subjects, material.size)?);
    let estimation = material.is_estimated().then(|| estimation_error(material.size));
    loading.finish_and_clear();

    let wanted = args.frames.unwrap_or_else(|| material.frames_in(args.seconds.unwrap_or(USUAL_TIME)));
    let mut session = Session {
        material,
        subjects,
        judge,
        wanted,
        judged_frames: args.judged_frames,
        keeps_pictures: args.report.is_some(),
        occluded: Vec::new(),
    };
    session.measure(&stop)?;
    let flow = FlowFigures::new(&session.occluded, estimation);
    let report = Report::new(&session.material, flow, &session.subjects, &session.judge);
    if let Some(path) = &args.report {
        let page = page::page(&report, &session.subjects)?;
        std::fs::write(path, page).with_context(|| format!("cannot write the report {}", path.display()))?;
        err!("wrote the report: {}", path.display());
    }
    if args.json {
        return super::print_json(&report);
    }
    out!("{}", report.to_string().trim_end());
    Ok(())
}

impl FlickerArgs {
    fn check_style_images(&self) -> anyhow::Result<()> {
        let (pictures, styles) = (self.style_image.len(), self.style.len());
        ensure!(
            pictures <= 1 || pictures == styles,
            "{pictures} style pictures for {styles} styles: give one for all of them, or one for each"
        );
        Ok(())
    }

    fn set_parameters(&self, subjects: &mut [Subject]) -> anyhow::Result<()> {
        let mut set = Vec::new();
        for subject in subjects {
            set.extend(subject.set_parameters(&self.parameters)?);
        }
        match self.parameters.iter().find(|value| !set.contains(&value.name)) {
            Some(value) => bail!("none of the networks has a parameter \"{}\"", value.name),
            None => Ok(()),
        }
    }

    /// What looks at paintings, after it has looked at the style pictures; says what is left out, and why.
    fn critic(&self, subjects: &mut [Subject], frame_size: Size) -> anyhow::Result<Option<Critic>> {
        let mut critic = features_file(self.features.as_deref()).map(|file| Critic::open(&file)).transpose()?;
        if critic.is_none() {
            err!("note: style and content are left out without the features: {HOW_TO_FETCH}");
        }
        // Styles of one picture share what was seen in it.
        let mut seen: HashMap<(PathBuf, u32), Rc<StyleTarget>> = HashMap::new();
        let styles = subjects.iter_mut().filter(|subject| subject.style().is_some());
        for (index, subject) in styles.enumerate() {
            let Some(style) = subject.style() else { continue };
            let given = self.style_image.get(if self.style_image.len() == 1 { 0 } else { index });
            match given.cloned().or_else(|| find_style_picture(style)) {
                Some(path) => {
                    let key = (path, style_px(style));
                    let target = match seen.get(&key) {
                        Some(target) => Rc::clone(target),
                        None => Rc::new(StyleTarget::read(&key.0, key.1, critic.as_mut())?),
                    };
                    subject.target = Some(Rc::clone(&target));
                    seen.insert(key, target);
                }
                None => err!(
                    "note: style and palette of {} are left out: name the picture that it was learnt from with --style-image",
                    subject.name
                ),
            }
            if let Some((_, _, size)) = subject.model(frame_size).filter(|(_, _, size)| Critic::judged(*size).is_none())
            {
                err!(
                    "note: style and content of {} are left out: its paintings, of {size}, are too small",
                    subject.name
                );
            }
        }
        Ok(critic)
    }
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
    judge: Judge,
    /// Number of frames to measure, if there are so many.
    wanted: u64,
    /// About so many of them are judged.
    judged_frames: u64,
    keeps_pictures: bool,
    /// The occluded share of each pair that is no cut.
    occluded: Vec<f64>,
}

impl Session {
    fn measure(&mut self, stop: &AtomicBool) -> anyhow::Result<()> {
        let total = self.material.frame_count.map_or(self.wanted, |count| count.min(self.wanted));
        let probe_step = total.div_ceil(PROBES).max(1);
        let judge_step = total.div_ceil(self.judged_frames).max(1);
        self.subjects.iter_mut().try_for_each(Subject::find_lattice)?;
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
            let is_probed = index % probe_step == 0;
            for subject in &mut self.subjects {
                subject.see(&now, flow.as_ref(), is_kept)?;
                if is_probed {
                    subject.probe(&now)?;
                }
            }
            if index % judge_step == 0 {
                self.judge.begin();
                self.subjects.iter_mut().try_for_each(|subject| subject.judge(&now, &mut self.judge))?;
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
