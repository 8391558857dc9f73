//! `impasto keyframes`: frames for somebody to paint, from which a style is trained.

mod candidates;
mod pick;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct KeyframesArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Pick the frames that differ most, to be painted by hand.
    Pick(pick::PickArgs),
}

pub fn run(args: &KeyframesArgs) -> anyhow::Result<()> {
    match &args.action {
        Action::Pick(args) => pick::run(args),
    }
}
