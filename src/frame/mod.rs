//! A picture in memory, and the pool that hands pictures out without allocating.

mod picture_file;
mod pool;
mod resize;
mod size;

pub use picture_file::{PictureFileError, has_picture_ending, picture_size, png_bytes, read_picture, write_picture};
pub use pool::FramePool;
pub use resize::{resize_bilinear, resize_lanczos};
pub use size::Size;

use std::time::{Duration, Instant};

/// Bytes of one pixel: blue, green, red, and a fourth byte that nothing may rely on (X11 leaves it 0).
pub const BYTES_PER_PIXEL: usize = 4;

/// One picture: rows from top to bottom, tightly packed, 8-bit sRGB in the byte order blue, green, red, unused.
///
/// The same type carries captured frames, painted pictures and finished pictures.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Width and height in pixels.
    pub size: Size,
    /// `size.width * size.height * 4` bytes.
    pub pixels: Vec<u8>,
    /// When the source handed the picture over; a painting keeps the instant of the frame it was painted from.
    pub captured_at: Instant,
    /// Time within the source (video time, or time since the source was opened).
    pub timestamp: Duration,
    /// Counts the frames of one source, from 0; a painting keeps the number of the frame it was painted from.
    pub sequence: u64,
}

impl Frame {
    /// A black frame.
    pub fn new(size: Size) -> Self {
        Self {
            size,
            pixels: vec![0; size.area() * BYTES_PER_PIXEL],
            captured_at: Instant::now(),
            timestamp: Duration::ZERO,
            sequence: 0,
        }
    }

    /// Gives the frame another size, keeping its memory where that is large enough. The pixels are undefined
    /// afterwards.
    pub fn reshape(&mut self, size: Size) {
        if self.size != size || self.pixels.len() != size.area() * BYTES_PER_PIXEL {
            self.size = size;
            self.pixels.resize(size.area() * BYTES_PER_PIXEL, 0);
        }
    }

    /// Takes over instant, timestamp and number of `other`, as a painting does from its frame.
    pub fn stamp_like(&mut self, other: &Frame) {
        self.captured_at = other.captured_at;
        self.timestamp = other.timestamp;
        self.sequence = other.sequence;
    }
}
