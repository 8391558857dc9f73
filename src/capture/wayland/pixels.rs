//! Pixels as compositors hand them over, and how they become ours.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use pipewire::spa::param::video::VideoFormat;

/// Where a pixel has its colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelLayout {
    /// Bytes of a pixel, and the bytes in it that hold blue, green and red.
    Bytes { pixel: usize, blue: usize, green: usize, red: usize },
    /// One little-endian word of 32 bits with ten bits of each colour; the lowest bit of blue, green and red in it.
    TenBits { blue: u32, green: u32, red: u32 },
}

/// Every format that is taken, the best first: a plain copy, then those that need shuffling. PipeWire names bytes in
/// memory order, and words from the highest bit down.
pub const FORMATS: [(VideoFormat, PixelLayout); 18] = [
    (VideoFormat::BGRx, bytes(4, 0, 1, 2)),
    (VideoFormat::BGRA, bytes(4, 0, 1, 2)),
    (VideoFormat::RGBx, bytes(4, 2, 1, 0)),
    (VideoFormat::RGBA, bytes(4, 2, 1, 0)),
    (VideoFormat::xRGB, bytes(4, 3, 2, 1)),
    (VideoFormat::ARGB, bytes(4, 3, 2, 1)),
    (VideoFormat::xBGR, bytes(4, 1, 2, 3)),
    (VideoFormat::ABGR, bytes(4, 1, 2, 3)),
    (VideoFormat::BGR, bytes(3, 0, 1, 2)),
    (VideoFormat::RGB, bytes(3, 2, 1, 0)),
    (VideoFormat::xRGB_210LE, PixelLayout::TenBits { blue: 0, green: 10, red: 20 }),
    (VideoFormat::ARGB_210LE, PixelLayout::TenBits { blue: 0, green: 10, red: 20 }),
    (VideoFormat::xBGR_210LE, PixelLayout::TenBits { blue: 20, green: 10, red: 0 }),
    (VideoFormat::ABGR_210LE, PixelLayout::TenBits { blue: 20, green: 10, red: 0 }),
    (VideoFormat::RGBx_102LE, PixelLayout::TenBits { blue: 2, green: 12, red: 22 }),
    (VideoFormat::RGBA_102LE, PixelLayout::TenBits { blue: 2, green: 12, red: 22 }),
    (VideoFormat::BGRx_102LE, PixelLayout::TenBits { blue: 22, green: 12, red: 2 }),
    (VideoFormat::BGRA_102LE, PixelLayout::TenBits { blue: 22, green: 12, red: 2 }),
];

const fn bytes(pixel: usize, blue: usize, green: usize, red: usize) -> PixelLayout {
    PixelLayout::Bytes { pixel, blue, green, red }
}

/// The layout of a format; `None` where it is none of those that are taken.
pub fn layout_of(format: VideoFormat) -> Option<PixelLayout> {
    FORMATS.iter().find(|(known, _)| *known == format).map(|(_, layout)| *layout)
}

impl PixelLayout {
    /// Bytes of one pixel.
    pub fn pixel_bytes(self) -> usize {
        match self {
            Self::Bytes { pixel, .. } => pixel,
            Self::TenBits { .. } => 4,
        }
    }
}

/// The part of a picture in memory that is to be taken, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub left: u32,
    pub top: u32,
    pub size: Size,
}

/// Copies a part of a picture, whose rows begin `stride_bytes` apart, into a frame of that part's size.
///
/// # Errors
/// The memory is shorter than the picture would be.
pub fn copy_part(
    memory: &[u8],
    stride_bytes: usize,
    layout: PixelLayout,
    part: Part,
    frame: &mut Frame,
) -> Result<(), TooShort> {
    let row_bytes = part.size.width as usize * layout.pixel_bytes();
    let first = part.left as usize * layout.pixel_bytes();
    let target_row_bytes = part.size.width as usize * BYTES_PER_PIXEL;
    for (index, target) in frame.pixels.chunks_exact_mut(target_row_bytes).enumerate() {
        let start = (part.top as usize + index) * stride_bytes + first;
        let row = memory.get(start..start + row_bytes).ok_or(TooShort)?;
        copy_row(row, layout, target);
    }
    Ok(())
}

/// A buffer holds less than the picture that it is said to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooShort;

fn copy_row(row: &[u8], layout: PixelLayout, target: &mut [u8]) {
    match layout {
        PixelLayout::Bytes { pixel: 4, blue: 0, green: 1, red: 2 } => target.copy_from_slice(row),
        PixelLayout::Bytes { pixel, blue, green, red } => {
            for (target, source) in target.chunks_exact_mut(BYTES_PER_PIXEL).zip(row.chunks_exact(pixel)) {
                target.copy_from_slice(&[source[blue], source[green], source[red], 0]);
            }
        }
        PixelLayout::TenBits { blue, green, red } => {
            // The upper eight of ten bits.
            let byte = |word: u32, lowest: u32| (word >> (lowest + 2)) as u8;
            for (target, source) in target.chunks_exact_mut(BYTES_PER_PIXEL).zip(row.chunks_exact(4)) {
                let word = u32::from_le_bytes([source[0], source[1], source[2], source[3]]);
                target.copy_from_slice(&[byte(word, blue), byte(word, green), byte(word, red), 0]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_part_out_of_padded_rows_and_refuses_short_memory() {
        // Two rows of three RGB pixels, each padded to twelve bytes.
        let mut memory = vec![9; 24];
        for (index, byte) in memory[..9].iter_mut().enumerate() {
            *byte = index as u8;
        }
        for (index, byte) in memory[12..21].iter_mut().enumerate() {
            *byte = 100 + index as u8;
        }
        let layout = layout_of(VideoFormat::RGB).unwrap();
        let part = Part { left: 1, top: 0, size: Size::new(2, 2) };
        let mut frame = Frame::new(part.size);
        copy_part(&memory, 12, layout, part, &mut frame).unwrap();
        assert_eq!(frame.pixels, [5, 4, 3, 0, 8, 7, 6, 0, 105, 104, 103, 0, 108, 107, 106, 0]);
        assert_eq!(copy_part(&memory[..20], 12, layout, part, &mut frame), Err(TooShort));
    }

    #[test]
    fn keeps_the_upper_bits_of_deep_colours() {
        let word = (0x3ffu32 << 20) | (0x200 << 10) | 0x004;
        let mut frame = Frame::new(Size::new(1, 1));
        let part = Part { left: 0, top: 0, size: frame.size };
        let layout = layout_of(VideoFormat::xRGB_210LE).unwrap();
        copy_part(&word.to_le_bytes(), 4, layout, part, &mut frame).unwrap();
        assert_eq!(frame.pixels, [1, 128, 255, 0]);
    }
}
