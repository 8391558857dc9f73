//! The names of the files of a dataset.

use super::DatasetError;
use std::fs;
use std::path::{Path, PathBuf};

/// The list of who recorded what.
pub const INDEX: &str = "dataset.toml";
/// What the pictures show.
pub const HASHES: &str = "hashes.txt";
/// Held locked by the recorder that writes.
pub const LOCK: &str = ".impasto-lock";
/// The contact sheet, where no other place is asked for. Never taken for a picture to train on.
pub const CONTACT_SHEET: &str = "contact-sheet.png";
/// Files and folders that are not complete begin with this.
pub const TEMPORARY_PREFIX: &str = ".impasto-new-";

/// The folder of the single pictures.
pub const FRAMES: &str = "frames";
/// The folder of the bursts.
pub const BURSTS: &str = "bursts";

/// The file of the single picture with this number, from 1.
pub fn frame_path(dataset: &Path, number: u32) -> PathBuf {
    dataset.join(FRAMES).join(format!("{number:06}.png"))
}

/// The folder of the burst with this number, from 1.
pub fn burst_path(dataset: &Path, number: u32) -> PathBuf {
    dataset.join(BURSTS).join(format!("{number:04}"))
}

/// The name of the picture of a burst, from 0.
pub fn burst_picture(index: usize) -> String {
    format!("{index:02}.png")
}

/// The number that a picture or burst has by its name; `None` for any other file.
pub fn number_of(path: &Path) -> Option<u32> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// Everything in a folder whose name does not begin with a point, sorted by name; nothing where the folder is missing.
///
/// # Errors
/// The folder cannot be read.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(|error| DatasetError::reading(folder, &error))?,
    };
    let mut paths = Vec::new();
    for entry in listed {
        let path = entry.map_err(|error| DatasetError::reading(folder, &error))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_names_of_any_length() {
        let dataset = Path::new("d");
        assert_eq!(frame_path(dataset, 7), Path::new("d/frames/000007.png"));
        assert_eq!(number_of(&frame_path(dataset, 1_234_567)), Some(1_234_567));
        assert_eq!(number_of(&burst_path(dataset, 12)), Some(12));
        assert_eq!(number_of(Path::new("notes.txt")), None);
    }
}
