//! `impasto run`, and `impasto` alone.

use super::desktop_source::desktop_source;
use super::headless::{self, HeadlessOptions};
use super::paint_options::{PaintOptions, seconds, usual_style};
use super::record_options::RecordOptions;
use super::signals::stop_on_interrupt;
use crate::app::{AppEnd, AppOptions, AskedRecorder, run_app};
use crate::capture::{SourceRequest, find_window, list_windows};
use crate::control::{Look, Rate, RunStats, SoundChoice};
use crate::frame::Size;
use crate::record::VirtualCamera;
use crate::settings::{AskedChoices, Choices, open_profiles, open_settings};
use crate::stylize::{ProviderChoice, find_style};
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
    /// What to paint instead: the built-in scene, what you choose in the desktop's dialog (Wayland), a picture, a
    /// video, or a folder of pictures.
    #[arg(long, value_name = "scene|portal[:window|:screen]|scap|FILE|FOLDER")]
    source: Option<String>,
    /// With --source portal: ask, although the last choice is known.
    #[arg(long, requires = "source")]
    choose_again: bool,
    #[command(flatten)]
    paint: PaintOptions,
    /// The game whose profile this is: its window now, or as soon as there is one.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["window", "source"])]
    profile: Option<String>,
    /// At most this many frames per second, or off.
    #[arg(long, value_name = "N|off")]
    fps_cap: Option<Rate>,
    /// Hold this many paintings per second, or off: where they are not reached, down to half of them are accepted, then
    /// paintings become smaller, by a quarter at most [default: 30; off with --size].
    #[arg(long, value_name = "N|off")]
    pace: Option<Rate>,
    /// Show no window.
    #[arg(long)]
    headless: bool,
    /// Show the painting in an ordinary window rather than over the game.
    #[arg(long, conflicts_with = "headless")]
    clone: bool,
    /// The same, on the whole screen; F11 in the window changes it.
    #[arg(long, conflicts_with = "headless")]
    fullscreen: bool,
    /// On Wayland, lay the painting over the whole screen and let clicks through, where the desktop can (not GNOME):
    /// for a game that fills the screen.
    #[arg(long, conflicts_with_all = ["headless", "clone", "fullscreen"])]
    overlay: bool,
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
    /// Give what is shown to a video device that v4l2loopback has made, as a camera for calls and streams (Linux only).
    #[arg(long, value_name = "/dev/videoN")]
    virtual_camera: Option<PathBuf>,
    /// Write the figures of the run.
    #[arg(long, value_name = "FILE.json")]
    stats: Option<PathBuf>,
}

/// `impasto` without arguments: the app with its window picker.
pub fn open_app() -> anyhow::Result<()> {
    open(AppOptions {
        source: None,
        awaited: None,
        asked: AskedChoices::default(),
        provider: ProviderChoice::Auto,
        parameters: Vec::new(),
        is_clone: false,
        is_full_screen: false,
        is_overlay: false,
        virtual_camera: None,
        shows_panel: true,
        duration: None,
        record: None,
        recorder: AskedRecorder::default(),
        joins_running: true,
        stop: stop_on_interrupt(),
    })?;
    Ok(())
}

/// The process whose window a source is.
fn pid_of(source: &SourceRequest) -> Option<u32> {
    let SourceRequest::Window(id) = source else { return None };
    list_windows().ok()?.into_iter().find(|window| window.id == *id)?.pid
}

/// Opens the app; gives the figures of its last run, if it had one.
fn open(options: AppOptions) -> anyhow::Result<Option<RunStats>> {
    Ok(match run_app(options)? {
        AppEnd::Closed(stats) => stats,
        AppEnd::HandedOver => {
            out!("Impasto runs already: it was told");
            None
        }
    })
}

