//! The tray's menu, as a list of entries that each system turns into its own.

use super::TrayView;
use crate::capture::WindowInfo;
use crate::control::{Command, ScreenshotKind};

/// A title longer than this many characters is cut.
const TITLE_LENGTH: usize = 48;

/// Strengths on offer, in percent.
const STRENGTHS_PERCENT: [u32; 4] = [25, 50, 75, 100];

/// An entry of the menu. Labels are plain text: each system escapes what it takes for a mark.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Gives an order.
    Action {
        label: String,
        command: Command,
    },
    /// On or off, with a mark where it is on.
    Switch {
        label: String,
        is_on: bool,
        command: Command,
    },
    /// One of several, of which neighbours belong together.
    Choice {
        label: String,
        is_chosen: bool,
        command: Command,
    },
    /// A menu of its own.
    Menu {
        label: String,
        entries: Vec<Entry>,
    },
    Separator,
    /// Says something, and can not be chosen.
    Words(String),
}

/// The menu for what is shown, with the windows that can be picked.
pub fn menu(view: &TrayView, windows: &[WindowInfo]) -> Vec<Entry> {
    let record = if view.is_recording { "Stop recording" } else { "Record" };
    let mut menu = vec![
        window_menu(view, windows),
        style_menu(view),
        strength_menu(view),
        switch("Show the original", view.is_bypassed, Command::Bypass),
        switch("Clicks reach the game", view.is_click_through, Command::SetClickThrough),
        Entry::Separator,
        action(record, Command::ToggleRecording),
    ];
    if view.keeps_replay {
        menu.push(action("Save replay", Command::SaveReplay));
    }
    let shots = ScreenshotKind::ALL.into_iter().map(|kind| action(kind.title(), Command::Screenshot(kind)));
    menu.extend([
        Entry::Menu { label: "Screenshot".to_owned(), entries: shots.collect() },
        action("Panel", Command::TogglePanel),
        Entry::Separator,
        action("Quit", Command::Quit),
    ]);
    menu
}

fn action(label: &str, command: Command) -> Entry {
    Entry::Action { label: label.to_owned(), command }
}

fn switch(label: &str, is_on: bool, command: fn(bool) -> Command) -> Entry {
    Entry::Switch { label: label.to_owned(), is_on, command: command(!is_on) }
}

fn window_menu(view: &TrayView, windows: &[WindowInfo]) -> Entry {
    let entry = |window: &WindowInfo| Entry::Switch {
        label: window_label(window),
        is_on: view.window == Some(window.id),
        command: Command::PickWindow(window.id),
    };
    let mut entries: Vec<_> = windows.iter().map(entry).collect();
    if view.has_portal {
        let (label, is_on) = ("Any window or screen".to_owned(), view.is_portal);
        entries.push(Entry::Switch { label, is_on, command: Command::PickOnDesktop });
    }
    if entries.is_empty() {
        entries.push(Entry::Words("No window".to_owned()));
    }
    if view.is_painting {
        entries.extend([Entry::Separator, action("Stop painting", Command::LeaveWindow)]);
    }
    Entry::Menu { label: "Window".to_owned(), entries }
}

fn style_menu(view: &TrayView) -> Entry {
    let entry = |style: &String| Entry::Choice {
        label: style.clone(),
        is_chosen: Some(style) == view.style.as_ref(),
        command: Command::SetStyle(style.clone()),
    };
    let mut entries: Vec<_> = view.styles.iter().map(entry).collect();
    if entries.is_empty() {
        entries.push(Entry::Words("No style".to_owned()));
    }
    Entry::Menu { label: "Style".to_owned(), entries }
}

fn strength_menu(view: &TrayView) -> Entry {
    let entry = |percent: u32| Entry::Choice {
        label: format!("{percent} %"),
        is_chosen: percent == view.strength_percent,
        command: Command::SetStrength(percent as f32 / 100.0),
    };
    Entry::Menu { label: "Strength".to_owned(), entries: STRENGTHS_PERCENT.into_iter().map(entry).collect() }
}

/// What the menu says of a window.
fn window_label(window: &WindowInfo) -> String {
    let name = if window.title.is_empty() { &window.application } else { &window.title };
    let name = if name.is_empty() { "(no title)" } else { name };
    let short: String = name.chars().take(TITLE_LENGTH).collect();
    let short = if short.len() < name.len() { format!("{short}…") } else { short };
    let is_named = window.application.is_empty() || window.application.eq_ignore_ascii_case(name);
    if is_named { short } else { format!("{short} ({})", window.application) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::WindowState;
    use crate::frame::Size;

    fn entries_of<'e>(menu: &'e [Entry], wanted: &str) -> &'e [Entry] {
        let found = menu.iter().find_map(|entry| match entry {
            Entry::Menu { label, entries } if label == wanted => Some(entries.as_slice()),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no menu {wanted}: {menu:?}"))
    }

    #[test]
    fn what_is_on_is_marked_and_switching_turns_it_round() {
        let view = TrayView {
            styles: vec!["Oil".to_owned(), "Ink_2".to_owned()],
            style: Some("Ink_2".to_owned()),
            strength_percent: 75,
            is_bypassed: true,
            ..TrayView::default()
        };
        let menu = menu(&view, &[]);
        let command = Command::SetStyle("Ink_2".to_owned());
        let chosen = Entry::Choice { label: "Ink_2".to_owned(), is_chosen: true, command };
        assert_eq!(entries_of(&menu, "Style")[1], chosen);
        let chosen: Vec<bool> = entries_of(&menu, "Strength")
            .iter()
            .map(|entry| matches!(entry, Entry::Choice { is_chosen: true, .. }))
            .collect();
        assert_eq!(chosen, [false, false, true, false]);
        assert_eq!(entries_of(&menu, "Window"), [Entry::Words("No window".to_owned())]);
        let switch = switch("Show the original", true, Command::Bypass);
        assert!(matches!(&switch, Entry::Switch { is_on: true, command: Command::Bypass(false), .. }));
        assert!(menu.contains(&switch));
        assert!(!menu.contains(&action("Save replay", Command::SaveReplay)));
    }

    #[test]
    fn offers_the_desktops_dialog_where_there_is_one() {
        let view = TrayView { is_painting: true, has_portal: true, is_portal: true, ..TrayView::default() };
        let menu = menu(&view, &[]);
        let label = "Any window or screen".to_owned();
        let dialog = Entry::Switch { label, is_on: true, command: Command::PickOnDesktop };
        assert_eq!(entries_of(&menu, "Window")[0], dialog);
    }

    #[test]
    fn the_window_that_is_painted_is_marked_and_can_be_left() {
        let view = TrayView { is_painting: true, window: Some(7), keeps_replay: true, ..TrayView::default() };
        let window = WindowInfo {
            id: 7,
            title: "A game with a very long title, which goes on and on and on".to_owned(),
            application: "game".to_owned(),
            pid: None,
            size: Size::new(640, 480),
            state: WindowState::Visible,
        };
        let menu = menu(&view, &[window]);
        let entries = entries_of(&menu, "Window");
        let label = "A game with a very long title, which goes on and… (game)".to_owned();
        assert_eq!(entries[0], Entry::Switch { label, is_on: true, command: Command::PickWindow(7) });
        assert_eq!(entries[2], action("Stop painting", Command::LeaveWindow));
        assert!(menu.contains(&action("Save replay", Command::SaveReplay)));
    }
}
