//! The loop of training: checkpoints, looks at held-out frames, progress, and Ctrl-C.

use super::device::ChosenDevice;
use super::progress_file::{Look, Progress, State, named};
use super::report;
use crate::commands::progress;
use crate::frame::{Frame, write_picture};
use crate::train::{Evaluation, Limit, StopReason, TrainError, Training};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time until the first preview, which should come soon, and between two previews.
const FIRST_PREVIEW: Duration = Duration::from_secs(20);
const PREVIEW_EVERY: Duration = Duration::from_secs(60);
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Height in pixels of a preview's pictures.
const PREVIEW_HEIGHT_PX: u32 = 240;

/// What is shown of a training and told about it.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// What it is made of, for the report.
    pub settings: &'a [(&'static str, String)],
    pub device: &'a ChosenDevice,
    /// The frames of previews.
    pub held_out: &'a [Frame],
}

/// Trains until the limit is reached, nothing gets better any more, or somebody asks for the end. All leave a
/// checkpoint beside the style's file `out`, and the best weights in the trainer.
pub fn train(
    trainer: &mut impl Training,
    limit: Limit,
    stop: &AtomicBool,
    out: &Path,
    about: About<'_>,
) -> anyhow::Result<()> {
    let mut watch = Watch::new(out, limit, about, trainer.steps());
    let outcome = watch.run(trainer, stop);
    if let Err(error) = &outcome {
        // The error itself is the one to tell, also where this file cannot be written.
        let _ = watch.tell(trainer, State::Failed, Some(error.to_string()));
    }
    outcome
}

struct Watch<'a> {
    out: &'a Path,
    limit: Limit,
    about: About<'a>,
    bar: ProgressBar,
    started_at: Instant,
    first_step: u64,
    history: Vec<Look>,
    has_preview: bool,
}

impl<'a> Watch<'a> {
    fn new(out: &'a Path, limit: Limit, about: About<'a>, first_step: u64) -> Self {
        let progress_file = out.with_extension("progress.json");
        let mut history = Progress::history(&progress_file);
        // What came after the checkpoint, or is of another training, was not learnt here.
        history.retain(|look| look.iteration <= first_step && first_step > 0);
        let bar = progress::share_bar();
        Self { out, limit, about, bar, started_at: Instant::now(), first_step, history, has_preview: false }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.out.with_extension(ending)
    }

    fn run(&mut self, trainer: &mut impl Training, stop: &AtomicBool) -> anyhow::Result<()> {
        let checkpoint = self.file("checkpoint");
        // What cannot be written should fail now, and not when half an hour is over.
        trainer.save(&checkpoint)?;
        let start = self.started_at;
        let (mut saved, mut told, mut next_preview) = (start, None::<Instant>, start + FIRST_PREVIEW);
        let mut reason = None;
        while trainer.done(self.limit) < 1.0 && !stop.load(Ordering::SeqCst) && reason.is_none() {
            trainer.step(self.limit)?;
            self.bar.set_position((trainer.done(self.limit) * progress::WHOLE as f32) as u64);
            self.bar.set_message(self.words(trainer));
            if saved.elapsed() >= CHECKPOINT_EVERY {
                trainer.save(&checkpoint)?;
                saved = Instant::now();
            }
            if told.is_none_or(|told| told.elapsed() >= PROGRESS_EVERY) {
                self.tell(trainer, State::Running, None)?;
                told = Some(Instant::now());
            }
            if trainer.is_evaluation_due(self.limit) {
                self.look(trainer)?;
                reason = trainer.stop_reason(self.limit);
            }
            if Instant::now() >= next_preview {
                self.note_unjudged(trainer);
                self.show(trainer, State::Running, None)?;
                next_preview = Instant::now() + PREVIEW_EVERY;
            }
        }
        self.look(trainer)?;
        trainer.save(&checkpoint)?;
        let is_stopped = stop.load(Ordering::SeqCst);
        let message = ending(trainer, is_stopped, reason);
        self.show(trainer, if is_stopped { State::Stopped } else { State::Finished }, message.clone())?;
        self.bar.finish_and_clear();
        if let Some(message) = message {
            err!("note: {message}");
        }
        Ok(())
    }

