//! The program `impasto`: parse, log, hand over, print one error, exit code.

use clap::Parser;
use impasto::commands::{Cli, ExitCode};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("IMPASTO_LOG").unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .init();
    cli.run()
}
