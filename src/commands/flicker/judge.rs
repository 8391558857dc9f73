//! Judges paintings: adds up what their measures need, for them and for the plain frames beside them.

use super::critic::Critic;
use super::target::StyleTarget;
use crate::frame::{Frame, Size, resize_bilinear};
use crate::likeness::{ContentFeatures, Legibility, Palette, StyleStatistics};
use crate::stylize::StylizeError;

/// Looks at paintings and at the plain frames, at the size at which they were painted.
#[derive(Debug)]
pub struct Judge {
    /// `None` without features: then palette and legibility are all.
    pub critic: Option<Critic>,
    /// Number of frames, the one of now included.
    frames: usize,
    /// At each size at which a style paints.
    plain: Vec<PlainFrames>,
    /// Pictures that were given to networks for the frame of now, and what they show.
    contents: Vec<(Frame, ContentFeatures)>,
}

/// The plain frames at a size.
#[derive(Debug)]
struct PlainFrames {
    size: Size,
    look: Look,
    /// Whether the frame of now is among them.
    is_current: bool,
}

/// What pictures look like, all of them together.
#[derive(Debug, Default)]
struct Look {
    palette: Palette,
    style: Option<StyleStatistics>,
}

/// What was added up of the paintings of one style.
#[derive(Debug, Default)]
pub struct Judged {
    /// At which they were painted; `None` before the first.
    pub size: Option<Size>,
    look: Look,
    legibility: Legibility,
    contents: Vec<f64>,
    gram_losses: Vec<f64>,
}

/// A painting, with what it was painted from.
pub struct Work<'a> {
    /// The frame as the game shows it.
    pub frame: &'a Frame,
    /// The picture that the network was given, at any size.
    pub given: &'a Frame,
    /// The painting at the frame's size.
    pub shown: &'a Frame,
    /// The painting as the network painted it.
    pub painted: &'a Frame,
}

/// The measures that need features or the style picture; `None` where they are not known.
#[derive(Debug, Clone, Copy)]
pub struct Distances {
    /// From the style picture.
    pub style: Option<f64>,
    pub palette: Option<f64>,
    /// The same of the plain frames.
    pub plain_style: Option<f64>,
    pub plain_palette: Option<f64>,
    /// The mean over the paintings.
    pub content: Option<f64>,
    pub gram_loss: Option<f64>,
    pub legibility: Option<f64>,
}

impl Look {
    fn add(&mut self, picture: &Frame, style: Option<StyleStatistics>) {
        self.palette.add(picture);
        match (&mut self.style, style) {
            (Some(all), Some(style)) => all.add(&style),
            (all, style) => *all = style,
        }
    }

    /// Style distance and palette distance from the style picture.
    fn distances(&self, target: &StyleTarget) -> [Option<f64>; 2] {
        let style = self.style.as_ref().zip(target.style.as_ref()).and_then(|(own, target)| own.distance(target));
        [style, self.palette.distance(&target.palette)]
    }
}

impl Judge {
    pub fn new(critic: Option<Critic>) -> Self {
        Self { critic, frames: 0, plain: Vec::new(), contents: Vec::new() }
    }

    /// Number of frames whose paintings were judged.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Begins the next frame.
    pub fn begin(&mut self) {
        self.frames += 1;
        self.contents.clear();
        self.plain.iter_mut().for_each(|plain| plain.is_current = false);
    }

    /// Adds a painting of the frame of now to those of its style.
    ///
    /// # Errors
    /// The features cannot be computed.
    pub fn judge(
        &mut self,
        work: &Work<'_>,
        target: Option<&StyleTarget>,
        judged: &mut Judged,
    ) -> Result<(), StylizeError> {
        let size = work.painted.size;
        judged.size = Some(size);
        judged.legibility.add(work.frame, work.shown);
        let content = match target {
            Some(target) => {
                self.add_plain(&scaled(work.frame, size))?;
                let seen = self.critic.as_mut().map(|critic| critic.look(work.painted)).transpose()?.flatten();
                let (style, content) = seen.map(|seen| (seen.style, seen.content)).unzip();
                let losses = style.as_ref().zip(target.style.as_ref()).and_then(|(own, target)| own.gram_loss(target));
                judged.gram_losses.extend(losses);
                judged.look.add(work.painted, style);
                content
            }
            None => self.critic.as_mut().map(|critic| critic.content(work.painted)).transpose()?.flatten(),
        };
        if let Some((content, given)) = content.zip(self.content_of(scaled(work.given, size))?) {
            judged.contents.push(content.distance(given));
        }
        Ok(())
    }

    /// Adds the frame of now to the plain ones of its size, unless it is among them.
    fn add_plain(&mut self, frame: &Frame) -> Result<(), StylizeError> {
        let index = self.plain.iter().position(|plain| plain.size == frame.size).unwrap_or_else(|| {
            self.plain.push(PlainFrames { size: frame.size, look: Look::default(), is_current: false });
            self.plain.len() - 1
        });
        if !self.plain[index].is_current {
            let seen = self.critic.as_mut().map(|critic| critic.look(frame)).transpose()?.flatten();
            let style = seen.map(|seen| {
                self.contents.push((frame.clone(), seen.content));
                seen.style
            });
            self.plain[index].look.add(frame, style);
            self.plain[index].is_current = true;
        }
        Ok(())
    }

    /// What a picture shows that a network was given; looked up where another network was given the same.
    fn content_of(&mut self, given: Frame) -> Result<Option<&ContentFeatures>, StylizeError> {
        let is_known = |(known, _): &(Frame, ContentFeatures)| known.size == given.size && known.pixels == given.pixels;
        let index = match self.contents.iter().position(is_known) {
            Some(index) => index,
            None => {
                let Some(critic) = &mut self.critic else { return Ok(None) };
                let Some(content) = critic.content(&given)? else { return Ok(None) };
                self.contents.push((given, content));
                self.contents.len() - 1
            }
        };
        Ok(Some(&self.contents[index].1))
    }

    /// The distances of all paintings of a style together.
    pub fn distances(&self, judged: &Judged, target: Option<&StyleTarget>) -> Distances {
        let of = |look: &Look| target.map_or([None; 2], |target| look.distances(target));
        let plain = self.plain.iter().find(|plain| Some(plain.size) == judged.size);
        let [style, palette] = of(&judged.look);
        let [plain_style, plain_palette] = plain.map_or([None; 2], |plain| of(&plain.look));
        Distances {
            style,
            palette,
            plain_style,
            plain_palette,
            content: mean(&judged.contents),
            gram_loss: mean(&judged.gram_losses),
            legibility: judged.legibility.correlation(),
        }
    }
}

fn scaled(frame: &Frame, size: Size) -> Frame {
    let mut scaled = Frame::new(size);
    resize_bilinear(frame, &mut scaled);
    scaled
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
