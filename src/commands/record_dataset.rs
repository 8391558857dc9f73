//! `impasto record-dataset`: keeps frames to train on, from a running game, the scene, or files.

use super::desktop_source::desktop_source;
use super::paint_options::positive;
use super::progress::{counter, note};
use super::run::{SCENE_SEED, SCENE_SIZE};
use super::signals::stop_on_interrupt;
use crate::capture::files::open_clip;
use crate::capture::{Captured, FrameSource, SourceRequest, find_window};
use crate::control::{EndReason, IdleReason};
use crate::dataset::{Counts, FrameRecorder, FrameReport, FrameRequest, Offered, Skipped};
use crate::frame::FramePool;
use anyhow::{anyhow, bail};
use clap::{ArgGroup, Args};
use indicatif::ProgressBar;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long one look at a live source may wait, and so how long stopping may take.
const POLL_TIMEOUT: Duration = Duration::from_millis(50);
/// A source that idles may answer at once: do not spin.
const IDLE_PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["window", "source"])))]
pub struct RecordDatasetArgs {
    /// The game's window: an id, or a part of its title or application.
    #[arg(long, value_name = "PATTERN|ID")]
    window: Option<String>,
    /// What to look at instead: the built-in scene, what you choose in the desktop's dialog (Wayland), a video, or a
    /// folder of pictures.
    #[arg(long, value_name = "scene|portal[:window|:screen]|scap|FILE|FOLDER")]
    source: Option<String>,
    /// The folder for the pictures; one that was recorded before is gone on with.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// End after this many minutes of the game, or of the video.
    #[arg(long, value_name = "N", value_parser = positive)]
    minutes: Option<f32>,
    /// End when this many pictures are kept, those of bursts included.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_frames: Option<u64>,
    /// Height of the pictures in pixels; smaller frames keep theirs.
    #[arg(long, value_name = "N", default_value = "480", value_parser = clap::value_parser!(u32).range(16..=4320))]
    height: u32,
    /// Look at no more than this many frames per second.
    #[arg(long, value_name = "N", value_parser = positive)]
    fps_cap: Option<f32>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// How it went, for programs.
#[derive(Serialize)]
struct Report<'a> {
    path: &'a Path,
    source: &'a str,
    seconds: f64,
    #[serde(flatten)]
    counts: Counts,
}

pub fn run(args: &RecordDatasetArgs) -> anyhow::Result<()> {
    let stop = stop_on_interrupt();
    let (source, name) = source_and_name(args)?;
    let request = FrameRequest {
        path: args.out.clone(),
        source: name.clone(),
        height: args.height,
        max_pictures: args.max_frames,
    };
    let limits = Limits {
        duration: args.minutes.map(|minutes| Duration::try_from_secs_f32(minutes * 60.0).unwrap_or(Duration::MAX)),
        step: args.fps_cap.map(|fps| Duration::try_from_secs_f32(1.0 / fps).unwrap_or(Duration::MAX)),
        stop: &stop,
    };
    let (report, ended) = match source {
        SourceRequest::File { path, .. } => record_file(&path, &request, &limits)?,
        live => record_live(live, &request, &limits)?,
    };
    if let Some(error) = ended.err().or(report.failure.map(Into::into)) {
        bail!("stopped (pictures kept: {}): {error:#}", report.counts.pictures());
    }
    let seconds = report.duration.as_secs_f64();
    if args.json {
        return super::print_json(&Report { path: &report.path, source: &name, seconds, counts: report.counts });
    }
    let Counts { seen, kept, in_bursts, skipped } = report.counts;
    out!(
        "kept {kept} frames and {in_bursts} pictures in bursts of {seen} frames in {seconds:.0} s: {}",
        report.path.display()
    );
    out!("left out: {}", reasons(&skipped));
    Ok(())
}

/// What ends a recording, beside the end of the source.
struct Limits<'a> {
    /// Time within the source.
    duration: Option<Duration>,
    /// Time between two frames, at least.
    step: Option<Duration>,
    stop: &'a AtomicBool,
}

impl Limits<'_> {
    fn is_over(&self, elapsed: Duration) -> bool {
        self.stop.load(Ordering::SeqCst) || self.duration.is_some_and(|duration| elapsed >= duration)
    }
}

/// The source, and what the dataset says of it.
fn source_and_name(args: &RecordDatasetArgs) -> anyhow::Result<(SourceRequest, String)> {
    Ok(match (&args.window, args.source.as_deref()) {
        (Some(pattern), _) => {
            let window = find_window(pattern)?;
            let name = if window.title.is_empty() { window.application } else { window.title };
            (SourceRequest::Window(window.id), name)
        }
        (None, Some("scene")) => {
            (SourceRequest::Scene { size: SCENE_SIZE, seed: SCENE_SEED }, "the built-in scene".to_owned())
        }
        (None, Some(path)) => match desktop_source(path, false)? {
            Some(source) => (source, "what was chosen in the desktop's dialog".to_owned()),
            None => (SourceRequest::File { path: path.into(), repeat: false }, path.to_owned()),
        },
        (None, None) => bail!("nothing to look at: add --window PATTERN, --source scene, or a file"),
    })
}

