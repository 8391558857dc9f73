//! What a pressed hotkey does, and how the person chooses other keys.

use super::hotkeys::{Hotkeys, command_of};
use super::shell::Shell;
use crate::capture::is_wayland_session;
use crate::control::Command;
use crate::settings::{HotkeyAction, KeyCombination};
use std::time::{Duration, Instant};
use winit::event_loop::ActiveEventLoop;

/// A key that is held repeats as releases and presses on X11: only a release that lasts is one.
const LASTING_RELEASE: Duration = Duration::from_millis(100);

/// The key that shows the original while it is held.
#[derive(Debug, Default)]
pub struct HeldOriginal {
    /// Whether the original was shown before the key went down; `None` while it is up.
    before: Option<bool>,
    released_at: Option<Instant>,
}

impl Shell {
    /// Connects the hotkeys and grabs them.
    pub(super) fn open_hotkeys(&mut self) {
        let settings = &self.memory.settings().hotkeys;
        let (hotkeys, troubles) = Hotkeys::open(settings, is_wayland_session(), &self.mailer);
        self.hotkeys = Some(hotkeys);
        troubles.into_iter().for_each(|text| self.notices.add(text));
    }

    /// The desktop grants no keys, for this reason.
    pub(super) fn lose_hotkeys(&mut self, reason: &str) {
        let (hotkeys, troubles) = Hotkeys::missing(reason);
        self.hotkeys = Some(hotkeys);
        troubles.into_iter().for_each(|text| self.notices.add(text));
        self.redraw_panel();
    }

    /// Grabs the keys that the settings name.
    pub(super) fn grab_hotkeys(&mut self) {
        if let Some(hotkeys) = &mut self.hotkeys {
            for text in hotkeys.grab(&self.memory.settings().hotkeys) {
                self.notices.add(text);
            }
        }
    }

    /// Lets the keys go while the person presses the ones to choose.
    pub(super) fn listen_for_keys(&mut self, is_listening: bool) {
        match &mut self.hotkeys {
            Some(hotkeys) if is_listening => hotkeys.release(),
            _ => self.grab_hotkeys(),
        }
    }

    /// Gives an action other keys, or none; keys that mean something else already are refused by name.
    pub(super) fn choose_keys(&mut self, action: HotkeyAction, keys: Option<KeyCombination>) {
        let hotkeys = &self.memory.settings().hotkeys;
        if let Some(keys) = &keys
            && let Some(other) = hotkeys.conflict(action, keys)
        {
            self.notices
                .add(format!("{keys} already means \"{}\": choose others, or change that first", other.meaning()));
        } else {
            self.memory.change_settings(|settings| settings.hotkeys.choose(action, keys));
        }
        self.grab_hotkeys();
    }

    /// Gives an action its usual keys again.
    pub(super) fn reset_keys(&mut self, action: HotkeyAction) {
        self.memory.change_settings(|settings| settings.hotkeys.reset(action));
        self.grab_hotkeys();
    }

    /// A hotkey went down or up.
    pub(super) fn on_hotkey(&mut self, event_loop: &ActiveEventLoop, action: HotkeyAction, is_pressed: bool) {
        if action == HotkeyAction::HoldOriginal {
            self.hold_original(event_loop, is_pressed);
        } else if let Some(command) = command_of(action, &self.state).filter(|_| is_pressed) {
            self.command(event_loop, command);
            if action == HotkeyAction::Original {
                self.toast.show(if self.state.look.bypass { "the game itself" } else { "the painting" });
            }
        }
    }

    fn hold_original(&mut self, event_loop: &ActiveEventLoop, is_pressed: bool) {
        if !is_pressed {
            self.held_original.released_at = Some(Instant::now());
            return;
        }
        self.held_original.released_at = None;
        if self.held_original.before.is_none() {
            self.held_original.before = Some(self.state.look.bypass);
            self.command(event_loop, Command::Bypass(true));
        }
    }

    /// Ends the view of the original once the key is up for good.
    pub(super) fn watch_held_original(&mut self, event_loop: &ActiveEventLoop, now: Instant) {
        if self.held_original.released_at.is_some_and(|at| now >= at + LASTING_RELEASE) {
            self.held_original.released_at = None;
            if let Some(before) = self.held_original.before.take() {
                self.command(event_loop, Command::Bypass(before));
            }
        }
    }
}
