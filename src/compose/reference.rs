//! What the finished picture is, in plain Rust: the definition that `compose.wgsl` follows.
//!
//! All colours are sRGB-encoded values in 0..=1, as the frames hold them; nothing is converted to linear light, so that
//! strength 0 and 1 give game and painting back unchanged.
//!
//! **Upsampling**: a painting smaller than the picture is brought to its size by itself (`steered`), so that strokes
//! stay crisp and nothing of the frame's texture gets in. Only where the painting has an edge that the frame has too
//! (`silhouettes`: *agreement*, 0..=1) the frame places it, by joint bilateral upsampling (Kopf, Cohen, Lischinski,
//! Uyttendaele: Joint Bilateral Upsampling, ACM SIGGRAPH 2007). With *P* the painting, *G* its source frame shrunk to
//! the painting's size (the guide), *F* the newest frame at the pixel, and *t* over the texels near the pixel,
//!
//! ```text
//! placed  = Σ w(t) P(t) / Σ w(t),    w(t) = s(t) / (1 + |G(t) − F|² / v)²
//! picture = steered + agreement (placed − steered)
//! ```
//!
//! where *s* is bilinear over the 2x2 nearest texels and *v* = 0.004. The rational fall-off replaces the paper's
//! Gaussian: it never underflows, so that where no texel is alike the most alike ones still win.
//!
//! **Clarity** *c* adds luma, the same to all three channels: c times the large outlines that the painting lacks
//! (`outlines`, found at the painting's size and brought here as *placed* is), and the thin strong lines that the small
//! guide cannot hold (text, a crosshair): the luma of F − Σ w G / Σ w less a dead zone, bounded, times the painting's
//! contrast relative to its guide, times how much finer the frame is than the painting, times 1.5 c but at most 1.
//!
//! **Carrying**: when the painting belongs to an older frame, its colours are pulled to the newest frame along one
//! motion of the whole view that is estimated on the processor. *placed* then runs over 4x2 moved texels (games turn
//! sideways faster than up and down; the weights are the cubic B-spline's across and linear down), and over the 2x2
//! nearest unmoved ones, whose weight is a quarter. Where no moved texel is like the frame, something else moved there,
//! and *placed* replaces the steered painting as it does at a silhouette. Pixels for which nothing alike is found at
//! all were not painted yet: nine tenths of them are the frame in the painting's colours (the affine map from the
//! guide's to the painting's colours that fits best, `palette`). After a cut to another scene all pixels fade to that.
//!
//! **Keep colours** moves the picture's chroma to the frame's under the picture's luma: with Y = 0.299 R + 0.587 G +
//! 0.114 B (ITU-R BT.601), C − Y holds exactly the chroma (Cb and Cr are linear in it), so picture + k ((F − Y(F)) −
//! (picture − Y(picture))), clipped to 0..=1.
//!
//! Outside the **region** the picture is the frame.
//!
//! **Strength** mixes frame and picture linearly; the **split** shows the game left of a two-pixel light line.

use super::Layers;
use super::carry::{Carry, CarryEstimator};
use super::guide::{LUMA, Shrinker, contrast};
use super::outlines::NO_OUTLINE;
use super::palette::{self, Palette};
use super::plan::{self, Mode, PaintingFacts, Params};
use super::smoothstep;
use super::steered;
use super::study::Study;
use crate::control::Look;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

type Color = [f32; 3];
/// Red, green, blue, and what the alpha holds: the painting's outline, or the guide's agreement.
type Texel = [f32; 4];

