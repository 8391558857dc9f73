//! Which keys mean what while the game has the focus.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// What a hotkey does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HotkeyAction {
    Panel,
    NextStyle,
    PreviousStyle,
    Record,
    SaveReplay,
    Screenshot,
    Original,
    HoldOriginal,
    Compare,
    ClickThrough,
}

/// Every action, what a person reads of it, and the keys that are tried for it where the person chose none: the first
/// that no other program holds is taken. Many desktops change the workspace with Ctrl, Alt and an arrow.
const ACTIONS: [(HotkeyAction, &str, &[&str]); 10] = [
    (HotkeyAction::Panel, "Panel", &["Ctrl+Alt+P"]),
    (HotkeyAction::NextStyle, "Next style", &["Ctrl+Alt+Right", "Ctrl+Alt+."]),
    (HotkeyAction::PreviousStyle, "Previous style", &["Ctrl+Alt+Left", "Ctrl+Alt+,"]),
    (HotkeyAction::Record, "Record", &["Ctrl+Alt+R"]),
    (HotkeyAction::SaveReplay, "Save replay", &["Ctrl+Alt+V"]),
    (HotkeyAction::Screenshot, "Screenshot", &["Ctrl+Alt+S"]),
    (HotkeyAction::Original, "Original on and off", &["Ctrl+Alt+B"]),
    (HotkeyAction::HoldOriginal, "Original while held", &["Ctrl+Alt+H"]),
    (HotkeyAction::Compare, "Side by side", &["Ctrl+Alt+C"]),
    (HotkeyAction::ClickThrough, "Clicks reach the game", &["Ctrl+Alt+M"]),
];

impl HotkeyAction {
    /// All of them, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        ACTIONS.into_iter().map(|(action, ..)| action)
    }

    /// The name by which commands and desktops know it, such as `next-style`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panel => "panel",
            Self::NextStyle => "next-style",
            Self::PreviousStyle => "previous-style",
            Self::Record => "record",
            Self::SaveReplay => "save-replay",
            Self::Screenshot => "screenshot",
            Self::Original => "original",
            Self::HoldOriginal => "hold-original",
            Self::Compare => "compare",
            Self::ClickThrough => "click-through",
        }
    }

    /// What a person reads.
    pub fn meaning(self) -> &'static str {
        self.row().1
    }

    fn usual_keys(self) -> Vec<KeyCombination> {
        self.row().2.iter().filter_map(|keys| keys.parse().ok()).collect()
    }

    fn row(self) -> (Self, &'static str, &'static [&'static str]) {
        ACTIONS
            .into_iter()
            .find(|(action, ..)| *action == self)
            .expect("every action has its row, as a test makes sure")
    }
}

/// The keys that the person chose; where there is nothing the usual keys count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HotkeySettings(BTreeMap<HotkeyAction, Chosen>);

/// `"off"`, or keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct Chosen(Option<KeyCombination>);

const OFF: &str = "off";

impl From<Chosen> for String {
    fn from(chosen: Chosen) -> Self {
        chosen.0.map_or_else(|| OFF.to_owned(), |keys| keys.to_string())
    }
}

impl TryFrom<String> for Chosen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case(OFF) { Ok(Self(None)) } else { text.parse().map(|keys| Self(Some(keys))) }
    }
}

impl HotkeySettings {
    /// The keys to try for an action, best first; none where the person switched it off.
    pub fn candidates(&self, action: HotkeyAction) -> Vec<KeyCombination> {
        match self.0.get(&action) {
            Some(Chosen(keys)) => keys.iter().cloned().collect(),
            None => action.usual_keys(),
        }
    }

    /// Whether the person chose keys for an action, or switched it off.
    pub fn is_chosen(&self, action: HotkeyAction) -> bool {
        self.0.contains_key(&action)
    }

    /// Gives an action these keys, or none.
    pub fn choose(&mut self, action: HotkeyAction, keys: Option<KeyCombination>) {
        self.0.insert(action, Chosen(keys));
    }

    /// Gives an action its usual keys again.
    pub fn reset(&mut self, action: HotkeyAction) {
        self.0.remove(&action);
    }

    /// Another action that these keys would be tried for first.
    pub fn conflict(&self, action: HotkeyAction, keys: &KeyCombination) -> Option<HotkeyAction> {
        HotkeyAction::all().find(|&other| other != action && self.candidates(other).first() == Some(keys))
    }
}

/// A key pressed together with others, such as `Ctrl+Alt+P`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyCombination {
    pub is_ctrl: bool,
    pub is_alt: bool,
    pub is_shift: bool,
    /// The key with the desktop's mark on it.
    pub is_super: bool,
    /// The key by its name as it is shown: `P`, `7`, `F5`, `Left`, `.`.
    pub key: String,
}

