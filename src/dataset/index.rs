//! `dataset.toml`: who recorded what, when, and what was left out.

use super::DatasetError;
use super::counts::Counts;
use super::layout::INDEX;
use super::whole_file::write_whole;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The version of the format that is written here; newer ones are refused.
const FORMAT: u32 = 1;

/// What stands above the list, for people.
const HEADING: &str = "# A dataset of Impasto: pictures in frames/, runs of pictures in bursts/.\n\n";

/// One recording into a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The window's title, the file, or the scene.
    pub source: String,
    /// When it began: `2026-11-24T10:15:00Z`.
    pub started: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Height of the pictures in pixels, where the source is as high.
    pub height: u32,
    #[serde(default)]
    pub counts: Counts,
}

/// All recordings into a dataset, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub format: u32,
    #[serde(default)]
    pub sessions: Vec<Session>,
}

impl Index {
    /// Of a dataset in which nothing was recorded yet.
    pub fn new() -> Self {
        Self { format: FORMAT, sessions: Vec::new() }
    }

    /// The list of a dataset; `None` where there is none.
    ///
    /// # Errors
    /// It is unreadable, damaged, or of a newer format.
    pub fn read(dataset: &Path) -> Result<Option<Self>, DatasetError> {
        let path = dataset.join(INDEX);
        let broken = |reason: String| DatasetError::BrokenIndex { path: path.clone(), reason };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Err(broken(error.to_string())),
            Err(error) => return Err(DatasetError::reading(&path, &error)),
        };
        let index: Self = toml::from_str(&text).map_err(|error| broken(place_and_message(&text, &error)))?;
        if index.format > FORMAT {
            return Err(DatasetError::NewerFormat { path, found: index.format });
        }
        Ok(Some(index))
    }

    /// Writes the list in place of the one before.
    ///
    /// # Errors
    /// The disk is full or cannot be written to; the list before stays.
    pub fn write(&self, dataset: &Path) -> Result<(), DatasetError> {
        let path = dataset.join(INDEX);
        let text = toml::to_string(self)
            .map_err(|error| DatasetError::Write { path: path.clone(), reason: error.to_string() })?;
        write_whole(&path, [HEADING, &text].concat().as_bytes()).map_err(|error| DatasetError::writing(&path, &error))
    }
}

/// `line 3: what is wrong`, in one line.
fn place_and_message(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', ", ");
    match error.span() {
        Some(span) => {
            let line = text.as_bytes().iter().take(span.start).filter(|&&byte| byte == b'\n').count() + 1;
            format!("line {line}: {message}")
        }
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(INDEX), text).unwrap();
        Index::read(folder.path()).unwrap_err().to_string()
    }

    #[test]
    fn comes_back_as_it_was_written_and_takes_what_is_missing_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Index::read(folder.path()).unwrap(), None);
        let mut index = Index::new();
        let counts = Counts { seen: 3, kept: 2, ..Counts::default() };
        let session = Session {
            source: "a \"game\"".to_owned(),
            started: "2026-11-24T10:15:00Z".to_owned(),
            seconds: 1.5,
            height: 480,
            counts,
        };
        index.sessions.push(session);
        index.write(folder.path()).unwrap();
        assert_eq!(Index::read(folder.path()).unwrap(), Some(index));
        let short = "format = 1\n[[sessions]]\nsource = 's'\nstarted = ''\nseconds = 1.0\nheight = 9\n[sessions.counts]\nseen = 5\n";
        std::fs::write(folder.path().join(INDEX), short).unwrap();
        let read = Index::read(folder.path()).unwrap().unwrap();
        assert_eq!(read.sessions[0].counts, Counts { seen: 5, ..Counts::default() });
    }

    #[test]
    fn damage_is_said_with_its_line() {
        assert!(said("format = 1\n[[sess").contains("damaged (line 2: "));
        assert!(said("format = 'one'").contains("line 1"));
        assert!(said("").contains("format"));
        assert!(said("format = 99").contains("newer Impasto (format 99)"));
    }
}
