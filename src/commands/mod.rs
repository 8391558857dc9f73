//! The command line: one file or folder per command, and what several share: how to paint, events of a pipeline,
//! finished pictures without a window, progress, and signals.
//!
//! Exit codes: 0 done, 1 the work failed (the error is on standard error), 2 the command line was wrong.

#[macro_use]
mod say;

mod bench;
mod dataset;
mod desktop_source;
#[cfg(any(test, feature = "train"))]
mod device_trial;
mod doctor;
mod events;
mod features_file;
mod finisher;
mod fit;
mod flicker;
mod headless;
mod headless_recording;
mod html;
mod inspect;
mod keyframes;
mod paint_options;
mod press;
mod profiles;
mod progress;
mod record_dataset;
mod record_options;
mod run;
mod signals;
mod size_options;
mod styles;
mod stylize;
#[cfg(feature = "train")]
mod train;
#[cfg(not(feature = "train"))]
#[path = "train_missing.rs"]
mod train;
mod windows;

use clap::{Parser, Subcommand};
pub use std::process::ExitCode;

/// Play any game as a painting.
#[derive(Debug, Parser)]
#[command(
    name = "impasto",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 the work failed, 2 the command line was wrong."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Paint a window, the built-in scene, or a file.
    Run(run::RunArgs),
    /// List the windows that can be captured.
    Windows(windows::WindowsArgs),
    /// List what is remembered for each game; export and import it.
    Profiles(profiles::ProfilesArgs),
    /// Do in the program that runs what a hotkey does: for keys that the desktop binds to commands.
    Press(press::PressArgs),
    /// List the installed styles.
    Styles(styles::StylesArgs),
    /// Tell what Impasto understands of a model, or why it cannot be used.
    Inspect(inspect::InspectArgs),
    /// Paint a picture, a folder of pictures, or a video, frame by frame.
    Stylize(stylize::StylizeArgs),
    /// Keep frames of a game, the scene, or files, to train styles on.
    RecordDataset(record_dataset::RecordDatasetArgs),
    /// Tell what a dataset holds, and draw its contact sheet.
    Dataset(dataset::DatasetArgs),
    /// Measure how fast a style paints here, against ONNX Runtime alone; or what capturing costs.
    Bench(bench::BenchArgs),
    /// Find the largest network that holds a frame rate here.
    Fit(fit::FitArgs),
    /// Measure how steady styles are, beside the raw video.
    Flicker(flicker::FlickerArgs),
    /// Pick key frames to paint, from which a style is made.
    Keyframes(keyframes::KeyframesArgs),
    /// Make a style from one picture, or from painted key frames.
    Train(train::TrainArgs),
    /// Train a few small steps on a graphics card, to see whether it computes as the processor does.
    #[cfg(feature = "train")]
    #[command(hide = true)]
    TrainSelfTest(train::SelfTestArgs),
    /// Try everything that Impasto needs on this machine, and say what is missing.
    Doctor(doctor::DoctorArgs),
}

impl Cli {
    /// Runs the command and prints its error, if any.
    pub fn run(self) -> ExitCode {
        signals::survive_file_size_limit();
        let done = match self.command {
            None => run::open_app(),
            Some(Command::Run(args)) => run::run(args),
            Some(Command::Windows(args)) => windows::run(&args),
            Some(Command::Profiles(args)) => profiles::run(&args),
            Some(Command::Press(args)) => press::run(&args),
            Some(Command::Styles(args)) => styles::run(&args),
            Some(Command::Inspect(args)) => inspect::run(&args),
            Some(Command::Stylize(args)) => stylize::run(&args),
            Some(Command::RecordDataset(args)) => record_dataset::run(&args),
            Some(Command::Dataset(args)) => dataset::run(&args),
            Some(Command::Bench(args)) => bench::run(&args),
            Some(Command::Fit(args)) => fit::run(&args),
            Some(Command::Flicker(args)) => flicker::run(&args),
            Some(Command::Keyframes(args)) => keyframes::run(&args),
            Some(Command::Train(args)) => train::run(&args),
            #[cfg(feature = "train")]
            Some(Command::TrainSelfTest(args)) => train::self_test(&args),
            Some(Command::Doctor(args)) => doctor::run(&args),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                err!("error: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

/// Prints a value as JSON, and nothing else.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    out!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
