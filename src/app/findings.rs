//! What Impasto found on this machine, for who starts it the first time, and what would make it faster.

use super::app_event::{AppEvent, Mailer};
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

/// Looks for everything on a thread of its own, named `findings`, and sends what it found. Takes up to seconds.
///
/// # Errors
/// The system gives no more threads.
pub fn look(mailer: Mailer) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("findings".to_owned())
        .spawn(move || mailer.send(AppEvent::Findings(vec![network(), capture(), videos()])))
        .map(drop)
}

/// What runs the network.
fn network() -> Finding {
    let working: Vec<_> = probe_providers().into_iter().filter(|probe| probe.is_working).collect();
    let best = ProviderChoice::automatic().iter().find(|choice| working.iter().any(|probe| probe.choice == **choice));
    let has_card = Path::new("/dev/dri/renderD128").exists() || Path::new("/dev/nvidia0").exists();
    let advice = (best == Some(&ProviderChoice::Cpu) && has_card && cfg!(target_os = "linux"))
        .then_some(("Your graphics card may paint faster:", "scripts/run --gpu webgpu"));
    let found = best.map_or_else(
        || "nothing: see impasto doctor".to_owned(),
        |choice| match choice {
            ProviderChoice::Cpu => "the processor".to_owned(),
            card => format!("the graphics card ({card})"),
        },
    );
    Finding { role: "Runs the network", found, advice }
}

/// How games are captured.
fn capture() -> Finding {
    let is_set = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    let found = match (is_set("DISPLAY"), is_set("WAYLAND_DISPLAY")) {
        (true, false) => "any window of this desktop (X11)",
        (true, true) => "windows of games that run through XWayland",
        _ => "no windows on this desktop: paint the scene or files",
    };
    Finding { role: "Captures", found: found.to_owned(), advice: None }
}

/// What reads and writes videos.
fn videos() -> Finding {
    let has_ffmpeg = std::process::Command::new("ffmpeg")
        .arg("-version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    Finding {
        role: "Records",
        found: if has_ffmpeg { "H.264 in MP4; ffmpeg is there" } else { "H.264 in MP4" }.to_owned(),
        advice: (!has_ffmpeg)
            .then_some(("To paint and train on videos, install ffmpeg:", "sudo apt-get install ffmpeg")),
    }
}
