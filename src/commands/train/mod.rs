//! `impasto train`: what can be asked for, the loop that trains and lets people watch, and the style in the end.

mod args;
mod device;
mod fault;
mod feature_engine;
mod finish;
mod keyframes;
mod progress_file;
mod report;
mod self_test;
mod size;
mod teacher;
mod watch;

pub use args::TrainArgs;
pub use self_test::{SelfTestArgs, run as self_test};

use super::signals::stop_on_interrupt;
use crate::frame::Frame;
use anyhow::{Context, ensure};

pub fn run(args: &TrainArgs) -> anyhow::Result<()> {
    let is_model = args.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"));
    ensure!(is_model, "the style's file must end in .onnx: {}", args.out.display());
    if let Some(folder) = args.out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let stop = stop_on_interrupt();
    if let Some(folder) = &args.keyframe.keyframes {
        return keyframes::run(args, folder, &stop);
    }
    let (mut trainer, device) = args.trainer(&stop)?;
    let held_out = examples(trainer.examples())?;
    let settings = args.settings_in_words(&trainer, &device);
    let about = watch::About { settings: &settings, device: &device, held_out: &held_out };
    watch::train(&mut trainer, args.limit(), &stop, &args.out, about)?;
    finish::finish(args, &trainer, &held_out)
}

/// Frames to watch a training on; there must be one.
fn examples(examples: Vec<Frame>) -> anyhow::Result<Vec<Frame>> {
    // A header may promise a picture that the rest of the file does not hold.
    ensure!(!examples.is_empty(), "the pictures that training would be watched on are broken: see the data folders");
    Ok(examples)
}
