//! One thing that is measured: the raw video, or a style.

use super::critic::{Critic, StyleTargets};
use crate::control::{LevelsChoice, ParameterValue, ProviderReport, SizeRequest};
use crate::frame::{Frame, FramePool, Size, resize_bilinear};
use crate::steadiness::{
    Flow, Noise, color_pumping, detail, noise_response, shift_response, warping_error, warping_error_map,
};
use crate::stylize::{FeatureMap, LoadOptions, Painter, Style, StylizeError};
use std::path::PathBuf;
use std::time::Duration;

/// Where the map of the warping error is white: a quarter of the way from black to white.
const MAP_WHITE_AT: f32 = 0.25;

/// Paints frames (the raw video leaves them as they are), and gathers figures.
pub struct Subject {
    pub name: String,
    hand: Hand,
    /// The last painting, at the size of its frame.
    painting: Option<Frame>,
    /// What the style is to look like, where its picture is known.
    pub targets: Option<StyleTargets>,
    pub gathered: Gathered,
    /// A painting, and the map of its warping error, for the report.
    pub pictures: Option<(Frame, Frame)>,
}

enum Hand {
    Raw,
    Style(Box<StyleHand>),
}

struct StyleHand {
    style: Style,
    painter: Painter,
    /// How large it paints.
    size: SizeRequest,
    pool: FramePool,
}

/// What was measured so far, one value per pair, painting or probe.
#[derive(Default)]
pub struct Gathered {
    /// `None` for pairs of which nothing is seen in both.
    pub warping_errors: Vec<Option<f64>>,
    pub details: Vec<f64>,
    pub one_level_noise: Vec<f64>,
    pub normal_noise: Vec<f64>,
    /// By 1, 2 and 4 pixels.
    pub shifts: [Vec<f64>; 3],
    pub color_pumping: Vec<f64>,
    /// Empty for the raw video, and where there are no features.
    pub content_losses: Vec<f64>,
    /// Empty besides where the style picture is not known.
    pub style_losses: Vec<f64>,
    /// Preprocessing, inference and postprocessing of each frame; empty for the raw video.
    pub paint_times: Vec<Duration>,
}

/// The shifts that are measured, in pixels.
const SHIFTS_PX: [usize; 3] = [1, 2, 4];
const SIGMA: f64 = 0.01;

impl Subject {
    /// The video itself.
    pub fn raw() -> Self {
        Self::new("raw video".to_owned(), Hand::Raw)
    }

    /// Loads a style; blocks for up to seconds.
    ///
    /// # Errors
    /// The style cannot be used.
    pub fn load(style: Style, options: &LoadOptions, levels: LevelsChoice) -> Result<Self, StylizeError> {
        let mut painter = Painter::load(&style, options)?;
        painter.set_levels(levels);
        let name = style.name.clone();
        let hand = StyleHand { style, painter, size: options.size, pool: FramePool::new() };
        Ok(Self::new(name, Hand::Style(Box::new(hand))))
    }

    fn new(name: String, hand: Hand) -> Self {
        Self { name, hand, painting: None, targets: None, gathered: Gathered::default(), pictures: None }
    }

    /// Sets those of the values that its network has inputs for; gives their names. The raw video has none.
    ///
    /// # Errors
    /// The number of values is wrong.
    pub fn set_parameters(&mut self, values: &[ParameterValue]) -> Result<Vec<String>, StylizeError> {
        let Hand::Style(hand) = &mut self.hand else { return Ok(Vec::new()) };
        let known: Vec<String> = hand.painter.parameters().iter().map(|parameter| parameter.name.clone()).collect();
        let own = values.iter().filter(|value| known.contains(&value.name));
        own.map(|value| hand.painter.set_parameter(value).map(|()| value.name.clone())).collect()
    }

    /// The style; `None` for the raw video.
    pub fn style(&self) -> Option<&Style> {
        match &self.hand {
            Hand::Raw => None,
            Hand::Style(hand) => Some(&hand.style),
        }
    }

    /// The model, the provider that runs it, and the size at which it paints frames of a size; `None` for the raw video.
    pub fn model(&self, frame_size: Size) -> Option<(PathBuf, ProviderReport, Size)> {
        match &self.hand {
            Hand::Raw => None,
            Hand::Style(hand) => {
                let size = hand.painter.facts().working_size(hand.size, frame_size);
                Some((hand.style.model.clone(), hand.painter.provider().clone(), size))
            }
        }
    }

    /// Paints the next frame and compares the painting with the last one; `is_kept` keeps both for the report.
    ///
    /// # Errors
    /// The network cannot paint it.
    pub fn see(&mut self, frame: &Frame, flow: Option<&Flow>, is_kept: bool) -> Result<(), StylizeError> {
        let (painting, time) = self.hand.paint(frame)?;
        self.gathered.paint_times.extend(time);
        self.gathered.details.push(detail(&painting));
        if let (Some(before), Some(flow)) = (&self.painting, flow) {
            self.gathered.warping_errors.push(warping_error(before, &painting, flow));
            if is_kept {
                self.pictures = Some((painting.clone(), warping_error_map(before, &painting, flow, MAP_WHITE_AT)));
            }
        }
        self.painting = Some(painting);
        Ok(())
    }

    /// Measures the responses on the frame that was seen last.
    ///
    /// # Errors
    /// The network cannot paint a changed frame.
    pub fn probe(&mut self, frame: &Frame) -> Result<(), StylizeError> {
        let Some(painting) = &self.painting else { return Ok(()) };
        let (hand, gathered) = (&mut self.hand, &mut self.gathered);
        let mut paint = |frame: &Frame| hand.paint(frame).map(|(painting, _)| painting);
        gathered.one_level_noise.push(noise_response(frame, painting, Noise::OneLevel, &mut paint)?);
        gathered.normal_noise.push(noise_response(frame, painting, Noise::Normal { sigma: SIGMA }, &mut paint)?);
        for (responses, shift_px) in gathered.shifts.iter_mut().zip(SHIFTS_PX) {
            responses.push(shift_response(frame, painting, shift_px, &mut paint)?);
        }
        gathered.color_pumping.push(color_pumping(frame, painting, &mut paint)?);
        Ok(())
    }

    /// Measures style loss and content loss of the last painting; `content` is what its frame shows.
    ///
    /// # Errors
    /// The features cannot be computed.
    pub fn judge(&mut self, critic: &mut Critic, content: &FeatureMap) -> Result<(), StylizeError> {
        if let (Hand::Style(_), Some(painting)) = (&self.hand, &self.painting) {
            let judgement = critic.judge(painting, content, self.targets.as_ref())?;
            self.gathered.content_losses.extend(judgement.content);
            self.gathered.style_losses.extend(judgement.style);
        }
        Ok(())
    }
}

impl Hand {
    /// The painting at the frame's size, and how long the network took with its pre- and postprocessing.
    fn paint(&mut self, frame: &Frame) -> Result<(Frame, Option<Duration>), StylizeError> {
        let Self::Style(hand) = self else { return Ok((frame.clone(), None)) };
        let painted = hand.painter.paint(frame, hand.size, &mut hand.pool)?;
        let mut painting = Frame::new(frame.size);
        resize_bilinear(&painted.picture, &mut painting);
        Ok((painting, Some(painted.preprocess + painted.inference + painted.postprocess)))
    }
}
