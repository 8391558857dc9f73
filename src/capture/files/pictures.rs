//! A folder of pictures, or a single one.

use super::error::FileError;
use super::natural_order;
use crate::frame::{Frame, Size, has_picture_ending, read_picture};
use std::fs;
use std::path::{Path, PathBuf};

/// Pictures in order.
pub struct Pictures {
    paths: Vec<PathBuf>,
    /// Number of the path to be read next.
    next: usize,
    /// The first picture, which was read to learn the size.
    first: Option<(usize, Frame)>,
    /// Size of the first picture that can be read.
    pub size: Size,
    has_warned: bool,
}

impl Pictures {
    /// A single picture.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn single(path: &Path) -> Result<Self, FileError> {
        let frame = read(path)?;
        let size = frame.size;
        Ok(Self { paths: vec![path.to_owned()], next: 0, first: Some((0, frame)), size, has_warned: false })
    }

    /// The pictures of a folder, in natural order; sub-folders and other files are left out.
    ///
    /// # Errors
    /// The folder cannot be read, holds no picture, or none that can be read.
    pub fn folder(path: &Path) -> Result<Self, FileError> {
        let unreadable =
            |error: std::io::Error| FileError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        let mut paths = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if has_picture_ending(&file) && file.is_file() {
                paths.push(file);
            }
        }
        paths.sort_by(|a, b| natural_order::compare(&name(a), &name(b)));
        let mut pictures = Self { paths, next: 0, first: None, size: Size::new(1, 1), has_warned: false };
        let mut first_reason = None;
        for index in 0..pictures.paths.len() {
            match read(&pictures.paths[index]) {
                Ok(frame) => {
                    pictures.size = frame.size;
                    pictures.first = Some((index, frame));
                    return Ok(pictures);
                }
                Err(error) => {
                    first_reason.get_or_insert(error.to_string());
                }
            }
        }
        let (path, count) = (path.to_owned(), pictures.paths.len());
        Err(match first_reason {
            Some(reason) => FileError::BrokenFolder { path, count, reason },
            None => FileError::EmptyFolder(path),
        })
    }

    /// The files, in order, broken ones included.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Starts over.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    /// The next picture that can be read, and the number of its path. The first broken one is warned of.
    pub fn next(&mut self) -> Option<(usize, Frame)> {
        while let Some(path) = self.paths.get(self.next) {
            let index = self.next;
            self.next += 1;
            if let Some(first) = self.first.take_if(|first| first.0 == index) {
                return Some(first);
            }
            match read(path) {
                Ok(frame) => return Some((index, frame)),
                Err(error) if !self.has_warned => {
                    self.has_warned = true;
                    tracing::warn!("a picture is left out, as will be others like it: {error}");
                }
                Err(error) => tracing::debug!("a picture is left out: {error}"),
            }
        }
        None
    }
}

/// Whether a file's content is that of a picture, whatever its name says.
pub fn is_picture(path: &Path) -> bool {
    use image::ImageFormat::{Bmp, Jpeg, Png, WebP};
    image::ImageReader::open(path)
        .and_then(image::ImageReader::with_guessed_format)
        .is_ok_and(|reader| matches!(reader.format(), Some(Png | Jpeg | WebP | Bmp)))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads a picture; one without any pixel counts as broken.
fn read(path: &Path) -> Result<Frame, FileError> {
    let frame = read_picture(path)?;
    if frame.size.area() == 0 {
        return Err(FileError::Unreadable { path: path.to_owned(), reason: "it has no pixels".to_owned() });
    }
    Ok(frame)
}
