//! `impasto bench`: how fast a style paints here, against ONNX Runtime alone.
//!
//! Everything is measured in one run, in short rounds that take turns, and medians over the rounds are told: what else
//! the machine does then weighs on all figures alike. `--capture` measures backends of capture instead, in the same
//! way.

mod capture;
mod lane;
mod prepared;
mod report;

use super::finisher::Finisher;
use super::paint_options::{PaintOptions, seconds};
use super::progress::{bar, spinner};
use super::run::SCENE_SIZE;
use super::size_options::ShownOption;
use crate::control::{Brush, SizeRequest};
use crate::stylize::{BareSession, LoadOptions, Style, find_style};
use capture::CaptureRequest;
use clap::{ArgGroup, Args};
use lane::Lane;
use prepared::prepare;
use report::{Baseline, Compositor, Report};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// About how long one measurement of a round takes: some ten paintings of a network that is worth its pipeline, and
/// short beside whatever else the machine does.
const SLICE: Duration = Duration::from_millis(250);
/// At least so many rounds, for the medians.
const FEWEST_ROUNDS: u32 = 3;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("captured").args(["window", "source"]).multiple(true)))]
pub struct BenchArgs {
    #[command(flatten)]
    paint: PaintOptions,
    #[command(flatten)]
    shown: ShownOption,
    /// About how long to measure.
    #[arg(long, value_name = "N", value_parser = seconds, default_value = "10")]
    seconds: Duration,
    /// Another model to compare with.
    #[arg(long, value_name = "MODEL.onnx")]
    baseline: Option<String>,
    /// The brush of the other model [default: as the style is painted]; 1 runs it at the shown size.
    #[arg(long, value_name = "N|auto", requires = "baseline")]
    baseline_brush: Option<Brush>,
    /// Measure instead what grabbing pictures costs, by every backend that can grab this here; play meanwhile.
    #[arg(
        long,
        requires = "captured",
        conflicts_with_all = [
            "style", "size", "brush", "shown", "provider", "strength", "keep_colors", "clarity", "region", "levels", "parameters", "baseline"
        ]
    )]
    capture: bool,
    /// With --capture: the window, by its id or a part of its title or application.
    #[arg(long, value_name = "PATTERN|ID", requires = "capture")]
    window: Option<String>,
    /// With --capture: what asks in the desktop's dialog, each for itself; choose the same window each time.
    #[arg(
        long,
        value_name = "portal[:window|:screen]|scap[,..]",
        value_delimiter = ',',
        value_parser = ["portal", "portal:window", "portal:screen", "scap"],
        requires = "capture"
    )]
    source: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Rates of the rounds, in pictures per second.
#[derive(Default)]
struct Rates {
    bare: Vec<f64>,
    pipeline: Vec<f64>,
    composed: Vec<f64>,
    baseline: Vec<f64>,
}

pub fn run(args: &BenchArgs) -> anyhow::Result<()> {
    if args.capture {
        return capture::run(&CaptureRequest {
            window: args.window.as_deref(),
            sources: &args.source,
            duration: args.seconds,
            is_json: args.json,
        });
    }
    let style = args.paint.style()?;
    let baseline_style = args.baseline.as_deref().map(find_style).transpose()?;
    let shown_size = args.shown.size(&args.paint.size, SCENE_SIZE);
    let size = args.paint.size.request();
    let options = LoadOptions { provider: args.paint.provider, threads: 0, frame_size: shown_size, size };
    let loading = spinner("loading");
    let mut bare = BareSession::load(&style, &options)?;
    let baseline_size = args.baseline_brush.map_or(size, SizeRequest::Brush);
    let baseline_options = LoadOptions { size: baseline_size, ..options.clone() };
    let mut baseline = baseline_style.map(|style| load_baseline(style, &baseline_options)).transpose()?;
    let pictures = Arc::new(prepare(shown_size));
    let (levels, parameters) = (args.paint.levels.unwrap_or_default(), &args.paint.parameters);
    let mut pipeline = Lane::start("pipeline", &style, &options, levels, parameters, &pictures, None)?;
    let finisher = Finisher::open()?;
    let compositor = Compositor { adapter: finisher.gpu().description(), is_software: finisher.gpu().is_software() };
    let look = args.paint.look();
    let mut composed =
        Lane::start("composed", &style, &options, levels, parameters, &pictures, Some((finisher, look)))?;
    loading.finish_and_clear();

    let measurements = if baseline.is_some() { 4 } else { 3 };
    let rounds = ((args.seconds.as_secs_f64() / (SLICE * measurements).as_secs_f64()) as u32).max(FEWEST_ROUNDS);
    let slice = args.seconds / (rounds * measurements);
    let progress = bar(Some(u64::from(rounds)), "measuring");
    let mut rates = Rates::default();
    for _ in 0..rounds {
        rates.bare.push(run_bare(&mut bare, slice)?);
        rates.pipeline.push(pipeline.measure(slice)?);
        rates.composed.push(composed.measure(slice)?);
        if let Some((_, session)) = &mut baseline {
            rates.baseline.push(run_bare(session, slice)?);
        }
        progress.inc(1);
    }
    progress.finish_and_clear();

    let report = Report::new(&style, &bare, shown_size, rounds, &rates, compositor)
        .with_stages(&pipeline.stats(), &composed.stats())
        .with_baseline(baseline.map(|(style, session)| Baseline::new(&style, &session, &rates.baseline)));
    if args.json {
        return super::print_json(&report);
    }
    out!("{}", report.to_string().trim_end());
    Ok(())
}

fn load_baseline(style: Style, options: &LoadOptions) -> anyhow::Result<(Style, BareSession)> {
    let session = BareSession::load(&style, options)?;
    Ok((style, session))
}

/// Runs a bare session for about `slice`; gives its runs per second.
fn run_bare(session: &mut BareSession, slice: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut runs = 0;
    while runs == 0 || started.elapsed() < slice {
        session.run()?;
        runs += 1;
    }
    Ok(f64::from(runs) / started.elapsed().as_secs_f64())
}
