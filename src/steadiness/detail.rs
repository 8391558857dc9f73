//! How much fine structure a picture has.

use crate::frame::{BYTES_PER_PIXEL, Frame};

/// The mean absolute difference of neighbouring pixels' brightness (Rec. 601 luma, `0..=1`), to the right and
/// downwards.
///
/// No measure of steadiness, but the warning beside them: all of those are better for a blurred or pale painting, and
/// so is this smaller.
pub fn detail(frame: &Frame) -> f64 {
    let width = frame.size.width as usize;
    let luma: Vec<f32> = frame.pixels.chunks_exact(BYTES_PER_PIXEL).map(luma).collect();
    let mut sum = 0.0f64;
    let mut count = 0usize;
    for row in luma.chunks_exact(width.max(1)) {
        sum += row.windows(2).map(|pair| f64::from((pair[1] - pair[0]).abs())).sum::<f64>();
        count += row.len() - 1;
    }
    let below = luma.get(width..).unwrap_or_default();
    sum += luma.iter().zip(below).map(|(upper, lower)| f64::from((lower - upper).abs())).sum::<f64>();
    sum / (count + below.len()).max(1) as f64
}

/// The brightness of a pixel (Rec. 601), `0..=1`.
pub fn luma(pixel: &[u8]) -> f32 {
    (0.114 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.299 * f32::from(pixel[2])) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    #[test]
    fn stripes_have_it_and_flat_pictures_do_not() {
        let mut frame = Frame::new(Size::new(4, 4));
        assert_eq!(detail(&frame), 0.0);
        for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            pixel.fill(if index % 2 == 0 { 255 } else { 0 });
        }
        // 12 neighbours to the right differ wholly, 12 below not at all.
        assert!((detail(&frame) - 0.5).abs() < 1e-6, "{}", detail(&frame));
        assert_eq!(detail(&Frame::new(Size::new(1, 1))), 0.0);
    }
}
