//! The picture that the compositor shows, as bytes of every format, and as frames must show it.

use impasto::frame::{Frame, Size};
use pipewire::spa::param::video::VideoFormat;

/// A picture's size, the format of its pixels, and how it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The part that is meant.
    pub size: Size,
    pub format: VideoFormat,
    /// Bytes after each row that belong to no pixel.
    pub padding: usize,
    /// Pixels on each side of the part that is meant; where there are some, the part is told as a crop.
    pub margin: u32,
}

impl Layout {
    pub fn plain(size: Size) -> Self {
        Self { size, format: VideoFormat::BGRx, padding: 0, margin: 0 }
    }

    /// The size of the whole picture in memory.
    pub fn whole(self) -> Size {
        Size::new(self.size.width + 2 * self.margin, self.size.height + 2 * self.margin)
    }

    pub fn pixel_bytes(self) -> usize {
        if [VideoFormat::RGB, VideoFormat::BGR].contains(&self.format) { 3 } else { 4 }
    }

    pub fn stride(self) -> usize {
        self.whole().width as usize * self.pixel_bytes() + self.padding
    }

    pub fn bytes(self) -> usize {
        self.stride() * self.whole().height as usize
    }
}

/// Red, green and blue of a pixel of the picture with this number.
pub fn color(seed: u8, x: u32, y: u32) -> [u8; 3] {
    [(x * 3) as u8 ^ seed, (y * 5) as u8, ((x + y) as u8).wrapping_add(seed.wrapping_mul(40))]
}

/// Fills memory with the picture. What belongs to no pixel, or not to the part that is meant, is something else.
pub fn draw(memory: &mut [u8], layout: Layout, seed: u8) {
    memory[..layout.bytes()].fill(0xEE);
    let (stride, step, margin) = (layout.stride(), layout.pixel_bytes(), layout.margin);
    for y in 0..layout.size.height {
        for x in 0..layout.size.width {
            let at = (y + margin) as usize * stride + (x + margin) as usize * step;
            write(&mut memory[at..at + step], layout.format, color(seed, x, y));
        }
    }
}

fn write(pixel: &mut [u8], format: VideoFormat, [red, green, blue]: [u8; 3]) {
    const OTHER: u8 = 0xCC;
    let word = |blue_at: u32, green_at: u32, red_at: u32| {
        // The two lowest bits of each colour are lost.
        let ten = |byte: u8, at: u32| (u32::from(byte) << 2 | 1) << at;
        (ten(blue, blue_at) | ten(green, green_at) | ten(red, red_at)).to_le_bytes()
    };
    match format {
        VideoFormat::BGRx | VideoFormat::BGRA => pixel.copy_from_slice(&[blue, green, red, OTHER]),
        VideoFormat::RGBx | VideoFormat::RGBA => pixel.copy_from_slice(&[red, green, blue, OTHER]),
        VideoFormat::xRGB | VideoFormat::ARGB => pixel.copy_from_slice(&[OTHER, red, green, blue]),
        VideoFormat::xBGR | VideoFormat::ABGR => pixel.copy_from_slice(&[OTHER, blue, green, red]),
        VideoFormat::RGB => pixel.copy_from_slice(&[red, green, blue]),
        VideoFormat::BGR => pixel.copy_from_slice(&[blue, green, red]),
        VideoFormat::xRGB_210LE | VideoFormat::ARGB_210LE => pixel.copy_from_slice(&word(0, 10, 20)),
        VideoFormat::xBGR_210LE | VideoFormat::ABGR_210LE => pixel.copy_from_slice(&word(20, 10, 0)),
        VideoFormat::RGBx_102LE | VideoFormat::RGBA_102LE => pixel.copy_from_slice(&word(2, 12, 22)),
        VideoFormat::BGRx_102LE | VideoFormat::BGRA_102LE => pixel.copy_from_slice(&word(22, 12, 2)),
        other => panic!("no compositor of ours draws {other:?}"),
    }
}

/// Where a frame is not the picture; `None` where it is.
pub fn difference(frame: &Frame, size: Size, seed: u8) -> Option<String> {
    if frame.size != size {
        return Some(format!("it is {} large, not {size}", frame.size));
    }
    let pixels = frame.pixels.chunks_exact(4).enumerate();
    pixels
        .map(|(index, pixel)| (index as u32 % size.width, index as u32 / size.width, [pixel[2], pixel[1], pixel[0]]))
        .find(|(x, y, seen)| *seen != color(seed, *x, *y))
        .map(|(x, y, seen)| format!("at {x},{y} it is {seen:?}, not {:?}", color(seed, x, y)))
}
