//! Screenshots: the finished picture comes back from the graphics device, and a thread writes the file.

use super::app_event::AppEvent;
use super::read_backs::Wanted;
use super::shell::Shell;
use crate::control::ScreenshotKind;
use crate::frame::Frame;
use crate::record::save_screenshot;
use std::sync::Arc;

impl Shell {
    /// Takes the next picture that is drawn.
    pub(super) fn take_screenshot(&mut self, kind: ScreenshotKind) {
        let is_seen = self.painting.as_ref().is_some_and(|painting| painting.view.can_be_seen());
        if is_seen {
            self.pending_screenshots.push(kind);
            self.redraw_painting();
        } else {
            self.notices.add("the game is not on the screen: bring its window back, then take a screenshot");
        }
    }

    /// Writes the screenshots that a picture was wanted for, each on a thread of its own, named `screenshot`, which
    /// reports to the event loop.
    pub(super) fn save_screenshots(&mut self, painted: &Arc<Frame>, wanted: &Wanted) {
        let Some(title) = self.painting.as_ref().map(|painting| painting.title.clone()) else { return };
        let folder = self.recording_folder();
        for &kind in &wanted.screenshots {
            let (painted, original) = (Arc::clone(painted), Arc::clone(&wanted.original));
            let (mailer, title, folder) = (self.mailer.clone(), title.clone(), folder.clone());
            let saving = std::thread::Builder::new().name("screenshot".to_owned()).spawn(move || {
                let saved = save_screenshot(&folder, &title, kind, &painted, &original);
                mailer.send(AppEvent::ScreenshotSaved(saved));
                None
            });
            self.endings.retain(|ending| !ending.is_finished());
            match saving {
                Ok(saving) => self.endings.push(saving),
                Err(error) => self.notices.add(format!("the screenshot was not saved: {error}")),
            }
        }
    }
}
