//! The program `impasto`: parse, log, hand over, print one error, exit code.

#![warn(clippy::unwrap_used)]

use clap::Parser;
use impasto::commands::{Cli, ExitCode};
use tracing_subscriber::EnvFilter;

/// What is logged by default. Left out is what is nobody's trouble: the OpenGL backend calls it an error when there is
/// no display to ask (where no other backend draws either, the error that says so is ours), and winit warns of displays
/// without settings or physical size, and the D-Bus library of objects that the desktop's portal makes only later.
const USUAL_LOG: &str = "warn,wgpu_hal::gles::egl=off,winit=error,zbus::proxy=error";

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("IMPASTO_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL_LOG)))
        .with_writer(std::io::stderr)
        .init();
    cli.run()
}
