//! Brings finished pictures back from the graphics device, for recordings and screenshots, without ever waiting.

use super::recording::Recording;
use super::shell::Shell;
use crate::compose::{Compositor, Gpu, Layers};
use crate::control::ScreenshotKind;
use crate::frame::{Frame, FramePool};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// A finished picture that was wanted back, and what for.
pub struct Wanted {
    /// The frame that the finished picture shows.
    pub original: Arc<Frame>,
    pub shown_at: Instant,
    pub is_for_recording: bool,
    pub screenshots: Vec<ScreenshotKind>,
}

/// The copies that are under way, oldest first. Lives on the main thread.
#[derive(Default)]
pub struct ReadBacks {
    pool: FramePool,
    under_way: VecDeque<Wanted>,
}

impl ReadBacks {
    /// Begins to copy the picture that the compositor has just finished. Gives `wanted` back where too many copies are
    /// under way already.
    fn begin(&mut self, gpu: &Gpu, compositor: &mut Compositor, wanted: Wanted) -> Result<(), Wanted> {
        if compositor.begin_read_back(gpu) {
            self.under_way.push_back(wanted);
            Ok(())
        } else {
            Err(wanted)
        }
    }

    /// What is done with the picture that the compositor finishes next: it is wanted for the recording, for the camera,
    /// and for the screenshots that are pending. What cannot be copied now stays pending, or is counted.
    pub fn taker(
        &mut self,
        mut recording: Option<&mut Recording>,
        pending: &mut Vec<ScreenshotKind>,
        is_for_camera: bool,
    ) -> impl FnOnce(&Gpu, &mut Compositor, &Layers) {
        move |gpu, compositor, layers| {
            if recording.is_none() && pending.is_empty() && !is_for_camera {
                return;
            }
            let wanted = Wanted {
                original: Arc::clone(&layers.frame),
                shown_at: Instant::now(),
                is_for_recording: recording.is_some(),
                screenshots: std::mem::take(pending),
            };
            if let Err(wanted) = self.begin(gpu, compositor, wanted) {
                *pending = wanted.screenshots;
                if let Some(recording) = &mut recording {
                    recording.note_skipped();
                }
            }
        }
    }

    /// The oldest copy, once it has arrived.
    pub fn take(&mut self, gpu: &Gpu, compositor: &mut Compositor) -> Option<(Arc<Frame>, Wanted)> {
        loop {
            let picture = compositor.take_read_back(gpu, &mut self.pool)?;
            if let Some(wanted) = self.under_way.pop_front() {
                return Some((picture, wanted));
            }
        }
    }

    /// Whether no copy is under way.
    pub fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The graphics device is gone, and the copies with it. Gives what they were wanted for.
    pub fn forget(&mut self) -> impl Iterator<Item = Wanted> {
        std::mem::take(&mut self.under_way).into_iter()
    }
}

impl Shell {
    /// Gives the finished pictures that have come back to the recording and to screenshots.
    pub(super) fn hand_on_pictures(&mut self) {
        let Some(graphics) = &mut self.graphics else { return };
        let mut arrived = Vec::new();
        while let Some(returned) = self.read_backs.take(&graphics.gpu, &mut graphics.compositor) {
            arrived.push(returned);
        }
        for (picture, wanted) in arrived {
            self.save_screenshots(&picture, &wanted);
            if let Some(camera) = &mut self.camera {
                camera.show(&picture, &self.mailer);
            }
            if let Some(recording) = self.recording.as_mut().filter(|_| wanted.is_for_recording) {
                recording.take_picture(picture, wanted.original, wanted.shown_at);
            }
        }
        if let (Some(recording), Some(painting)) = (&mut self.recording, &self.painting) {
            recording.keep_up(!self.read_backs.is_empty(), &painting.pipeline);
        }
    }
}