/// Composes on the processor, slowly: for tests, and as the definition of what the GPU does.
///
/// All pictures and `output` must be at least one pixel large.
pub fn compose(layers: &Layers, look: &Look, output: Size) -> Frame {
    let mut guide = Frame::new(Size::new(1, 1));
    let mut marked = guide.clone();
    let mut facts = PaintingFacts { contrast: 1.0, palette: palette::PLAIN, carry: Carry::default() };
    if let Some(painting) = &layers.painting {
        guide = Frame::new(painting.picture.size);
        Shrinker::default().shrink(&painting.source, &mut guide);
        facts.contrast = contrast(&painting.picture, &guide);
        facts.palette = palette::fit(&painting.picture, &guide);
        marked = Frame::clone(&painting.picture);
        let mut study = Study::default();
        study.begin(&painting.picture, &guide);
        study.mark_outlines(&mut marked, facts.contrast);
        study.mark_silhouettes(&mut guide);
        if !plan::is_fresh(layers) {
            let mut estimator = CarryEstimator::default();
            estimator.set_painted(&guide);
            facts.carry = estimator.estimate(&layers.frame);
        }
    }
    let plan = plan::plan(layers, look, output, facts);
    let pass = Pass { mode: plan.mode, params: plan.params, painting: &marked, guide: &guide };
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
    picture: Texel,
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
            Mode::Painting => {
                let [red, green, blue, outline] = whole_texel(self.painting, position.map(|place| place as i32));
                [red, green, blue].map(|value| lit(value, self.params.clarity * (outline - NO_OUTLINE)))
            }
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
        let Params { output_px, painting_px, motion_px, crispness, clarity, detail, cut, palette, .. } = self.params;
        let unmoved = [0, 1].map(|axis| position[axis] / output_px[axis] * painting_px[axis] - 0.5);
        let at = [0, 1].map(|axis| unmoved[axis] - motion_px[axis]);
        let (first, far) = cell(at);
        let places = steered::PLACES.map(|[x, y]| [first[0] + x, first[1] + y]);
        let own = steered::steered(&places.map(|place| texel(self.painting, place)), far, crispness);
        let nearest = steered::NEAREST.map(|index| places[index]);
        let nearest_weights = steered::bilinear_weights(far);
        let agreements = nearest.map(|place| whole_texel(self.guide, place)[3]);
        let mut placed: f32 =
            agreements.iter().zip(nearest_weights).map(|(agreement, weight)| agreement * weight).sum();
        let is_carried = matches!(self.mode, Mode::CarriedStill | Mode::CarriedMoving);
        let mut sums = Sums::default();
        if is_carried {
            let across = steered::spline(far[0]);
            for (row, weight) in [1.0 - far[1], far[1]].into_iter().enumerate() {
                let places = [-1, 0, 1, 2].map(|x| [first[0] + x, first[1] + row as i32]);
                self.add(&mut sums, game, &places, &across.map(|across| across * weight));
            }
            placed = placed.max(smoothstep(plan::STRANGE, sums.distance / sums.weight));
        } else {
            self.add(&mut sums, game, &nearest, &nearest_weights);
        }
        if self.mode == Mode::CarriedMoving {
            let (first, far) = cell(unmoved);
            let places = [[0, 0], [1, 0], [0, 1], [1, 1]].map(|[x, y]| [first[0] + x, first[1] + y]);
            let weights = steered::bilinear_weights(far).map(|weight| plan::UNMOVED_WEIGHT * weight);
            self.add(&mut sums, game, &places, &weights);
        }
        let [red, green, blue, outline] = sums.picture.map(|sum| sum / sums.weight);
        let joined = mix(own, [red, green, blue], placed);
        let residue = luma(game) - luma(sums.guide) / sums.weight;
        let line = (residue.abs() - plan::DETAIL_DEAD_ZONE).clamp(0.0, plan::DETAIL_LIMIT).copysign(residue);
        let light = clarity * (outline - NO_OUTLINE) + detail * line;
        let picture = joined.map(|value| lit(value, light));
        if is_carried {
            let unseen = smoothstep(plan::UNSEEN, sums.distance / sums.weight);
            return mix(picture, toned(&palette, game), (plan::UNSEEN_SHARE * unseen).max(cut));
        }
        picture
    }

    /// Adds the texels at `places`: their weights are those given, times the likeness of the guide to the pixel.
    fn add(&self, sums: &mut Sums, game: Color, places: &[[i32; 2]], weights: &[f32]) {
        for (&place, weight) in places.iter().zip(weights) {
            let guide = texel(self.guide, place);
            let distance: f32 = (0..3).map(|channel| (guide[channel] - game[channel]).powi(2)).sum();
            let weight = weight / (1.0 + distance / plan::RANGE_VARIANCE).powi(2);
            let painting = whole_texel(self.painting, place);
            sums.picture.iter_mut().zip(painting).for_each(|(sum, value)| *sum += weight * value);
            sums.guide.iter_mut().zip(guide).for_each(|(sum, value)| *sum += weight * value);
            sums.distance += weight * distance;
            sums.weight += weight;
        }
    }
}

/// The texel before a place, and how far it is from there to the next one. A place just before a texel is at that
/// texel.
fn cell(at: [f32; 2]) -> ([i32; 2], [f32; 2]) {
    let first = at.map(|at| (at + plan::SNAP).floor());
    (first.map(|first| first as i32), [0, 1].map(|axis| (at[axis] - first[axis]).max(0.0)))
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
    let [red, green, blue, _] = whole_texel(frame, at);
    [red, green, blue]
}

/// The same with the alpha.
fn whole_texel(frame: &Frame, at: [i32; 2]) -> Texel {
    let x = at[0].clamp(0, frame.size.width as i32 - 1) as usize;
    let y = at[1].clamp(0, frame.size.height as i32 - 1) as usize;
    let pixel = &frame.pixels[(y * frame.size.width as usize + x) * BYTES_PER_PIXEL..];
    [pixel[2], pixel[1], pixel[0], pixel[3]].map(|byte| f32::from(byte) / 255.0)
}

/// A channel with some light added.
fn lit(value: f32, light: f32) -> f32 {
    (value + light).clamp(0.0, 1.0)
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
