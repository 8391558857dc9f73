//! Pictures to watch a training by.

use super::data::scaled;
use super::run::paint_on;
use super::{MIN_SIDE_PX, Planes, TrainDevice};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use crate::network::{MULTIPLE_PX, Network};

/// A frame at about `height_px` pixels of height, with sides that a network can paint (reflected borders need some
/// width, which a very slim picture has not).
pub fn fitting(frame: &Frame, height_px: u32) -> Frame {
    let size = frame.size.with_height(height_px);
    scaled(frame, Size::new(size.width.max(MIN_SIDE_PX), size.height.max(MIN_SIDE_PX)).rounded_to(MULTIPLE_PX))
}

/// The painting of a frame, about `height_px` pixels high, by the processor.
pub fn painting(network: &Network, frame: &Frame, height_px: u32) -> Frame {
    painting_on(network, frame, height_px, &TrainDevice::processor())
}

/// The same by any device.
pub(super) fn painting_on(network: &Network, frame: &Frame, height_px: u32, device: &TrainDevice) -> Frame {
    paint_on(network, &Planes::from_frame(&fitting(frame, height_px)), device.tensors()).to_frame()
}

/// Rows of two pictures of one size, one below the other.
pub(super) fn side_by_side(rows: &[[Frame; 2]]) -> Frame {
    let width = rows.iter().map(|[left, _]| 2 * left.size.width).max().unwrap_or(1);
    let height = rows.iter().map(|[left, _]| left.size.height).sum::<u32>().max(1);
    let mut sheet = Frame::new(Size::new(width, height));
    let stride = width as usize * BYTES_PER_PIXEL;
    let mut lines = sheet.pixels.chunks_exact_mut(stride);
    for [left, right] in rows {
        let half = left.size.width as usize * BYTES_PER_PIXEL;
        for (left, right) in left.pixels.chunks_exact(half).zip(right.pixels.chunks_exact(half)) {
            if let Some(line) = lines.next() {
                line[..half].copy_from_slice(left);
                line[half..2 * half].copy_from_slice(right);
            }
        }
    }
    sheet
}
