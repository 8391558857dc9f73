//! Reading and writing still pictures.

use super::{BYTES_PER_PIXEL, Frame, Size};
use std::path::{Path, PathBuf};

/// A still picture could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PictureFileError {
    #[error("cannot read the picture ({reason}): {}", path.display())]
    Read { path: PathBuf, reason: String },
    #[error("cannot write the picture ({reason}): {}", path.display())]
    Write { path: PathBuf, reason: String },
    #[error("cannot encode the picture ({0})")]
    Encode(String),
}

/// Endings of the formats that can be read and written.
const ENDINGS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "bmp"];

/// Whether a name says that the file is a picture of a format that can be read and written.
pub fn has_picture_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// Reads a PNG, JPEG, WebP or BMP file, whatever its ending says. Transparent parts show black.
///
/// # Errors
/// The file is missing, unreadable, or no picture.
pub fn read_picture(path: &Path) -> Result<Frame, PictureFileError> {
    let error = |reason: String| PictureFileError::Read { path: path.to_owned(), reason };
    let reader = image::ImageReader::open(path)
        .and_then(image::ImageReader::with_guessed_format)
        .map_err(|e| error(e.to_string()))?;
    let picture = reader.decode().map_err(|e| error(e.to_string()))?.into_rgba8();
    let mut frame = Frame::new(Size::new(picture.width(), picture.height()));
    for (to, from) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0;
        let over_black = |channel: u8| (u16::from(channel) * u16::from(alpha) / 255) as u8;
        to.copy_from_slice(&[over_black(blue), over_black(green), over_black(red), 255]);
    }
    Ok(frame)
}

/// The size of a PNG, JPEG, WebP or BMP file from its header alone, whatever its ending says.
///
/// # Errors
/// The file is missing, unreadable, or no picture.
pub fn picture_size(path: &Path) -> Result<Size, PictureFileError> {
    let error = |reason: String| PictureFileError::Read { path: path.to_owned(), reason };
    let reader = image::ImageReader::open(path)
        .and_then(image::ImageReader::with_guessed_format)
        .map_err(|e| error(e.to_string()))?;
    let (width, height) = reader.into_dimensions().map_err(|e| error(e.to_string()))?;
    Ok(Size::new(width, height))
}

/// Writes a PNG, JPEG, WebP or BMP file, as the ending of `path` says.
///
/// # Errors
/// The ending is unknown, or the file cannot be written.
pub fn write_picture(path: &Path, frame: &Frame) -> Result<(), PictureFileError> {
    image::save_buffer(path, &rgb(frame), frame.size.width, frame.size.height, image::ExtendedColorType::Rgb8)
        .map_err(|e| PictureFileError::Write { path: path.to_owned(), reason: e.to_string() })
}

/// The bytes of a PNG file.
///
/// # Errors
/// The picture has no pixels.
pub fn png_bytes(frame: &Frame) -> Result<Vec<u8>, PictureFileError> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let (width, height) = (frame.size.width, frame.size.height);
    let (color, format) = (image::ExtendedColorType::Rgb8, image::ImageFormat::Png);
    image::write_buffer_with_format(&mut bytes, &rgb(frame), width, height, color, format)
        .map_err(|e| PictureFileError::Encode(e.to_string()))?;
    Ok(bytes.into_inner())
}

/// Red, green and blue of each pixel.
fn rgb(frame: &Frame) -> Vec<u8> {
    frame.pixels.chunks_exact(BYTES_PER_PIXEL).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_holds_every_colour() {
        let mut frame = Frame::new(Size::new(5, 3));
        frame.pixels.iter_mut().enumerate().for_each(|(index, byte)| *byte = (index * 37) as u8);
        let read = image::load_from_memory(&png_bytes(&frame).unwrap()).unwrap().into_rgb8();
        assert_eq!((read.width(), read.height()), (5, 3));
        assert_eq!(read.into_raw(), rgb(&frame));
        assert!(png_bytes(&Frame::new(Size::new(0, 3))).is_err());
    }
}
