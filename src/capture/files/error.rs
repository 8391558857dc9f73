//! What can go wrong with pictures and videos as sources.

use crate::frame::PictureFileError;
use std::path::PathBuf;

/// A picture, a folder or a video could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("there is no such file or folder: {}", .0.display())]
    Missing(PathBuf),
    #[error("the file or folder cannot be read ({reason}): {}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error(transparent)]
    Picture(#[from] PictureFileError),
    #[error("the folder holds no pictures, add PNG, JPEG, WebP or BMP files: {}", .0.display())]
    EmptyFolder(PathBuf),
    #[error("none of the {count} pictures in the folder can be read, the first one says ({reason}): {}", path.display())]
    BrokenFolder { path: PathBuf, count: usize, reason: String },
    #[error(
        "videos are read by ffmpeg, which is missing: install the package \"ffmpeg\" (on Debian and Ubuntu: sudo apt \
         install ffmpeg), then open again: {}", .0.display()
    )]
    NoFfmpeg(PathBuf),
    #[error("this is neither a picture nor a video that ffmpeg can read ({reason}): {}", path.display())]
    NotAVideo { path: PathBuf, reason: String },
    #[error("the video broke off while it was read ({reason}): {}", path.display())]
    Video { path: PathBuf, reason: String },
    #[error("the thread that reads files could not be started ({0}): close other programs and try again")]
    Thread(String),
}
