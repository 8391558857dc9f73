//! `impasto inspect`.

use crate::stylize::inspect;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The model.
    model: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &InspectArgs) -> anyhow::Result<()> {
    let facts = inspect(&args.model)?;
    if args.json {
        return super::print_json(&facts);
    }
    out!("{facts}");
    Ok(())
}
