//! `impasto run`, and `impasto` alone.

use super::headless::{self, HeadlessOptions};
use super::paint_options::{DEFAULT_SIZE, PaintOptions, positive, seconds};
use super::record_options::RecordOptions;
use super::signals::stop_on_interrupt;
use crate::app::{AppOptions, RecorderChoices, run_app};
use crate::capture::{SourceRequest, find_window};
use crate::control::{Look, RunStats};
use crate::frame::Size;
use crate::stylize::{ProviderChoice, installed_styles};
use anyhow::{Context, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The built-in scene's size.
pub(super) const SCENE_SIZE: Size = Size::new(640, 480);
/// The built-in scene's seed.
pub(super) const SCENE_SEED: u64 = 1;

#[derive(Debug, Args)]
pub struct RunArgs {
    /// The window to paint: an id, or a part of its title or application.
    #[arg(long, value_name = "PATTERN|ID", conflicts_with = "source")]
    window: Option<String>,
    /// What to paint instead of a window: the built-in scene, a picture, a video, or a folder of pictures.
    #[arg(long, value_name = "scene|FILE|FOLDER")]
    source: Option<String>,
    #[command(flatten)]
    paint: PaintOptions,
    /// At most this many frames per second.
    #[arg(long, value_name = "N", value_parser = positive)]
    fps_cap: Option<f32>,
    /// Hold this many paintings per second by painting smaller, or off [default: 30; off with --size].
    #[arg(long, value_name = "N|off", value_parser = pace)]
    pace: Option<Pace>,
    /// Show no window.
    #[arg(long)]
    headless: bool,
    /// Show the painting in an ordinary window rather than over the game.
    #[arg(long, conflicts_with = "headless")]
    clone: bool,
    /// Show the panel from the start.
    #[arg(long, conflicts_with = "headless")]
    panel: bool,
    /// End after this many seconds.
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    duration: Option<Duration>,
    /// Record what is shown, as MP4, or as Matroska where the name ends in .mkv.
    #[arg(long, value_name = "FILE.mp4|FILE.mkv")]
    record: Option<PathBuf>,
    #[command(flatten)]
    recorder: RecordOptions,
    /// Write the figures of the run.
    #[arg(long, value_name = "FILE.json")]
    stats: Option<PathBuf>,
}

/// Paintings per second that are held where nothing else is asked for: in between, the painting is carried along.
const DEFAULT_PACE_FPS: f32 = 30.0;

/// Whether a rate of paintings is held.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pace {
    Off,
    Fps(f32),
}

/// Reads a rate from 1 on, or `off`.
fn pace(text: &str) -> Result<Pace, String> {
    match text.trim() {
        "off" => Ok(Pace::Off),
        number => positive(number)
            .ok()
            .filter(|fps| *fps >= 1.0)
            .map(Pace::Fps)
            .ok_or_else(|| format!("\"{number}\" is no rate: write a number of 1 or more, or off")),
    }
}

/// `impasto` without arguments: the app with its window picker.
pub fn open_app() -> anyhow::Result<()> {
    run_app(AppOptions {
        source: None,
        style: installed_styles().into_iter().next(),
        provider: ProviderChoice::Auto,
        size: DEFAULT_SIZE,
        fps_cap: None,
        pace_fps: Some(DEFAULT_PACE_FPS),
        look: Look::default(),
        parameters: Vec::new(),
        is_clone: false,
        shows_panel: true,
        duration: None,
        record: None,
        recorder: RecorderChoices::default(),
        stop: stop_on_interrupt(),
    })?;
    Ok(())
}

pub fn run(args: RunArgs) -> anyhow::Result<()> {
    let style = args.paint.style()?;
    let recorder = args.recorder.choices()?;
    let source = source_request(args.window.as_deref(), args.source.as_deref())?;
    let stop = stop_on_interrupt();
    // Who names a size wants that size.
    let usual_pace = if args.paint.size.is_some() { Pace::Off } else { Pace::Fps(DEFAULT_PACE_FPS) };
    let pace_fps = match args.pace.unwrap_or(usual_pace) {
        Pace::Off => None,
        Pace::Fps(fps) => Some(fps),
    };
    if args.headless {
        let Some(source) = source else {
            bail!("nothing to paint: add --source scene, a file, or --window PATTERN");
        };
        let outcome = headless::run(HeadlessOptions {
            source,
            style,
            provider: args.paint.provider,
            size: args.paint.size(),
            fps_cap: args.fps_cap,
            pace_fps,
            look: args.paint.look(),
            parameters: args.paint.parameters,
            duration: args.duration,
            record: args.record,
            recorder,
            stop,
        })?;
        // What was painted before something went wrong is told, too.
        if outcome.failure.is_none() || outcome.stats.frames.inferred > 0 {
            report(&outcome.stats, args.stats.as_deref())?;
        }
        outcome.failure.map_or(Ok(()), Err)
    } else {
        let stats = run_app(AppOptions {
            is_clone: args.clone,
            shows_panel: args.panel || source.is_none(),
            source,
            style: Some(style),
            provider: args.paint.provider,
            size: args.paint.size(),
            fps_cap: args.fps_cap,
            pace_fps,
            look: args.paint.look(),
            parameters: args.paint.parameters,
            duration: args.duration,
            record: args.record,
            recorder,
            stop,
        })?;
        stats.map_or(Ok(()), |stats| report(&stats, args.stats.as_deref()))
    }
}

fn source_request(window: Option<&str>, source: Option<&str>) -> anyhow::Result<Option<SourceRequest>> {
    Ok(match (window, source) {
        (Some(pattern), _) => Some(SourceRequest::Window(find_window(pattern)?.id)),
        (None, Some("scene")) => Some(SourceRequest::Scene { size: SCENE_SIZE, seed: SCENE_SEED }),
        (None, Some(path)) => Some(SourceRequest::File { path: PathBuf::from(path), repeat: false }),
        (None, None) => None,
    })
}

/// Prints the figures for people, and writes them where asked.
fn report(stats: &RunStats, file: Option<&Path>) -> anyhow::Result<()> {
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(stats)?)
            .with_context(|| format!("cannot write the figures to {}", file.display()))?;
    }
    println!(
        "painted with {} on {} for {:.1} s: captured {:.1} fps, painted {:.1} fps, shown {:.1} fps",
        stats.style,
        stats.provider.running,
        stats.duration_secs,
        stats.captured_fps,
        stats.inference_fps,
        stats.presented_fps
    );
    println!(
        "inference {:.1} ms, capture to screen {:.1} ms (medians); peak memory {} MiB; recorded {}, left out {}",
        stats.ms.inference.p50,
        stats.latency_ms.capture_to_present.p50,
        stats.peak_rss_bytes >> 20,
        stats.frames.recorded,
        stats.frames.skipped
    );
    if !stats.encoder.is_empty() {
        println!("{} encoded the recording", stats.encoder);
    }
    if !stats.provider.reason.is_empty() {
        println!("{}", stats.provider.reason);
    }
    if let Some(last) = stats.pace.last() {
        println!("pace: {} changes of size, the last: {last}", stats.pace.len());
    }
    stats.notices.iter().for_each(|notice| println!("note: {notice}"));
    Ok(())
}
