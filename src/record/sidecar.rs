//! What a recording was painted with, and when that changed, in a file beside it: `NAME.json`.

use super::error::RecordError;
use crate::control::{Look, ParameterValue, SizeRequest};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The version of the format that is written.
const VERSION: u32 = 1;

/// How pictures were painted at some time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PaintedWith {
    /// The style's name; empty while none paints.
    pub style: String,
    /// The style's model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// Frames were levelled before they were painted.
    #[serde(default)]
    pub levels: bool,
    /// Strength, colours, clarity, split, and whether the game itself was shown.
    #[serde(flatten)]
    pub look: Look,
    /// Further inputs of the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterValue>,
    /// The brush, or the size that was painted at. Older recordings do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<SizeRequest>,
}

/// From a time on, pictures were painted with this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Since the start of the recording.
    pub at_secs: f64,
    #[serde(flatten)]
    pub painted: PaintedWith,
}

/// The recording of the plain game beside that of the painting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name, in the same folder.
    pub file: PathBuf,
    /// When its first picture was shown, since the start of the painted recording.
    pub starts_at_secs: f64,
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    pub version: u32,
    /// What was recorded.
    pub title: String,
    /// Files of the recording, in order, in the same folder.
    pub files: Vec<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceFile>,
    /// In order; the first is at the start.
    pub changes: Vec<Change>,
}

impl Sidecar {
    /// Reads the file.
    ///
    /// # Errors
    /// It is missing, or is none.
    pub fn read(path: &Path) -> Result<Self, RecordError> {
        let failed = |reason: String| RecordError::Sidecar { path: path.to_owned(), reason };
        let text = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        let sidecar: Self = serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
        if sidecar.version != VERSION {
            return Err(failed(format!("its version is {}, this program knows {VERSION}", sidecar.version)));
        }
        if sidecar.changes.is_empty() {
            return Err(failed("it says of no time how it was painted".to_owned()));
        }
        Ok(sidecar)
    }

    /// What pictures were painted with at a time since the start.
    pub fn at(&self, time: Duration) -> &PaintedWith {
        let time = time.as_secs_f64();
        let later = self.changes.partition_point(|change| change.at_secs <= time);
        &self.changes[later.saturating_sub(1)].painted
    }
}

/// Writes the file of a recording that runs: anew with every change, and whole each time.
pub struct SidecarWriter {
    path: PathBuf,
    sidecar: Sidecar,
}

impl SidecarWriter {
    /// For the recording whose first file is `recording`.
    pub fn new(recording: &Path, title: String, source: Option<SourceFile>, painted: PaintedWith) -> Self {
        let changes = vec![Change { at_secs: 0.0, painted }];
        let sidecar = Sidecar { version: VERSION, title, files: Vec::new(), source, changes };
        Self { path: recording.with_extension("json"), sidecar }
    }

    /// Notes a change; of several at one time the last is kept.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(&mut self, at: Duration, painted: PaintedWith) -> Result<(), RecordError> {
        let at_secs = (at.as_secs_f64() * 1000.0).round() / 1000.0;
        self.sidecar.changes.retain(|change| change.at_secs < at_secs);
        self.sidecar.changes.push(Change { at_secs, painted });
        self.write()
    }

    /// Notes the files of the recording.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_files(&mut self, files: &[PathBuf]) -> Result<(), RecordError> {
        let names: Vec<_> = files.iter().filter_map(|file| file.file_name().map(PathBuf::from)).collect();
        if names == self.sidecar.files {
            return Ok(());
        }
        self.sidecar.files = names;
        self.write()
    }

    fn write(&self) -> Result<(), RecordError> {
        let failed = |reason: String| RecordError::Sidecar { path: self.path.clone(), reason };
        let bytes = serde_json::to_vec_pretty(&self.sidecar).map_err(|error| failed(error.to_string()))?;
        let temporary = super::file_name::temporary_path(&self.path);
        std::fs::write(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, &self.path)).map_err(|error| {
            // The first error is the one to tell.
            let _ = std::fs::remove_file(&temporary);
            failed(error.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Brush;

    fn painted(style: &str) -> PaintedWith {
        let size = Some(SizeRequest::Brush(Brush::Factor(2.5)));
        PaintedWith { style: style.to_owned(), size, ..PaintedWith::default() }
    }

    #[test]
    fn comes_back_as_it_was_written_and_tells_what_was_when() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("a film.mp4");
        let mut writer = SidecarWriter::new(&film, "Doom".to_owned(), None, painted("mosaic"));
        writer.set_files(std::slice::from_ref(&film)).unwrap();
        writer.note(Duration::from_secs(2), painted("woodcut")).unwrap();
        let look = Look { strength: 0.5, clarity: 0.9, split: Some(0.25), ..Look::default() };
        let levelled = PaintedWith { look, levels: true, ..painted("woodcut") };
        writer.note(Duration::from_millis(3500), levelled).unwrap();
        let sidecar = Sidecar::read(&folder.path().join("a film.json")).unwrap();
        assert_eq!(sidecar, writer.sidecar);
        assert_eq!(sidecar.at(Duration::ZERO).style, "mosaic");
        assert_eq!(sidecar.at(Duration::from_millis(1999)).style, "mosaic");
        assert_eq!(sidecar.at(Duration::from_secs(2)), &painted("woodcut"));
        assert_eq!(sidecar.at(Duration::from_secs(60)).look, look);
        assert!(sidecar.at(Duration::from_secs(60)).levels);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_recording_from_before_the_brush_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        let change = r#"{"at_secs": 0, "style": "mosaic", "strength": 1, "keep_colors": 0, "bypass": false}"#;
        std::fs::write(&file, format!(r#"{{"version": 1, "title": "", "files": [], "changes": [{change}]}}"#)).unwrap();
        let painted = &Sidecar::read(&file).unwrap().changes[0].painted;
        assert_eq!((painted.style.as_str(), painted.size), ("mosaic", None));
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        let said = || Sidecar::read(&file).unwrap_err().to_string();
        assert!(said().contains("a.json"));
        std::fs::write(&file, "{}").unwrap();
        assert!(said().contains("version"), "{}", said());
        std::fs::write(&file, r#"{"version": 1, "title": "", "files": [], "changes": []}"#).unwrap();
        assert!(said().contains("no time"));
        // A recording of a time before levels was painted without.
        std::fs::write(
            &file,
            r#"{"version": 1, "title": "", "files": [], "changes": [{"at_secs": 0.0, "style": "mosaic"}]}"#,
        )
        .unwrap();
        assert!(!Sidecar::read(&file).unwrap().at(Duration::ZERO).levels);
    }
}
