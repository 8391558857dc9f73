//! What can go wrong in training.

use super::KeyframeError;
use crate::capture::CaptureError;
use crate::dataset::DatasetError;
use crate::frame::PictureFileError;
use crate::network::NetworkError;
use std::path::PathBuf;

/// Training could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error(
        "there is no picture to train on ({skipped} skipped as broken or smaller than {} pixels): {}",
        super::MIN_SIDE_PX, folder.display()
    )]
    NoPictures { folder: PathBuf, skipped: usize },
    #[error("cannot read the folder ({reason}): {}", folder.display())]
    Folder { folder: PathBuf, reason: std::io::Error },
    #[error("no picture could be decoded in {tries} tries: see whether the files in the data folders are whole")]
    Undecodable { tries: usize },
    #[error(transparent)]
    Picture(#[from] PictureFileError),
    #[error(transparent)]
    Keyframes(#[from] KeyframeError),
    #[error(transparent)]
    Video(#[from] CaptureError),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error("the teacher cannot paint ({0}): choose another one with --teacher")]
    Teacher(String),
    #[error("looking through the features failed ({0})")]
    FeatureEngine(String),
    #[error("no graphics card can be opened ({reason})")]
    Device { reason: String },
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(
        "after {step} iterations the losses of every batch are NaN or infinite: start anew with a lower --learning-rate or lower weights of the losses"
    )]
    NotFinite { step: u64 },
    #[error("cannot write the file ({reason}): {}", path.display())]
    Write { path: PathBuf, reason: std::io::Error },
    #[error("cannot read the checkpoint ({reason}): {}", path.display())]
    Checkpoint { path: PathBuf, reason: String },
    #[error("the checkpoint was made with other settings ({differences}): give the same ones, or start anew without --resume: {}", path.display())]
    OtherSettings { path: PathBuf, differences: String },
}
