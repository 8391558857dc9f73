//! What can go wrong with a dataset.

use crate::frame::PictureFileError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A dataset could not be read, written, or gone on with.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("there is no such folder: {}", .0.display())]
    Missing(PathBuf),
    #[error(
        "this is a file, and a dataset is a folder: make one of it with \"impasto record-dataset --source FILE --out \
         FOLDER\": {}", .0.display()
    )]
    NotAFolder(PathBuf),
    #[error("the folder cannot be read ({reason}): {}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("the folder holds no pictures to train on: {}", .0.display())]
    Empty(PathBuf),
    #[error(
        "the list of a dataset is damaged ({reason}): put it right, or remove it, which loses where the pictures came \
         from and no picture: {}", path.display()
    )]
    BrokenIndex { path: PathBuf, reason: String },
    #[error("the dataset was written by a newer Impasto (format {found}), get that one: {}", path.display())]
    NewerFormat { path: PathBuf, found: u32 },
    #[error("the folder holds other files and is no dataset, choose a new or an empty one: {}", .0.display())]
    NotADataset(PathBuf),
    #[error("another Impasto is recording into this dataset, choose another folder: {}", .0.display())]
    InUse(PathBuf),
    #[error("the disk is full, free some space or choose another one: {}", .0.display())]
    DiskFull(PathBuf),
    #[error("there is no permission to write here, choose another folder: {}", .0.display())]
    NoPermission(PathBuf),
    #[error("the dataset cannot be written ({reason}): {}", path.display())]
    Write { path: PathBuf, reason: String },
    #[error(transparent)]
    Picture(#[from] PictureFileError),
    #[error("the thread that keeps frames could not be started ({0}): close other programs and try again")]
    Thread(String),
    #[error("an error inside Impasto stopped the thread that keeps frames, please report this: {}", .0.display())]
    Panicked(PathBuf),
}

impl DatasetError {
    /// The error for a write that failed.
    pub(super) fn writing(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull(path.to_owned()),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NoPermission(path.to_owned()),
            _ => Self::Write { path: path.to_owned(), reason: error.to_string() },
        }
    }

    /// The error for a folder that could not be read.
    pub(super) fn reading(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing(path.to_owned()),
            ErrorKind::NotADirectory => Self::NotAFolder(path.to_owned()),
            _ => Self::Unreadable { path: path.to_owned(), reason: error.to_string() },
        }
    }
}
