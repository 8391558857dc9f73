//! Single pictures, decoded when they are first drawn.

use super::shrunk;
use crate::frame::{Frame, PictureFileError, read_picture};
use std::path::PathBuf;

/// A picture of which no more than its file is known at first.
pub(super) struct Picture {
    pub path: PathBuf,
    state: State,
}

enum State {
    NotYet,
    Kept(Frame),
    Broken,
}

/// A picture that was drawn.
pub(super) enum Drawn<'p> {
    Kept(&'p Frame),
    /// There was no room to keep it.
    Once(Frame),
    Broken,
    /// It is broken, and nobody knew before.
    FoundBroken(PictureFileError),
}

impl Picture {
    pub fn new(path: PathBuf) -> Self {
        Self { path, state: State::NotYet }
    }

    /// The picture, at most as large as training needs it; `kept` counts the pictures that are kept, up to `limit`.
    pub fn draw(&mut self, kept: &mut usize, limit: usize) -> Drawn<'_> {
        if matches!(self.state, State::NotYet) {
            match read_picture(&self.path).map(shrunk) {
                Ok(picture) if *kept < limit => {
                    *kept += 1;
                    self.state = State::Kept(picture);
                }
                Ok(picture) => return Drawn::Once(picture),
                Err(error) => {
                    self.state = State::Broken;
                    return Drawn::FoundBroken(error);
                }
            }
        }
        match &self.state {
            State::Kept(picture) => Drawn::Kept(picture),
            State::NotYet | State::Broken => Drawn::Broken,
        }
    }
}
