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

use super::paint_options::{DEFAULT_SIZE, positive};
use super::signals::stop_on_interrupt;
use crate::control::SizeRequest;
use crate::stylize::ProviderChoice;
use clap::Args;

#[derive(Debug, Args)]
pub struct FitArgs {
    /// Paintings per second that the network must hold.
    #[arg(long, value_name = "N", value_parser = positive)]
    fps: f32,
    /// The resolution at which the network runs: a height, or WIDTHxHEIGHT.
    #[arg(long, value_name = "HEIGHT|WxH", default_value_t = DEFAULT_SIZE)]
    size: SizeRequest,
    /// What runs the network.
    #[arg(long, value_enum, default_value_t = ProviderChoice::Auto)]
    provider: ProviderChoice,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &FitArgs) -> anyhow::Result<()> {
    let goal = Goal { fps: args.fps, size: args.size, provider: args.provider };
    let report = measure::measure(&goal, true, &stop_on_interrupt())?;
    if args.json {
        return super::print_json(&report.json());
    }
    out!("{}", report.to_string().trim_end());
    Ok(())
}
