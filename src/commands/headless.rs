//! `impasto run --headless`: finishes pictures without a window.

use super::events::{Events, events};
use super::finisher::Finisher;
use crate::capture::SourceRequest;
use crate::compose::Layers;
use crate::control::{EndReason, Event, Look, ParameterValue, RunStats, SizeRequest};
use crate::frame::Frame;
use crate::pipeline::{Pipeline, PipelineConfig};
use crate::record::{Recorder, RecordingOptions};
use crate::stylize::{ProviderChoice, Style};
use anyhow::bail;
use crossbeam_channel::RecvTimeoutError;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Frame rate of a recording.
const RECORDING_FPS: f64 = 30.0;
/// How long to wait for an event before looking at the clock and the stop flag.
const TICK: Duration = Duration::from_millis(50);

/// What to paint, how, and for how long.
pub struct HeadlessOptions {
    pub source: SourceRequest,
    pub style: Style,
    pub provider: ProviderChoice,
    pub size: SizeRequest,
    pub fps_cap: Option<f32>,
    pub look: Look,
    pub parameters: Vec<ParameterValue>,
    pub duration: Option<Duration>,
    pub record: Option<PathBuf>,
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
    let (on_event, events) = events();
    let pipeline = Pipeline::start(PipelineConfig {
        source: options.source.clone().opener(),
        style: Some(options.style.clone()),
        provider: options.provider,
        size: options.size,
        fps_cap: options.fps_cap,
        parameters: options.parameters.clone(),
        on_event,
    });
    let mut session = Session { finisher, recorder: None, started_at: Instant::now(), options: &options };
    let ended = session.follow(&pipeline, &events);
    let saved = session.end_recording(&pipeline);
    Ok(Outcome { stats: pipeline.stats(), failure: ended.and(saved).err() })
}

struct Session<'a> {
    finisher: Finisher,
    recorder: Option<Recorder>,
    started_at: Instant,
    options: &'a HeadlessOptions,
}

impl Session<'_> {
    fn follow(&mut self, pipeline: &Pipeline, events: &Events) -> anyhow::Result<()> {
        loop {
            let is_over = self.options.duration.is_some_and(|duration| self.started_at.elapsed() >= duration);
            if is_over || self.options.stop.load(Ordering::SeqCst) {
                return Ok(());
            }
            match events.next(TICK) {
                Ok(Event::PictureReady) => self.finish_picture(pipeline)?,
                Ok(Event::StyleFailed { style, reason }) => bail!("{style} cannot paint: {reason}"),
                Ok(Event::Ended(EndReason::Failed(reason))) => bail!(reason),
                Ok(Event::Ended(EndReason::DisplayLost)) => bail!("the connection to the display was lost"),
                Ok(Event::Ended(EndReason::WindowClosed | EndReason::EndOfFile)) => return Ok(()),
                Ok(Event::Notice(text)) => eprintln!("note: {text}"),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn finish_picture(&mut self, pipeline: &Pipeline) -> anyhow::Result<()> {
        let Some(layers) = pipeline.newest() else { return Ok(()) };
        let started = Instant::now();
        let output = layers.frame.size;
        let picture = self.finisher.finish(&layers, &self.options.look, output)?;
        pipeline.note_presented(&layers, output, started.elapsed(), Duration::ZERO);
        self.record(pipeline, &layers, &picture)
    }

    /// Starts the recording with the first painting, so that it shows no plain frames, and offers every picture to it.
    fn record(&mut self, pipeline: &Pipeline, layers: &Layers, picture: &Arc<Frame>) -> anyhow::Result<()> {
        let Some(path) = &self.options.record else { return Ok(()) };
        if self.recorder.is_none() && layers.painting.is_some() {
            let options = RecordingOptions { path: path.clone(), size: picture.size, fps: RECORDING_FPS };
            let on_failure = Box::new(|error| eprintln!("note: the recording stopped: {error}"));
            self.recorder = Some(Recorder::start(&options, on_failure)?);
            self.started_at = Instant::now();
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.offer(picture, self.started_at.elapsed());
            pipeline.note_recorded(recorder.progress().0, recorder.skipped());
        }
        Ok(())
    }

    fn end_recording(&mut self, pipeline: &Pipeline) -> anyhow::Result<()> {
        let Some(recorder) = self.recorder.take() else { return Ok(()) };
        let saved = recorder.finish()?;
        pipeline.note_recorded(saved.recorded, saved.skipped);
        println!("recorded {:.1} s: {}", saved.duration.as_secs_f32(), saved.path.display());
        Ok(())
    }
}
