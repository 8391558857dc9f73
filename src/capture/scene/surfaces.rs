//! Procedural textures of walls, floors and ceilings. A wall texture spans one cell across and the wall's full height.

use super::noise::{clouds, hash, mix, ramp, unit, value, worley};
use super::texture::{Rgb, Texture, blend, lit};
use super::world::WALL_HEIGHT;

const SIDE_LOG2: u32 = 8;

/// What a wall, floor or ceiling is made of; the number is its index in [`Surfaces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Brick,
    MossyStone,
    Timber,
    Banner,
    Flagstones,
    Planks,
    Lava,
    Grass,
    Courtyard,
    Vault,
}

const ALL: [Surface; 10] = [
    Surface::Brick,
    Surface::MossyStone,
    Surface::Timber,
    Surface::Banner,
    Surface::Flagstones,
    Surface::Planks,
    Surface::Lava,
    Surface::Grass,
    Surface::Courtyard,
    Surface::Vault,
];

/// The painted textures of all surfaces.
pub struct Surfaces {
    textures: Vec<Texture>,
}

impl Surfaces {
    /// Paints all textures.
    pub fn new(seed: u32) -> Self {
        let textures = ALL
            .map(|surface| {
                let seed = seed ^ hash(surface as i32, 1, 77);
                Texture::paint(SIDE_LOG2, move |x, y| {
                    let height = (1.0 - y) * WALL_HEIGHT;
                    let colour = match surface {
                        Surface::Brick => brick(x, height, seed),
                        Surface::MossyStone => mossy_stone(x, height, seed),
                        Surface::Timber => timber(x, height, seed),
                        Surface::Banner => banner(x, height, seed),
                        Surface::Flagstones => flagstones(x, y, seed, [0.47, 0.43, 0.50], [0.33, 0.30, 0.38]),
                        Surface::Planks => planks(x, y, seed),
                        Surface::Lava => lava(x, y, seed),
                        Surface::Grass => grass(x, y, seed),
                        Surface::Courtyard => flagstones(x, y, seed, [0.74, 0.66, 0.52], [0.60, 0.54, 0.46]),
                        Surface::Vault => vault(x, y, seed),
                    };
                    (colour, 1.0)
                })
            })
            .into();
        Self { textures }
    }

    /// The texture of a surface.
    pub fn texture(&self, surface: Surface) -> &Texture {
        &self.textures[surface as usize]
    }
}

/// Rectangular blocks in courses: distance from the block's edge, block number, and a bevel light of about -1..=1.
fn courses(x: f32, y: f32, width: f32, height: f32, seed: u32) -> (f32, u32, f32) {
    let course = (y / height).floor();
    let shift = if course as i32 % 2 == 0 { 0.0 } else { width / 2.0 };
    let columns = (1.0 / width).round() as i32;
    let column = ((x + shift) / width).floor();
    let (inner_x, inner_y) = ((x + shift) - column * width, y - course * height);
    let edge = inner_x.min(width - inner_x).min(inner_y).min(height - inner_y);
    let number = hash((column as i32).rem_euclid(columns), course as i32, seed);
    let rim = 0.022;
    let bevel = ramp(rim, 0.008, height - inner_y) + 0.5 * ramp(rim, 0.008, inner_x)
        - ramp(rim, 0.008, inner_y)
        - 0.5 * ramp(rim, 0.008, width - inner_x);
    (edge, number, bevel)
}

fn tone(number: u32) -> f32 {
    (number & 255) as f32 / 255.0
}

fn brick(x: f32, z: f32, seed: u32) -> Rgb {
    if z > 1.36 {
        return stone_trim(x, z - 1.36, seed);
    }
    if z < 0.16 {
        return lit(stone_trim(x, z, seed), 0.72);
    }
    let (edge, number, bevel) = courses(x, z, 0.25, 0.12, seed);
    let grain = clouds(x, z / 1.5, 16, seed);
    let base = blend([0.72, 0.27, 0.17], [0.50, 0.16, 0.14], tone(number));
    let base = blend(base, [0.80, 0.46, 0.24], tone(number >> 8).powi(4));
    let soot = mix(0.75, 1.05, clouds(x, z / 1.5, 3, seed ^ 9));
    let face = lit(base, (0.72 + 0.5 * grain + 0.16 * bevel) * soot);
    let mortar = lit([0.40, 0.35, 0.33], 0.55 + 0.6 * grain);
    blend(mortar, face, ramp(0.003, 0.009, edge))
}

