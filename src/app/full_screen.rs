//! The full screen for a painting in a window of its own.

use super::shell::Shell;
use crate::control::Command;
use winit::event::{ElementState, KeyEvent};
use winit::event_loop::ActiveEventLoop;
use winit::keyboard::{Key, NamedKey};

impl Shell {
    /// A key went down in the painting's window.
    pub(super) fn on_painting_key(&mut self, event_loop: &ActiveEventLoop, key: &KeyEvent) {
        let is_full_screen = self.painting.as_ref().is_some_and(|painting| painting.view.is_full_screen());
        let is_meant = match key.logical_key {
            Key::Named(NamedKey::F11) => true,
            Key::Named(NamedKey::Escape) => is_full_screen,
            _ => false,
        };
        if is_meant && key.state == ElementState::Pressed && !key.repeat {
            self.command(event_loop, Command::ToggleFullScreen);
        }
    }

    /// Shows the painting on the whole screen, or in its window again.
    pub(super) fn toggle_full_screen(&mut self) {
        if let Some(painting) = &self.painting
            && !painting.view.toggle_full_screen()
        {
            self.toast.show("the painting lies over the game: it has the game's size");
        }
    }
}
