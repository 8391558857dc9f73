//! What a second start of the program asks of the first, and how that is carried out.

use super::recording::AskedRecorder;
use super::shell::Shell;
use crate::capture::SourceRequest;
use crate::control::Command;
use crate::settings::{AskedChoices, HotkeyAction};
use crossbeam_channel::Sender;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use winit::event_loop::ActiveEventLoop;

/// What a second start asks of the program that runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Paint this.
    pub source: Option<SourceRequest>,
    /// Paint a window of this application as soon as there is one.
    pub awaited: Option<String>,
    /// How to paint; what is not asked for stays as it is.
    pub asked: AskedChoices,
    /// Record into this file.
    pub record: Option<PathBuf>,
    /// How to record from now on; what is not asked for stays as it is.
    pub recorder: AskedRecorder,
    /// Bring the panel to the front.
    pub shows_panel: bool,
    /// Do what this hotkey does when it is pressed.
    pub press: Option<HotkeyAction>,
}

/// An order with the place for its answer: an error is a sentence for the person who gave it.
pub struct Delivery {
    pub order: Order,
    pub answer: Sender<Result<(), String>>,
}

impl Shell {
    /// Does what was asked; the error is a sentence for who asked.
    pub(super) fn carry_out(&mut self, event_loop: &ActiveEventLoop, order: Order) -> Result<(), String> {
        let is_about_nothing = order == Order { shows_panel: order.shows_panel, ..Order::default() };
        if let Some(source) = order.source {
            self.asked = Some(order.asked);
            if let Err(error) = self.paint(event_loop, source) {
                self.command(event_loop, Command::LeaveWindow);
                return Err(format!("{error:#}"));
            }
            self.redraw_panel();
            self.update_tray();
        } else if order.asked != AskedChoices::default() {
            let before = self.state.choices();
            let effects = self.state.choose(&order.asked.over(&before));
            effects.into_iter().for_each(|effect| self.perform(event_loop, effect));
            self.remember(&before);
        }
        if let Some(action) = order.press {
            self.on_hotkey(event_loop, action, true);
        }
        self.ask_recorder(event_loop, order.recorder);
        if let Some(application) = order.awaited {
            self.waiting.awaited = Some(application);
            self.command(event_loop, Command::LeaveWindow);
        }
        if let Some(path) = order.record {
            if self.state.is_recording {
                return Err("a recording runs already: finish it first".to_owned());
            }
            self.command(event_loop, Command::StartRecording(Some(path)));
            if !self.state.is_recording {
                return Err("nothing is painted: name a window or a source to record".to_owned());
            }
        }
        if order.shows_panel || is_about_nothing {
            if !self.state.is_panel_shown {
                self.command(event_loop, Command::TogglePanel);
            }
            if let Some(panel) = &self.panel {
                panel.window().set_minimized(false);
                panel.window().focus_window();
            }
        }
        Ok(())
    }
}
