//! The rooms of the house and who may use whom: the table of ARCHITECTURE.md, enforced.

use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the other rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("child", &[]),
    ("frame", &[]),
    ("control", &["frame"]),
    ("dataset", &["frame", "control"]),
    ("light", &["frame"]),
    ("onnx", &[]),
    ("network", &["onnx"]),
    ("settings", &["frame", "control"]),
    ("steadiness", &["frame"]),
    ("likeness", &["frame", "network"]),
    ("capture", &["child", "frame", "control", "steadiness"]),
    ("stylize", &["frame", "control", "light", "onnx"]),
    ("compose", &["frame", "control"]),
    ("record", &["child", "frame", "control"]),
    ("train", &["frame", "control", "light", "onnx", "network", "dataset", "steadiness", "capture"]),
    ("pipeline", &["frame", "control", "capture", "stylize", "compose", "record"]),
    (
        "app",
        &["frame", "control", "settings", "dataset", "network", "capture", "stylize", "compose", "record", "pipeline"],
    ),
    (
        "commands",
        &[
            "frame",
            "control",
            "settings",
            "light",
            "dataset",
            "onnx",
            "network",
            "steadiness",
            "likeness",
            "capture",
            "stylize",
            "compose",
            "record",
            "pipeline",
            "app",
            "train",
        ],
    ),
];

/// A crate, and the only rooms that may name it.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("ort", &["stylize"]),
    ("wgpu", &["compose", "app", "train"]),
    ("winit", &["app"]),
    ("egui", &["app"]),
    ("x11rb", &["capture", "app"]),
    ("pipewire", &["capture"]),
    ("wayland_client", &["app"]),
    ("ashpd", &["capture", "app"]),
    ("openh264", &["record"]),
    ("burn_tensor", &["train"]),
    ("clap", &["commands", "stylize"]),
];

/// Where a comment line ends, in columns.
const COMMENT_COLUMNS: usize = 120;

/// Files longer than this are several files.
const LONGEST_FILE_LINES: usize = 500;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below a folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file without comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The first name after each `prefix` that does not itself end a longer name.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(prefix)
        .filter(|(at, _)| !code[..*at].ends_with(is_name))
        .map(|(at, _)| code[at + prefix.len()..].chars().take_while(|&letter| is_name(letter)).collect())
        .collect()
}

#[test]
fn every_folder_is_a_room_of_the_table() {
    let mut folders: Vec<String> = fs::read_dir(source())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut rooms: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    rooms.sort_unstable();
    assert_eq!(folders, rooms);
}

#[test]
fn rooms_use_only_what_their_layer_may() {
    for (room, may_use) in ROOMS {
        for file in rust_files(&source().join(room)) {
            for used in names_after(&code(&file), "crate::") {
                assert!(
                    used == *room || used.is_empty() || may_use.contains(&used.as_str()),
                    "{} uses crate::{used}, which {room} may not",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn crates_stay_in_their_rooms() {
    for (name, rooms) in KEPT_IN {
        for (room, _) in ROOMS.iter().filter(|(room, _)| !rooms.contains(room)) {
            for file in rust_files(&source().join(room)) {
                let code = code(&file);
                let is_named = !names_after(&code, &format!("{name}::")).is_empty();
                assert!(!is_named, "{} names {name}, which belongs in {rooms:?}", file.display());
            }
        }
    }
}

#[test]
fn files_are_short() {
    for file in rust_files(&source()) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE_LINES, "{} has {lines} lines", file.display());
    }
}

#[test]
fn comments_are_narrow() {
    for file in rust_files(&source()) {
        for (number, line) in (1..).zip(fs::read_to_string(&file).unwrap().lines()) {
            let is_comment = line.trim_start().starts_with("//");
            let columns = line.chars().count();
            assert!(!is_comment || columns <= COMMENT_COLUMNS, "{}:{number} has {columns} columns", file.display());
        }
    }
}

#[test]
fn the_scanner_sees_what_it_must() {
    assert_eq!(names_after("use crate::app::{A}; crate::frame::Size", "crate::"), ["app", "frame"]);
    assert_eq!(names_after("use ort::Session; support::x; a::wgpu::b", "ort::"), ["Session"]);
}
