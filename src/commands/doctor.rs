//! `impasto doctor`.

use crate::capture::list_windows;
use crate::compose::Gpu;
use crate::frame::{Frame, Size};
use crate::record::{RecordingOptions, VideoWriter};
use crate::stylize::{ProviderProbe, probe_providers, runtime_library, runtime_version, style_folders};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

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
            Trial::of("X11 windows", list_windows().map(|windows| format!("{} windows", windows.len()))),
            Trial::of("video files", version_of("ffmpeg")),
        ],
        encoders: vec![Trial::of("H.264 (openh264)", try_encoder())],
        style_folders: style_folders(),
    };
    if args.json { super::print_json(&findings) } else { print(&findings) }
}

fn print(findings: &Findings) -> anyhow::Result<()> {
    print_trial(&findings.runtime);
    if let Some(library) = &findings.library {
        println!("            {}", library.display());
    }
    println!("\nExecution providers");
    for probe in &findings.providers {
        let mark = if probe.is_working { "works" } else { "  no " };
        let name = format!("{:?}", probe.choice).to_lowercase();
        let time = probe.ms.map(|ms| format!("{ms:.1} ms  ")).unwrap_or_default();
        println!("  {mark}  {name:<10} {time}{}", probe.reason);
    }
    println!("\nGraphics, capture, recording");
    print_trial(&findings.graphics);
    findings.capture.iter().chain(&findings.encoders).for_each(print_trial);
    println!("\nStyles are looked for in");
    findings.style_folders.iter().for_each(|folder| println!("  {}", folder.display()));
    Ok(())
}

fn print_trial(trial: &Trial) {
    let mark = if trial.is_working { "works" } else { "  no " };
    println!("  {mark}  {:<18} {}", trial.name, trial.detail);
}

fn version_of(program: &str) -> Result<String, String> {
    let output = std::process::Command::new(program)
        .arg("-version")
        .output()
        .map_err(|error| format!("{program} cannot be started ({error}): install the package {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

/// Encodes half a second for real.
fn try_encoder() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let size = Size::new(320, 240);
    let mut writer = VideoWriter::create(&RecordingOptions { path: folder.path().join("try.mp4"), size, fps: 30.0 })?;
    let picture = Frame::new(size);
    for _ in 0..15 {
        writer.write(&picture)?;
    }
    writer.finish()?;
    Ok("encodes in process".to_owned())
}
