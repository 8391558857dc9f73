//! One real pipeline that is measured in rounds and rests between them.

use super::prepared::{Tap, prepared_source};
use crate::capture::FrameSource;
use crate::commands::events::{Events, events};
use crate::commands::finisher::Finisher;
use crate::control::{EndReason, Event, LevelsChoice, Look, ParameterValue, RunStats};
use crate::frame::Frame;
use crate::pipeline::{Pipeline, PipelineConfig};
use crate::stylize::{LoadOptions, Style};
use anyhow::bail;
use crossbeam_channel::RecvTimeoutError;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long to wait for an event before looking at the clock.
const TICK: Duration = Duration::from_millis(20);
/// At least so many paintings make a rate.
const FEWEST_PAINTINGS: u32 = 3;
/// Loading and every painting may take this long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A pipeline whose paintings are counted, and finished where a finisher is there, as `run --headless` does it.
pub struct Lane {
    name: &'static str,
    pipeline: Pipeline,
    events: Events,
    tap: Tap,
    finisher: Option<(Finisher, Look)>,
    /// Sequence number of the newest painting seen.
    seen: Option<u64>,
    /// When it was seen, or when it was first waited for.
    progress_at: Instant,
}

impl Lane {
    /// Starts a pipeline and waits until it has painted and rests.
    ///
    /// # Errors
    /// The style cannot be loaded or cannot paint.
    pub fn start(
        name: &'static str,
        style: &Style,
        options: &LoadOptions,
        levels: LevelsChoice,
        parameters: &[ParameterValue],
        pictures: &Arc<Vec<Frame>>,
        finisher: Option<(Finisher, Look)>,
    ) -> anyhow::Result<Self> {
        let (on_event, events) = events();
        let (source, tap) = prepared_source(Arc::clone(pictures));
        tap.set_open(true);
        let pipeline = Pipeline::start(PipelineConfig {
            source: Box::new(move || Ok(Box::new(source) as Box<dyn FrameSource>)),
            style: Some(style.clone()),
            provider: options.provider,
            size: options.size,
            fps_cap: None,
            pace_fps: None,
            levels,
            parameters: parameters.to_vec(),
            on_event,
        });
        let mut lane = Self { name, pipeline, events, tap, finisher, seen: None, progress_at: Instant::now() };
        lane.measure(Duration::ZERO)?;
        Ok(lane)
    }

    /// Paints for about `slice`, at least until there is a rate; gives the new paintings per second. At the end
    /// nothing is under way, so that the lane takes no time from what is measured next.
    ///
    /// # Errors
    /// The network failed, or the compositor did.
    pub fn measure(&mut self, slice: Duration) -> anyhow::Result<f64> {
        let started = Instant::now();
        self.progress_at = started;
        self.pipeline.set_painting(true);
        self.tap.set_open(true);
        let (mut first, mut last, mut count) = (started, started, 0);
        while count < FEWEST_PAINTINGS || started.elapsed() < slice {
            if self.follow()? {
                last = Instant::now();
                if count == 0 {
                    first = last;
                }
                count += 1;
            }
        }
        self.tap.set_open(false);
        // The newest picture handed out is painted in any case: after it, the pipeline rests.
        while self.seen < self.tap.last_sequence() {
            self.follow()?;
        }
        // Otherwise it might paint the last picture again, to follow its light.
        self.pipeline.set_painting(false);
        Ok(f64::from(count - 1) / (last - first).as_secs_f64())
    }

    /// Answers the next event; tells whether there was a new painting.
    fn follow(&mut self) -> anyhow::Result<bool> {
        match self.events.next(TICK) {
            Ok(Event::PictureReady) => return self.take_picture(),
            Ok(Event::StyleFailed { style, reason }) => bail!("{style} cannot paint: {reason}"),
            Ok(Event::Ended(EndReason::Failed(reason)) | Event::Notice(reason)) => bail!(reason),
            Err(RecvTimeoutError::Disconnected) => bail!("the {} ended while it was measured", self.name),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
        if self.progress_at.elapsed() > PATIENCE {
            bail!("nothing was painted for {} s: choose a smaller --size", PATIENCE.as_secs());
        }
        Ok(false)
    }

    fn take_picture(&mut self) -> anyhow::Result<bool> {
        let Some(layers) = self.pipeline.newest() else { return Ok(false) };
        let painted = layers.painting.as_ref().map(|painting| painting.source.sequence);
        let is_new = painted.is_some() && painted != self.seen;
        if is_new {
            self.seen = painted;
            self.progress_at = Instant::now();
            self.tap.ask();
        }
        if let Some((finisher, look)) = &mut self.finisher {
            let (started, output) = (Instant::now(), layers.frame.size);
            finisher.finish(&layers, look, output)?;
            self.pipeline.note_presented(&layers, output, started.elapsed(), Duration::ZERO);
        }
        Ok(is_new)
    }

    /// The figures of all rounds.
    pub fn stats(&self) -> RunStats {
        self.pipeline.stats()
    }
}
