//! The hotkeys, and how other keys are chosen for them.

use super::widgets::{card, text_button, weak};
use super::{PanelView, Request, theme};
use crate::app::hotkeys::HotkeyRow;
use crate::settings::{HotkeyAction, KeyCombination};
use egui::{Align, Event, Key, Layout, Modifiers, RichText, Ui};

/// Waits for the keys that the person wants for an action.
#[derive(Default)]
pub struct KeyListener {
    action: Option<HotkeyAction>,
}

/// What the person pressed.
#[derive(Debug, PartialEq)]
enum Pressed {
    Keys(KeyCombination),
    /// No keys for this action.
    Off,
    Cancel,
    /// Something that cannot be a hotkey; the text says why.
    Useless(String),
}

/// The card with all hotkeys.
pub fn show(ui: &mut Ui, view: &PanelView, listener: &mut KeyListener, requests: &mut Vec<Request>) {
    listen(ui, listener, requests);
    card(
        ui,
        "Keys",
        |_| {},
        |ui| {
            ui.spacing_mut().interact_size.y = theme::ROW_HEIGHT;
            for row in view.hotkeys {
                show_row(ui, view, row, listener, requests);
            }
            if let Some(note) = view.hotkeys_note {
                weak(ui, note);
            } else if listener.action.is_some() {
                weak(ui, "Press the new keys together. Escape keeps the old ones, Backspace switches them off.");
            } else {
                weak(ui, "Click on keys to choose others.");
            }
            if let Some(reason) = view.tray_missing {
                weak(ui, "There is no tray on this desktop.").on_hover_text(reason);
            }
        },
    );
}

fn show_row(ui: &mut Ui, view: &PanelView, row: &HotkeyRow, listener: &mut KeyListener, requests: &mut Vec<Request>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(row.action.meaning()).size(theme::SMALL_PT));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_listening = listener.action == Some(row.action);
            let text = match &row.keys {
                _ if is_listening => "Press keys…".to_owned(),
                Some(keys) => keys.clone(),
                None if row.trouble.is_some() => "Taken".to_owned(),
                None => "Off".to_owned(),
            };
            if view.hotkeys_note.is_some() {
                weak(ui, text);
                return;
            }
            let button = text_button(ui, &text);
            let button = row.trouble.iter().fold(button, |button, trouble| button.on_hover_text(trouble));
            if button.clicked() {
                listener.action = (!is_listening).then_some(row.action);
                requests.push(Request::ListenForKeys(!is_listening));
            }
            if view.settings.hotkeys.is_chosen(row.action) && text_button(ui, "Reset").clicked() {
                requests.push(Request::ResetKeys(row.action));
            }
        });
    });
}

/// Takes the keys that are pressed while an action waits for some.
fn listen(ui: &Ui, listener: &mut KeyListener, requests: &mut Vec<Request>) {
    let Some(action) = listener.action else { return };
    let pressed = ui.input_mut(|input| {
        let found = input.events.iter().find_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => Some(pressed(*key, *modifiers)),
            _ => None,
        });
        input.events.retain(|event| !matches!(event, Event::Key { .. } | Event::Text(_)));
        found
    });
    match pressed {
        None | Some(Pressed::Useless(_)) => return,
        Some(Pressed::Cancel) => requests.push(Request::ListenForKeys(false)),
        Some(Pressed::Off) => requests.push(Request::ChooseKeys(action, None)),
        Some(Pressed::Keys(keys)) => requests.push(Request::ChooseKeys(action, Some(keys))),
    }
    listener.action = None;
}

fn pressed(key: Key, held: Modifiers) -> Pressed {
    match key {
        Key::Escape => Pressed::Cancel,
        Key::Backspace | Key::Delete if held.is_none() => Pressed::Off,
        _ => {
            let held = [(held.ctrl, "Ctrl+"), (held.alt, "Alt+"), (held.shift, "Shift+"), (held.mac_cmd, "Super+")];
            let held: String = held.iter().filter(|(is_held, _)| *is_held).map(|(_, name)| *name).collect();
            let parse = |name: &str| format!("{held}{name}").parse();
            match parse(key.name()).or_else(|_: String| parse(key.symbol_or_name())) {
                Ok(keys) => Pressed::Keys(keys),
                Err(text) => Pressed::Useless(text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_combinations_and_leaves_plain_keys_to_the_game() {
        let held = Modifiers { ctrl: true, alt: true, command: true, ..Modifiers::NONE };
        for (key, keys) in [
            (Key::K, "Ctrl+Alt+K"),
            (Key::ArrowLeft, "Ctrl+Alt+Left"),
            (Key::Num7, "Ctrl+Alt+7"),
            (Key::Period, "Ctrl+Alt+."),
        ] {
            assert_eq!(pressed(key, held), Pressed::Keys(keys.parse().unwrap()), "{keys}");
        }
        assert_eq!(pressed(Key::F9, Modifiers::NONE), Pressed::Keys("F9".parse().unwrap()));
        assert_eq!(pressed(Key::Escape, held), Pressed::Cancel);
        assert_eq!(pressed(Key::Backspace, Modifiers::NONE), Pressed::Off);
        assert!(matches!(pressed(Key::K, Modifiers::NONE), Pressed::Useless(_)));
    }
}
