//! One thing that is measured: the raw video, or a style.

use super::judge::{Judge, Judged, Work};
use super::target::StyleTarget;
use crate::control::{LevelsChoice, ParameterValue, ProviderReport, SizeRequest};
use crate::frame::{Frame, FramePool, Size, resize_bilinear};
use crate::light::Levels;
use crate::likeness::{Lattice, lattice, smooth_pictures};
use crate::steadiness::{
    Flow, Noise, color_pumping, detail, noise_response, shift_response, warping_error, warping_error_map,
};
use crate::stylize::{LoadOptions, Painter, Style, StylizeError};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Where the map of the warping error is white: a quarter of the way from black to white.
const MAP_WHITE_AT: f32 = 0.25;

/// Paints frames (the raw video leaves them as they are), and gathers figures.
pub struct Subject {
    pub name: String,
    hand: Hand,
    /// The last painting.
    painting: Option<Painting>,
    /// What the style is to look like, where its picture is known.
    pub target: Option<Rc<StyleTarget>>,
    pub gathered: Gathered,
    /// What was added up of the paintings that were judged; nothing for the raw video.
    pub judged: Judged,
    /// The strongest pattern in the paintings of smooth pictures; `None` for the raw video, and where paintings are too
    /// small.
    pub lattice: Option<Lattice>,
    /// A painting, and the map of its warping error, for the report.
    pub pictures: Option<(Frame, Frame)>,
}

enum Hand {
    Raw,
    Style(Box<StyleHand>),
}

/// What a hand painted.
struct Painting {
    /// At the size of its frame.
    shown: Frame,
    /// As the network painted it; `None` for the raw video.
    painted: Option<Arc<Frame>>,
    /// The curve that the frame was levelled with before the network.
    levels: Option<Levels>,
    /// How long the network took with its pre- and postprocessing; `None` for the raw video.
    time: Option<Duration>,
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
    /// Preprocessing, inference and postprocessing of each frame; empty for the raw video.
    pub paint_times: Vec<Duration>,
}

/// The shifts that are measured, in pixels.
const SHIFTS_PX: [usize; 3] = [1, 2, 4];
const SIGMA: f64 = 0.01;

/// Smooth pictures have this size, and are painted at it.
const SMOOTH_SIZE: Size = Size::new(256, 256);
/// So much of the border of their paintings is left out, in pixels, but at most a quarter of the shorter side: networks
/// paint borders of their own.
const SMOOTH_MARGIN_PX: usize = 64;

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
        Self {
            name,
            hand,
            painting: None,
            target: None,
            gathered: Gathered::default(),
            judged: Judged::default(),
            lattice: None,
            pictures: None,
        }
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

    /// The model, the provider that runs it, and the size at which it paints frames of a size; `None` for the raw
    /// video.
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
        let painting = self.hand.paint(frame)?;
        let shown = &painting.shown;
        self.gathered.paint_times.extend(painting.time);
        self.gathered.details.push(detail(shown));
        if let (Some(Painting { shown: before, .. }), Some(flow)) = (&self.painting, flow) {
            self.gathered.warping_errors.push(warping_error(before, shown, flow));
            if is_kept {
                self.pictures = Some((shown.clone(), warping_error_map(before, shown, flow, MAP_WHITE_AT)));
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
        let Some(Painting { shown: painting, .. }) = &self.painting else { return Ok(()) };
        let (hand, gathered) = (&mut self.hand, &mut self.gathered);
        let mut paint = |frame: &Frame| hand.paint(frame).map(|painting| painting.shown);
        gathered.one_level_noise.push(noise_response(frame, painting, Noise::OneLevel, &mut paint)?);
        gathered.normal_noise.push(noise_response(frame, painting, Noise::Normal { sigma: SIGMA }, &mut paint)?);
        for (responses, shift_px) in gathered.shifts.iter_mut().zip(SHIFTS_PX) {
            responses.push(shift_response(frame, painting, shift_px, &mut paint)?);
        }
        gathered.color_pumping.push(color_pumping(frame, painting, &mut paint)?);
        Ok(())
    }

    /// Adds the last painting, which is that of `frame`, to those that are judged together. The raw video is not
    /// judged.
    ///
    /// # Errors
    /// The features cannot be computed.
    pub fn judge(&mut self, frame: &Frame, judge: &mut Judge) -> Result<(), StylizeError> {
        let Some(Painting { shown, painted: Some(painted), levels, .. }) = &self.painting else { return Ok(()) };
        let levelled = levels.map(|levels| {
            let mut levelled = frame.clone();
            levels.apply(&mut levelled);
            levelled
        });
        let work = Work { frame, given: levelled.as_ref().unwrap_or(frame), shown, painted };
        judge.judge(&work, self.target.as_deref(), &mut self.judged)
    }

    /// Paints smooth pictures and looks for a lattice. The raw video has none by itself.
    ///
    /// # Errors
    /// The network cannot paint them.
    pub fn find_lattice(&mut self) -> Result<(), StylizeError> {
        let Hand::Style(hand) = &mut self.hand else { return Ok(()) };
        let mut strongest: Option<Lattice> = None;
        let levels = hand.painter.levels();
        hand.painter.set_levels(LevelsChoice::Off);
        for picture in smooth_pictures(SMOOTH_SIZE) {
            let painted = hand.painter.paint(&picture, SizeRequest::Exact(SMOOTH_SIZE), &mut hand.pool)?.picture;
            let shortest = painted.size.width.min(painted.size.height) as usize;
            let found = lattice(&painted, SMOOTH_MARGIN_PX.min(shortest / 4));
            let is_stronger = |found: &Lattice| strongest.is_none_or(|strongest| found.amplitude > strongest.amplitude);
            strongest = found.filter(is_stronger).or(strongest);
        }
        hand.painter.set_levels(levels);
        self.lattice = strongest;
        Ok(())
    }
}

impl Hand {
    fn paint(&mut self, frame: &Frame) -> Result<Painting, StylizeError> {
        let Self::Style(hand) = self else {
            return Ok(Painting { shown: frame.clone(), painted: None, levels: None, time: None });
        };
        let painted = hand.painter.paint(frame, hand.size, &mut hand.pool)?;
        let mut shown = Frame::new(frame.size);
        resize_bilinear(&painted.picture, &mut shown);
        let time = painted.preprocess + painted.inference + painted.postprocess;
        Ok(Painting { shown, painted: Some(painted.picture), levels: painted.levels, time: Some(time) })
    }
}
