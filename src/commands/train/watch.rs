//! The loop of training: checkpoints, previews, progress, and Ctrl-C.

use crate::commands::progress;
use crate::frame::{Frame, write_picture};
use crate::train::{Limit, TrainError, Training};
use indicatif::ProgressBar;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time until the first preview, which should come soon, and between two checkpoints and two previews.
const FIRST_PREVIEW: Duration = Duration::from_secs(20);
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);
const PREVIEW_EVERY: Duration = Duration::from_secs(60);

/// Height in pixels of a preview's pictures.
const PREVIEW_HEIGHT_PX: u32 = 240;

/// Trains until the limit is reached or somebody asks for the end; both leave a checkpoint beside the style's file `out`.
pub fn train(
    trainer: &mut impl Training,
    limit: Limit,
    stop: &AtomicBool,
    out: &Path,
    held_out: &[Frame],
) -> anyhow::Result<()> {
    let (checkpoint, preview) = (&out.with_extension("checkpoint"), &out.with_extension("preview.png"));
    // What cannot be written should fail now, and not when half an hour is over.
    trainer.save(checkpoint)?;
    let bar = progress::share_bar();
    let (start, first_step) = (Instant::now(), trainer.steps());
    let (mut saved, mut next_preview) = (start, start + FIRST_PREVIEW);
    while trainer.done(limit) < 1.0 && !stop.load(Ordering::SeqCst) {
        trainer.step(limit)?;
        let speed = (trainer.steps() - first_step) as f32 / start.elapsed().as_secs_f32();
        bar.set_position((trainer.done(limit) * progress::WHOLE as f32) as u64);
        bar.set_message(words(trainer, limit, speed));
        if saved.elapsed() >= CHECKPOINT_EVERY {
            trainer.save(checkpoint)?;
            saved = Instant::now();
        }
        if Instant::now() >= next_preview {
            show(trainer, preview, held_out, &bar)?;
            next_preview = Instant::now() + PREVIEW_EVERY;
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
fn show(trainer: &impl Training, preview: &Path, held_out: &[Frame], bar: &ProgressBar) -> anyhow::Result<()> {
    write_picture(preview, &trainer.preview(held_out, PREVIEW_HEIGHT_PX)).map_err(TrainError::from)?;
    if bar.is_hidden() {
        progress::note(bar, &bar.message());
    }
    Ok(())
}

/// How far training is: iterations, their speed, the time that is left, the losses.
fn words(trainer: &impl Training, limit: Limit, steps_per_second: f32) -> String {
    let left = match limit {
        Limit::Time(time) => time.saturating_sub(trainer.spent()).as_secs_f32(),
        Limit::Iterations(count) => count.saturating_sub(trainer.steps()) as f32 / steps_per_second.max(1e-6),
    };
    let left = left as u64;
    format!(
        "iteration {}, {steps_per_second:.2}/s, {}:{:02} left, {}",
        trainer.steps(),
        left / 60,
        left % 60,
        trainer.losses_in_words()
    )
}
