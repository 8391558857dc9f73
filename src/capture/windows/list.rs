//! Finds windows, and makes small pictures of them.

use super::native::{capturable_windows, exists, handle};
use super::source::GraphicsCaptureSource;
use crate::capture::window::find_in;
use crate::capture::{CaptureError, Captured, FrameSource as _, WindowInfo};
use crate::frame::{Frame, Size, resize_bilinear};
use std::time::{Duration, Instant};

/// How long a thumbnail may take.
const THUMBNAIL_TIME: Duration = Duration::from_millis(250);

/// Windows that can be captured, front to back; our own are left out. There is one desktop, so no name is taken.
///
/// # Errors
/// None on this system.
pub fn list_windows_on(_display: Option<&str>) -> Result<Vec<WindowInfo>, CaptureError> {
    Ok(capturable_windows())
}

/// The one window that `pattern` means: an id (decimal or 0x hexadecimal), or a case-insensitive part of a title or
/// application.
///
/// # Errors
/// None or several match: the error lists the candidates.
pub fn find_window_on(_display: Option<&str>, pattern: &str) -> Result<WindowInfo, CaptureError> {
    find_in(capturable_windows(), pattern)
}

/// A small picture of a window, at most `height` pixels high; `None` where it has none now.
///
/// # Errors
/// None on this system.
pub fn window_thumbnail_on(_display: Option<&str>, id: u32, height: u32) -> Result<Option<Frame>, CaptureError> {
    if !exists(handle(id)) {
        return Ok(None);
    }
    let Ok(mut source) = GraphicsCaptureSource::open(id) else { return Ok(None) };
    let started = Instant::now();
    while started.elapsed() < THUMBNAIL_TIME {
        match source.poll(THUMBNAIL_TIME) {
            Captured::Frame(picture) => {
                let size = if picture.size.height > height { picture.size.with_height(height) } else { picture.size };
                let mut small = Frame::new(Size::new(size.width.max(1), size.height.max(1)));
                resize_bilinear(&picture, &mut small);
                small.stamp_like(&picture);
                return Ok(Some(small));
            }
            Captured::Unchanged | Captured::Notice(_) => {}
            Captured::Idle(_) | Captured::Ended(_) => break,
        }
    }
    Ok(None)
}
