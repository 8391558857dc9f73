//! Style loss and content loss, defined as in training: looks at paintings through VGG-16.

use super::gram::{gram, relative_distance};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size, resize_bilinear};
use crate::network::{
    CHECK_SIDE_PX, CONTENT_BLOCK, MARGIN_PX, check_picture, check_vgg16, features_to_onnx, read_vgg16,
};
use crate::stylize::{FeatureMap, FeatureSession, StylizeError};
use std::path::{Path, PathBuf};

/// At most so much of the middle of a painting is judged: it takes a fraction of a second, and the strokes are seen at the
/// size at which they are painted.
const LARGEST: Size = Size::new(320, 240);

/// The last block sees at an eighth of the resolution: it needs so many pixels to see anything.
const SMALLEST_PX: u32 = 8;

/// The Gram matrices of a style picture, one of each block.
#[derive(Debug)]
pub struct StyleTargets(Vec<Vec<f64>>);

/// How far a painting is from its frame and from the style picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// Relative squared distance of relu3_3 from that of the frame; `None` where the frame shows nothing to it.
    pub content: Option<f64>,
    /// Mean over relu1_2, relu2_2, relu3_3 and relu4_3 of the relative squared distance of the Gram matrices from those of
    /// the style picture; `None` where there is none.
    pub style: Option<f64>,
}

/// Judges paintings of one size.
#[derive(Debug)]
pub struct Critic {
    session: FeatureSession,
    /// VGG-16.
    pub features: PathBuf,
    /// What is judged of each painting: its middle.
    pub judged: Size,
}

impl Critic {
    /// Reads VGG-16 and checks its weights, for paintings of a size; `None` where they are too small to be judged.
    ///
    /// # Errors
    /// The file is not VGG-16, or ONNX Runtime is missing.
    pub fn open(features: &Path, painting: Size) -> anyhow::Result<Option<Self>> {
        let inner = |side: u32, largest: u32| side.saturating_sub(2 * MARGIN_PX as u32).min(largest);
        let judged = Size::new(inner(painting.width, LARGEST.width), inner(painting.height, LARGEST.height));
        let mut session = FeatureSession::open(&features_to_onnx(&read_vgg16(features)?))?;
        let seen = session.run_on(Size::new(CHECK_SIDE_PX, CHECK_SIDE_PX), &check_picture())?;
        check_vgg16(features, &seen.iter().map(mean).collect::<Vec<_>>())?;
        let is_large_enough = judged.width.min(judged.height) >= SMALLEST_PX;
        Ok(is_large_enough.then(|| Self { session, features: features.to_owned(), judged }))
    }

    /// Looks at a style picture, scaled to the area of a square of `side_px`.
    ///
    /// # Errors
    /// The network fails, as on a picture that is very slim.
    pub fn style(&mut self, picture: &Frame, side_px: u32) -> Result<StyleTargets, StylizeError> {
        let mut scaled = Frame::new(picture.size.with_area_of_square(side_px));
        resize_bilinear(picture, &mut scaled);
        Ok(StyleTargets(self.session.run(&scaled)?.iter().map(gram).collect()))
    }

    /// What a frame shows, for [`Self::judge`].
    ///
    /// # Errors
    /// The network fails.
    pub fn content(&mut self, frame: &Frame) -> Result<FeatureMap, StylizeError> {
        Ok(self.session.run(&middle(frame, self.judged))?.swap_remove(CONTENT_BLOCK))
    }

    /// Judges a painting at the size of its frame; `content` is what the frame shows.
    ///
    /// # Errors
    /// The network fails.
    pub fn judge(
        &mut self,
        painting: &Frame,
        content: &FeatureMap,
        style: Option<&StyleTargets>,
    ) -> Result<Judgement, StylizeError> {
        let seen = self.session.run(&middle(painting, self.judged))?;
        let wide = |map: &FeatureMap| map.values.iter().copied().map(f64::from).collect::<Vec<_>>();
        let content = relative_distance(wide(&seen[CONTENT_BLOCK]).into_iter(), wide(content).into_iter());
        let style = style.and_then(|StyleTargets(targets)| {
            let distance = |(seen, target): (&FeatureMap, &Vec<f64>)| {
                relative_distance(gram(seen).into_iter(), target.iter().copied())
            };
            let distances = seen.iter().zip(targets).map(distance).collect::<Option<Vec<f64>>>()?;
            Some(distances.iter().sum::<f64>() / distances.len() as f64)
        });
        Ok(Judgement { content, style })
    }
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
}
