//! The loop of training: checkpoints, previews, progress, and Ctrl-C.

use crate::commands::progress;
use crate::frame::{Frame, write_picture};
use crate::train::{Limit, TrainError, Trainer};
use indicatif::ProgressBar;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two checkpoints, and between two previews.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);
const PREVIEW_EVERY: Duration = Duration::from_secs(60);

/// Height in pixels of a preview's pictures.
const PREVIEW_HEIGHT_PX: u32 = 240;

/// Trains until the limit is reached or somebody asks for the end; both leave a checkpoint.
pub fn train(
    trainer: &mut Trainer,
    limit: Limit,
    stop: &AtomicBool,
    checkpoint: &Path,
    preview: &Path,
    held_out: &[Frame],
) -> anyhow::Result<()> {
    let bar = progress::share_bar();
    let (start, first_step) = (Instant::now(), trainer.steps());
    let (mut saved, mut shown) = (start, start);
    while trainer.done(limit) < 1.0 && !stop.load(Ordering::SeqCst) {
        trainer.step(limit)?;
        let speed = (trainer.steps() - first_step) as f32 / start.elapsed().as_secs_f32();
        bar.set_position((trainer.done(limit) * progress::WHOLE as f32) as u64);
        bar.set_message(words(trainer, limit, speed));
        if saved.elapsed() >= CHECKPOINT_EVERY {
            trainer.save(checkpoint)?;
            saved = Instant::now();
        }
        if shown.elapsed() >= PREVIEW_EVERY {
            show(trainer, preview, held_out, &bar)?;
            shown = Instant::now();
        }
    }
    trainer.save(checkpoint)?;
    show(trainer, preview, held_out, &bar)?;
    bar.finish_and_clear();
    if stop.load(Ordering::SeqCst) {
        eprintln!("note: stopped early, after {} iterations; --resume goes on from here", trainer.steps());
    }
    Ok(())
}

/// Writes the preview; where no bar is seen, says how far training is.
fn show(trainer: &Trainer, preview: &Path, held_out: &[Frame], bar: &ProgressBar) -> anyhow::Result<()> {
    write_picture(preview, &trainer.preview(held_out, PREVIEW_HEIGHT_PX)).map_err(TrainError::from)?;
    if bar.is_hidden() {
        progress::note(bar, &bar.message());
    }
    Ok(())
}

/// How far training is: iterations, their speed, the time that is left, the losses.
fn words(trainer: &Trainer, limit: Limit, steps_per_second: f32) -> String {
    let left = match limit {
        Limit::Time(time) => time.saturating_sub(trainer.spent()).as_secs_f32(),
        Limit::Iterations(count) => count.saturating_sub(trainer.steps()) as f32 / steps_per_second.max(1e-6),
    };
    let (left, means) = (left as u64, trainer.means());
    format!(
        "iteration {}, {steps_per_second:.2}/s, {}:{:02} left, style {:.3} content {:.3} steadiness {:.5}",
        trainer.steps(),
        left / 60,
        left % 60,
        means.style,
        means.content,
        means.steadiness
    )
}
