//! Settings as the program writes them.

use impasto::control::{Brush, Rate, SizeRequest};
use impasto::settings::{HotkeyAction, Remembered, Settings};
use std::path::Path;

fn open(path: &Path) -> Remembered<Settings> {
    Remembered::open(Some(path.to_owned())).0
}

#[test]
fn what_is_saved_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder/settings.toml");
    let mut settings = open(&path);
    settings.save().unwrap();
    assert!(!path.exists(), "nothing has changed");
    settings.value.is_welcomed = true;
    settings.value.paint.style = "it's \"mine\" \\ ü".to_owned();
    settings.value.paint.strength = 0.7;
    settings.value.paint.pace = Rate::OFF;
    settings.value.paint.size = SizeRequest::Brush(Brush::Factor(2.3));
    settings.value.recording.folder = "/films".into();
    settings.value.hotkeys.choose(HotkeyAction::Panel, Some("Ctrl+Alt+\\".parse().unwrap()));
    settings.value.hotkeys.choose(HotkeyAction::Record, None);
    assert!(settings.is_changed());
    settings.save().unwrap();
    assert!(!settings.is_changed());
    assert_eq!(open(&path).value, settings.value);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("strength = 0.7\n") && text.contains("size = \"brush 2.3\"\n"), "{text}");
    assert!(!text.contains("keep_colors"), "what was never changed is not pinned: {text}");
    settings.value.hotkeys.reset(HotkeyAction::Panel);
    settings.value.hotkeys.reset(HotkeyAction::Record);
    settings.save().unwrap();
    assert!(!std::fs::read_to_string(&path).unwrap().contains("hotkeys"));
}

#[test]
fn comments_unknown_keys_and_wrong_values_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    let text =
        "# mine\nspeed = 3\n\n[paint] # how\nstyle = \"woodcut\" # the best\nstrength = 7\n\n[future]\nkey = true\n";
    std::fs::write(&path, text).unwrap();
    let mut settings = open(&path);
    settings.value.paint.style = "mosaic".to_owned();
    settings.value.paint.keep_colors = 0.25;
    settings.save().unwrap();
    let saved = std::fs::read_to_string(&path).unwrap();
    let expected = text.replace("woodcut", "mosaic").replace("strength = 7\n", "strength = 7\nkeep_colors = 0.25\n");
    assert_eq!(saved, expected);
}

#[test]
fn a_value_where_a_table_belongs_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, "paint = 3\nrecording = { folder = \"/a\" }\n").unwrap();
    let mut settings = open(&path);
    settings.value.paint.strength = 0.5;
    settings.value.recording.folder = "/b".into();
    settings.save().unwrap();
    let (read, notices) = Remembered::<Settings>::open(Some(path));
    assert_eq!((read.value, notices), (settings.value, Vec::new()));
}

#[test]
fn what_is_no_toml_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, "[paint\n").unwrap();
    let mut settings = open(&path);
    settings.value.is_welcomed = true;
    settings.save().unwrap();
    assert_eq!(open(&path).value, settings.value);
    assert_eq!(std::fs::read_to_string(folder.path().join("settings.toml.broken")).unwrap(), "[paint\n");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let mut settings = open(&folder.path().join("file/settings.toml"));
    settings.value.is_welcomed = true;
    let error = settings.save().unwrap_err().to_string();
    assert!(error.contains("file/settings.toml") && error.contains("forgotten"), "{error}");
    assert!(settings.value.is_welcomed, "it counts until the end");
}
