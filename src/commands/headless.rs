//! `impasto run --headless`: finishes pictures without a window.

use super::events::{Events, events};
use super::finisher::Finisher;
use super::headless_recording::{HeadlessRecording, Painted};
use crate::app::RecorderChoices;
use crate::capture::SourceRequest;
use crate::compose::Layers;
use crate::control::{EndReason, Event, IdleReason, LevelsChoice, Look, ParameterValue, RunStats, SizeRequest};
use crate::frame::Frame;
use crate::pipeline::{Pipeline, PipelineConfig};
use crate::record::{VirtualCamera, marker_folder, repair_unfinished, try_encoders_in_background};
use crate::stylize::{ProviderChoice, Style};
use anyhow::bail;
use crossbeam_channel::RecvTimeoutError;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long to wait for an event before looking at the clock and the stop flag.
const TICK: Duration = Duration::from_millis(50);

/// Loading a style does not count as painting time, up to this long.
const LOADING_PATIENCE: Duration = Duration::from_secs(60);

/// Choosing in the desktop's dialog does not count as painting time, up to this long.
const CHOICE_PATIENCE: Duration = Duration::from_secs(300);

/// What to paint, how, and for how long.
pub struct HeadlessOptions {
    pub source: SourceRequest,
    pub style: Style,
    pub provider: ProviderChoice,
    pub size: SizeRequest,
    pub fps_cap: Option<f32>,
    pub pace_fps: Option<f32>,
    pub levels: LevelsChoice,
    pub look: Look,
    pub parameters: Vec<ParameterValue>,
    /// How long to paint, once the style is live.
    pub duration: Option<Duration>,
    pub record: Option<PathBuf>,
    pub recorder: RecorderChoices,
    /// Give finished pictures to this video device, too.
    pub virtual_camera: Option<PathBuf>,
    /// The process whose window is painted, for its sound.
    pub game_pid: Option<u32>,
    pub stop: Arc<AtomicBool>,
}

/// How a run went.
pub struct Outcome {
    pub stats: RunStats,
    /// What ended the run, or its recording, before its time.
    pub failure: Option<anyhow::Error>,
}

/// Paints until the source ends, the time is over, or somebody interrupts.
///
/// # Errors
/// No graphics device can be opened. Whatever fails later is in the outcome.
pub fn run(options: HeadlessOptions) -> anyhow::Result<Outcome> {
    let finisher = Finisher::open()?;
    for repaired in marker_folder().iter().flat_map(|markers| repair_unfinished(markers)) {
        err!("note: {repaired}");
    }
    if options.record.is_some() {
        try_encoders_in_background();
    }
    let (on_event, events) = events();
    let pipeline = Pipeline::start(PipelineConfig {
        source: options.source.clone().opener(),
        style: Some(options.style.clone()),
        provider: options.provider,
        size: options.size,
        fps_cap: options.fps_cap,
        pace_fps: options.pace_fps,
        levels: options.levels,
        parameters: options.parameters.clone(),
        on_event,
    });
    let mut session = Session {
        finisher,
        recording: None,
        camera: None,
        started_at: Instant::now(),
        is_live: false,
        has_picture: false,
        options: &options,
    };
    let ended = session.follow(&pipeline, &events);
    let saved = session.end_recording(&pipeline);
    Ok(Outcome { stats: pipeline.stats(), failure: ended.and(saved).err() })
}

struct Session<'a> {
    finisher: Finisher,
    recording: Option<HeadlessRecording>,
    camera: Option<VirtualCamera>,
    /// When the style went live; before that, when it began to load.
    started_at: Instant,
    is_live: bool,
    has_picture: bool,
    options: &'a HeadlessOptions,
}

