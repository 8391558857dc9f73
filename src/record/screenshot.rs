//! Single pictures, beside the recordings.

use super::error::RecordError;
use super::file_name::{new_path, stem_now};
use crate::control::ScreenshotKind;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size, png_bytes, resize_bilinear};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Names that are tried when another program takes the one that was free a moment before.
const ATTEMPTS: usize = 20;

/// Writes a screenshot of `what` as a PNG file into `folder`, which is made where it is missing, under a new name like
/// that of a recording. The file appears whole or not at all. Takes some 10 to 200 ms: not for the main thread.
///
/// `painted` is the finished picture, `original` the frame that it was made from.
///
/// # Errors
/// The folder cannot be made or written to, or the disk is full.
pub fn save_screenshot(
    folder: &Path,
    what: &str,
    kind: ScreenshotKind,
    painted: &Frame,
    original: &Frame,
) -> Result<PathBuf, RecordError> {
    let bytes = match kind {
        ScreenshotKind::Painted => png_bytes(painted),
        ScreenshotKind::Original => png_bytes(original),
        ScreenshotKind::Both => png_bytes(&side_by_side(original, painted)),
    }
    .map_err(|error| RecordError::Picture(error.to_string()))?;
    write_new(folder, &stem_now(what), &bytes)
}

fn write_new(folder: &Path, stem: &str, bytes: &[u8]) -> Result<PathBuf, RecordError> {
    std::fs::create_dir_all(folder).map_err(|error| RecordError::opening(folder, &error))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".impasto-").suffix(".png");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Like any new file, rather than for this user alone; the system takes away what the user's mask forbids.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(|error| RecordError::opening(&folder.join(stem), &error))?;
    file.write_all(bytes).map_err(|error| RecordError::writing(&folder.join(stem), &error))?;
    for _ in 0..ATTEMPTS {
        let path = new_path(folder, stem, "png");
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            // Another screenshot of the same second was quicker.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => file = error.file,
            Err(error) => return Err(RecordError::writing(&path, &error.error)),
        }
    }
    Err(RecordError::Write { path: folder.join(stem), reason: "other programs take every name".to_owned() })
}

/// The game at the left, the finished picture at the right, of the finished picture's height.
fn side_by_side(original: &Frame, painted: &Frame) -> Frame {
    let mut scaled = Frame::new(Size::new(1, 1));
    let left = if original.size == painted.size || original.size.area() == 0 {
        original
    } else {
        scaled.reshape(painted.size);
        resize_bilinear(original, &mut scaled);
        &scaled
    };
    let mut both = Frame::new(Size::new(left.size.width + painted.size.width, painted.size.height));
    let (left_bytes, right_bytes) = (row_bytes(left), row_bytes(painted));
    let rows = left.pixels.chunks_exact(left_bytes.max(1)).zip(painted.pixels.chunks_exact(right_bytes.max(1)));
    for (target, (left, right)) in both.pixels.chunks_exact_mut((left_bytes + right_bytes).max(1)).zip(rows) {
        target[..left_bytes].copy_from_slice(left);
        target[left_bytes..].copy_from_slice(right);
    }
    both
}

fn row_bytes(frame: &Frame) -> usize {
    frame.size.width as usize * BYTES_PER_PIXEL
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(size: Size, colour: u8) -> Frame {
        let mut frame = Frame::new(size);
        frame.pixels.fill(colour);
        frame
    }

    #[test]
    fn puts_the_game_at_the_left() {
        let both = side_by_side(&plain(Size::new(4, 2), 10), &plain(Size::new(2, 2), 200));
        assert_eq!(both.size, Size::new(4, 2));
        let row: Vec<u8> = both.pixels.chunks_exact(4).take(4).map(|pixel| pixel[0]).collect();
        assert_eq!(row, [10, 10, 200, 200]);
    }
}
