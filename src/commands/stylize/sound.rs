//! Gives a painted video the sound of the video that it was painted from.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How the sound gets into the file, best first: as it is, and encoded anew where the file cannot hold it.
const CODECS: [&str; 2] = ["copy", "aac"];
/// What is told of ffmpeg's complaints, in characters.
const LONGEST_REASON: usize = 200;

/// Copies the first track of sound of a video into a painted one of this length, which takes its place whole, or stays
/// as it is. A video without sound is no error.
///
/// # Errors
/// ffmpeg is missing or cannot do it; the text says why.
pub fn add_sound(from: &Path, painted: &Path, length: Duration) -> Result<(), String> {
    let name = painted.file_name().unwrap_or_default().to_string_lossy();
    let temporary = painted.with_file_name(format!(".impasto-sound-{name}"));
    let mut reason = String::new();
    for codec in CODECS {
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-nostdin", "-v", "error", "-y", "-i"]).arg(painted).arg("-i").arg(from);
        // The pictures' own length counts, also where somebody interrupted.
        command.args(["-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy", "-c:a", codec]);
        command.args(["-t", &format!("{:.3}", length.as_secs_f64())]);
        if painted.extension() != Some(OsStr::new("mkv")) {
            command.args(["-movflags", "+faststart", "-f", "mp4"]);
        }
        let output = command.arg(&temporary).stdin(Stdio::null()).output().map_err(|error| match error.kind() {
            ErrorKind::NotFound => "ffmpeg is missing, install it".to_owned(),
            _ => format!("ffmpeg cannot be started: {error}"),
        })?;
        if output.status.success() {
            return std::fs::rename(&temporary, painted).map_err(|error| error.to_string());
        }
        // What it began is of no use.
        let _ = std::fs::remove_file(&temporary);
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        if complaints.contains("matches no streams") {
            return Ok(());
        }
        reason = complaints.lines().next().unwrap_or_default().chars().take(LONGEST_REASON).collect();
    }
    Err(reason)
}