impl Session<'_> {
    fn follow(&mut self, pipeline: &Pipeline, events: &Events) -> anyhow::Result<()> {
        loop {
            if self.is_over() || self.options.stop.load(Ordering::SeqCst) {
                return Ok(());
            }
            match events.next(TICK) {
                Ok(Event::PictureReady) => {
                    if !std::mem::replace(&mut self.has_picture, true) && self.waits_for_choice() {
                        self.started_at = Instant::now();
                    }
                    self.finish_picture(pipeline)?;
                }
                // It goes live again where another provider takes over; the time goes on.
                Ok(Event::StyleLive { .. }) if self.is_live => {}
                Ok(Event::StyleLive { .. }) => (self.started_at, self.is_live) = (Instant::now(), true),
                Ok(Event::StyleFailed { style, reason }) => bail!("{style} cannot paint: {reason}"),
                Ok(Event::Ended(EndReason::Failed(reason))) => bail!(reason),
                Ok(Event::Ended(EndReason::DisplayLost)) => bail!("the connection to the display was lost"),
                Ok(Event::Ended(EndReason::SharingEnded)) if !self.has_picture => {
                    bail!("the desktop has ended the sharing before the first picture: choose again")
                }
                Ok(Event::Ended(EndReason::WindowClosed | EndReason::SharingEnded | EndReason::EndOfFile)) => {
                    return Ok(());
                }
                Ok(Event::Idle(reason @ (IdleReason::Choosing | IdleReason::Paused))) => {
                    err!("note: {}", reason.explanation());
                }
                Ok(Event::Notice(text)) => err!("note: {text}"),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn is_over(&self) -> bool {
        let patience = match self.is_live {
            _ if self.waits_for_choice() && !self.has_picture => CHOICE_PATIENCE,
            true => Duration::ZERO,
            false => LOADING_PATIENCE,
        };
        self.options.duration.is_some_and(|duration| self.started_at.elapsed() >= duration + patience)
    }

    /// Whether a person chooses what is painted, which does not count as painting time.
    fn waits_for_choice(&self) -> bool {
        matches!(self.options.source, SourceRequest::Portal(_) | SourceRequest::Scap(_))
    }

    fn finish_picture(&mut self, pipeline: &Pipeline) -> anyhow::Result<()> {
        let Some(layers) = pipeline.newest() else { return Ok(()) };
        let started = Instant::now();
        let output = layers.frame.size;
        let picture = self.finisher.finish(&layers, &self.options.look, output)?;
        pipeline.note_presented(&layers, output, started.elapsed(), Duration::ZERO);
        self.show_to_camera(&picture)?;
        self.record(pipeline, &layers, &picture)
    }

    /// Gives the picture to the virtual camera, which has the first one's size.
    fn show_to_camera(&mut self, picture: &Arc<Frame>) -> anyhow::Result<()> {
        let Some(device) = &self.options.virtual_camera else { return Ok(()) };
        if self.camera.is_none() {
            let on_failure = |error| err!("note: {error}");
            self.camera = Some(VirtualCamera::start(device, picture.size, on_failure)?);
        }
        if let Some(camera) = &self.camera {
            camera.offer(picture);
        }
        Ok(())
    }

    /// Starts the recording with the first painting, so that it shows no plain frames, and offers every picture to it.
    fn record(&mut self, pipeline: &Pipeline, layers: &Layers, picture: &Arc<Frame>) -> anyhow::Result<()> {
        let Some(path) = &self.options.record else { return Ok(()) };
        if self.recording.is_none() && layers.painting.is_some() {
            let Self { options, .. } = self;
            let painted = Painted {
                style: &options.style,
                levels: options.style.levels_apply(options.levels),
                look: options.look,
                parameters: &options.parameters,
                size: options.size,
            };
            self.recording =
                Some(HeadlessRecording::start(path, picture, options.recorder, options.game_pid, &painted)?);
        }
        if let Some(recording) = &mut self.recording {
            recording.take(picture, layers, pipeline);
        }
        Ok(())
    }

    fn end_recording(&mut self, pipeline: &Pipeline) -> anyhow::Result<()> {
        let Some(recording) = self.recording.take() else { return Ok(()) };
        for saved in recording.finish(pipeline)? {
            for path in &saved.paths {
                out!("recorded {:.1} s: {}", saved.duration.as_secs_f32(), path.display());
            }
        }
        Ok(())
    }
}