pub fn run(args: RunArgs) -> anyhow::Result<()> {
    let recorder = args.recorder.asked()?;
    let (source, awaited) = match &args.profile {
        Some(name) => profile_source(name)?,
        None => (source_request(args.window.as_deref(), args.source.as_deref(), args.choose_again)?, None),
    };
    let asked = AskedChoices { fps_cap: args.fps_cap, pace: args.pace, ..args.paint.asked() };
    if asked.style.is_some() {
        // A style that is not there is an error of the command line, not a notice.
        args.paint.style()?;
    }
    if let Some(device) = &args.virtual_camera {
        VirtualCamera::check(device)?;
    }
    let stop = stop_on_interrupt();
    if args.headless {
        let Some(source) = source else {
            match awaited {
                Some(application) => bail!("{application} does not run: start the game first, or leave out --headless"),
                None => bail!("nothing to paint: add --source scene, a file, or --window PATTERN"),
            }
        };
        let choices = remembered_choices(&source, &asked);
        let remembered = open_settings().0.value.recording;
        // Without a window nobody is there to hear: sound only where it was asked for.
        let asked_sound = Some(recorder.sound.unwrap_or(SoundChoice::Off));
        let recorder = AskedRecorder { sound: asked_sound, ..recorder }.over(&remembered);
        let game_pid = pid_of(&source);
        let outcome = headless::run(HeadlessOptions {
            source,
            style: if choices.style.is_empty() { usual_style()? } else { find_style(&choices.style)? },
            provider: args.paint.provider,
            size: choices.size,
            fps_cap: choices.fps_cap.fps(),
            pace_fps: choices.pace.fps(),
            levels: choices.levels,
            look: Look {
                strength: choices.strength,
                keep_colors: choices.keep_colors,
                clarity: choices.clarity,
                region: choices.region,
                ..Look::default()
            },
            parameters: args.paint.parameters,
            duration: args.duration,
            record: args.record,
            recorder,
            virtual_camera: args.virtual_camera,
            game_pid,
            stop,
        })?;
        // What was painted before something went wrong is told, too.
        if outcome.failure.is_none() || outcome.stats.frames.inferred > 0 {
            report(&outcome.stats, args.stats.as_deref())?;
        }
        outcome.failure.map_or(Ok(()), Err)
    } else {
        let stats = open(AppOptions {
            is_clone: args.clone || args.fullscreen,
            is_full_screen: args.fullscreen,
            is_overlay: args.overlay,
            virtual_camera: args.virtual_camera.clone(),
            shows_panel: args.panel || source.is_none(),
            source,
            awaited,
            asked,
            provider: args.paint.provider,
            parameters: args.paint.parameters,
            duration: args.duration,
            recorder,
            record: args.record.map(std::path::absolute).transpose()?,
            // What measures, or ends by itself, is a program of its own.
            joins_running: args.duration.is_none()
                && args.stats.is_none()
                && args.virtual_camera.is_none()
                && !args.clone
                && !args.fullscreen,
            stop,
        })?;
        stats.map_or(Ok(()), |stats| report(&stats, args.stats.as_deref()))
    }
}

fn source_request(
    window: Option<&str>,
    source: Option<&str>,
    asks_again: bool,
) -> anyhow::Result<Option<SourceRequest>> {
    if let Some(name) = source
        && let Some(shared) = desktop_source(name, asks_again)?
    {
        return Ok(Some(shared));
    }
    Ok(match (window, source) {
        (Some(pattern), _) => Some(SourceRequest::Window(find_window(pattern)?.id)),
        (None, Some("scene")) => Some(SourceRequest::Scene { size: SCENE_SIZE, seed: SCENE_SEED }),
        (None, Some(path)) => Some(SourceRequest::File { path: std::path::absolute(path)?, repeat: false }),
        (None, None) => None,
    })
}

/// The window of a profile's game where there is one, else the application that is to be waited for.
fn profile_source(name: &str) -> anyhow::Result<(Option<SourceRequest>, Option<String>)> {
    let (profiles, _) = open_profiles();
    let (_, profile) = profiles.value.named(name).map_err(anyhow::Error::msg)?;
    // Where windows cannot be listed now, the program says so once it is open.
    let windows = list_windows().unwrap_or_default();
    let window = windows.iter().find(|window| window.application.eq_ignore_ascii_case(&profile.application));
    Ok(match window {
        Some(window) => (Some(SourceRequest::Window(window.id)), None),
        None => (None, Some(profile.application.clone())),
    })
}

/// What was asked for, over what is remembered of the game or of all that has no profile.
fn remembered_choices(source: &SourceRequest, asked: &AskedChoices) -> Choices {
    let (settings, notices) = open_settings();
    let (profiles, more) = open_profiles();
    notices.iter().chain(&more).for_each(|notice| err!("note: {notice}"));
    let application = match source {
        SourceRequest::Window(id) => list_windows()
            .ok()
            .and_then(|windows| windows.into_iter().find(|window| window.id == *id))
            .map(|window| window.application),
        _ => None,
    };
    let profile = application.and_then(|name| profiles.value.of_application(&name).map(|(_, profile)| &profile.paint));
    asked.over(profile.unwrap_or(&settings.value.paint))
}

/// Prints the figures for people, and writes them where asked.
fn report(stats: &RunStats, file: Option<&Path>) -> anyhow::Result<()> {
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(stats)?)
            .with_context(|| format!("cannot write the figures to {}", file.display()))?;
    }
    out!(
        "painted with {} on {} for {:.1} s: captured {:.1} fps, painted {:.1} fps, shown {:.1} fps",
        stats.style,
        stats.provider.running,
        stats.duration_secs,
        stats.captured_fps,
        stats.inference_fps,
        stats.presented_fps
    );
    out!(
        "inference {:.1} ms, capture to screen {:.1} ms (medians); peak memory {} MiB; recorded {}, left out {}",
        stats.ms.inference.p50,
        stats.latency_ms.capture_to_present.p50,
        stats.peak_rss_bytes >> 20,
        stats.frames.recorded,
        stats.frames.skipped
    );
    if !stats.encoder.is_empty() {
        out!("{} encoded the recording", stats.encoder);
    }
    if !stats.provider.reason.is_empty() {
        out!("{}", stats.provider.reason);
    }
    if let Some(last) = stats.pace.last() {
        out!("pace: {} changes, the last: {last}", stats.pace.len());
    }
    stats.notices.iter().for_each(|notice| out!("note: {notice}"));
    Ok(())
}
