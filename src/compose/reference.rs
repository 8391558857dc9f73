//! What the finished picture is, in plain Rust: the definition that `compose.wgsl` follows.
//!
//! All colours are sRGB-encoded values in 0..=1, as the frames hold them; nothing is converted to linear light, so that
//! strength 0 and 1 give game and painting back unchanged.
//!
//! **Upsampling** is joint bilateral upsampling (Kopf, Cohen, Lischinski, Uyttendaele: Joint Bilateral Upsampling, ACM
//! SIGGRAPH 2007). With *P* the painting, *G* its source frame shrunk to the painting's size (the guide), *F* the newest
//! frame at the pixel, and *t* over the texels near the pixel,
//!
//! ```text
//! picture = Σ w(t) P(t) / Σ w(t),    w(t) = s(t) / (1 + |G(t) − F|² / v)²
//! ```
//!
//! where *s* is a tent over the 3x3 nearest texels (reach 1.5) and *v* = 0.004. The rational fall-off replaces the paper's
//! Gaussian: it never underflows, so that where no texel is alike the most alike ones still win.
//!
//! **Detail** that the small guide cannot hold (thin lines, text) is added to all three channels: the luma of
//! F − Σ w G / Σ w, less a dead zone (fine texture is the painting's own business), bounded, times the painting's contrast
//! relative to its guide, times how much finer the frame is than the painting.
//!
//! **Carrying**: when the painting belongs to an older frame, the same formula pulls its colours to the newest frame, along
//! one motion of the whole view that is estimated on the processor, with the 2x2 nearest unmoved texels as further
//! candidates. Pixels for which nothing alike is found were not painted yet: nine tenths of them are the frame in the
//! painting's colours (the affine map from the guide's to the painting's colours that fits best, `palette`). After a cut to
//! another scene all pixels fade to that.
//!
//! **Keep colours** moves the picture's chroma to the frame's under the picture's luma: with Y = 0.299 R + 0.587 G + 0.114 B
//! (ITU-R BT.601), C − Y holds exactly the chroma (Cb and Cr are linear in it), so
//! picture + k ((F − Y(F)) − (picture − Y(picture))), clipped to 0..=1.
//!
//! Outside the **region** the picture is the frame.
//!
//! **Strength** mixes frame and picture linearly; the **split** shows the game left of a two-pixel light line.

use super::Layers;
use super::carry::{Carry, CarryEstimator};
use super::guide::{LUMA, Shrinker, contrast};
use super::palette::{self, Palette};
use super::plan::{self, Mode, PaintingFacts, Params};
use crate::control::Look;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

type Color = [f32; 3];

/// Composes on the processor, slowly: for tests, and as the definition of what the GPU does.
///
/// All pictures and `output` must be at least one pixel large.
pub fn compose(layers: &Layers, look: &Look, output: Size) -> Frame {
    let mut guide = Frame::new(Size::new(1, 1));
    let mut facts = PaintingFacts { contrast: 1.0, palette: palette::PLAIN, carry: Carry::default() };
    if let Some(painting) = &layers.painting {
        guide = Frame::new(painting.picture.size);
        Shrinker::default().shrink(&painting.source, &mut guide);
        facts.contrast = contrast(&painting.picture, &guide);
        facts.palette = palette::fit(&painting.picture, &guide);
        if !plan::is_fresh(layers) {
            let mut estimator = CarryEstimator::default();
            estimator.set_painted(&guide);
            facts.carry = estimator.estimate(&layers.frame);
        }
    }
    let plan = plan::plan(layers, look, output, facts);
    let painting = layers.painting.as_ref().map_or(&guide, |painting| &painting.picture);
    let pass = Pass { mode: plan.mode, params: plan.params, painting, guide: &guide };
    let mut finished = Frame::new(output);
    finished.stamp_like(&layers.frame);
    for (index, pixel) in finished.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
        let (x, y) = (index % output.width as usize, index / output.width as usize);
        let game = bilinear(&layers.frame, output, [x, y]);
        let [red, green, blue] = pass.finish(game, [x as f32 + 0.5, y as f32 + 0.5]);
        let byte = |value: f32| (value * 255.0 + 0.5) as u8;
        pixel.copy_from_slice(&[byte(blue), byte(green), byte(red), 255]);
    }
    finished
}

struct Pass<'a> {
    mode: Mode,
    params: Params,
    painting: &'a Frame,
    guide: &'a Frame,
}

#[derive(Default)]
struct Sums {
    picture: Color,
    guide: Color,
    distance: f32,
    weight: f32,
}

