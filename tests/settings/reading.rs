//! Settings as people write them.

use impasto::control::{Brush, LevelsChoice, Rate, RecordQuality, ScreenshotKind, SizeRequest, SoundChoice};
use impasto::settings::{HotkeyAction, Remembered, Settings};
use std::path::PathBuf;

fn open(text: &str) -> (Settings, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    let (remembered, notices) = Remembered::<Settings>::open(Some(path));
    (remembered.value, notices)
}

#[test]
fn nothing_written_means_the_defaults() {
    let (missing, notices) = Remembered::<Settings>::open(Some(PathBuf::from("/nonexistent/settings.toml")));
    assert_eq!((missing.value, notices.len()), (Settings::default(), 0));
    assert_eq!(open(""), (Settings::default(), Vec::new()));
}

#[test]
fn reads_every_kind_of_value() {
    let (settings, notices) = open(
        "is_welcomed = true\n[paint]\nstyle = 'woodcut'\nstrength = 0.5\nkeep_colors = 1\nclarity = 0.25\nsize = '640x360'\nlevels = 'off'\n\
         fps_cap = 60\npace = 'off'\n[recording]\nfolder = '/films'\nquality = 'small'\n\
         replay_secs = 20\nsource = true\nscreenshot = 'both'\nsound = 'game'\nsound_level = 1.5\nencoder = 'x264'\n[hotkeys]\npanel = 'f9'\nrecord = 'off'\n",
    );
    assert_eq!(notices, Vec::<String>::new());
    assert!(settings.is_welcomed);
    assert_eq!(settings.paint.style, "woodcut");
    assert_eq!((settings.paint.strength, settings.paint.keep_colors, settings.paint.clarity), (0.5, 1.0, 0.25));
    assert_eq!(settings.paint.size, "640x360".parse::<SizeRequest>().unwrap());
    assert_eq!(settings.paint.levels, LevelsChoice::Off);
    assert_eq!((settings.paint.fps_cap, settings.paint.pace), (Rate::of(60.0), Rate::OFF));
    let recording = settings.recording;
    assert_eq!((recording.folder, recording.encoder.as_str()), (PathBuf::from("/films"), "x264"));
    assert_eq!((recording.quality, recording.replay_secs, recording.source), (RecordQuality::Small, 20, true));
    assert_eq!(recording.screenshot, ScreenshotKind::Both);
    assert_eq!((recording.sound, recording.sound_level), (SoundChoice::Game, 1.5));
    assert_eq!(settings.hotkeys.candidates(HotkeyAction::Panel), ["F9".parse().unwrap()]);
    assert_eq!(settings.hotkeys.candidates(HotkeyAction::Record), []);
}

#[test]
fn the_size_is_a_brush_or_pixels() {
    let size = |written: &str| open(&format!("[paint]\nsize = '{written}'\n"));
    let brush = |factor: f32| SizeRequest::Brush(Brush::Factor(factor));
    assert_eq!(open("").0.paint.size, SizeRequest::AUTOMATIC);
    for (written, meant) in [
        ("auto", SizeRequest::AUTOMATIC),
        ("brush 2.5", brush(2.5)),
        ("brush 6", brush(6.0)),
        // As it was written before there were brushes.
        ("480", SizeRequest::Height(480)),
    ] {
        assert_eq!((size(written).0.paint.size, size(written).1), (meant, Vec::new()));
    }
    let (settings, notices) = size("brush 7");
    assert_eq!(settings.paint.size, SizeRequest::AUTOMATIC);
    assert!(notices[0].contains("paint.size") && notices[0].contains("from 1 to 6"), "{notices:?}");
}

#[test]
fn the_example_of_the_docs_is_read_without_a_notice() {
    let docs = include_str!("../../docs/settings.md");
    let example = docs.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let (settings, notices) = open(example);
    assert_eq!(notices, Vec::<String>::new());
    assert_eq!((settings.paint.style.as_str(), settings.paint.strength), ("woodcut", 0.8));
    assert_eq!(settings.hotkeys.candidates(HotkeyAction::Compare), []);
    for action in HotkeyAction::all() {
        let name = toml::Value::try_from(action).unwrap();
        assert!(docs.contains(&format!("`{}`", name.as_str().unwrap())), "{name} is not in the docs");
    }
}

#[test]
fn a_wrong_value_costs_itself_alone_and_is_named() {
    let (settings, notices) = open(
        "speed = 3\n[paint]\nstyle = 'woodcut'\nstrength = 1.5\nsize = 'huge'\npace = 0\nkeep_colors = 'some'\n\
         [hotkeys]\npanel = 'P'\njump = 'F3'\n[recording]\nfolder = 5\n",
    );
    assert_eq!(settings.paint.style, "woodcut");
    assert_eq!(settings, Settings { paint: settings.paint.clone(), ..Settings::default() });
    for key in [
        "speed",
        "paint.strength",
        "paint.size",
        "paint.pace",
        "paint.keep_colors",
        "hotkeys.panel",
        "hotkeys.jump",
        "recording.folder",
    ] {
        let naming = notices.iter().filter(|notice| notice.starts_with(&format!("{key} is left out: "))).count();
        assert_eq!(naming, 1, "{key} in {notices:#?}");
    }
    assert_eq!(notices.len(), 8, "{notices:#?}");
    assert!(notices.iter().all(|notice| notice.contains("settings.toml")));
    assert!(notices.iter().any(|notice| notice.contains("a number from 0 to 1")), "{notices:#?}");
}

#[test]
fn what_is_no_toml_means_the_defaults_and_is_told() {
    let (settings, notices) = open("[paint\nstyle = ");
    assert_eq!(settings, Settings::default());
    assert!(notices[0].contains("no TOML"), "{notices:?}");
}
