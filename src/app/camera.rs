//! Gives what is shown to a virtual camera, where the command line asked for one.

use super::app_event::{AppEvent, Mailer};
use crate::frame::Frame;
use crate::record::VirtualCamera;
use std::path::PathBuf;
use std::sync::Arc;

/// The camera that was asked for; it opens with the first picture, whose size it keeps. Lives on the main thread.
pub struct Camera {
    device: PathBuf,
    running: Option<VirtualCamera>,
    /// It could not be opened, which was told.
    has_failed: bool,
}

impl Camera {
    /// A camera that waits for its first picture.
    pub fn new(device: PathBuf) -> Self {
        Self { device, running: None, has_failed: false }
    }

    /// Whether it takes pictures.
    pub fn is_wanted(&self) -> bool {
        !self.has_failed
    }

    /// Shows a finished picture.
    pub fn show(&mut self, picture: &Arc<Frame>, mailer: &Mailer) {
        if self.running.is_none() && !self.has_failed {
            let told = mailer.clone();
            let on_failure = move |error: crate::record::RecordError| told.send(AppEvent::Notice(error.to_string()));
            match VirtualCamera::start(&self.device, picture.size, on_failure) {
                Ok(camera) => self.running = Some(camera),
                Err(error) => {
                    self.has_failed = true;
                    mailer.send(AppEvent::Notice(error.to_string()));
                }
            }
        }
        if let Some(camera) = &self.running {
            camera.offer(picture);
        }
    }
}
