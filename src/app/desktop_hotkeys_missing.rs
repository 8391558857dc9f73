//! Where the desktop's portal is not built in, it grants no hotkeys.

use super::app_event::Mailer;
use crate::settings::HotkeySettings;

pub struct DesktopHotkeys;

impl DesktopHotkeys {
    /// # Errors
    /// Always: this build cannot ask.
    pub fn ask(_settings: &HotkeySettings, _mailer: &Mailer) -> Result<Self, String> {
        Err("this Impasto was built without the desktop's portal".to_owned())
    }
}
