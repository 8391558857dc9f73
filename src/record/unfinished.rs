//! Recordings that a killed program left unfinished: each running one has a marker, whose lock ends with its program.

use super::container::{RepairedFile, repair};
use super::error::RecordError;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Counts the markers of this process.
static NEXT_NUMBER: AtomicU32 = AtomicU32::new(0);

/// What a marker says.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    files: Vec<PathBuf>,
}

/// The note that a recording runs; taken away when dropped.
pub struct Marker {
    path: PathBuf,
    /// Locked as long as it is open: the system lets go of it even when the program is killed.
    file: File,
}

impl Marker {
    /// Notes that these files are being written. Without it a recording is as good, but would not be repaired: a folder
    /// that cannot be written is only logged.
    pub fn place(folder: &Path, files: &[PathBuf]) -> Option<Self> {
        let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{number}.json", std::process::id()));
        let file = std::fs::create_dir_all(folder)
            .and_then(|()| OpenOptions::new().create(true).write(true).truncate(true).open(&path))
            .and_then(|file| file.lock().map(|()| file));
        match file {
            Ok(file) => {
                let mut marker = Self { path, file };
                marker.update(files);
                Some(marker)
            }
            Err(error) => {
                tracing::warn!(
                    "a killed recording would not be repaired, no note of it in {}: {error}",
                    path.display()
                );
                None
            }
        }
    }

    /// Notes that these files are being written instead.
    pub fn update(&mut self, files: &[PathBuf]) {
        let absolute = |file: &PathBuf| std::path::absolute(file).unwrap_or_else(|_| file.clone());
        let contents = Contents { files: files.iter().map(absolute).collect() };
        let written = serde_json::to_vec(&contents)
            .map_err(std::io::Error::other)
            .and_then(|bytes| self.file.rewind().map(|()| bytes))
            .and_then(|bytes| self.file.write_all(&bytes).map(|()| bytes.len() as u64))
            .and_then(|length| self.file.set_len(length));
        if let Err(error) = written {
            tracing::warn!(
                "a killed recording would not be repaired, no note of it in {}: {error}",
                self.path.display()
            );
        }
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!("a marker stays: {error}");
        }
    }
}

/// The folder in which this user's running recordings are noted.
pub fn marker_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "impasto").map(|folders| folders.data_dir().join("unfinished"))
}

/// What became of an unfinished recording.
#[derive(Debug)]
pub enum Repaired {
    /// It plays with its right length, which is told.
    Whole {
        path: PathBuf,
        duration: Duration,
    },
    Failed(RecordError),
}

/// Repairs the recordings that killed programs left, and forgets them. Those of programs that still run are left alone.
/// Takes as long as reading the files' fragment headers: not for the main thread.
pub fn repair_unfinished(markers: &Path) -> Vec<Repaired> {
    let mut repaired = Vec::new();
    for entry in std::fs::read_dir(markers).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let Ok(mut file) = OpenOptions::new().read(true).write(true).open(&path) else { continue };
        if file.try_lock().is_err() {
            // Its program lives.
            continue;
        }
        let mut bytes = Vec::new();
        let contents = file.read_to_end(&mut bytes).ok().and_then(|_| serde_json::from_slice::<Contents>(&bytes).ok());
        for file in contents.map(|contents| contents.files).unwrap_or_default() {
            // A file that was moved or thrown away since needs nothing.
            if file.exists() {
                match repair(&file) {
                    Ok(RepairedFile::Whole(duration)) => repaired.push(Repaired::Whole { path: file, duration }),
                    Ok(RepairedFile::Untouched | RepairedFile::Empty) => {}
                    Err(error) => repaired.push(Repaired::Failed(error)),
                }
            }
        }
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!("the note {} cannot be removed: {error}", path.display());
        }
    }
    repaired
}

impl std::fmt::Display for Repaired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole { path, duration } => write!(
                f,
                "repaired a recording of {:.1} s that was cut off when the program was killed: {}",
                duration.as_secs_f32(),
                path.display()
            ),
            Self::Failed(error) => write!(f, "{error}"),
        }
    }
}
