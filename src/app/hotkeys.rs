//! Global hotkeys: they work while the game has the focus.

use super::app_event::{AppEvent, Mailer};
use super::state::AppState;
use crate::control::Command;
use crate::settings::{HotkeyAction, HotkeySettings, KeyCombination};
use global_hotkey::hotkey::HotKey;
use global_hotkey::{GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the A/B split starts.
const FIRST_SPLIT: f32 = 0.5;

/// An action, and the keys that do it now.
#[derive(Debug, Clone)]
pub struct HotkeyRow {
    pub action: HotkeyAction,
    /// The keys that were granted; `None` where there are none.
    pub keys: Option<KeyCombination>,
    /// Why there are none although some were wanted.
    pub trouble: Option<String>,
}

/// The command that a hotkey means when it is pressed. One that works while it is held has none.
pub fn command_of(action: HotkeyAction, state: &AppState) -> Option<Command> {
    Some(match action {
        HotkeyAction::Panel => Command::TogglePanel,
        HotkeyAction::NextStyle => Command::NextStyle,
        HotkeyAction::PreviousStyle => Command::PreviousStyle,
        HotkeyAction::Record => Command::ToggleRecording,
        HotkeyAction::SaveReplay => Command::SaveReplay,
        HotkeyAction::Screenshot => Command::Screenshot(state.screenshot_kind),
        HotkeyAction::Original => Command::Bypass(!state.look.bypass),
        HotkeyAction::Compare => Command::SetSplit(state.look.split.is_none().then_some(FIRST_SPLIT)),
        HotkeyAction::ClickThrough => Command::SetClickThrough(!state.is_click_through),
        HotkeyAction::HoldOriginal => return None,
    })
}

/// The grabbed keys; dropping it gives them back. Lives on the main thread.
pub struct Hotkeys {
    manager: GlobalHotKeyManager,
    held: Vec<HotKey>,
    /// What each grabbed key means, by its id; read by the thread that hears the keys.
    meanings: Arc<Mutex<Vec<(u32, HotkeyAction)>>>,
    rows: Vec<HotkeyRow>,
}

impl Hotkeys {
    /// Connects to the display server; no key is grabbed yet. Presses and releases are sent as events.
    ///
    /// # Errors
    /// There is no display server that grants grabs; the text is for people.
    pub fn new(mailer: &Mailer) -> Result<Self, String> {
        let manager = GlobalHotKeyManager::new().map_err(|error| format!("hotkeys are off: {error}"))?;
        let meanings = Arc::new(Mutex::new(Vec::new()));
        let (known, mailer) = (Arc::clone(&meanings), mailer.clone());
        GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
            let meanings: Vec<(u32, HotkeyAction)> = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some((_, action)) = meanings.into_iter().find(|(id, _)| *id == event.id) {
                mailer.send(AppEvent::Hotkey { action, is_pressed: event.state == HotKeyState::Pressed });
            }
        }));
        Ok(Self { manager, held: Vec::new(), meanings, rows: Vec::new() })
    }

    /// Every action with its keys.
    pub fn rows(&self) -> &[HotkeyRow] {
        &self.rows
    }

    /// Gives all keys back, so that they can be pressed for something else.
    pub fn release(&mut self) {
        self.meanings.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for key in self.held.drain(..) {
            if let Err(error) = self.manager.unregister(key) {
                tracing::debug!("cannot give a key back: {error}");
            }
        }
    }

    /// Grabs the keys that the settings name, instead of those before. For each action the first that no other program
    /// holds is taken; the sentences name the actions that have none.
    pub fn grab(&mut self, settings: &HotkeySettings) -> Vec<String> {
        self.release();
        self.rows = HotkeyAction::all().map(|action| self.grab_one(action, settings.candidates(action))).collect();
        self.rows.iter().filter_map(|row| row.trouble.clone()).collect()
    }

    fn grab_one(&mut self, action: HotkeyAction, candidates: Vec<KeyCombination>) -> HotkeyRow {
        let names: Vec<_> = candidates.iter().map(ToString::to_string).collect();
        let granted = candidates.into_iter().find(|keys| {
            let Ok(key) = keys.to_string().parse::<HotKey>() else { return false };
            let granted = self.manager.register(key);
            if let Err(error) = granted {
                tracing::debug!("cannot grab {keys}: {error}");
                return false;
            }
            self.held.push(key);
            self.meanings.lock().unwrap_or_else(PoisonError::into_inner).push((key.id(), action));
            true
        });
        let trouble = (granted.is_none() && !names.is_empty()).then(|| {
            let (keys, meaning) = (names.join(" and "), action.meaning());
            format!("another program holds {keys} ({meaning}): choose other keys in the panel")
        });
        HotkeyRow { action, keys: granted, trouble }
    }
}
