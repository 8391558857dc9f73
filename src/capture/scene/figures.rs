//! Procedural pictures of the figures: enemies, props, fire.

use super::noise::{clouds, hash, mix, ramp, value};
use super::texture::{Rgb, Texture, blend, lit};

const SIDE_LOG2: u32 = 7;

/// A picture that figures wear; the number is its index in [`Figures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Orb,
    Slime,
    Barrel,
    Brazier,
    Flame,
    CyanCrystal,
    PinkCrystal,
    Medkit,
    Tree,
    Spark,
}

const ALL: [Figure; 10] = [
    Figure::Orb,
    Figure::Slime,
    Figure::Barrel,
    Figure::Brazier,
    Figure::Flame,
    Figure::CyanCrystal,
    Figure::PinkCrystal,
    Figure::Medkit,
    Figure::Tree,
    Figure::Spark,
];

/// The painted textures of all figures.
pub struct Figures {
    textures: Vec<Texture>,
}

impl Figures {
    /// Paints all textures.
    pub fn new(seed: u32) -> Self {
        let textures = ALL
            .map(|figure| {
                let seed = seed ^ hash(figure as i32, 2, 78);
                Texture::paint(SIDE_LOG2, move |x, y| {
                    let (colour, alpha) = match figure {
                        Figure::Orb => orb(x, y, seed),
                        Figure::Slime => slime(x, y, seed),
                        Figure::Barrel => barrel(x, y, seed),
                        Figure::Brazier => brazier(x, y, seed),
                        Figure::Flame => flame(x, y, seed),
                        Figure::CyanCrystal => crystal(x, y, [0.20, 0.85, 0.98]),
                        Figure::PinkCrystal => crystal(x, y, [0.98, 0.32, 0.86]),
                        Figure::Medkit => medkit(x, y),
                        Figure::Tree => tree(x, y, seed),
                        Figure::Spark => spark(x, y),
                    };
                    // An empty border keeps opposite edges from mixing.
                    let border = x.min(y).min(1.0 - x).min(1.0 - y);
                    (colour, alpha * ramp(0.005, 0.018, border))
                })
            })
            .into();
        Self { textures }
    }

    /// The texture of a figure.
    pub fn texture(&self, figure: Figure) -> &Texture {
        &self.textures[figure as usize]
    }
}

/// Soft edge of a shape: 1 inside, 0 outside, given the signed distance to its outline.
fn inside(distance: f32) -> f32 {
    ramp(0.008, -0.008, distance)
}

/// Light on a ball from the upper left, with a highlight; `x`, `y` from its middle in radii.
fn ball(x: f32, y: f32) -> (f32, f32) {
    let z = (1.0 - x * x - y * y).max(0.0).sqrt();
    let facing = -0.5 * x - 0.62 * y + 0.6 * z;
    (0.42 + 0.75 * facing.max(0.0), facing.max(0.0).powi(24))
}

fn orb(x: f32, y: f32, seed: u32) -> (Rgb, f32) {
    let (dx, dy) = ((x - 0.5) / 0.37, (y - 0.53) / 0.37);
    let radius = dx.hypot(dy);
    let lean = (x - 0.5).abs();
    // Two horns, bent outwards.
    let horn_middle = 0.20 + 0.55 * (0.24 - y).max(0.0);
    let horn = (lean - horn_middle).abs() - 0.075 * ramp(0.02, 0.26, y);
    let horn_alpha = if y < 0.30 { inside(horn) * ramp(0.03, 0.05, y) } else { 0.0 };
    let (light, gloss) = ball(dx, dy);
    let warts = value(x * 11.0, y * 11.0, 11, seed);
    let skin = blend([0.78, 0.16, 0.42], [0.45, 0.10, 0.55], ramp(0.3, 0.8, warts));
    let mut colour = lit(skin, light * (0.85 + 0.3 * clouds(x, y, 8, seed)));
    let (eye_x, eye_y) = ((x - 0.5) / 0.19, (y - 0.45) / 0.165);
    let eye = eye_x.hypot(eye_y);
    let rim = lit([0.42, 0.05, 0.22], light);
    colour = blend(colour, rim, ramp(1.2, 1.12, eye));
    let iris = blend([1.0, 0.86, 0.10], [0.25, 0.85, 0.22], ramp(0.2, 0.62, eye));
    let ball_white = blend([0.98, 0.96, 0.88], [0.85, 0.55, 0.45], ramp(0.7, 1.0, eye));
    let pupil = ((x - 0.5) / 0.035).hypot((y - 0.45) / 0.085);
    let gaze = blend(blend(ball_white, iris, ramp(0.64, 0.58, eye)), [0.03, 0.02, 0.05], ramp(1.1, 0.9, pupil));
    let shine = ramp(0.035, 0.02, (x - 0.455).hypot(y - 0.39));
    colour = blend(colour, blend(gaze, [1.0; 3], shine), ramp(1.03, 0.97, eye));
    let mouth = ((x - 0.5) / 0.2).hypot((y - 0.73) / 0.068);
    let teeth = ((x * 17.0).fract() - 0.5).abs() * 0.12 + (y - 0.73).abs();
    let maw = blend([0.96, 0.94, 0.82], [0.20, 0.0, 0.05], ramp(0.055, 0.045, teeth));
    colour = blend(colour, maw, ramp(1.04, 0.96, mouth));
    colour = blend(colour, [1.0, 0.9, 0.95], gloss * 0.8);
    let bone = lit([0.95, 0.88, 0.68], 0.55 + 0.5 * ramp(0.3, 0.05, y) - 1.6 * (lean - horn_middle));
    let body = ramp(1.0, 0.96, radius);
    (blend(bone, colour, body), body.max(horn_alpha))
}

