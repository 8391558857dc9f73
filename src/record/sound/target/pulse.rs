//! What can be heard on a sound server that `pactl` speaks to.

use super::Target;
use crate::child::output_of;
use crate::control::SoundChoice;
use crate::record::sound::SoundSettings;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A sound server that takes longer to answer hangs.
const PATIENCE: Duration = Duration::from_secs(2);
/// What to install where the programs are missing.
pub const PACKAGE: &str = "pulseaudio-utils";
/// No process is as many children deep.
const MOST_PARENTS: usize = 64;

/// A stream that a program plays, as `pactl -f json list sink-inputs` tells.
#[derive(Debug, Deserialize)]
struct Playing {
    index: u32,
    #[serde(default)]
    corked: bool,
    #[serde(default)]
    properties: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct ServerInfo {
    default_sink_name: String,
}

/// Finds what is to be captured now.
///
/// # Errors
/// The programs are missing, or no sound server answers; the text says what to do.
pub fn find(settings: &SoundSettings) -> Result<Target, String> {
    let choice = settings.options.choice;
    let looks_for_game = matches!(choice, SoundChoice::Auto | SoundChoice::Game);
    if looks_for_game && let Some(game) = settings.game_pid {
        let bytes = pactl(settings, &["list", "sink-inputs"])?;
        let playing: Vec<Playing> = serde_json::from_slice(&bytes).map_err(|_| "pactl gives no list".to_owned())?;
        let ours: Vec<&Playing> = playing.iter().filter(|stream| is_of_game(stream, game)).collect();
        // One that is paused may be what stays of a menu; but it is better than none.
        let chosen = ours.iter().find(|stream| !stream.corked).or(ours.first());
        let is_alone = ours.iter().filter(|stream| !stream.corked).count() <= 1;
        match chosen {
            // A game with several streams is only whole on its device.
            Some(stream) if is_alone || choice == SoundChoice::Game => {
                return Ok(Target::Stream(stream.index));
            }
            _ => {}
        }
    }
    if choice == SoundChoice::Off {
        return Ok(Target::Silence);
    }
    if choice == SoundChoice::Game {
        pactl(settings, &["info"])?;
        return Ok(Target::Silence);
    }
    let info: ServerInfo = serde_json::from_slice(&pactl(settings, &["info"])?)
        .map_err(|_| "pactl does not name the device that plays".to_owned())?;
    match info.default_sink_name.as_str() {
        "" | "@DEFAULT_SINK@" | "auto_null" => Err("the sound server has no device that plays".to_owned()),
        name => Ok(Target::Monitor(format!("{name}.monitor"))),
    }
}

fn pactl(settings: &SoundSettings, arguments: &[&str]) -> Result<Vec<u8>, String> {
    if !cfg!(target_os = "linux") {
        return Err("sound is recorded on Linux and Windows only, so far".to_owned());
    }
    let mut command = Command::new("pactl");
    command.args(["-f", "json"]).args(settings.server.as_ref().map(|server| format!("--server={server}")));
    // The fields' names stay English in JSON; messages should, too.
    command.args(arguments).env("LC_ALL", "C.UTF-8");
    output_of(command, PACKAGE, PATIENCE).map_err(|reason| {
        if reason.contains("Connection") {
            "no sound server (PipeWire or PulseAudio) answers".to_owned()
        } else {
            reason
        }
    })
}

/// Whether the game's process or one of its children plays a stream. In a container, numbers of processes differ: there
/// the same program's name counts.
fn is_of_game(stream: &Playing, game: u32) -> bool {
    let property = |name: &str| stream.properties.get(name).and_then(|value| value.as_str());
    let player = ["pipewire.sec.pid", "application.process.id"].map(|name| property(name)?.parse::<u32>().ok());
    if player.into_iter().flatten().any(|player| is_within(player, game)) {
        return true;
    }
    let executable = std::fs::read_link(format!("/proc/{game}/exe")).ok();
    let name = executable.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    let is_foreign = property("pipewire.access.portal.app_id").is_some();
    is_foreign && name.is_some() && property("application.process.binary") == name
}

/// Whether a process is this one or was started by it, over any number of steps.
fn is_within(process: u32, ancestor: u32) -> bool {
    let mut at = Some(process);
    for _ in 0..MOST_PARENTS {
        match at {
            Some(process) if process == ancestor => return true,
            Some(process) if process > 1 => at = parent_of(process),
            _ => return false,
        }
    }
    false
}

fn parent_of(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in parentheses and may hold anything; state and parent follow.
    status.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn knows_children_of_children() {
        let own = std::process::id();
        assert!(is_within(own, own));
        let parent = parent_of(own).unwrap();
        assert!(is_within(own, parent) && !is_within(parent, own));
        assert!(!is_within(1, own) && !is_within(4_000_000, own));
    }
}
