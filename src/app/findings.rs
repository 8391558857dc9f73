//! What Impasto found on this machine, for who starts it the first time, and what would make it faster.

use super::app_event::{AppEvent, Mailer};
use super::recording::Ending;
use crate::capture::{has_portal_support, is_wayland_session};
use crate::record::automatic_encoder;
use crate::stylize::{ProviderChoice, probe_providers};
use std::path::Path;

/// One thing that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it does for the painting.
    pub role: &'static str,
    /// What does it here.
    pub found: String,
    /// What to install for more: a reason, and a command to copy.
    pub advice: Option<(&'static str, &'static str)>,
}

/// Looks for everything on a thread of its own, named `findings`, and sends what it found. Takes up to seconds. Whoever
/// ends the program waits for it: a network that runs while the program's libraries are torn down crashes it.
///
/// # Errors
/// The system gives no more threads.
pub fn look(mailer: Mailer) -> std::io::Result<Ending> {
    std::thread::Builder::new().name("findings".to_owned()).spawn(move || {
        mailer.send(AppEvent::Findings(vec![network(), capture(), videos()]));
        None
    })
}

/// What runs the network.
fn network() -> Finding {
    let working: Vec<_> = probe_providers().into_iter().filter(|probe| probe.is_working).collect();
    let best = ProviderChoice::automatic().iter().find(|choice| working.iter().any(|probe| probe.choice == **choice));
    let has_card = Path::new("/dev/dri/renderD128").exists() || Path::new("/dev/nvidia0").exists();
    let advice = match best {
        Some(ProviderChoice::Cpu) if cfg!(windows) => {
            Some(("A graphics card of any vendor paints faster:", "scripts\\run.ps1 -Gpu directml"))
        }
        Some(ProviderChoice::Cpu) if !cfg!(target_os = "linux") => None,
        Some(ProviderChoice::Cpu) if has_card => {
            Some(("Your graphics card may paint faster:", "scripts/run --gpu webgpu"))
        }
        Some(ProviderChoice::Cpu) if has_half_precision() => {
            Some(("This processor paints faster with OpenVINO:", "scripts/run --gpu openvino"))
        }
        _ => None,
    };
    let found = best.map_or_else(
        || "nothing: see impasto doctor".to_owned(),
        |choice| match choice {
            ProviderChoice::Cpu => "the processor".to_owned(),
            ProviderChoice::OpenVino => "OpenVINO".to_owned(),
            card => format!("the graphics card ({card})"),
        },
    );
    Finding { role: "Runs the network", found, advice }
}

/// Whether this is a processor of Intel's that multiplies in half precision, which OpenVINO makes use of; it takes no
/// others.
fn has_half_precision() -> bool {
    let facts = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut words = facts.split_whitespace();
    facts.contains("GenuineIntel") && words.any(|flag| ["amx_bf16", "avx512_bf16"].contains(&flag))
}

/// How games are captured.
fn capture() -> Finding {
    if cfg!(windows) {
        let found = "any window of this desktop".to_owned();
        return Finding { role: "Captures", found, advice: None };
    }
    let is_set = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    let found = match (is_set("DISPLAY"), is_wayland_session()) {
        (true, false) => "any window of this desktop (X11)",
        (_, true) if has_portal_support() => "what you choose in the desktop's dialog (Wayland)",
        (true, true) => "windows of games that run through XWayland; start by scripts/run for the others",
        _ => "no windows on this desktop: paint the scene or files",
    };
    Finding { role: "Captures", found: found.to_owned(), advice: None }
}

/// What encodes recordings: the encoder that really encoded here.
fn videos() -> Finding {
    let encoder = automatic_encoder();
    let has_ffmpeg = std::process::Command::new("ffmpeg")
        .arg("-version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    Finding {
        role: "Records",
        found: format!("MP4 or Matroska, encoded by {encoder}"),
        advice: (!has_ffmpeg).then_some((
            "For encoders of graphics cards, and to paint and train on videos, install ffmpeg:",
            if cfg!(windows) { "winget install Gyan.FFmpeg" } else { "sudo apt-get install ffmpeg" },
        )),
    }
}
