//! Names for new recordings.

use crate::control::DateTime;
use std::path::{Path, PathBuf};

const LONGEST_NAME: usize = 40;

/// A new file name in `folder` for a recording of `what`, from the date and time (UTC):
/// `impasto-WHAT-2026-11-24-101500.mp4`. Where that exists, a number is added.
pub fn recording_path(folder: &Path, what: &str) -> PathBuf {
    new_path(folder, &stem_now(what), "mp4")
}

/// A file name that is free in `folder`: the stem, with a number behind it where that is taken.
pub(super) fn new_path(folder: &Path, stem: &str, ending: &str) -> PathBuf {
    let first = folder.join(format!("{stem}.{ending}"));
    let others = (2..).map(|number: u32| folder.join(format!("{stem}-{number}.{ending}")));
    std::iter::once(first.clone()).chain(others).find(|path| !path.exists()).unwrap_or(first)
}

/// The hidden name under which a file is made before it gets its own. It keeps the ending, which says the format.
pub(super) fn temporary_path(path: &Path) -> PathBuf {
    path.with_file_name(format!(".impasto-{}", path.file_name().unwrap_or_default().to_string_lossy()))
}

/// A new file name in `folder` for the last seconds of `what`: that of a recording with ` replay` behind it.
pub fn replay_path(folder: &Path, what: &str) -> PathBuf {
    new_path(folder, &format!("{} replay", stem_now(what)), "mp4")
}

/// The name of the plain game's recording beside that of the painting: `NAME source.mp4` for `NAME.mp4`.
pub fn source_path(recording: &Path) -> PathBuf {
    let stem = recording.file_stem().unwrap_or_default().to_string_lossy();
    let ending = recording.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    recording.with_file_name(format!("{stem} source{ending}"))
}

/// The name without number and ending of what is recorded of `what` now.
pub(super) fn stem_now(what: &str) -> String {
    stem(what, DateTime::now())
}

fn stem(what: &str, now: DateTime) -> String {
    let DateTime { year, month, day, hour, minute, second } = now;
    format!("impasto-{}-{year:04}-{month:02}-{day:02}-{hour:02}{minute:02}{second:02}", plain_name(what))
}

/// Letters and digits of a text, with single hyphens for everything between, for names of files; never empty.
pub fn plain_name(what: &str) -> String {
    let mut name = String::new();
    for letter in what.chars() {
        if letter.is_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.chars().count() == LONGEST_NAME {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "recording".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_game_and_time() {
        assert_eq!(
            stem("Doom II: Hell/Earth..", DateTime::from_unix(20_781 * 86_400 + 36_900)),
            "impasto-Doom-II-Hell-Earth-2026-11-24-101500"
        );
        assert_eq!(plain_name("../../"), "recording");
        assert_eq!(plain_name(&"x".repeat(99)).len(), LONGEST_NAME);
    }
}