fn stone_trim(x: f32, z: f32, seed: u32) -> Rgb {
    let (edge, number, bevel) = courses(x, z, 0.5, 0.16, seed ^ 3);
    let grain = clouds(x, z, 12, seed ^ 4);
    let face = lit([0.58, 0.54, 0.52], 0.66 + 0.3 * grain + 0.14 * tone(number) + 0.2 * bevel);
    blend([0.16, 0.14, 0.16], face, ramp(0.002, 0.008, edge))
}

fn mossy_stone(x: f32, z: f32, seed: u32) -> Rgb {
    let wobble = 0.018 * (value(x * 12.0, z * 12.0, 12, seed ^ 5) - 0.5);
    let (edge, number, bevel) = courses(x + wobble, z + wobble, 1.0 / 3.0, 0.25, seed);
    let grain = clouds(x, z / 1.5, 10, seed);
    let base = blend([0.50, 0.54, 0.62], [0.38, 0.40, 0.50], tone(number));
    let base = blend(base, [0.62, 0.56, 0.48], tone(number >> 8).powi(3));
    let face = lit(base, 0.62 + 0.62 * grain + 0.16 * bevel);
    let stone = blend([0.13, 0.15, 0.17], face, ramp(0.003, 0.012, edge));
    let growth = clouds(x, z / 1.5, 5, seed ^ 11) + 0.32 * ramp(0.7, 0.0, z) + 0.14 * ramp(0.02, 0.0, edge);
    let moss = lit([0.34, 0.52, 0.16], 0.45 + 0.9 * clouds(x, z / 1.5, 32, seed ^ 12));
    blend(stone, moss, ramp(0.58, 0.72, growth))
}

fn timber(x: f32, z: f32, seed: u32) -> Rgb {
    let iron = |band: f32| ((z - band).abs() < 0.055).then_some(z - band);
    if let Some(offset) = iron(0.28).or_else(|| iron(1.2)) {
        let rivet = ((x * 6.0).fract() - 0.5).hypot(offset * 6.0);
        let metal = lit([0.36, 0.40, 0.48], 0.7 + 6.0 * offset + 0.35 * clouds(x, z / 1.5, 16, seed ^ 8));
        let head = lit([0.72, 0.72, 0.74], 1.0 + 2.2 * offset);
        let rim = blend([0.10, 0.09, 0.10], metal, ramp(0.055, 0.047, offset.abs()));
        return blend(rim, head, ramp(0.15, 0.11, rivet));
    }
    plank(x, z, 6.0, seed, [0.62, 0.39, 0.19], [0.42, 0.25, 0.13])
}

/// Planks that run along the second coordinate.
fn plank(across: f32, along: f32, count: f32, seed: u32, light: Rgb, dark: Rgb) -> Rgb {
    let number = (across * count).floor();
    let inner = across * count - number;
    let edge = inner.min(1.0 - inner) / count;
    let shift = 11.0 * unit(number as i32, 5, seed);
    let wave = value(across * 8.0, along * 2.0 + shift, 8, seed ^ 21);
    let rings = (0.5 + 0.5 * ((inner * 9.0 + wave * 7.0) * 2.4).sin()).powi(2);
    let fibre = value(across * 96.0, along * 6.0 + shift, 96, seed ^ 22);
    let base = blend(light, dark, 0.55 * unit(number as i32, 6, seed) + 0.45 * rings);
    let face = lit(base, 0.72 + 0.42 * fibre);
    blend([0.09, 0.05, 0.04], face, ramp(0.002, 0.008, edge))
}

fn banner(x: f32, z: f32, seed: u32) -> Rgb {
    let hem = 0.3 + 0.14 * (1.0 - ((x - 0.5).abs() / 0.3).min(1.0));
    let from_edge = (0.3 - (x - 0.5).abs()).min(1.3 - z).min(z - 0.74 + hem);
    if (z - 1.32).abs() < 0.025 && (x - 0.5).abs() < 0.36 {
        return lit([0.85, 0.65, 0.25], 0.7 + 14.0 * (z - 1.32).abs());
    }
    let wall = mossy_stone(x, z, seed);
    if from_edge < 0.0 {
        return lit(wall, mix(1.0, 0.55, ramp(-0.05, 0.0, from_edge)));
    }
    let fold = 0.82 + 0.18 * (x * 34.0 + 2.0 * value(x * 4.0, z * 3.0, 4, seed)).sin();
    let weave = 0.92 + 0.16 * value(x * 128.0, z * 128.0, 128, seed ^ 31);
    let (dx, dz) = (x - 0.5, z - 0.92);
    let radius = dx.hypot(dz);
    let rays = 0.145 + 0.05 * (dz.atan2(dx) * 8.0).cos();
    let gold: Rgb = [0.98, 0.78, 0.26];
    let emblem = ramp(rays + 0.006, rays - 0.006, radius);
    let iris = ramp(0.066, 0.058, radius);
    let cloth = blend([0.70, 0.07, 0.13], gold, ramp(0.034, 0.028, (from_edge - 0.045).abs() + 0.015));
    let cloth = blend(blend(cloth, gold, emblem), [0.16, 0.10, 0.45], iris);
    lit(cloth, fold * weave)
}

