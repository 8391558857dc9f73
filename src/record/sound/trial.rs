//! Tries whether sound can be captured here.

use super::SoundSettings;
use super::capture::Capture;
use super::target::{Target, find};
use crate::control::{SoundChoice, SoundOptions};
use std::time::Duration;

/// A device gets this long to give its first samples; some play two seconds ahead.
const PATIENCE: Duration = Duration::from_secs(4);

/// Captures the desktop's sound for a moment; says what it was. Takes up to some seconds.
///
/// # Errors
/// It cannot be captured; the text says why and what to install.
pub fn try_sound() -> Result<String, String> {
    let settings = SoundSettings::new(SoundOptions::new(SoundChoice::Desktop));
    let target = find(&settings)?;
    let Target::Monitor(name) = &target else { return Err("the sound server has no device that plays".to_owned()) };
    let mut capture = Capture::start(&target, &settings)?;
    if capture.chunks().recv_timeout(PATIENCE).is_ok() {
        Ok(format!("captures {name}"))
    } else {
        Err(format!("{name} gives nothing: {}", capture.reason()))
    }
}
