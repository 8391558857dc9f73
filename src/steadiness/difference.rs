//! The plain difference of two pictures.

use crate::frame::{BYTES_PER_PIXEL, Frame};

/// The mean absolute difference over pixels and channels, `0..=1`, of `a` at each place and `b` at the place plus
/// `moved` (x, y, in pixels). Only pixels of `a` that are at least `margin` pixels inside count; 0 where there are
/// none.
///
/// Both pictures have one size, and `margin` is at least as large as both parts of `moved`.
pub fn mean_difference(a: &Frame, b: &Frame, moved: [usize; 2], margin: usize) -> f64 {
    let (width, height) = (a.size.width as usize, a.size.height as usize);
    let columns = width.saturating_sub(2 * margin);
    let (mut sum, mut count) = (0u64, 0usize);
    for y in margin..height.saturating_sub(margin) {
        let start = (y * width + margin) * BYTES_PER_PIXEL;
        let moved_start = start + (moved[1] * width + moved[0]) * BYTES_PER_PIXEL;
        let bytes = columns * BYTES_PER_PIXEL;
        let (row_a, row_b) = (&a.pixels[start..start + bytes], &b.pixels[moved_start..moved_start + bytes]);
        for (pixel_a, pixel_b) in row_a.chunks_exact(BYTES_PER_PIXEL).zip(row_b.chunks_exact(BYTES_PER_PIXEL)) {
            sum += pixel_a[..3].iter().zip(&pixel_b[..3]).map(|(&a, &b)| u64::from(a.abs_diff(b))).sum::<u64>();
        }
        count += 3 * columns;
    }
    sum as f64 / 255.0 / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    fn picture(value: impl Fn(usize, usize) -> u8) -> Frame {
        let mut frame = Frame::new(Size::new(6, 5));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel[..3].fill(value(index % 6, index / 6));
        }
        frame
    }

    #[test]
    fn looks_at_the_moved_place_and_leaves_the_margin_out() {
        let plain = picture(|x, y| (10 * x + y) as u8);
        let moved = picture(|x, y| if x < 2 || y < 1 { 255 } else { (10 * (x - 2) + y - 1) as u8 });
        assert_eq!(mean_difference(&plain, &moved, [2, 1], 2), 0.0);
        assert!(mean_difference(&plain, &moved, [1, 1], 2) > 0.03);
    }

    #[test]
    fn one_level_everywhere_is_a_255th() {
        let (a, b) = (picture(|_, _| 7), picture(|_, _| 8));
        assert!((mean_difference(&a, &b, [0, 0], 0) - 1.0 / 255.0).abs() < 1e-12);
        assert_eq!(mean_difference(&a, &b, [0, 0], 3), 0.0, "nothing is left");
    }
}
