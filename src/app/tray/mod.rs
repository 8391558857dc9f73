//! The tray: what its icon tells and its menu offers, the same on every system; each system's own kind of tray shows
//! it.

#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "there is no tray to show it"))]
mod menu;
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "there is no tray to show it"))]
mod view;

#[cfg(windows)]
mod notification_area;
#[cfg(windows)]
pub use notification_area::Tray;

#[cfg(target_os = "linux")]
mod status_notifier;
#[cfg(target_os = "linux")]
pub use status_notifier::Tray;

#[cfg(not(any(target_os = "linux", windows)))]
mod missing;
#[cfg(not(any(target_os = "linux", windows)))]
pub use missing::Tray;

pub use view::TrayView;

use super::shell::Shell;
use crate::capture::offers_portal;

impl Shell {
    /// Opens the tray; where there is none, the panel says so.
    pub(super) fn open_tray(&mut self) {
        match Tray::open(self.mailer.clone()) {
            Ok(tray) => self.tray = Some(tray),
            Err(error) => self.tray_missing = Some(error.to_string()),
        }
        self.update_tray();
    }

    /// Shows in the tray what is so by now.
    pub(super) fn update_tray(&mut self) {
        if let Some(tray) = &mut self.tray {
            tray.update(TrayView {
                styles: self.state.styles.iter().map(|style| style.name.clone()).collect(),
                style: self.state.style.as_ref().map(|style| style.name.clone()),
                is_recording: self.state.is_recording,
                is_painting: self.state.is_painting,
                keeps_replay: self.state.replay.is_some() && self.state.is_painting,
                is_bypassed: self.state.look.bypass,
                is_click_through: self.state.is_click_through,
                strength_percent: (self.state.look.strength * 100.0).round() as u32,
                trouble: self.notices.recent_trouble(),
                window: self.painting.as_ref().and_then(|painting| painting.window),
                has_portal: offers_portal(),
                is_portal: self.painting.as_ref().is_some_and(|painting| painting.is_portal),
            });
        }
    }
}