/// Keys of more than one letter besides F1 to F24.
const NAMED_KEYS: [&str; 15] = [
    "Left",
    "Right",
    "Up",
    "Down",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Insert",
    "Delete",
    "Space",
    "Tab",
    "Enter",
    "Backspace",
    "Pause",
];

/// Keys that are signs.
const SIGN_KEYS: [&str; 11] = [".", ",", ";", "'", "-", "=", "/", "\\", "[", "]", "`"];

/// Keys that no text is typed with, so that they may stand alone.
const LONE_KEYS: [&str; 2] = ["Pause", "Insert"];

/// The last function key.
const LAST_FUNCTION_KEY: u8 = 24;

impl FromStr for KeyCombination {
    type Err = String;

    /// Reads names joined by `+`, in any case; the key comes last.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts: Vec<&str> = text.split('+').map(str::trim).collect();
        let key = parts.pop().and_then(key_name);
        let key = key.ok_or_else(|| format!("\"{text}\" names no key: write, say, Ctrl+Alt+P, or off"))?;
        let mut keys = Self { is_ctrl: false, is_alt: false, is_shift: false, is_super: false, key };
        for part in parts {
            match part.to_ascii_lowercase().as_str() {
                "ctrl" | "control" => keys.is_ctrl = true,
                "alt" => keys.is_alt = true,
                "shift" => keys.is_shift = true,
                "super" | "win" | "cmd" | "meta" => keys.is_super = true,
                _ => return Err(format!("\"{part}\" in \"{text}\" is not Ctrl, Alt, Shift or Super")),
            }
        }
        if keys.can_stand_alone() || keys.is_ctrl || keys.is_alt || keys.is_super {
            Ok(keys)
        } else {
            Err(format!("\"{text}\" would be taken from the game: add Ctrl, Alt or Super"))
        }
    }
}

impl KeyCombination {
    fn can_stand_alone(&self) -> bool {
        function_key(&self.key).is_some() || LONE_KEYS.contains(&self.key.as_str())
    }
}

impl std::fmt::Display for KeyCombination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let held = [(self.is_ctrl, "Ctrl"), (self.is_alt, "Alt"), (self.is_shift, "Shift"), (self.is_super, "Super")];
        for (_, name) in held.iter().filter(|(is_held, _)| *is_held) {
            write!(f, "{name}+")?;
        }
        f.write_str(&self.key)
    }
}

/// The number of a function key.
fn function_key(name: &str) -> Option<u8> {
    name.strip_prefix('F')?.parse().ok().filter(|number| (1..=LAST_FUNCTION_KEY).contains(number))
}

/// A key's name as it is shown.
fn key_name(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let is_letter = upper.len() == 1 && upper.chars().all(|letter| letter.is_ascii_alphanumeric());
    if is_letter || function_key(&upper).is_some() {
        return Some(upper);
    }
    NAMED_KEYS.into_iter().chain(SIGN_KEYS).find(|name| name.eq_ignore_ascii_case(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_usual_keys_of_its_own() {
        let settings = HotkeySettings::default();
        for action in HotkeyAction::all() {
            let keys = settings.candidates(action);
            assert_eq!(keys.len(), action.row().2.len(), "{}", action.meaning());
            assert_eq!(settings.conflict(action, &keys[0]), None);
        }
    }

    #[test]
    fn reads_and_writes_combinations() {
        for (text, shown) in
            [("control + alt+p", "Ctrl+Alt+P"), ("SHIFT+super+pageup", "Shift+Super+PageUp"), ("f9", "F9")]
        {
            assert_eq!(text.parse::<KeyCombination>().unwrap().to_string(), shown);
        }
        for text in ["", "Ctrl+", "P", "Shift+P", "Ctrl+Hyper+P", "Ctrl+F25", "Ctrl+Ä"] {
            assert!(text.parse::<KeyCombination>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_the_action_that_holds_the_keys() {
        let mut settings = HotkeySettings::default();
        let keys: KeyCombination = "Ctrl+Alt+R".parse().unwrap();
        assert_eq!(settings.conflict(HotkeyAction::Panel, &keys), Some(HotkeyAction::Record));
        settings.choose(HotkeyAction::Record, None);
        assert_eq!(settings.conflict(HotkeyAction::Panel, &keys), None);
        assert!(settings.candidates(HotkeyAction::Record).is_empty());
        settings.reset(HotkeyAction::Record);
        assert_eq!(settings.candidates(HotkeyAction::Record), [keys]);
    }
}