fn slime(x: f32, y: f32, seed: u32) -> (Rgb, f32) {
    let dome = ((x - 0.5) / 0.46).abs().powf(2.2) + ((1.0 - y) / 0.88).powf(2.2);
    let drip = 0.03 * (x * 38.0).sin() * ramp(0.8, 1.0, y);
    let alpha = ramp(1.0 + drip, 0.95 + drip, dome);
    let depth = ramp(1.0, 0.2, dome);
    let body = blend([0.16, 0.62, 0.12], [0.62, 0.98, 0.28], depth);
    let bubbles = ramp(0.60, 0.72, value(x * 8.0, y * 8.0, 8, seed));
    let mut colour = lit(blend(body, [0.85, 1.0, 0.55], 0.4 * bubbles), mix(1.0, 0.55, ramp(0.55, 1.0, y)));
    let gloss = ramp(1.0, 0.4, ((x - 0.36) / 0.11).hypot((y - 0.30) / 0.06));
    colour = blend(colour, [0.96, 1.0, 0.9], 0.9 * gloss);
    let eye = (((x - 0.5).abs() - 0.15) / 0.085).hypot((y - 0.54) / 0.105);
    let pupil = (((x - 0.5).abs() - 0.135) / 0.042).hypot((y - 0.56) / 0.06);
    colour = blend(colour, [1.0, 1.0, 0.95], ramp(1.06, 0.96, eye));
    colour = blend(colour, [0.12, 0.02, 0.16], ramp(1.1, 0.9, pupil));
    let smile = (y - 0.76 + 1.1 * (x - 0.5).powi(2)).abs();
    let mouth = if (x - 0.5).abs() < 0.2 { ramp(0.026, 0.014, smile) } else { 0.0 };
    (blend(colour, [0.04, 0.20, 0.05], mouth), alpha * 0.96)
}

fn barrel(x: f32, y: f32, seed: u32) -> (Rgb, f32) {
    let half = 0.37 + 0.09 * (1.0 - (2.0 * y - 1.0).powi(2));
    let across = (x - 0.5) / half;
    let outline = (x - 0.5).abs() - half;
    let round = (1.0 - across * across).max(0.0).sqrt();
    let light = 0.30 + 0.75 * (0.82 * round - 0.45 * across).max(0.0);
    let stave = (across.clamp(-1.0, 1.0).asin() * 4.0).fract().abs();
    let grain = value(across * 20.0, y * 4.0, 64, seed);
    let wood = lit([0.66, 0.38, 0.16], light * (0.75 + 0.4 * grain) * mix(0.45, 1.0, ramp(0.0, 0.1, stave)));
    let hoop = [0.13, 0.34, 0.68, 0.89].iter().fold(f32::MAX, |nearest, place| (y - place).abs().min(nearest));
    let iron = lit([0.62, 0.66, 0.74], light * (1.1 - 8.0 * hoop));
    let mut colour = blend(wood, iron, ramp(0.034, 0.028, hoop));
    let mark = (across / 0.6).abs().max(((y - 0.51) / 0.12).abs());
    let sign =
        blend([0.86, 0.14, 0.10], [0.98, 0.85, 0.2], ramp(0.3, 0.25, (across * 1.7).hypot((y - 0.51) * 8.0) - 0.3));
    colour = blend(colour, lit(sign, light + 0.1), ramp(1.02, 0.96, mark));
    let lid = ramp(0.05, 0.03, y);
    (blend(colour, lit([0.30, 0.18, 0.09], 1.0), lid), inside(outline) * ramp(0.012, 0.02, y))
}

fn brazier(x: f32, y: f32, seed: u32) -> (Rgb, f32) {
    let lean = (x - 0.5).abs();
    let bowl_half = 0.40 * (1.0 - ((y - 0.08) / 0.30).clamp(0.0, 1.0).powi(2)).sqrt();
    let bowl = if (0.06..0.40).contains(&y) { inside(lean - bowl_half) } else { 0.0 };
    let leg_at = 0.05 + 0.30 * ((y - 0.34) / 0.66).max(0.0);
    let legs = if y > 0.32 { inside((lean - leg_at).abs() - 0.03).max(inside(lean - 0.028)) } else { 0.0 };
    let ring = inside((y - 0.70).abs() - 0.022) * inside(lean - 0.23);
    let metal = lit([0.44, 0.40, 0.42], 0.55 + 0.5 * clouds(x, y, 10, seed) - 0.7 * (x - 0.5));
    let heat = ramp(0.26, 0.06, y);
    let hot = blend(metal, [1.0, 0.48, 0.10], 0.75 * heat);
    let rim = blend(hot, [0.86, 0.66, 0.30], ramp(0.03, 0.02, (y - 0.10).abs()));
    (rim, bowl.max(legs).max(ring))
}

