//! Files that appear complete or not at all.

use super::layout::TEMPORARY_PREFIX;
use crate::frame::{BYTES_PER_PIXEL, Frame};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes beside `path` under a temporary name and renames; what was there before stays until then, and for good where
/// the writing fails. Two writers of one file at once are kept apart by whoever calls.
///
/// # Errors
/// The file cannot be written; nothing of it is left.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary_name(path);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell; a file that never came into being cannot be removed.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// The name under which a file or folder is made before it gets its own.
pub fn temporary_name(path: &Path) -> PathBuf {
    let mut name = OsString::from(TEMPORARY_PREFIX);
    name.push(path.file_name().unwrap_or_default());
    path.with_file_name(name)
}

/// A frame as a PNG file: lossless, packed quickly rather than tightly.
///
/// # Errors
/// The frame has no pixels.
pub fn encode_png(frame: &Frame) -> io::Result<Vec<u8>> {
    let rgb: Vec<u8> =
        frame.pixels.chunks_exact(BYTES_PER_PIXEL).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let mut file = Vec::with_capacity(rgb.len() / 2);
    PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
        .write_image(&rgb, frame.size.width, frame.size.height, ExtendedColorType::Rgb8)
        .map_err(io::Error::other)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Size, read_picture};

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.toml");
        write_whole(&file, b"old").unwrap();
        // A folder in the temporary file's place makes the write fail.
        fs::create_dir(temporary_name(&file)).unwrap();
        assert!(write_whole(&file, b"new").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"old");
        fs::remove_dir(temporary_name(&file)).unwrap();
        write_whole(&file, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_whole(&folder.path().join("none/list.toml"), b"").is_err());
    }

    #[test]
    fn a_picture_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let mut frame = Frame::new(Size::new(5, 3));
        frame.pixels.iter_mut().enumerate().for_each(|(at, byte)| *byte = if at % 4 == 3 { 255 } else { at as u8 * 3 });
        let file = folder.path().join("a.png");
        write_whole(&file, &encode_png(&frame).unwrap()).unwrap();
        let read = read_picture(&file).unwrap();
        assert_eq!((read.size, read.pixels), (frame.size, frame.pixels));
    }
}
