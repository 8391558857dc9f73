//! Average pooling of frames.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// The mean colours of square blocks of pixels.
pub(super) struct Blocks {
    pub size: Size,
    /// Red, green and blue, `0..=1`; rows from top to bottom.
    pub colors: Vec<[f32; 3]>,
}

/// The means of blocks of `side` x `side` pixels. Columns and rows at the right and at the bottom that fill no block
/// are left out.
pub(super) fn blocks(frame: &Frame, side: usize) -> Blocks {
    let size = Size::new(frame.size.width / side as u32, frame.size.height / side as u32);
    let (columns, stride) = (size.width as usize, frame.size.width as usize * BYTES_PER_PIXEL);
    let mut colors = Vec::with_capacity(size.area());
    let scale = 1.0 / (255 * side * side) as f32;
    for rows in frame.pixels.chunks_exact((stride * side).max(1)) {
        let mut sums = vec![[0u32; 3]; columns];
        for row in rows.chunks_exact(stride) {
            for (sum, block) in sums.iter_mut().zip(row.chunks_exact(side * BYTES_PER_PIXEL)) {
                for pixel in block.chunks_exact(BYTES_PER_PIXEL) {
                    let rgb = [pixel[2], pixel[1], pixel[0]];
                    sum.iter_mut().zip(rgb).for_each(|(sum, byte)| *sum += u32::from(byte));
                }
            }
        }
        colors.extend(sums.into_iter().map(|sum| sum.map(|sum| sum as f32 * scale)));
    }
    Blocks { size, colors }
}

/// The frame at half its size, by the means of 2x2 pixels: size (sides rounded down) and values `[3, height, width]`,
/// red, green and blue `0..=1`.
pub fn halved_planes(frame: &Frame) -> (Size, Vec<f32>) {
    let Blocks { size, colors } = blocks(frame, 2);
    let plane = |channel: usize| colors.iter().map(move |color| color[channel]);
    (size, plane(0).chain(plane(1)).chain(plane(2)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_means_and_incomplete_ones_are_left_out() {
        let mut frame = Frame::new(Size::new(5, 3));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel.copy_from_slice(&[51, 0, 10 * index as u8, 9]);
        }
        let (size, planes) = halved_planes(&frame);
        assert_eq!(size, Size::new(2, 1));
        // The pixels 0, 1, 5, 6 and 2, 3, 7, 8.
        let expected = [30.0 / 255.0, 50.0 / 255.0, 0.0, 0.0, 0.2, 0.2];
        assert!(planes.iter().zip(expected).all(|(found, wanted)| (found - wanted).abs() < 1e-6), "{planes:?}");
        assert!(blocks(&frame, 8).colors.is_empty(), "there is no whole block");
    }
}
