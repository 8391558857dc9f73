//! `hashes.txt`: what every picture shows, so that going on with a large dataset does not begin with reading it.
//!
//! A line for each single picture and each first picture of a burst: its path within the dataset, and its hash. The
//! file only grows; it may be incomplete, or gone, which costs time and nothing else.

use super::layout::HASHES;
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The hashes that are known, and the file to which further ones are added.
pub struct Hashes {
    dataset: PathBuf,
    known: HashMap<String, u64>,
    /// Missing where it cannot be written.
    file: Option<File>,
}

impl Hashes {
    /// The hashes of a dataset.
    pub fn open(dataset: &Path) -> Self {
        let path = dataset.join(HASHES);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let known = text.lines().filter_map(parse).collect();
        let mut file = File::options().append(true).create(true).open(&path).ok();
        // A line that was broken off must not spoil the next one.
        if !text.is_empty() && !text.ends_with('\n') {
            file = file.filter(|mut file| file.write_all(b"\n").is_ok());
        }
        Self { dataset: dataset.to_owned(), known, file }
    }

    /// The hash of a picture, if it is known.
    pub fn of(&self, picture: &Path) -> Option<u64> {
        self.known.get(&self.key(picture)).copied()
    }

    /// Writes down the hash of a picture.
    pub fn add(&mut self, picture: &Path, hash: u64) {
        let line = format!("{} {hash:016x}\n", self.key(picture));
        if let Some(file) = &mut self.file
            && let Err(error) = file.write_all(line.as_bytes())
        {
            tracing::debug!("the hash of a picture is not written down: {error}");
        }
    }

    /// The path within the dataset, the same on every system.
    fn key(&self, picture: &Path) -> String {
        let inner = picture.strip_prefix(&self.dataset).unwrap_or(picture);
        inner.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

fn parse(line: &str) -> Option<(String, u64)> {
    let (key, hash) = line.split_once(' ')?;
    // A shorter one was broken off.
    let is_whole = hash.len() == 16;
    is_whole.then(|| u64::from_str_radix(hash, 16).ok().map(|hash| (key.to_owned(), hash)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_come_back_and_broken_lines_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let picture = |number: u32| super::super::layout::frame_path(folder.path(), number);
        let mut hashes = Hashes::open(folder.path());
        assert_eq!(hashes.of(&picture(1)), None);
        hashes.add(&picture(1), 0x12);
        hashes.add(&picture(2), u64::MAX);
        let file = folder.path().join(HASHES);
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, "frames/000001.png 0000000000000012\nframes/000002.png ffffffffffffffff\n");
        std::fs::write(&file, &text[..text.len() - 3]).unwrap();
        let mut hashes = Hashes::open(folder.path());
        assert_eq!((hashes.of(&picture(1)), hashes.of(&picture(2))), (Some(0x12), None));
        hashes.add(&picture(3), 3);
        assert_eq!(Hashes::open(folder.path()).of(&picture(3)), Some(3));
    }
}
