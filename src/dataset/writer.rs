//! Writes pictures into a dataset's folder.

use super::error::DatasetError;
use super::glance::Glance;
use super::hashes::Hashes;
use super::index::{Index, Session};
use super::layout::{
    BURSTS, CONTACT_SHEET, FRAMES, HASHES, LOCK, TEMPORARY_PREFIX, burst_path, burst_picture, entries, frame_path,
    number_of,
};
use super::whole_file::{encode_png, temporary_name, write_whole};
use crate::frame::{Frame, read_picture, resize_bilinear};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A dataset that is open for writing. Only one may be, of each dataset: the folder is locked meanwhile.
pub struct DatasetWriter {
    path: PathBuf,
    index: Index,
    hashes: Hashes,
    next_frame: u32,
    next_burst: u32,
    /// Pictures are shrunk to this height, in pixels; smaller ones are kept as they are.
    height: u32,
    _lock: File,
}

impl DatasetWriter {
    /// Makes a dataset, or goes on with one, for a new recording. Broken-off files of a recorder that was killed are
    /// removed.
    ///
    /// # Errors
    /// The folder holds something else, cannot be written, or another recorder writes into it; or its list is damaged.
    pub fn open(path: &Path, session: Session) -> Result<Self, DatasetError> {
        let mut index = prepare(path)?;
        let lock = lock(path)?;
        let height = session.height.max(1);
        index.sessions.push(session);
        let (next_frame, next_burst) = (next_number(&path.join(FRAMES))?, next_number(&path.join(BURSTS))?);
        remove_unfinished(path)?;
        index.write(path)?;
        let hashes = Hashes::open(path);
        Ok(Self { path: path.to_owned(), index, hashes, next_frame, next_burst, height, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a single picture.
    ///
    /// # Errors
    /// The disk is full or cannot be written to; nothing of the picture is left.
    pub fn write_frame(&mut self, frame: &Frame) -> Result<(), DatasetError> {
        let path = frame_path(&self.path, self.next_frame);
        write_picture(&path, &self.shrunk(frame))?;
        self.hashes.add(&path, Glance::at(frame).hash());
        self.next_frame = self.next_frame.saturating_add(1);
        Ok(())
    }

    /// Writes a burst.
    ///
    /// # Errors
    /// The disk is full or cannot be written to; nothing of the burst is left.
    pub fn write_burst(&mut self, frames: &[Arc<Frame>]) -> Result<(), DatasetError> {
        let folder = burst_path(&self.path, self.next_burst);
        let unfinished = temporary_name(&folder);
        let written = self
            .write_pictures(&unfinished, frames)
            .and_then(|()| fs::rename(&unfinished, &folder).map_err(|error| DatasetError::writing(&folder, &error)));
        if written.is_err() {
            // The first error is the one to tell; what is left begins with a point and is removed next time.
            let _ = fs::remove_dir_all(&unfinished);
        }
        written?;
        if let Some(first) = frames.first() {
            self.hashes.add(&folder.join(burst_picture(0)), Glance::at(first).hash());
        }
        self.next_burst = self.next_burst.saturating_add(1);
        Ok(())
    }

    fn write_pictures(&self, folder: &Path, frames: &[Arc<Frame>]) -> Result<(), DatasetError> {
        fs::create_dir(folder).map_err(|error| DatasetError::writing(folder, &error))?;
        for (index, frame) in frames.iter().enumerate() {
            write_picture(&folder.join(burst_picture(index)), &self.shrunk(frame))?;
        }
        Ok(())
    }

    /// The hash of a picture of the dataset, read where it is not written down yet; `None` for a damaged picture.
    pub fn hash_of(&mut self, picture: &Path) -> Option<u64> {
        self.hashes.of(picture).or_else(|| match read_picture(picture) {
            Ok(frame) => {
                let hash = Glance::at(&frame).hash();
                self.hashes.add(picture, hash);
                Some(hash)
            }
            Err(error) => {
                tracing::debug!("a picture of the dataset is damaged: {error}");
                None
            }
        })
    }

    /// Changes what is known of the recording, and writes the list.
    ///
    /// # Errors
    /// The disk is full or cannot be written to; the list before stays.
    pub fn update(&mut self, change: impl FnOnce(&mut Session)) -> Result<(), DatasetError> {
        if let Some(session) = self.index.sessions.last_mut() {
            change(session);
        }
        self.index.write(&self.path)
    }

    /// The picture at the height that is kept.
    fn shrunk(&self, frame: &Frame) -> Frame {
        let height = frame.size.height.min(self.height);
        let mut shrunk = Frame::new(frame.size.with_height(height));
        resize_bilinear(frame, &mut shrunk);
        shrunk
    }
}

fn write_picture(path: &Path, frame: &Frame) -> Result<(), DatasetError> {
    encode_png(frame).and_then(|png| write_whole(path, &png)).map_err(|error| DatasetError::writing(path, &error))
}

/// Makes the folder where it is missing, and gives the list of what was recorded into it.
fn prepare(path: &Path) -> Result<Index, DatasetError> {
    fs::create_dir_all(path).map_err(|error| match path.is_file() {
        true => DatasetError::NotAFolder(path.to_owned()),
        false => DatasetError::writing(path, &error),
    })?;
    if let Some(index) = Index::read(path)? {
        return Ok(index);
    }
    // A list that was lost may be made anew, where everything else is what a dataset has.
    let is_ours = |entry: &PathBuf| [FRAMES, BURSTS, CONTACT_SHEET, HASHES].iter().any(|name| entry.ends_with(name));
    if entries(path)?.iter().all(is_ours) { Ok(Index::new()) } else { Err(DatasetError::NotADataset(path.to_owned())) }
}

/// Keeps other recorders out for as long as the file is open.
fn lock(path: &Path) -> Result<File, DatasetError> {
    let file = path.join(LOCK);
    let lock = File::create(&file).map_err(|error| DatasetError::writing(&file, &error))?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(DatasetError::InUse(path.to_owned())),
        // A file system without locks is no reason to keep nothing.
        Err(TryLockError::Error(error)) => tracing::warn!("the dataset cannot be locked ({error}): {}", path.display()),
        Ok(()) => {}
    }
    Ok(lock)
}

/// Makes the folder where it is missing, clears it of what was broken off, and gives the first free number in it.
fn next_number(folder: &Path) -> Result<u32, DatasetError> {
    fs::create_dir_all(folder).map_err(|error| DatasetError::writing(folder, &error))?;
    remove_unfinished(folder)?;
    let last = entries(folder)?.iter().filter_map(|path| number_of(path)).max();
    Ok(last.map_or(1, |last| last.saturating_add(1)))
}

fn remove_unfinished(folder: &Path) -> Result<(), DatasetError> {
    let error = |error: std::io::Error| DatasetError::writing(folder, &error);
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        let is_unfinished =
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes()));
        if is_unfinished {
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(error)?;
        }
    }
    Ok(())
}
