//! What can go wrong with a recording.

use crate::frame::Size;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A recording could not be started or went wrong.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the folder for the recording does not exist: {}", .0.display())]
    NoFolder(PathBuf),
    #[error("the recording needs the name of a file, but this is a folder: {}", .0.display())]
    IsFolder(PathBuf),
    #[error("there is no permission to write the recording, choose another folder: {}", .0.display())]
    NoPermission(PathBuf),
    #[error("the disk is full, free some space or record to another one: {}", .0.display())]
    DiskFull(PathBuf),
    #[error(
        "the disk is nearly full ({} MB are left): free some space or record to another disk: {}",
        free_bytes / 1_000_000, path.display()
    )]
    DiskNearlyFull { path: PathBuf, free_bytes: u64 },
    #[error(
        "the recording has reached the largest file size that its disk or a limit of this system allows, record to \
         another disk or in shorter pieces: {}", .0.display()
    )]
    FileTooLarge(PathBuf),
    #[error("the file of the recording was removed while it was being written: {}", .0.display())]
    FileGone(PathBuf),
    #[error("the file of the recording cannot be opened ({reason}): {}", path.display())]
    Open { path: PathBuf, reason: String },
    #[error("the recording cannot be written ({reason}): {}", path.display())]
    Write { path: PathBuf, reason: String },
    #[error("a picture of {size} cannot be recorded: sides go from 16 pixels to 3840 by 2160, either way round")]
    Size { size: Size },
    #[error("{fps} frames per second cannot be recorded: choose 1 to 240")]
    Rate { fps: f64 },
    #[error("the video encoder failed ({0}): record at a smaller size, or restart the recording")]
    Encoder(String),
    #[error("the unfinished recording cannot be repaired ({reason}): {}", path.display())]
    Repair { path: PathBuf, reason: String },
    #[error("the list of the recording's styles cannot be used ({reason}): {}", path.display())]
    Sidecar { path: PathBuf, reason: String },
    #[error("there is nothing to save yet: the replay holds no picture")]
    EmptyReplay,
    #[error("the picture cannot be saved: {0}")]
    Picture(String),
    #[error(
        "there is no such video device: install v4l2loopback (on Debian: sudo apt-get install v4l2loopback-dkms), load it with \
         \"sudo modprobe v4l2loopback exclusive_caps=1 card_label=Impasto\", and name the device that ls /dev/video* shows then: {}",
        .0.display()
    )]
    NoCamera(PathBuf),
    #[error("this is no video device, name one that v4l2loopback has made: {}", .0.display())]
    NotACamera(PathBuf),
    #[error(
        "there is no permission to write to the video device: join its group with \"sudo usermod -aG video $USER\" and log in \
         again: {}", .0.display()
    )]
    CameraPermission(PathBuf),
    #[error(
        "the virtual camera takes no pictures ({reason}): is it a device that v4l2loopback has made, and not a real camera? {}",
        device.display()
    )]
    Camera { device: PathBuf, reason: String },
    #[error("virtual cameras are there on Linux only: let OBS capture the window, and start its own virtual camera")]
    NoCameraHere,
    #[error("the record thread could not be started ({0}): close other programs and try again")]
    Thread(String),
    #[error("the recording had already stopped by itself, what was written before is there: {}", .0.display())]
    Stopped(PathBuf),
}

impl RecordError {
    /// The error for a file that could not be opened for writing.
    pub(super) fn opening(path: &Path, error: &io::Error) -> Self {
        // The kind comes first: a folder that may not be looked into seems to be missing.
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => return Self::NoPermission(path.to_owned()),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => return Self::DiskFull(path.to_owned()),
            _ => {}
        }
        if path.is_dir() {
            Self::IsFolder(path.to_owned())
        } else if let Some(folder) = missing_folder(path) {
            Self::NoFolder(folder)
        } else {
            Self::Open { path: path.to_owned(), reason: error.to_string() }
        }
    }

    /// The error for a write that failed.
    pub(super) fn writing(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull(path.to_owned()),
            ErrorKind::FileTooLarge => Self::FileTooLarge(path.to_owned()),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NoPermission(path.to_owned()),
            _ => Self::Write { path: path.to_owned(), reason: error.to_string() },
        }
    }
}

/// The folder that `path` should be in, where it is no folder.
fn missing_folder(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty())?;
    (!folder.is_dir()).then(|| folder.to_owned())
}
