//! Makes a file complete that a killed program left without its end.

use super::{Container, FragmentPlace, is_matroska, matroska_repair, mp4_repair};
use crate::record::error::RecordError;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

/// What is known of an unfinished file.
pub struct Unfinished {
    pub container: Container,
    pub fps: f64,
    pub pictures: u64,
    pub fragments: Vec<FragmentPlace>,
    /// Bytes up to the end of the last whole fragment.
    pub good_bytes: u64,
}

/// What was made of an unfinished file.
#[derive(Debug, Clone, PartialEq)]
pub enum RepairedFile {
    /// It plays to its end now, and is this long.
    Whole(Duration),
    /// It had its end already, and was left alone.
    Untouched,
    /// It held no picture, and was removed.
    Empty,
}

/// Cuts what was written of a torn fragment, and writes the end of the file.
///
/// # Errors
/// The file is missing, is none of ours, or cannot be written.
pub fn repair(path: &Path) -> Result<RepairedFile, RecordError> {
    let failed = |error: &io::Error| RecordError::Repair { path: path.to_owned(), reason: error.to_string() };
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| failed(&error))?;
    let length = file.metadata().map_err(|error| failed(&error))?.len();
    if length == 0 {
        drop(file);
        std::fs::remove_file(path).map_err(|error| failed(&error))?;
        return Ok(RepairedFile::Empty);
    }
    let looked = if is_matroska(path) { matroska_repair::look(&mut file) } else { mp4_repair::look(&mut file) };
    match looked.map_err(|error| failed(&error))? {
        None => Ok(RepairedFile::Untouched),
        Some(found) if found.pictures == 0 => {
            drop(file);
            std::fs::remove_file(path).map_err(|error| failed(&error))?;
            Ok(RepairedFile::Empty)
        }
        Some(found) => {
            complete(&mut file, &found).map_err(|error| failed(&error))?;
            Ok(RepairedFile::Whole(Duration::from_secs_f64(found.pictures as f64 / found.fps)))
        }
    }
}

fn complete(file: &mut File, found: &Unfinished) -> io::Result<()> {
    let ending = found.container.ending(found.pictures, &found.fragments, found.good_bytes);
    file.set_len(found.good_bytes)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(&ending.behind)?;
    for (at, bytes) in &ending.at {
        file.seek(SeekFrom::Start(*at))?;
        file.write_all(bytes)?;
    }
    file.sync_all()
}

/// Reads `length` bytes at a place of a file.
pub fn read_at(file: &mut File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The error for a file that none of our recorders wrote.
pub fn not_ours() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is no recording of this program")
}
