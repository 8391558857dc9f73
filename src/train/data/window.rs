//! A square of a picture that becomes a crop.

use super::scaled;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use crate::network::Random;
use crate::steadiness::Flow;
use crate::train::Planes;

/// A picture is seen as if it were painted with a shorter side of 1 to this many times the side of a crop, so that a
/// crop holds much of it: at half the size of most games.
const LARGEST_PAINTING: f32 = 1.5;

/// A square, in pixels of the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    left: u32,
    top: u32,
    covered: u32,
    is_mirrored: bool,
}

impl Window {
    /// A window at a random place of a random size that suits crops, mirrored at random.
    pub fn draw(size: Size, random: &mut Random) -> Self {
        let shortest = size.width.min(size.height);
        let covered = random.whole((shortest as f32 / LARGEST_PAINTING).ceil() as u32, shortest);
        let left = random.whole(0, size.width - covered);
        let top = random.whole(0, size.height - covered);
        Self { left, top, covered, is_mirrored: random.coin() }
    }

    /// What the window shows of a picture, scaled to `side` pixels.
    pub fn crop(&self, picture: &Frame, side: u32) -> Planes {
        let mut square = Frame::new(Size::new(self.covered, self.covered));
        let stride = self.covered as usize * BYTES_PER_PIXEL;
        for (row, line) in square.pixels.chunks_exact_mut(stride).enumerate() {
            let start =
                ((self.top as usize + row) * picture.size.width as usize + self.left as usize) * BYTES_PER_PIXEL;
            line.copy_from_slice(&picture.pixels[start..start + stride]);
        }
        let mut crop = Planes::from_frame(&scaled(&square, Size::new(side, side)));
        if self.is_mirrored {
            crop.values.chunks_exact_mut(side as usize).for_each(<[f32]>::reverse);
        }
        crop
    }

    /// The flow of a picture's crop. What comes from beyond the crop is occluded.
    pub fn flow(&self, flow: &Flow, side: u32) -> Flow {
        let scale = side as f32 / self.covered as f32;
        let last = (side - 1) as f32;
        let from_crop = |place: u32| ((place as f32 + 0.5) / scale) as u32;
        let mut crop = Flow::cut(Size::new(side, side));
        for (index, (vector, is_occluded)) in crop.vectors.iter_mut().zip(&mut crop.is_occluded).enumerate() {
            let (x, y) = (index as u32 % side, index as u32 / side);
            let seen_x = if self.is_mirrored { side - 1 - x } else { x };
            let (column, row) = (self.left + from_crop(seen_x), self.top + from_crop(y));
            let source = row as usize * flow.size.width as usize + column as usize;
            let mut moved = flow.vectors[source].map(|part| part * scale);
            if self.is_mirrored {
                moved[0] = -moved[0];
            }
            let is_inside = |place: u32, way: f32| (0.0..=last).contains(&(place as f32 + way));
            *vector = moved;
            *is_occluded = flow.is_occluded[source] || !is_inside(x, moved[0]) || !is_inside(y, moved[1]);
        }
        crop
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steadiness::warping_error;

    /// A picture of waves, moved to the right.
    fn waves(moved: f32) -> Frame {
        let mut frame = Frame::new(Size::new(90, 70));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let (x, y) = ((index % 90) as f32 - moved, (index / 90) as f32);
            let value = 128.0 + 60.0 * (x / 5.0).sin() + 40.0 * (y / 7.0).cos();
            pixel.fill(value as u8);
        }
        frame
    }

    #[test]
    fn the_flow_of_a_crop_is_that_of_the_picture() {
        let flow = Flow { size: Size::new(90, 70), vectors: vec![[-3.0, 0.0]; 6300], is_occluded: vec![false; 6300] };
        let (before, now) = (waves(0.0), waves(3.0));
        let mut random = Random::new(4);
        let mut mirrored = 0;
        for _ in 0..12 {
            let window = Window::draw(before.size, &mut random);
            let [first, second] = [&before, &now].map(|frame| window.crop(frame, 40).to_frame());
            let flow = window.flow(&flow, 40);
            let error = warping_error(&first, &second, &flow).unwrap();
            let unwarped = warping_error(&first, &second, &Flow { vectors: vec![[0.0; 2]; 1600], ..flow.clone() });
            assert!(error < 0.02 * unwarped.unwrap(), "{window:?}: {error}, {unwarped:?}");
            assert!((0.02..0.2).contains(&flow.occluded_share()), "{}", flow.occluded_share());
            mirrored += usize::from(window.is_mirrored);
        }
        assert!((1..12).contains(&mirrored));
    }
}