fn flagstones(x: f32, y: f32, seed: u32, light: Rgb, dark: Rgb) -> Rgb {
    let (edge, number, bevel) = courses(x, y, 0.5, 0.5, seed);
    let grain = clouds(x, y, 8, seed);
    let crack = worley(x * 5.0, y * 5.0, 5, seed ^ 41);
    let base = blend(light, dark, tone(number));
    let worn = lit(base, 0.66 + 0.55 * grain + 0.14 * bevel);
    let cracked = blend(worn, lit(dark, 0.45), 0.7 * ramp(0.05, 0.01, crack.1 - crack.0) * tone(number >> 9));
    blend(lit(dark, 0.28), cracked, ramp(0.004, 0.014, edge))
}

fn planks(x: f32, y: f32, seed: u32) -> Rgb {
    let board = (y * 5.0).floor() as i32;
    let joint = (x + 0.5 * unit(board, 7, seed)).fract();
    let gap = ramp(0.001, 0.006, joint.min(1.0 - joint));
    let wood = plank(y, x, 5.0, seed, [0.70, 0.44, 0.22], [0.44, 0.24, 0.12]);
    let nail = ((joint - 0.03).abs()).hypot((y * 5.0).fract() * 0.2 - 0.1);
    blend([0.08, 0.05, 0.03], blend([0.18, 0.16, 0.16], wood, ramp(0.006, 0.011, nail)), gap)
}

fn lava(x: f32, y: f32, seed: u32) -> Rgb {
    let bend = 0.5 * (clouds(x, y, 4, seed ^ 51) - 0.5);
    let (nearest, second, number) = worley(x * 4.0 + bend, y * 4.0 + bend, 4, seed);
    let crack = ramp(0.34, 0.02, second - nearest);
    let heat = (0.30 * clouds(x, y, 8, seed ^ 52) + 0.9 * crack + 0.2 * tone(number)).clamp(0.0, 1.0);
    let glow = blend([0.30, 0.03, 0.02], [0.95, 0.26, 0.03], ramp(0.12, 0.55, heat));
    blend(glow, [1.0, 0.90, 0.38], ramp(0.62, 1.0, heat))
}

fn grass(x: f32, y: f32, seed: u32) -> Rgb {
    let patches = clouds(x, y, 4, seed);
    let blades = value(x * 90.0, y * 48.0, 48 * 90, seed ^ 61);
    let base = blend([0.13, 0.29, 0.10], [0.38, 0.47, 0.15], patches);
    let meadow = lit(base, 0.62 + 0.62 * blades);
    let (nearest, _, number) = worley(x * 7.0, y * 7.0, 7, seed ^ 62);
    let petal = if number & 3 == 0 { ramp(0.13, 0.09, nearest) } else { 0.0 };
    let colours: [Rgb; 3] = [[0.98, 0.92, 0.55], [0.95, 0.55, 0.75], [0.92, 0.92, 1.0]];
    blend(meadow, colours[(number >> 4) as usize % 3], petal)
}

fn vault(x: f32, y: f32, seed: u32) -> Rgb {
    let beam = (0.5 - (x - 0.5).abs()).min(0.5 - (y - 0.5).abs());
    if beam < 0.10 {
        let along = if (x - 0.5).abs() > (y - 0.5).abs() { y } else { x };
        let wood = plank(beam * 4.0, along, 1.0, seed, [0.46, 0.29, 0.16], [0.30, 0.18, 0.10]);
        return lit(wood, 0.75 + 3.0 * (0.1 - beam));
    }
    let grain = clouds(x, y, 8, seed);
    lit([0.34, 0.34, 0.46], (0.5 + 0.7 * grain) * mix(0.5, 1.0, ramp(0.10, 0.22, beam)))
}
