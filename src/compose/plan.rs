//! Decides how a picture is made: which variant of the pass, with which parameters.

use super::Layers;
use super::carry::Carry;
use super::palette::Palette;
use super::steered::MOST_CRISPNESS;
use crate::control::Look;
use crate::frame::Size;
use std::sync::Arc;

/// Squared colour distance (0..=1 per channel, summed over three) at which a texel's weight has fallen to a quarter.
pub(super) const RANGE_VARIANCE: f32 = 0.004;
/// Luma detail under this much is texture, and left to the painting.
pub(super) const DETAIL_DEAD_ZONE: f32 = 0.12;
/// The most luma detail that is added.
pub(super) const DETAIL_LIMIT: f32 = 0.4;
/// Detail per clarity: text must be read before shapes are bold.
const DETAIL_GAIN: f32 = 1.5;
/// The contrast of a painting is trusted for detail from this much on; weaker ones get detail all the same, so that
/// text stays legible in a soft style.
const LEAST_CONTRAST: f32 = 0.6;
/// Squared colour distance to the best moved texels of a carried painting from which on something else is seen
/// at a pixel, and at which it is wholly looked for.
pub(super) const STRANGE: [f32; 2] = [0.01, 0.04];
/// Places that are so little before a texel, in texels, are at it: adapters differ in rounding, and whole ratios of odd
/// numbers have a pixel at each texel.
pub(super) const SNAP: f32 = 1.0 / 512.0;
/// The weight of the 2x2 unmoved texels beside that of the moved ones.
pub(super) const UNMOVED_WEIGHT: f32 = 0.25;
/// Squared colour distance to the best texels from which on a carried pixel counts as not painted yet, and at which it
/// shows as much of the frame in the painting's colours as it may.
pub(super) const UNSEEN: [f32; 2] = [0.02, 0.12];
/// The largest share of that in a pixel that was not painted yet.
pub(super) const UNSEEN_SHARE: f32 = 0.9;
/// Half the width of the line between game and painting, in output pixels.
pub(super) const DIVIDER_HALF_PX: f32 = 1.0;
/// Brightness of that line, 0..=1, for all three channels.
pub(super) const DIVIDER_BRIGHTNESS: f32 = 0.92;
/// A place far left of every picture: no divider is seen there, and the painting is everywhere.
const NO_SPLIT_PX: f32 = -1000.0;

/// The variants of the pass, from cheap to dear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// The plain frame.
    Frame = 0,
    /// The painting as it is, perhaps with outlines: it has the output's size and belongs to the newest frame.
    Painting = 1,
    /// A painting of the newest frame, brought to the output's size.
    Guided = 2,
    /// The same, pulled from an older painting of a view that has not moved as a whole.
    CarriedStill = 3,
    /// The same along the motion of the view, with the 2x2 nearest unmoved texels as further candidates (HUD, menus).
    CarriedMoving = 4,
}

/// Numbers for the shader; the same layout as `Params` in `compose.wgsl`.
#[derive(Debug, Clone, Copy, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(super) struct Params {
    pub output_px: [f32; 2],
    pub frame_px: [f32; 2],
    pub painting_px: [f32; 2],
    /// In texels of the painting.
    pub motion_px: [f32; 2],
    pub strength: f32,
    pub keep_colors: f32,
    pub split_px: f32,
    pub detail: f32,
    pub cut: f32,
    pub clarity: f32,
    /// Shown size over painted size less 1, from 0 to `MOST_CRISPNESS`.
    pub crispness: f32,
    pub unused: f32,
    pub palette: Palette,
    /// Left, top, right and bottom of the part that is painted, in output pixels.
    pub region_px: [f32; 4],
}

/// How one picture is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    pub mode: Mode,
    /// Whether the frame has another size than the output, and is sampled bilinearly.
    pub frame_is_scaled: bool,
    pub params: Params,
}

impl Plan {
    /// The same plan where the device holds the frame at another size than its own.
    pub fn with_frame_held_at(mut self, held: Size, output: Size) -> Self {
        self.params.frame_px = [held.width as f32, held.height as f32];
        self.frame_is_scaled = held != output;
        self
    }

