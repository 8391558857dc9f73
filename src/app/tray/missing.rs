//! Where nobody has written a tray yet.

use super::TrayView;
use crate::app::app_event::Mailer;

/// A tray that does not exist.
pub enum Tray {}

impl Tray {
    /// Fails.
    ///
    /// # Errors
    /// Always.
    pub fn open(_mailer: Mailer) -> Result<Self, String> {
        Err("Impasto has no tray on this system yet".to_owned())
    }

    /// Shows nothing.
    pub fn update(&mut self, _view: TrayView) {
        match *self {}
    }
}