    /// Evaluates the network, where a training does so, and takes a note of it and of the losses.
    fn look(&mut self, trainer: &mut impl Training) -> anyhow::Result<()> {
        if self.history.last().is_some_and(|last| last.iteration == trainer.steps()) {
            return Ok(());
        }
        let evaluation = trainer.evaluate()?;
        self.note(trainer, evaluation);
        Ok(())
    }

    /// Takes a note of the losses alone, as long as nothing was evaluated: trainings without evaluations have curves,
    /// too.
    fn note_unjudged(&mut self, trainer: &impl Training) {
        if self.history.iter().all(|look| look.held_out.is_empty()) {
            self.note(trainer, None);
        }
    }

    fn note(&mut self, trainer: &impl Training, evaluation: Option<Evaluation>) {
        let held_out = evaluation.iter().flat_map(|seen| seen.losses.parts().chain([("total", seen.score)]));
        self.history.push(Look {
            iteration: trainer.steps(),
            losses: named(trainer.losses()),
            held_out: named(held_out),
            flicker: evaluation.map(|evaluation| evaluation.flicker),
        });
    }

    /// Writes the preview and the report; where no bar is seen, says how far training is.
    fn show(&mut self, trainer: &impl Training, state: State, message: Option<String>) -> anyhow::Result<()> {
        let preview = trainer.preview(self.about.held_out, PREVIEW_HEIGHT_PX);
        write_picture(&self.file("preview.png"), &preview).map_err(TrainError::from)?;
        self.has_preview = true;
        let progress = self.tell(trainer, state, message)?;
        let name = self.out.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        report::write(&self.file("report.html"), &name, &progress, self.about.settings, &preview)?;
        if self.bar.is_hidden() {
            progress::note(&self.bar, &self.bar.message());
        }
        Ok(())
    }

    /// Writes how far training is.
    fn tell(&self, trainer: &impl Training, state: State, message: Option<String>) -> anyhow::Result<Progress> {
        let preview = self.file("preview.png").file_name().map(|name| name.to_string_lossy().into_owned());
        let progress = Progress {
            state,
            iteration: trainer.steps(),
            share: trainer.done(self.limit),
            seconds_left: self.seconds_left(trainer),
            iterations_per_second: self.steps_per_second(trainer),
            losses: named(trainer.losses()),
            flicker: self.history.iter().rev().find_map(|look| look.flicker),
            preview: preview.filter(|_| self.has_preview),
            message,
            device: self.about.device.device.to_string(),
            device_note: self.about.device.note.clone(),
            history: self.history.clone(),
        };
        progress.write(&self.file("progress.json"))?;
        Ok(progress)
    }

    fn steps_per_second(&self, trainer: &impl Training) -> f32 {
        (trainer.steps() - self.first_step) as f32 / self.started_at.elapsed().as_secs_f32().max(1e-6)
    }

    fn seconds_left(&self, trainer: &impl Training) -> f32 {
        match self.limit {
            Limit::Time(time) => time.saturating_sub(trainer.spent()).as_secs_f32(),
            Limit::Iterations(count) => {
                count.saturating_sub(trainer.steps()) as f32 / self.steps_per_second(trainer).max(1e-6)
            }
        }
    }

    /// How far training is: iterations, their speed, the time that is left, the losses.
    fn words(&self, trainer: &impl Training) -> String {
        let left = self.seconds_left(trainer) as u64;
        format!(
            "iteration {}, {:.2}/s, {}:{:02} left, {}",
            trainer.steps(),
            self.steps_per_second(trainer),
            left / 60,
            left % 60,
            trainer.losses_in_words()
        )
    }
}

/// How a training ended, for people; makes the best weights those of the style. Nothing is said where the limit was
/// reached and the last weights are the best.
fn ending(trainer: &mut impl Training, is_stopped: bool, reason: Option<StopReason>) -> Option<String> {
    let steps = trainer.steps();
    let why = match (is_stopped, reason) {
        (true, _) => Some(format!("stopped early, after {steps} iterations; --resume goes on from here")),
        (false, Some(reason)) => Some(format!("ended after {steps} iterations: {reason}")),
        (false, None) => None,
    };
    let kept = trainer.take_best().filter(|best| best.iteration < steps).map(|best| {
        format!(
            "the style is that of iteration {}, the best on held-out frames (score {:.4})",
            best.iteration, best.score
        )
    });
    let parts: Vec<String> = why.into_iter().chain(kept).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
