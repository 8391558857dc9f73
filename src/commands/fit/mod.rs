//! `impasto fit`: the largest network that holds a frame rate on this machine.
//!
//! Networks of the ladder, with random weights, are run in turns by ONNX Runtime alone, as a style with them would be.

mod choice;
mod measure;
mod report;
mod rung;
mod turns;

pub use measure::Goal;
#[cfg(feature = "train")]
pub use measure::largest_that_holds;

use super::paint_options::positive;
use super::signals::stop_on_interrupt;
use super::size_options::{ShownOption, SizeOptions};
use crate::stylize::ProviderChoice;
use clap::Args;

#[derive(Debug, Args)]
pub struct FitArgs {
    /// Paintings per second that the network must hold.
    #[arg(long, value_name = "N", value_parser = positive)]
    fps: f32,
    #[command(flatten)]
    size: SizeOptions,
    #[command(flatten)]
    shown: ShownOption,
    /// What runs the network.
    #[arg(long, value_enum, default_value_t = ProviderChoice::Auto)]
    provider: ProviderChoice,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &FitArgs) -> anyhow::Result<()> {
    let goal = Goal::new(args.fps, &args.size, &args.shown, args.provider);
    let report = measure::measure(&goal, true, &stop_on_interrupt())?;
    if args.json {
        return super::print_json(&report.json());
    }
    out!("{}", report.to_string().trim_end());
    Ok(())
}
