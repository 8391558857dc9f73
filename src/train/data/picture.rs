//! Single pictures, decoded when they are first drawn.

use super::shrunk;
use crate::frame::{Frame, PictureFileError, read_picture};
use crate::light::level_alike;
use std::path::PathBuf;

/// A picture of which no more than its file is known at first.
pub(super) struct Picture {
    pub path: PathBuf,
    is_levelled: bool,
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
        Self { path, is_levelled: false, state: State::NotYet }
    }

    /// Levels the picture when it is read.
    pub fn level(&mut self) {
        self.is_levelled = true;
    }

    /// The picture, at most as large as training needs it; `kept` counts the pictures that are kept, up to `limit`.
    pub fn draw(&mut self, kept: &mut usize, limit: usize) -> Drawn<'_> {
        if matches!(self.state, State::NotYet) {
            let mut read = read_picture(&self.path).map(shrunk);
            if let (true, Ok(picture)) = (self.is_levelled, &mut read) {
                level_alike(std::slice::from_mut(picture));
            }
            match read {
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
