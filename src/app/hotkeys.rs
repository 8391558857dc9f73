//! Global hotkeys: they work while the game has the focus.

use super::app_event::{AppEvent, Mailer};
use super::state::AppState;
use crate::control::Command;
use global_hotkey::hotkey::{Code, HotKey, Modifiers};
use global_hotkey::{GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};

/// What a hotkey asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hotkey {
    Panel,
    NextStyle,
    PreviousStyle,
    Record,
    Bypass,
}

/// Every hotkey, with the key that is pressed together with Ctrl and Alt, and what a person reads.
pub const HOTKEYS: [(Hotkey, Code, &str, &str); 5] = [
    (Hotkey::Panel, Code::KeyP, "Ctrl+Alt+P", "Panel"),
    (Hotkey::NextStyle, Code::ArrowRight, "Ctrl+Alt+Right", "Next style"),
    (Hotkey::PreviousStyle, Code::ArrowLeft, "Ctrl+Alt+Left", "Previous style"),
    (Hotkey::Record, Code::KeyR, "Ctrl+Alt+R", "Record"),
    (Hotkey::Bypass, Code::KeyB, "Ctrl+Alt+B", "Original"),
];

impl Hotkey {
    /// The command that the hotkey means now.
    pub fn command(self, state: &AppState) -> Command {
        match self {
            Self::Panel => Command::TogglePanel,
            Self::NextStyle => Command::NextStyle,
            Self::PreviousStyle => Command::PreviousStyle,
            Self::Record => Command::ToggleRecording,
            Self::Bypass => Command::Bypass(!state.look.bypass),
        }
    }
}

/// The grabbed keys; dropping it gives them back.
pub struct Hotkeys {
    _manager: GlobalHotKeyManager,
}

impl Hotkeys {
    /// Grabs the keys. Those that another program holds are left out, and named in the notices; without a display
    /// server that grants grabs there are none.
    pub fn grab(mailer: &Mailer) -> (Option<Self>, Vec<String>) {
        let manager = match GlobalHotKeyManager::new() {
            Ok(manager) => manager,
            Err(error) => return (None, vec![format!("hotkeys are off: {error}")]),
        };
        let mut notices = Vec::new();
        let mut grabbed = Vec::new();
        for (hotkey, code, keys, meaning) in HOTKEYS {
            let key = HotKey::new(Some(Modifiers::CONTROL | Modifiers::ALT), code);
            match manager.register(key) {
                Ok(()) => grabbed.push((key.id(), hotkey)),
                Err(error) => {
                    tracing::debug!("cannot grab {keys}: {error}");
                    notices.push(format!(
                        "another program holds {keys} ({meaning}): close that program, or use the panel or the tray"
                    ));
                }
            }
        }
        let mailer = mailer.clone();
        GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
            let hotkey = grabbed.iter().find(|(id, _)| *id == event.id);
            if let (HotKeyState::Pressed, Some((_, hotkey))) = (event.state, hotkey) {
                mailer.send(AppEvent::Hotkey(*hotkey));
            }
        }));
        (Some(Self { _manager: manager }), notices)
    }
}
