//! Looks at pictures through VGG-16, at full and at half size.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use crate::likeness::{ContentFeatures, FeatureStatistics, StyleStatistics, halved_planes};
use crate::network::{CHECK_SIDE_PX, CONTENT_BLOCK, check_picture, check_vgg16, features_to_onnx, read_vgg16};
use crate::stylize::{FeatureMap, FeatureSession, StylizeError};
use std::path::{Path, PathBuf};

/// At most so much of the middle of a painting is looked at: VGG-16 takes seconds and gigabytes for more.
const LARGEST: Size = Size::new(640, 480);

/// The last block sees at an eighth of half the size: it needs so many pixels to see anything.
const SMALLEST_PX: u32 = 16;

/// VGG-16.
#[derive(Debug)]
pub struct Critic {
    session: FeatureSession,
    pub features: PathBuf,
}

/// What VGG-16 sees in a picture.
#[derive(Debug)]
pub struct Seen {
    pub style: StyleStatistics,
    pub content: ContentFeatures,
}

impl Critic {
    /// Reads VGG-16 and checks its weights.
    ///
    /// # Errors
    /// The file is not VGG-16, or ONNX Runtime is missing.
    pub fn open(features: &Path) -> anyhow::Result<Self> {
        let mut session = FeatureSession::open(&features_to_onnx(&read_vgg16(features)?))?;
        let seen = session.run_on(Size::new(CHECK_SIDE_PX, CHECK_SIDE_PX), &check_picture())?;
        check_vgg16(features, &seen.iter().map(mean).collect::<Vec<_>>())?;
        Ok(Self { session, features: features.to_owned() })
    }

    /// What is looked at of a painting of a size: its middle; `None` where it is too small to be looked at.
    pub fn judged(painting: Size) -> Option<Size> {
        let is_large_enough = painting.width.min(painting.height) >= SMALLEST_PX;
        is_large_enough.then(|| Size::new(painting.width.min(LARGEST.width), painting.height.min(LARGEST.height)))
    }

    /// What is seen in the middle of a picture; `None` where it is too small.
    ///
    /// # Errors
    /// The network fails.
    pub fn look(&mut self, picture: &Frame) -> Result<Option<Seen>, StylizeError> {
        let Some(judged) = Self::judged(picture.size) else { return Ok(None) };
        self.look_at_all(&middle(picture, judged)).map(Some)
    }

    /// What is seen in a whole picture, for style pictures.
    ///
    /// # Errors
    /// The network fails, as on a picture that is very slim.
    pub fn look_at_all(&mut self, picture: &Frame) -> Result<Seen, StylizeError> {
        let full = self.session.run(picture)?.iter().map(statistics).collect();
        let (half, content) = self.look_at_half(picture)?;
        Ok(Seen { style: StyleStatistics::new(full, half.iter().map(statistics).collect()), content })
    }

    /// What a picture shows, without its style; `None` where it is too small.
    ///
    /// # Errors
    /// The network fails.
    pub fn content(&mut self, picture: &Frame) -> Result<Option<ContentFeatures>, StylizeError> {
        let Some(judged) = Self::judged(picture.size) else { return Ok(None) };
        Ok(Some(self.look_at_half(&middle(picture, judged))?.1))
    }

    fn look_at_half(&mut self, picture: &Frame) -> Result<(Vec<FeatureMap>, ContentFeatures), StylizeError> {
        let (size, planes) = halved_planes(picture);
        let seen = self.session.run_on(size, &planes)?;
        let shapes = &seen[CONTENT_BLOCK];
        let content = ContentFeatures::of(shapes.channels, &shapes.values);
        Ok((seen, content))
    }
}

fn statistics(seen: &FeatureMap) -> FeatureStatistics {
    FeatureStatistics::of(seen.channels, &seen.values)
}

fn mean(seen: &FeatureMap) -> f32 {
    (seen.values.iter().copied().map(f64::from).sum::<f64>() / seen.values.len().max(1) as f64) as f32
}

/// The middle of a frame that is at least as large.
fn middle(frame: &Frame, size: Size) -> Frame {
    let mut part = Frame::new(size);
    let (left, top) = ((frame.size.width - size.width) / 2, (frame.size.height - size.height) / 2);
    let (stride, line) = (frame.size.width as usize * BYTES_PER_PIXEL, size.width as usize * BYTES_PER_PIXEL);
    let rows = frame.pixels.chunks_exact(stride).skip(top as usize);
    for (to, from) in part.pixels.chunks_exact_mut(line).zip(rows) {
        to.copy_from_slice(&from[left as usize * BYTES_PER_PIXEL..][..line]);
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_in_the_middle() {
        let mut frame = Frame::new(Size::new(5, 4));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel[0] = index as u8;
        }
        let part = middle(&frame, Size::new(3, 2));
        let blue: Vec<u8> = part.pixels.chunks_exact(BYTES_PER_PIXEL).map(|pixel| pixel[0]).collect();
        assert_eq!(blue, [6, 7, 8, 11, 12, 13]);
    }

    #[test]
    fn at_most_the_middle_is_looked_at() {
        assert_eq!(Critic::judged(Size::new(320, 1080)), Some(Size::new(320, 480)));
        assert_eq!(Critic::judged(Size::new(320, 12)), None);
    }
}