    /// Whether the painted part is the whole picture.
    fn paints_all(&self) -> bool {
        let Params { output_px: [width, height], region_px: [left, top, right, bottom], .. } = self.params;
        left <= 0.0 && top <= 0.0 && right >= width && bottom >= height
    }

    /// Whether the frame can be seen in the picture, or steers it.
    pub fn needs_frame(&self) -> bool {
        let Params { strength, keep_colors, split_px, .. } = self.params;
        self.mode != Mode::Painting
            || strength < 1.0
            || keep_colors > 0.0
            || split_px > NO_SPLIT_PX
            || !self.paints_all()
    }
}

/// What is known of the painting: the slope of its luma over the guide's (see `guide::contrast`), its colours as a
/// function of the guide's, and its way here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PaintingFacts {
    pub contrast: f32,
    pub palette: Palette,
    pub carry: Carry,
}

/// Whether the painting was made from the newest frame.
pub(super) fn is_fresh(layers: &Layers) -> bool {
    layers.painting.as_ref().is_some_and(|painting| Arc::ptr_eq(&painting.source, &layers.frame))
}

/// Whether any of the painting can be seen.
pub(super) fn shows_painting(layers: &Layers, look: &Look) -> bool {
    let hidden = look.bypass || look.strength <= 0.0 || look.split.is_some_and(|split| split >= 1.0);
    layers.painting.is_some() && !hidden
}

/// How much of the outlines is added, 0..=1.
pub(super) fn clarity(look: &Look) -> f32 {
    fraction(look.clarity, Look::default().clarity)
}

/// A setting within 0..=1; not-a-number means the default.
fn fraction(value: f32, default: f32) -> f32 {
    if value.is_nan() { default } else { value.clamp(0.0, 1.0) }
}

/// Plans a picture. `facts` are looked at only where the painting is seen.
pub(super) fn plan(layers: &Layers, look: &Look, output: Size, facts: PaintingFacts) -> Plan {
    let frame = layers.frame.size;
    let px = |size: Size| [size.width as f32, size.height as f32];
    let shown = layers.painting.as_ref().filter(|_| shows_painting(layers, look));
    let painting = shown.map_or(Size::new(1, 1), |painting| painting.picture.size);
    let Carry { motion, cut } = facts.carry;
    let mode = match (shown.is_some(), is_fresh(layers)) {
        (false, _) => Mode::Frame,
        (true, true) if painting == output => Mode::Painting,
        (true, true) => Mode::Guided,
        (true, false) if motion == [0.0; 2] => Mode::CarriedStill,
        (true, false) => Mode::CarriedMoving,
    };
    // A painting as large as the frame holds all detail already.
    let finer = (frame.height as f32 / painting.height as f32 - 1.0).clamp(0.0, 1.0);
    let contrast = facts.contrast.abs().max(LEAST_CONTRAST).copysign(facts.contrast);
    // Without a painting there is nothing to divide from the game.
    let split = look.split.filter(|&split| split > 0.0 && mode != Mode::Frame);
    let usual = Look::default();
    let clarity = clarity(look);
    let enlargement = (output.area() as f32 / painting.area() as f32).sqrt();
    let params = Params {
        output_px: px(output),
        frame_px: px(frame),
        painting_px: px(painting),
        motion_px: [motion[0] * painting.width as f32, motion[1] * painting.height as f32],
        strength: fraction(look.strength, usual.strength),
        keep_colors: fraction(look.keep_colors, usual.keep_colors),
        split_px: split.map_or(NO_SPLIT_PX, |split| (split * output.width as f32).round()),
        detail: finer * contrast * (DETAIL_GAIN * clarity).min(1.0),
        cut,
        clarity,
        crispness: (enlargement - 1.0).clamp(0.0, MOST_CRISPNESS),
        unused: 0.0,
        palette: facts.palette,
        region_px: look.region.in_px(output.width, output.height),
    };
    Plan { mode, frame_is_scaled: frame != output, params }
}
