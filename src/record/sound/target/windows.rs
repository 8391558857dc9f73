//! What can be heard on Windows: the game's processes where the system can tell their sound from others' (Windows 10 of
//! 2020 or newer), or what the default device plays.

use super::Target;
use crate::control::SoundChoice;
use crate::record::sound::SoundSettings;
use std::sync::OnceLock;
use wasapi::{AudioClient, DeviceEnumerator, Direction};

/// COM on this thread, as long as this lives.
pub struct Com {
    is_open: bool,
}

impl Com {
    /// Opens COM; a second time on one thread is harmless.
    pub fn open() -> Self {
        let opened = wasapi::initialize_mta().ok();
        Self { is_open: opened.inspect_err(|error| tracing::debug!("COM does not open: {error}")).is_ok() }
    }
}

impl Drop for Com {
    fn drop(&mut self) {
        if self.is_open {
            wasapi::deinitialize();
        }
    }
}

/// Finds what is to be captured now.
///
/// # Errors
/// No device plays; the text says so.
pub fn find(settings: &SoundSettings) -> Result<Target, String> {
    let game = settings.game_pid.filter(|_| tells_processes_apart());
    match (settings.options.choice, game) {
        (SoundChoice::Off, _) => Ok(Target::Silence),
        (SoundChoice::Auto | SoundChoice::Game, Some(game)) => Ok(Target::Stream(game)),
        (SoundChoice::Game, None) if settings.game_pid.is_some() => {
            Err("this Windows cannot tell the game's sound from others': choose desktop".to_owned())
        }
        (SoundChoice::Game, None) => Ok(Target::Silence),
        (SoundChoice::Auto | SoundChoice::Desktop, _) => device().map(Target::Monitor),
    }
}

/// The name of the device that plays.
fn device() -> Result<String, String> {
    let _com = Com::open();
    let name = || DeviceEnumerator::new()?.get_default_device(&Direction::Render)?.get_friendlyname();
    name().map_err(|error| format!("there is no sound device that plays ({error})"))
}

/// Whether the system captures single processes; tried once, on ourselves.
fn tells_processes_apart() -> bool {
    static TRIED: OnceLock<bool> = OnceLock::new();
    *TRIED.get_or_init(|| {
        let _com = Com::open();
        AudioClient::new_application_loopback_client(std::process::id(), true)
            .inspect_err(|error| tracing::debug!("the sound of single processes cannot be captured: {error}"))
            .is_ok()
    })
}
