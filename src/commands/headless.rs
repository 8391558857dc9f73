//! `impasto run --headless`: finishes pictures without a window.

use crate::capture::SourceRequest;
use crate::compose::{Compositor, Gpu, Layers};
use crate::control::{EndReason, Event, Look, ParameterValue, RunStats, SizeRequest};
use crate::frame::FramePool;
use crate::pipeline::{Pipeline, PipelineConfig};
use crate::record::{Recorder, RecordingOptions};
use crate::stylize::{ProviderChoice, Style};
use anyhow::bail;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Frame rate of a recording.
const RECORDING_FPS: u32 = 30;
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

/// Paints until the source ends, the time is over, or somebody interrupts.
pub fn run(options: HeadlessOptions) -> anyhow::Result<RunStats> {
    let gpu = Gpu::headless()?;
    let (sender, events) = bounded(64);
    let pipeline = Pipeline::start(PipelineConfig {
        source: options.source.clone().opener(),
        style: Some(options.style.clone()),
        provider: options.provider,
        size: options.size,
        fps_cap: options.fps_cap,
        parameters: options.parameters.clone(),
        // A full channel holds a wake-up already; what matters besides is sent rarely.
        on_event: Box::new(move |event| drop(sender.try_send(event))),
    });
    let mut session = Session {
        compositor: Compositor::new(&gpu),
        gpu,
        pool: FramePool::new(),
        recorder: None,
        started_at: Instant::now(),
        options: &options,
    };
    let ended = session.follow(&pipeline, &events);
    if let Some(recorder) = session.recorder.take() {
        let saved = recorder.finish()?;
        pipeline.note_recorded(saved.recorded, saved.skipped);
        println!("recorded {:.1} s: {}", saved.duration.as_secs_f32(), saved.path.display());
    }
    ended?;
    Ok(pipeline.stats())
}

struct Session<'a> {
    gpu: Gpu,
    compositor: Compositor,
    pool: FramePool,
    recorder: Option<Recorder>,
    started_at: Instant,
    options: &'a HeadlessOptions,
}

impl Session<'_> {
    fn follow(&mut self, pipeline: &Pipeline, events: &Receiver<Event>) -> anyhow::Result<()> {
        loop {
            let is_over = self.options.duration.is_some_and(|duration| self.started_at.elapsed() >= duration);
            if is_over || self.options.stop.load(Ordering::SeqCst) {
                return Ok(());
            }
            match events.recv_timeout(TICK) {
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
        self.compositor.compose(&self.gpu, &layers, &self.options.look, output);
        let picture = self.compositor.read_back(&self.gpu, &mut self.pool)?;
        pipeline.note_presented(&layers, output, started.elapsed(), Duration::ZERO);
        self.record(pipeline, &layers, &picture)
    }

    /// Starts the recording with the first painting, so that it shows no plain frames, and offers every picture to it.
    fn record(
        &mut self,
        pipeline: &Pipeline,
        layers: &Layers,
        picture: &Arc<crate::frame::Frame>,
    ) -> anyhow::Result<()> {
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
}
