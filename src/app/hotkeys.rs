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
    SaveReplay,
    Screenshot,
    Bypass,
}

/// A hotkey's meaning, as a person reads it, and the keys that are tried for it: each pressed together with Ctrl and Alt,
/// and the first that no other program holds is taken. Many desktops change the workspace with the arrows.
const HOTKEYS: [(Hotkey, &str, &[(Code, &str)]); 7] = [
    (Hotkey::Panel, "Panel", &[(Code::KeyP, "Ctrl+Alt+P")]),
    (Hotkey::NextStyle, "Next style", &[(Code::ArrowRight, "Ctrl+Alt+Right"), (Code::Period, "Ctrl+Alt+.")]),
    (Hotkey::PreviousStyle, "Previous style", &[(Code::ArrowLeft, "Ctrl+Alt+Left"), (Code::Comma, "Ctrl+Alt+,")]),
    (Hotkey::Record, "Record", &[(Code::KeyR, "Ctrl+Alt+R")]),
    (Hotkey::SaveReplay, "Save replay", &[(Code::KeyV, "Ctrl+Alt+V")]),
    (Hotkey::Screenshot, "Screenshot", &[(Code::KeyS, "Ctrl+Alt+S")]),
    (Hotkey::Bypass, "Original", &[(Code::KeyB, "Ctrl+Alt+B")]),
];

impl Hotkey {
    /// The command that the hotkey means now.
    pub fn command(self, state: &AppState) -> Command {
        match self {
            Self::Panel => Command::TogglePanel,
            Self::NextStyle => Command::NextStyle,
            Self::PreviousStyle => Command::PreviousStyle,
            Self::Record => Command::ToggleRecording,
            Self::SaveReplay => Command::SaveReplay,
            Self::Screenshot => Command::Screenshot(state.screenshot_kind),
            Self::Bypass => Command::Bypass(!state.look.bypass),
        }
    }
}

/// The grabbed keys; dropping it gives them back.
pub struct Hotkeys {
    _manager: GlobalHotKeyManager,
    /// Meaning and keys of each hotkey that works.
    pub grabbed: Vec<(&'static str, &'static str)>,
}

impl Hotkeys {
    /// Grabs the keys. Those that another program holds are left out, and named in the notices; without a display
    /// server that grants grabs there are none.
    pub fn grab(mailer: &Mailer) -> (Option<Self>, Vec<String>) {
        let manager = match GlobalHotKeyManager::new() {
            Ok(manager) => manager,
            Err(error) => return (None, vec![format!("hotkeys are off: {error}")]),
        };
        let (mut notices, mut grabbed, mut meant) = (Vec::new(), Vec::new(), Vec::new());
        for (hotkey, meaning, candidates) in HOTKEYS {
            let free = candidates.iter().find_map(|(code, keys)| {
                let key = HotKey::new(Some(Modifiers::CONTROL | Modifiers::ALT), *code);
                manager
                    .register(key)
                    .inspect_err(|error| tracing::debug!("cannot grab {keys}: {error}"))
                    .ok()
                    .map(|()| (key.id(), *keys))
            });
            if let Some((id, keys)) = free {
                grabbed.push((meaning, keys));
                meant.push((id, hotkey));
            } else {
                let keys: Vec<_> = candidates.iter().map(|(_, keys)| *keys).collect();
                notices.push(format!(
                    "another program holds {} ({meaning}): close that program, or use the panel or the tray",
                    keys.join(" and ")
                ));
            }
        }
        let mailer = mailer.clone();
        GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
            let hotkey = meant.iter().find(|(id, _)| *id == event.id);
            if let (HotKeyState::Pressed, Some((_, hotkey))) = (event.state, hotkey) {
                mailer.send(AppEvent::Hotkey(*hotkey));
            }
        }));
        (Some(Self { _manager: manager, grabbed }), notices)
    }
}
