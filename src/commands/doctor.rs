//! `impasto doctor`.

use crate::capture::{CaptureError, list_windows};
use crate::compose::Gpu;
use crate::record::{EncoderTrial, try_all_encoders, try_sound};
use crate::stylize::{ProviderProbe, probe_providers, runtime_library, runtime_version, style_folders};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// The windows that are captured on this system.
const WINDOWS: &str = if cfg!(target_os = "linux") { "X11 windows" } else { "windows" };

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// One thing that was really tried.
#[derive(Serialize)]
struct Trial {
    name: &'static str,
    is_working: bool,
    /// What it is, or why it does not work.
    detail: String,
}

impl Trial {
    fn of<E: std::fmt::Display>(name: &'static str, tried: Result<String, E>) -> Self {
        match tried {
            Ok(detail) => Self { name, is_working: true, detail },
            Err(error) => Self { name, is_working: false, detail: error.to_string() },
        }
    }
}

#[derive(Serialize)]
struct Findings {
    runtime: Trial,
    library: Option<PathBuf>,
    providers: Vec<ProviderProbe>,
    graphics: Trial,
    capture: Vec<Trial>,
    /// In the order in which a recording takes them; the first that works is the one.
    encoders: Vec<Trial>,
    style_folders: Vec<PathBuf>,
}

pub fn run(args: &DoctorArgs) -> anyhow::Result<()> {
    let findings = Findings {
        runtime: Trial::of("ONNX Runtime", runtime_version()),
        library: runtime_library().ok(),
        providers: probe_providers(),
        graphics: Trial::of("graphics", Gpu::headless().map(|gpu| gpu.description())),
        capture: vec![
            Trial::of(WINDOWS, list_windows().map(|windows| format!("{} windows", windows.len()))),
            Trial::of("Wayland's portal", portal_trial()),
            Trial::of("video files", version_of("ffmpeg")),
            Trial::of("sound", try_sound()),
        ],
        encoders: try_all_encoders().into_iter().map(encoder_trial).collect(),
        style_folders: style_folders(),
    };
    if args.json { super::print_json(&findings) } else { print(&findings) }
}

/// What the desktop's portal can share; it was really asked.
#[cfg(all(target_os = "linux", feature = "wayland"))]
fn portal_trial() -> Result<String, CaptureError> {
    let offer = crate::capture::portal_offer(None)?;
    let shares = match (offer.has_windows, offer.has_screens) {
        (true, true) => "windows and whole screens",
        (true, false) => "windows",
        (false, true) => "whole screens only",
        (false, false) => return Err(crate::capture::PortalError::NoScreenCast.into()),
    };
    let cursor = if offer.hides_cursor { "" } else { ", with the cursor in the picture" };
    Ok(format!("shares {shares}{cursor} (ScreenCast {}): run --source portal", offer.version))
}

#[cfg(not(all(target_os = "linux", feature = "wayland")))]
fn portal_trial() -> Result<String, CaptureError> {
    Err(CaptureError::NoPortalSupport)
}

fn print(findings: &Findings) -> anyhow::Result<()> {
    print_trial(&findings.runtime);
    if let Some(library) = &findings.library {
        out!("            {}", library.display());
    }
    out!("\nExecution providers");
    for probe in &findings.providers {
        let mark = if probe.is_working { "works" } else { "  no " };
        let name = format!("{:?}", probe.choice).to_lowercase();
        let time = probe.ms.map(|ms| format!("{ms:.1} ms  ")).unwrap_or_default();
        out!("  {mark}  {name:<10} {time}{}", probe.reason);
    }
    out!("\nGraphics and capture");
    print_trial(&findings.graphics);
    findings.capture.iter().for_each(print_trial);
    out!("\nVideo encoders, in the order in which recordings take them");
    findings.encoders.iter().for_each(print_trial);
    out!("\nStyles are looked for in");
    findings.style_folders.iter().for_each(|folder| out!("  {}", folder.display()));
    Ok(())
}

fn print_trial(trial: &Trial) {
    let mark = if trial.is_working { "works" } else { "  no " };
    out!("  {mark}  {:<18} {}", trial.name, trial.detail);
}

fn version_of(program: &str) -> Result<String, String> {
    let output = std::process::Command::new(program)
        .arg("-version")
        .output()
        .map_err(|error| format!("{program} cannot be started ({error}): install the package {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

/// Ten pictures were encoded for real.
fn encoder_trial(trial: &EncoderTrial) -> Trial {
    let detail = trial.outcome.as_ref().map(|time| format!("encodes, ten pictures in {} ms", time.as_millis()));
    Trial::of(trial.kind.name(), detail)
}
