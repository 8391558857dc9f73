//! Where the program's recordings and screenshots go.

use std::path::{Path, PathBuf};

/// Makes `Videos` the folder for videos in this home, and gives the folder in which the program then records.
pub fn videos_folder(home: &Path) -> PathBuf {
    let settings = home.join(".config");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("user-dirs.dirs"), "XDG_VIDEOS_DIR=\"$HOME/Videos\"\n").unwrap();
    home.join("Videos/Impasto")
}

/// Files of the folder with this ending, sorted by name; hidden ones are not there yet.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.'))
        .collect();
    files.sort();
    files
}
