//! From sRGB pixels to the planes that a video encoder takes.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use openh264::formats::YUVSource;

/// Fixed-point weights of BT.709, limited range (ITU-R BT.709-6, items 3.2 to 3.4), times 32768: luma from red, green
/// and blue, then the two colour differences.
const LUMA: [i32; 3] = [5983, 20127, 2032];
const BLUE_DIFFERENCE: [i32; 3] = [-3298, -11094, 14392];
const RED_DIFFERENCE: [i32; 3] = [14392, -13073, -1319];
const SHIFT: u32 = 15;
const HALF: i32 = 1 << (SHIFT - 1);
const LUMA_BLACK: u8 = 16;
const NEUTRAL: u8 = 128;

/// One picture as 4:2:0 planes, BT.709 limited range; both sides are even.
#[derive(Clone)]
pub struct Planes {
    size: Size,
    /// Luma, then the blue and the red difference, each tightly packed: what video programs call `yuv420p`.
    bytes: Vec<u8>,
}

impl Planes {
    /// A black picture. Both sides must be even.
    pub fn new(size: Size) -> Self {
        let mut planes = Self { size, bytes: vec![NEUTRAL; size.area() + size.area() / 2] };
        planes.blacken();
        planes
    }

    /// All three planes, one after the other.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Becomes a copy of `other`, in the memory that it has.
    pub fn copy_from(&mut self, other: &Self) {
        self.size = other.size;
        self.bytes.clone_from(&other.bytes);
    }

    fn luma(&self) -> &[u8] {
        &self.bytes[..self.size.area()]
    }

    fn differences(&self) -> (&[u8], &[u8]) {
        self.bytes[self.size.area()..].split_at(self.size.area() / 4)
    }

    /// Width and height.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Makes everything black.
    pub fn blacken(&mut self) {
        let (luma, differences) = self.bytes.split_at_mut(self.size.area());
        luma.fill(LUMA_BLACK);
        differences.fill(NEUTRAL);
    }

    /// Converts a frame and lays it at the even place `left`, `top`. An odd last column or row of the frame, and what
    /// reaches over the edges, is left out. Colours of two by two pixels are averaged.
    pub fn lay(&mut self, frame: &Frame, left: usize, top: usize) {
        let stride = self.size.width as usize;
        let width = (frame.size.width as usize).min(stride - left) / 2 * 2;
        let height = (frame.size.height as usize).min(self.size.height as usize - top) / 2 * 2;
        if width == 0 || height == 0 {
            return;
        }
        let frame_stride = frame.size.width as usize * BYTES_PER_PIXEL;
        let (luma, differences) = self.bytes.split_at_mut(self.size.area());
        let (blue, red) = differences.split_at_mut(self.size.area() / 4);
        let lines = luma
            .chunks_exact_mut(stride * 2)
            .zip(blue.chunks_exact_mut(stride / 2).zip(red.chunks_exact_mut(stride / 2)))
            .skip(top / 2);
        for ((luma, (blue, red)), pixels) in lines.zip(frame.pixels.chunks_exact(frame_stride * 2)).take(height / 2) {
            let (upper_luma, lower_luma) = luma.split_at_mut(stride);
            let (upper, lower) = pixels.split_at(frame_stride);
            let span = width * BYTES_PER_PIXEL;
            convert_lines(
                (&upper[..span], &lower[..span]),
                (&mut upper_luma[left..][..width], &mut lower_luma[left..][..width]),
                (&mut blue[left / 2..][..width / 2], &mut red[left / 2..][..width / 2]),
            );
        }
    }
}

fn convert_lines(pixels: (&[u8], &[u8]), luma: (&mut [u8], &mut [u8]), differences: (&mut [u8], &mut [u8])) {
    for (line, target) in [(pixels.0, luma.0), (pixels.1, luma.1)] {
        for (pixel, target) in line.chunks_exact(BYTES_PER_PIXEL).zip(target) {
            let [blue, green, red] = [0, 1, 2].map(|channel| i32::from(pixel[channel]));
            *target = (((LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue + HALF) >> SHIFT) + 16) as u8;
        }
    }
    let pairs = pixels.0.chunks_exact(2 * BYTES_PER_PIXEL).zip(pixels.1.chunks_exact(2 * BYTES_PER_PIXEL));
    for ((upper, lower), (blue_target, red_target)) in pairs.zip(differences.0.iter_mut().zip(differences.1)) {
        let [blue, green, red] = [0, 1, 2].map(|channel| {
            i32::from(upper[channel])
                + i32::from(upper[channel + 4])
                + i32::from(lower[channel])
                + i32::from(lower[channel + 4])
        });
        // The sums are four times too large, hence the two further bits.
        let difference = |[of_red, of_green, of_blue]: [i32; 3]| {
            (((of_red * red + of_green * green + of_blue * blue + (HALF << 2)) >> (SHIFT + 2)) + 128) as u8
        };
        *blue_target = difference(BLUE_DIFFERENCE);
        *red_target = difference(RED_DIFFERENCE);
    }
}

impl YUVSource for Planes {
    fn dimensions(&self) -> (usize, usize) {
        (self.size.width as usize, self.size.height as usize)
    }

    fn strides(&self) -> (usize, usize, usize) {
        let width = self.size.width as usize;
        (width, width / 2, width / 2)
    }

    fn y(&self) -> &[u8] {
        self.luma()
    }

    fn u(&self) -> &[u8] {
        self.differences().0
    }

    fn v(&self) -> &[u8] {
        self.differences().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes_of(colour: [u8; 3]) -> [u8; 3] {
        let mut frame = Frame::new(Size::new(2, 2));
        frame.pixels.chunks_exact_mut(4).for_each(|pixel| pixel[..3].copy_from_slice(&colour));
        let mut planes = Planes::new(frame.size);
        planes.lay(&frame, 0, 0);
        [planes.luma()[0], planes.differences().0[0], planes.differences().1[0]]
    }

    #[test]
    fn converts_the_corners_of_the_colour_cube() {
        // Blue, green, red against the 8-bit codes of BT.709 colour bars at full amplitude.
        for (colour, codes) in [
            ([0, 0, 0], [16, 128, 128]),
            ([255, 255, 255], [235, 128, 128]),
            ([0, 0, 255], [63, 102, 240]),
            ([0, 255, 0], [173, 42, 26]),
            ([255, 0, 0], [32, 240, 118]),
        ] {
            assert_eq!(planes_of(colour), codes, "{colour:?}");
        }
    }

    #[test]
    fn lays_an_odd_frame_inside_black() {
        let mut frame = Frame::new(Size::new(3, 3));
        frame.pixels.fill(255);
        let mut planes = Planes::new(Size::new(6, 4));
        planes.lay(&frame, 2, 2);
        assert_eq!(planes.luma()[12..24], [16, 16, 235, 235, 16, 16, 16, 16, 235, 235, 16, 16]);
        assert!(planes.luma()[..12].iter().all(|&luma| luma == 16));
    }
}
