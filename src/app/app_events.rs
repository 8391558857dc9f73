//! What reaches the event loop from other threads, and what follows from it.

use super::DISPLAY_LOST;
use super::app_event::{AppEvent, RunId};
use super::shell::Shell;
use crate::capture::Visibility;
use crate::control::{Command, EndReason, Event, IdleReason};
use winit::event_loop::ActiveEventLoop;

impl Shell {
    /// Handles a message from another thread.
    pub(super) fn on_app_event(&mut self, event_loop: &ActiveEventLoop, event: AppEvent) {
        match event {
            AppEvent::Pipeline(run, event) => self.on_pipeline_event(event_loop, run, event),
            AppEvent::Placed(run, placement) => {
                let Some(painting) = self.painting.as_mut().filter(|painting| painting.id == run) else { return };
                if placement.visibility == Visibility::Closed {
                    self.on_end(event_loop, EndReason::WindowClosed);
                } else if let Err(error) = painting.view.follow(placement) {
                    self.fail(event_loop, error);
                } else {
                    self.draw_soon(event_loop);
                }
            }
            AppEvent::TrackingLost(run, reason) => {
                if self.painting.as_ref().is_some_and(|painting| painting.id == run) {
                    self.on_end(event_loop, reason);
                }
            }
            AppEvent::Command(command) => self.command(event_loop, command),
            AppEvent::Hotkey { action, is_pressed } => self.on_hotkey(event_loop, action, is_pressed),
            AppEvent::HotkeysGranted(granted) => {
                if let Some(hotkeys) = &mut self.hotkeys {
                    hotkeys.set_granted(granted);
                }
                self.redraw_panel();
            }
            AppEvent::HotkeysMissing(reason) => self.lose_hotkeys(&reason),
            AppEvent::Windows(windows) => {
                if let Some(panel) = &mut self.panel {
                    panel.set_windows(windows);
                }
            }
            AppEvent::WindowsFailed(text) => {
                if let Some(panel) = &mut self.panel {
                    panel.set_windows_failure(text);
                }
            }
            AppEvent::StylePictures(pictures) => {
                if let Some(panel) = &mut self.panel {
                    panel.set_style_pictures(pictures);
                }
            }
            AppEvent::ScenePicture(picture) => {
                if let Some(panel) = &mut self.panel {
                    panel.set_scene_picture(&picture);
                }
            }
            AppEvent::Order(delivery) => {
                let result = self.carry_out(event_loop, delivery.order);
                // Who asked may have lost patience.
                let _ = delivery.answer.try_send(result);
            }
            AppEvent::Findings(findings) => {
                self.findings = findings;
                self.redraw_panel();
            }
            #[cfg(windows)]
            AppEvent::TrayReached => {
                if let Some(tray) = &mut self.tray {
                    tray.refresh();
                }
            }
            AppEvent::TrayMissing(reason) => {
                self.tray_missing = reason;
                self.redraw_panel();
            }
            AppEvent::FramesFinished(report) => self.on_frames_finished(&report),
            AppEvent::ScreenshotSaved(saved) => {
                match saved {
                    Ok(path) => self.notices.tell(format!("saved a screenshot: {}", path.display())),
                    Err(error) => self.notices.add(format!("the screenshot was not saved: {error}")),
                }
                self.redraw_panel();
            }
            AppEvent::Recorder(id, event) => self.on_recorder_event(id, event),
            AppEvent::RecordingFinished(result) => {
                match result {
                    Ok(report) => report.iter().for_each(|report| self.tell_saved("a recording", report)),
                    // Said already when it happened.
                    Err(error) => tracing::debug!("the recording had failed: {error}"),
                }
                self.redraw_panel();
            }
            AppEvent::Notice(text) => {
                self.notices.add(text);
                self.redraw_panel();
            }
        }
    }

    fn on_pipeline_event(&mut self, event_loop: &ActiveEventLoop, run: RunId, event: Event) {
        let Some(painting) = self.painting.as_mut().filter(|painting| painting.id == run) else { return };
        match event {
            Event::PictureReady => {
                painting.take_wake_up();
                painting.is_due = true;
                self.draw_soon(event_loop);
                return;
            }
            Event::Idle(reason) => {
                painting.idle = Some(reason);
                if reason == IdleReason::Choosing {
                    self.notices.tell(reason.explanation());
                }
            }
            Event::Resumed => painting.idle = None,
            Event::Ended(reason) => self.on_end(event_loop, reason),
            Event::StyleLive { style, provider } => {
                tracing::debug!("{style} paints on {provider}");
                painting.live_style = Some(style);
            }
            Event::StyleFailed { style, reason } => {
                let current = painting.pipeline.figures().style;
                self.state.style =
                    self.state.styles.iter().find(|known| Some(&known.name) == current.as_ref()).cloned();
                self.notices.add(format!("the style {style} cannot be used: {reason}"));
            }
            Event::Notice(text) => self.notices.add(text),
        }
        self.redraw_panel();
        self.update_tray();
    }

    fn on_end(&mut self, event_loop: &ActiveEventLoop, reason: EndReason) {
        match &reason {
            EndReason::DisplayLost => {
                self.fail(event_loop, anyhow::anyhow!(DISPLAY_LOST));
                return;
            }
            EndReason::WindowClosed => self.notices.tell("the game was closed: pick another window"),
            EndReason::SharingEnded => {
                self.notices.tell("the desktop has ended the sharing, or the window was closed: choose again");
            }
            EndReason::Failed(text) => self.notices.add(text.clone()),
            EndReason::EndOfFile if self.state.is_panel_shown => {
                self.notices.tell("the file has been shown to its end")
            }
            EndReason::EndOfFile => {
                event_loop.exit();
                return;
            }
        }
        let is_closed = reason == EndReason::WindowClosed;
        self.command(event_loop, Command::LeaveWindow);
        if is_closed {
            // Nobody declined it: the game is taken up again when it restarts.
            self.waiting.declined = None;
        }
    }
}
