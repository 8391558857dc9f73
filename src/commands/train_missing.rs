//! `impasto train` in a build without the trainer.

use clap::Args;
use std::ffi::OsString;

#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct TrainArgs {
    /// Whatever was meant for the trainer.
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

pub fn run(args: &TrainArgs) -> anyhow::Result<()> {
    let options = args.options.iter().map(|option| option.to_string_lossy()).collect::<Vec<_>>().join(" ");
    anyhow::bail!(
        "this impasto was built without the trainer: \"scripts/run train {options}\" builds it and trains \
         (or build with cargo build --release --features train)"
    )
}
