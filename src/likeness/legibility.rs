//! Legibility: whether the outlines of a frame are still there in its painting.

use super::blocks::blocks;
use crate::frame::Frame;

/// Outlines are compared at a quarter of the shown size: those of letters and figures, not those of strokes.
const QUARTER: usize = 4;

/// Red, green and blue in the brightness of a pixel (Rec. 601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// The legibility of one or more paintings: sums only, the pictures are not kept.
#[derive(Debug, Clone, Default)]
pub struct Legibility {
    count: f64,
    sums: [f64; 2],
    squares: [f64; 2],
    products: f64,
}

impl Legibility {
    /// Takes a frame and its painting in. Both have the size at which they are shown.
    pub fn add(&mut self, frame: &Frame, painting: &Frame) {
        for (a, b) in root_gradients(frame).into_iter().zip(root_gradients(painting)) {
            self.count += 1.0;
            self.sums[0] += a;
            self.sums[1] += b;
            self.squares[0] += a * a;
            self.squares[1] += b * b;
            self.products += a * b;
        }
    }

    /// Pearson's correlation, over all pixels of all pictures, of the root of the gradient magnitude of luma in the
    /// frames with that in the paintings, both averaged over 4x4 pixels. 1 where a painting has the outlines of its
    /// frame and no others, 0 where they have nothing to do with each other. The root keeps a few hard edges from
    /// deciding alone. `None` where frames or paintings have no outline at all.
    pub fn correlation(&self) -> Option<f64> {
        let variance = |index: usize| self.squares[index] - self.sums[index] * self.sums[index] / self.count;
        let covariance = self.products - self.sums[0] * self.sums[1] / self.count;
        let correlation = covariance / (variance(0) * variance(1)).sqrt();
        (variance(0) > FLAT * self.count && variance(1) > FLAT * self.count).then_some(correlation)
    }
}

/// A variance below this is rounding.
const FLAT: f64 = 1e-12;

/// The roots of the gradient magnitudes of luma at a quarter of the size, by central differences; the outermost pixels
/// have none.
fn root_gradients(frame: &Frame) -> Vec<f64> {
    let quarter = blocks(frame, QUARTER);
    let luma: Vec<f32> =
        quarter.colors.iter().map(|color| color.iter().zip(LUMA).map(|(value, share)| value * share).sum()).collect();
    let (width, height) = (quarter.size.width as usize, quarter.size.height as usize);
    let mut roots = Vec::with_capacity(luma.len());
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            let across = f64::from(luma[at + 1] - luma[at - 1]) / 2.0;
            let down = f64::from(luma[at + width] - luma[at - width]) / 2.0;
            roots.push(across.hypot(down).sqrt());
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{BYTES_PER_PIXEL, Size};

    const SIZE: Size = Size::new(96, 64);

    fn picture(value: impl Fn(usize, usize) -> u8) -> Frame {
        let mut frame = Frame::new(SIZE);
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel.fill(value(index % SIZE.width as usize, index / SIZE.width as usize));
        }
        frame
    }

    fn correlation(pairs: &[(&Frame, &Frame)]) -> Option<f64> {
        let mut legibility = Legibility::default();
        pairs.iter().for_each(|(frame, painting)| legibility.add(frame, painting));
        legibility.correlation()
    }

    #[test]
    fn a_frame_its_negative_and_a_paler_one_are_wholly_legible() {
        let value = |x: usize, y: usize| ((x / 7 * 31 + y / 9 * 47) % 120) as u8;
        let frame = picture(value);
        for painting in [frame.clone(), picture(|x, y| 255 - value(x, y)), picture(|x, y| 50 + value(x, y) / 2)] {
            let found = correlation(&[(&frame, &painting)]).unwrap();
            assert!(found > 0.97, "{found}");
        }
        assert!((correlation(&[(&frame, &frame)]).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(correlation(&[(&frame, &picture(|_, _| 9))]), None, "a flat painting has no outlines");
        assert_eq!(correlation(&[]), None);
    }

    #[test]
    fn outlines_elsewhere_are_not_those_of_the_frame() {
        let (left, right) =
            (picture(|x, _| if x < 32 { 0 } else { 200 }), picture(|x, _| if x < 64 { 0 } else { 200 }));
        let found = correlation(&[(&left, &right)]).unwrap();
        assert!(found < 0.0, "{found}");
        let both = correlation(&[(&left, &right), (&left, &left)]).unwrap();
        assert!((0.3..0.6).contains(&both), "over both pictures together: {both}");
    }

    #[test]
    fn strokes_below_a_quarter_of_the_size_do_not_count() {
        let frame = picture(|x, _| if x < 48 { 40 } else { 200 });
        let hatched = picture(|x, y| (if x < 48 { 40 } else { 200 }) + if (x + y) % 2 == 0 { 30 } else { 0 });
        let found = correlation(&[(&frame, &hatched)]).unwrap();
        assert!(found > 0.999, "{found}");
    }
}