fn flame(x: f32, y: f32, seed: u32) -> (Rgb, f32) {
    let lick = 0.10 * (value(x * 3.0 + 0.3, y * 5.0, 8, seed) - 0.5) * (1.0 - y);
    let lean = (x - 0.5 + lick).abs();
    let half = 0.40 * (y.powf(1.3)) * (1.0 - y).powf(0.32) * 1.35;
    let tongue = 0.10 * ((x * 21.0).sin().abs()) * ramp(0.9, 0.3, y);
    let depth = (half - lean - tongue * 0.5) / 0.30;
    let colour = blend([0.95, 0.22, 0.02], [1.0, 0.62, 0.08], ramp(0.0, 0.35, depth));
    let colour = blend(colour, [1.0, 0.97, 0.62], ramp(0.35, 0.8, depth * (0.5 + y)));
    (colour, ramp(-0.01, 0.14, depth))
}

fn crystal(x: f32, y: f32, tint: Rgb) -> (Rgb, f32) {
    // Middle at the foot, lean, half width and tip of each shard; the nearest comes last.
    const SHARDS: [[f32; 4]; 4] =
        [[0.36, -0.30, 0.10, 0.30], [0.66, 0.28, 0.10, 0.36], [0.50, 0.03, 0.135, 0.04], [0.42, -0.10, 0.085, 0.52]];
    let (mut colour, mut alpha) = ([0.0; 3], 0.0f32);
    for [foot, lean, half, tip] in SHARDS {
        let offset = x - (foot + lean * (1.0 - y));
        let width = half * ((y - tip) / 0.2).clamp(0.0, 1.0);
        let shape = inside(offset.abs() - width) * ramp(tip, tip + 0.02, y) * ramp(0.985, 0.97, y);
        let facet = if offset < -0.3 * width {
            1.05
        } else if offset < 0.35 * width {
            0.72
        } else {
            0.46
        };
        let edge = ramp(0.014, 0.004, (offset + 0.3 * width).abs().min((offset.abs() - width).abs()));
        let core = blend(lit(tint, facet * (0.7 + 0.5 * (1.0 - y))), [1.0; 3], 0.65 * edge + 0.25 * (1.0 - y));
        colour = blend(colour, core, shape);
        alpha = alpha.max(shape);
    }
    (colour, alpha)
}

fn medkit(x: f32, y: f32) -> (Rgb, f32) {
    let outline = ((x - 0.5).abs() - 0.45).max((y - 0.56).abs() - 0.42);
    let handle = ((x - 0.5).abs() - 0.16).max((y - 0.10).abs() - 0.07);
    let top = ramp(0.30, 0.27, y);
    let shell = blend(lit([0.92, 0.92, 0.88], 1.0 - 0.3 * y), [1.0, 1.0, 0.98], top);
    let (dx, dy) = ((x - 0.5).abs(), (y - 0.62).abs() * 0.75);
    let cross = (dx.max(dy) - 0.21).max(dx.min(dy) - 0.072);
    let seam = ramp(0.02, 0.012, (y - 0.29).abs());
    let colour = blend(blend(shell, [0.88, 0.08, 0.12], inside(cross)), [0.45, 0.45, 0.48], seam);
    let grip = [0.30, 0.30, 0.34];
    (blend(grip, colour, inside(outline)), inside(outline).max(inside(handle)))
}

fn tree(x: f32, y: f32, seed: u32) -> (Rgb, f32) {
    let trunk = if y > 0.86 { inside((x - 0.5).abs() - 0.05) } else { 0.0 };
    let ragged = 0.10 * (clouds(x, y, 9, seed) - 0.5);
    let half = 0.43 * (y / 0.92).powf(0.75) * (1.0 - (y - 0.5).max(0.0).powi(2) * 1.6) + ragged;
    let crown = if y < 0.92 { inside((x - 0.5).abs() - half) * ramp(0.93, 0.90, y + ragged * 0.4) } else { 0.0 };
    let leaves = value(x * 26.0, y * 40.0, 40 * 26, seed ^ 3);
    let side = 0.5 - (x - 0.5) / 0.9;
    let green = blend([0.06, 0.22, 0.13], [0.46, 0.66, 0.18], (0.55 * leaves + 0.6 * side).clamp(0.0, 1.0));
    let colour = lit(green, 0.6 + 0.5 * clouds(x, y, 14, seed ^ 4) - 0.2 * y);
    let bark = lit([0.38, 0.24, 0.14], 1.2 - (x - 0.45) * 8.0);
    (blend(bark, colour, crown), crown.max(trunk))
}

fn spark(x: f32, y: f32) -> (Rgb, f32) {
    let radius = (x - 0.5).hypot(y - 0.5);
    (blend([1.0, 0.97, 0.70], [1.0, 0.42, 0.06], ramp(0.1, 0.36, radius)), ramp(0.47, 0.22, radius))
}
