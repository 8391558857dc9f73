//! Global hotkeys: they work while the game has the focus.

use super::app_event::{AppEvent, Mailer};
use super::desktop_hotkeys::DesktopHotkeys;
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
    /// The keys that were granted, as they are shown; `None` where there are none.
    pub keys: Option<String>,
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

/// The keys that work while the game has the focus. Lives on the main thread.
pub enum Hotkeys {
    /// Taken from the display server.
    Grabbed(GrabbedKeys),
    /// Granted by a Wayland desktop, which says later which, and whose settings change them.
    Granted { _conversation: DesktopHotkeys, rows: Vec<HotkeyRow> },
    /// There are none; the text says why, and what else there is.
    Missing(String),
}

/// What works everywhere.
const PRESS_ADVICE: &str = "in your desktop's settings, bind keys to commands such as \"impasto press next-style\"";

impl Hotkeys {
    /// Grabs the keys that the settings name, or asks the desktop for them.
    pub fn open(settings: &HotkeySettings, is_wayland: bool, mailer: &Mailer) -> (Self, Vec<String>) {
        let opened = if is_wayland {
            DesktopHotkeys::ask(settings, mailer)
                .map(|conversation| Self::Granted { _conversation: conversation, rows: Vec::new() })
        } else {
            GrabbedKeys::new(mailer).map(Self::Grabbed)
        };
        match opened {
            Ok(mut hotkeys) => {
                let troubles = hotkeys.grab(settings);
                (hotkeys, troubles)
            }
            Err(reason) => Self::missing(&reason),
        }
    }

    /// No hotkeys, for this reason.
    pub fn missing(reason: &str) -> (Self, Vec<String>) {
        let text = format!("hotkeys are off: {reason}; {PRESS_ADVICE}");
        (Self::Missing(text.clone()), vec![text])
    }

    /// Every action with its keys.
    pub fn rows(&self) -> &[HotkeyRow] {
        match self {
            Self::Grabbed(grabbed) => &grabbed.rows,
            Self::Granted { rows, .. } => rows,
            Self::Missing(_) => &[],
        }
    }

    /// What a person should know of them; `None` where they are chosen in the panel.
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Grabbed(_) => None,
            Self::Granted { rows, .. } if rows.is_empty() => Some("The desktop is asked for hotkeys."),
            Self::Granted { .. } => Some("The desktop grants these keys: change them in its settings."),
            Self::Missing(text) => Some(text),
        }
    }

    /// Takes in what the desktop has granted.
    pub fn set_granted(&mut self, granted: Vec<(HotkeyAction, Option<String>)>) {
        if let Self::Granted { rows, .. } = self {
            let of = |action| granted.iter().find(|(known, _)| *known == action).and_then(|(_, keys)| keys.clone());
            *rows = HotkeyAction::all().map(|action| HotkeyRow { action, keys: of(action), trouble: None }).collect();
        }
    }

    /// Gives all keys back, so that they can be pressed for something else.
    pub fn release(&mut self) {
        if let Self::Grabbed(grabbed) = self {
            grabbed.release();
        }
    }

    /// Grabs the keys that the settings name, instead of those before; the sentences name the actions that have none.
    pub fn grab(&mut self, settings: &HotkeySettings) -> Vec<String> {
        match self {
            Self::Grabbed(grabbed) => grabbed.grab(settings),
            Self::Granted { .. } | Self::Missing(_) => Vec::new(),
        }
    }
}

/// Keys as the desktop's portal writes them: `CTRL+ALT+p`, keys by their names in the X keyboard extension.
#[cfg_attr(not(all(target_os = "linux", feature = "wayland")), allow(dead_code, reason = "only the portal reads it"))]
pub fn trigger(keys: &KeyCombination) -> String {
    const NAMES: [(&str, &str); 16] = [
        (".", "period"),
        (",", "comma"),
        (";", "semicolon"),
        ("'", "apostrophe"),
        ("-", "minus"),
        ("=", "equal"),
        ("/", "slash"),
        ("\\", "backslash"),
        ("[", "bracketleft"),
        ("]", "bracketright"),
        ("`", "grave"),
        ("PageUp", "Page_Up"),
        ("PageDown", "Page_Down"),
        ("Space", "space"),
        ("Enter", "Return"),
        ("Backspace", "BackSpace"),
    ];
    let named = NAMES.iter().find(|(name, _)| *name == keys.key).map(|(_, name)| (*name).to_owned());
    let key = named.unwrap_or_else(|| match keys.key.len() {
        1 => keys.key.to_ascii_lowercase(),
        _ => keys.key.clone(),
    });
    let held = [(keys.is_ctrl, "CTRL+"), (keys.is_alt, "ALT+"), (keys.is_shift, "SHIFT+"), (keys.is_super, "LOGO+")];
    let held: String = held.iter().filter(|(is_held, _)| *is_held).map(|(_, name)| *name).collect();
    held + &key
}

/// The grabbed keys; dropping it gives them back. Lives on the main thread.
pub struct GrabbedKeys {
    manager: GlobalHotKeyManager,
    held: Vec<HotKey>,
    /// What each grabbed key means, by its id; read by the thread that hears the keys.
    meanings: Arc<Mutex<Vec<(u32, HotkeyAction)>>>,
    rows: Vec<HotkeyRow>,
}

impl GrabbedKeys {
    /// Connects to the display server; no key is grabbed yet. Presses and releases are sent as events.
    ///
    /// # Errors
    /// There is no display server that grants grabs; the text is for people.
    pub fn new(mailer: &Mailer) -> Result<Self, String> {
        let manager = GlobalHotKeyManager::new().map_err(|error| error.to_string())?;
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

    fn release(&mut self) {
        self.meanings.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for key in self.held.drain(..) {
            if let Err(error) = self.manager.unregister(key) {
                tracing::debug!("cannot give a key back: {error}");
            }
        }
    }

    /// For each action the first of its keys that no other program holds is taken.
    fn grab(&mut self, settings: &HotkeySettings) -> Vec<String> {
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
        HotkeyRow { action, keys: granted.map(|keys| keys.to_string()), trouble }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_keys_as_the_portal_reads_them() {
        for (keys, written) in [
            ("Ctrl+Alt+P", "CTRL+ALT+p"),
            ("Ctrl+Alt+Right", "CTRL+ALT+Right"),
            ("Ctrl+Alt+.", "CTRL+ALT+period"),
            ("Shift+Super+PageUp", "SHIFT+LOGO+Page_Up"),
            ("F9", "F9"),
        ] {
            assert_eq!(trigger(&keys.parse().unwrap()), written);
        }
    }
}
