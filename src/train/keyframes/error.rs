//! What can be wrong with key frames.

use crate::frame::Size;
use std::path::PathBuf;

/// Key frames cannot be learnt from.
#[derive(Debug, thiserror::Error)]
pub enum KeyframeError {
    #[error("there are no key frames (pick some with impasto keyframes pick, and paint them): {}", folder.display())]
    Empty { folder: PathBuf },
    #[error("cannot read the folder of key frames ({reason}): {}", folder.display())]
    Folder { folder: PathBuf, reason: std::io::Error },
    #[error("the key frame \"{name}\" has no painted version: paint its picture of input, and save it under the same name in {}", folder.display())]
    NotPainted { name: String, folder: PathBuf },
    #[error("the picture \"{name}\" belongs to no key frame of input: remove it, or add the frame that it was painted from: {}", path.display())]
    NoKeyframe { name: String, path: PathBuf },
    #[error("two pictures are named \"{name}\": remove one of them: {}", path.display())]
    SameName { name: String, path: PathBuf },
    #[error("the {what} of the key frame \"{name}\" is {found}, but the frame is {wanted}: save it at the frame's size: {}", path.display())]
    OtherSize { what: &'static str, name: String, found: Size, wanted: Size, path: PathBuf },
    #[error(
        "the key frame \"{name}\" is {size} pixels small, at least {} on both sides are needed",
        super::super::MIN_SIDE_PX
    )]
    TooSmall { name: String, size: Size },
    #[error("the mask of the key frame \"{name}\" is black everywhere: paint white where the style is to be learnt: {}", path.display())]
    BlackMask { name: String, path: PathBuf },
    #[error("there are no masks: to paint only what masks show, put one beside input and output, in {}", folder.display())]
    NoMasks { folder: PathBuf },
    #[error(
        "this network has instance norms, which see a whole frame and not a patch: for key frames choose another one"
    )]
    InstanceNorms,
}
