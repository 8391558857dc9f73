//! Folders of pictures that a training is likely to want.

use crate::app::recording::recordings_folder;
use crate::frame::has_picture_ending;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The dataset that the panel recorded last, and the person's folder of pictures where it has some: frames of the game
/// alone make a style that knows little else.
pub fn default_data() -> Vec<PathBuf> {
    let dataset = newest_folder(&recordings_folder().join("datasets"));
    let pictures = directories::UserDirs::new().and_then(|folders| folders.picture_dir().map(Path::to_owned));
    dataset.into_iter().chain(pictures.filter(|folder| has_pictures(folder))).collect()
}

/// The folder in a folder that was changed last.
fn newest_folder(folder: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).filter(|entry| entry.path().is_dir());
    let changed = |path: &Path| path.metadata().and_then(|facts| facts.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    folders.map(|entry| entry.path()).max_by_key(|path| changed(path))
}

fn has_pictures(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    files.map(|entry| entry.path()).any(|path| has_picture_ending(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn finds_the_folder_that_was_changed_last() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest_folder(&folder.path().join("gone")), None);
        assert_eq!(newest_folder(folder.path()), None);
        for (name, seconds) in [("quake", 50), ("doom", 90), ("hexen", 10)] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            std::fs::File::open(&path).unwrap().set_modified(time).unwrap();
        }
        std::fs::write(folder.path().join("readme.txt"), b"").unwrap();
        assert_eq!(newest_folder(folder.path()), Some(folder.path().join("doom")));
        assert!(!has_pictures(folder.path()));
        std::fs::write(folder.path().join("cat.JPG"), b"").unwrap();
        assert!(has_pictures(folder.path()));
    }
}