/// How a recording went, and what ended it before its time, beside a failure of the recorder.
type Recorded = (FrameReport, anyhow::Result<()>);

/// Looks at every frame of a file or folder, as fast as the disk takes the pictures.
fn record_file(path: &Path, request: &FrameRequest, limits: &Limits) -> anyhow::Result<Recorded> {
    // Opened first: a file that is missing must not leave an empty dataset.
    let mut clip = open_clip(path)?;
    let mut recorder = FrameRecorder::start(request)?;
    let progress = counter();
    let mut pool = FramePool::new();
    let mut next_due = Duration::ZERO;
    let ended = loop {
        match clip.next_frame(&mut pool) {
            Ok(Some(frame)) => {
                if limits.is_over(frame.timestamp) {
                    break Ok(());
                }
                if frame.timestamp < next_due {
                    continue;
                }
                next_due = limits.step.map_or(Duration::ZERO, |step| next_due.saturating_add(step));
                if recorder.offer_patiently(&frame, true) == Offered::Stopped {
                    break Ok(());
                }
                show(&progress, &recorder, None);
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error.into()),
        }
    };
    Ok((finish(recorder, &progress), ended))
}

/// Looks at a game, or the scene, while it plays.
fn record_live(source: SourceRequest, request: &FrameRequest, limits: &Limits) -> anyhow::Result<Recorded> {
    let mut source = source.opener()()?;
    let mut recorder = FrameRecorder::start(request)?;
    let progress = counter();
    let ended = follow(source.as_mut(), &mut recorder, limits, &progress);
    Ok((finish(recorder, &progress), ended))
}

fn follow(
    source: &mut dyn FrameSource,
    recorder: &mut FrameRecorder,
    limits: &Limits,
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    let mut started = Instant::now();
    let mut next_due = started;
    // After a pause, the next frame does not follow the last.
    let mut follows = false;
    loop {
        if limits.is_over(started.elapsed()) || recorder.has_stopped() {
            return Ok(());
        }
        let wait = next_due.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            std::thread::sleep(wait.min(POLL_TIMEOUT));
            continue;
        }
        match source.poll(POLL_TIMEOUT) {
            Captured::Frame(frame) => {
                if let Some(step) = limits.step {
                    next_due = next_due.checked_add(step).map_or(next_due, |due| due.max(Instant::now()));
                }
                if recorder.offer(&frame, follows) == Offered::Stopped {
                    return Ok(());
                }
                follows = true;
                show(progress, recorder, None);
            }
            Captured::Unchanged => show(progress, recorder, None),
            Captured::Notice(text) => note(progress, &text),
            Captured::Idle(reason) => {
                if reason == IdleReason::Choosing {
                    // The time of the recording begins once there is something to record.
                    started = Instant::now();
                }
                follows = false;
                show(progress, recorder, Some(reason));
                std::thread::sleep(IDLE_PAUSE);
            }
            Captured::Ended(EndReason::WindowClosed) => {
                note(progress, "the game was closed");
                return Ok(());
            }
            Captured::Ended(EndReason::SharingEnded) => {
                note(progress, "the desktop has ended the sharing, or the game was closed");
                return Ok(());
            }
            Captured::Ended(EndReason::EndOfFile) => return Ok(()),
            Captured::Ended(EndReason::DisplayLost) => return Err(anyhow!("the connection to the display was lost")),
            Captured::Ended(EndReason::Failed(reason)) => return Err(anyhow!(reason)),
        }
    }
}

fn show(progress: &ProgressBar, recorder: &FrameRecorder, idle: Option<IdleReason>) {
    let Counts { kept, in_bursts, skipped, .. } = recorder.counts();
    let state = idle.map_or_else(|| "recording".to_owned(), |reason| format!("waiting, {}", reason.explanation()));
    progress.set_message(format!("{state}: kept {kept} + {in_bursts} in bursts, left out {}", skipped.total()));
}

fn finish(recorder: FrameRecorder, progress: &ProgressBar) -> FrameReport {
    let report = recorder.finish();
    progress.finish_and_clear();
    if report.counts.pictures() == 0 && report.failure.is_none() {
        err!("note: no picture was kept of {} frames", report.counts.seen);
    }
    report
}

/// `12 black, 3 standing still`, or `none`.
pub(super) fn reasons(skipped: &Skipped) -> String {
    let said: Vec<String> = skipped
        .by_reason()
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(why, count)| format!("{count} {why}"))
        .collect();
    if said.is_empty() { "none".to_owned() } else { said.join(", ") }
}