impl Pass<'_> {
    fn finish(&self, game: Color, position: [f32; 2]) -> Color {
        let Params { keep_colors, strength, split_px, region_px, .. } = self.params;
        let [left, top, right, bottom] = region_px;
        let is_outside = position[0] < left || position[1] < top || position[0] >= right || position[1] >= bottom;
        let mut picture = match self.mode {
            _ if is_outside => return game,
            Mode::Frame => return game,
            Mode::Painting => texel(self.painting, [position[0] as i32, position[1] as i32]),
            _ => self.painted(game, position),
        };
        let (game_luma, own_luma) = (luma(game), luma(picture));
        for channel in 0..3 {
            let change = (game[channel] - game_luma) - (picture[channel] - own_luma);
            picture[channel] = (picture[channel] + keep_colors * change).clamp(0.0, 1.0);
        }
        if (position[0] - split_px).abs() < plan::DIVIDER_HALF_PX {
            return [plan::DIVIDER_BRIGHTNESS; 3];
        }
        if position[0] < split_px { game } else { mix(game, picture, strength) }
    }

    fn painted(&self, game: Color, position: [f32; 2]) -> Color {
        let Params { output_px, painting_px, motion_px, detail, cut, palette, .. } = self.params;
        let at = [0, 1].map(|axis| position[axis] / output_px[axis] * painting_px[axis] - 0.5);
        let mut sums = Sums::default();
        if self.mode == Mode::CarriedMoving {
            self.add(&mut sums, game, at, 2, 1.0);
            self.add(&mut sums, game, [at[0] - motion_px[0], at[1] - motion_px[1]], 3, 1.5);
        } else {
            self.add(&mut sums, game, at, 3, 1.5);
        }
        let residue = luma(game) - luma(sums.guide) / sums.weight;
        let strong = (residue.abs() - plan::DETAIL_DEAD_ZONE).clamp(0.0, plan::DETAIL_LIMIT).copysign(residue);
        let picture = sums.picture.map(|sum| (sum / sums.weight + detail * strong).clamp(0.0, 1.0));
        if matches!(self.mode, Mode::CarriedStill | Mode::CarriedMoving) {
            let unseen = smoothstep(plan::UNSEEN_FROM, plan::UNSEEN_TO, sums.distance / sums.weight);
            return mix(picture, toned(&palette, game), (plan::UNSEEN_SHARE * unseen).max(cut));
        }
        picture
    }

    /// Adds the `side` x `side` texels nearest to `at`, with a tent of the given reach.
    fn add(&self, sums: &mut Sums, game: Color, at: [f32; 2], side: i32, reach: f32) {
        let first = at.map(|at| (at - (side as f32 * 0.5 - 1.0)).floor() as i32);
        for y in first[1]..first[1] + side {
            for x in first[0]..first[0] + side {
                let spatial = (reach - (x as f32 - at[0]).abs()) * (reach - (y as f32 - at[1]).abs());
                let guide = texel(self.guide, [x, y]);
                let distance: f32 = (0..3).map(|channel| (guide[channel] - game[channel]).powi(2)).sum();
                let weight = spatial / (1.0 + distance / plan::RANGE_VARIANCE).powi(2);
                let painting = texel(self.painting, [x, y]);
                for channel in 0..3 {
                    sums.picture[channel] += weight * painting[channel];
                    sums.guide[channel] += weight * guide[channel];
                }
                sums.distance += weight * distance;
                sums.weight += weight;
            }
        }
    }
}

/// The frame at the centre of an output pixel; between four pixels where the sizes differ.
fn bilinear(frame: &Frame, output: Size, pixel: [usize; 2]) -> Color {
    let from = [frame.size.width, frame.size.height];
    let to = [output.width, output.height];
    let at = [0, 1].map(|axis| (pixel[axis] as f32 + 0.5) / to[axis] as f32 * from[axis] as f32 - 0.5);
    let first = at.map(|at| at.floor() as i32);
    let far = [at[0] - at[0].floor(), at[1] - at[1].floor()];
    let row = |y| mix(texel(frame, [first[0], y]), texel(frame, [first[0] + 1, y]), far[0]);
    mix(row(first[1]), row(first[1] + 1), far[1])
}

/// Red, green and blue at a place, or at the nearest edge.
fn texel(frame: &Frame, at: [i32; 2]) -> Color {
    let x = at[0].clamp(0, frame.size.width as i32 - 1) as usize;
    let y = at[1].clamp(0, frame.size.height as i32 - 1) as usize;
    let pixel = &frame.pixels[(y * frame.size.width as usize + x) * BYTES_PER_PIXEL..];
    [pixel[2], pixel[1], pixel[0]].map(|byte| f32::from(byte) / 255.0)
}

fn luma(color: Color) -> f32 {
    LUMA[0] * color[0] + LUMA[1] * color[1] + LUMA[2] * color[2]
}

/// The frame's colour as the painting would show it.
fn toned(palette: &Palette, game: Color) -> Color {
    palette.map(|row| (row[0] * game[0] + row[1] * game[1] + row[2] * game[2] + row[3]).clamp(0.0, 1.0))
}

fn mix(from: Color, to: Color, share: f32) -> Color {
    [0, 1, 2].map(|channel| from[channel] * (1.0 - share) + to[channel] * share)
}

fn smoothstep(from: f32, to: f32, value: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
