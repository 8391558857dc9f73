//! Light that stands still: computed once into a grid over the map.

use super::props::{LIGHTS, Light};
use super::surfaces::Surface;
use super::texture::{Rgb, mix_packed};
use super::world::{COLUMNS, Cell, ROWS, WALL_HEIGHT, cell};

/// Samples per cell and axis.
const SAMPLES: i32 = 4;
/// The byte that means light of strength 1; 255 is twice as bright.
pub const FULL_LIGHT: u32 = 128;

const INDOORS: Rgb = [0.36, 0.34, 0.48];
const OUTDOORS_SHADE: Rgb = [0.44, 0.42, 0.60];
const SUN: Rgb = [1.05, 0.80, 0.50];
/// Direction towards the sun on the map, and its height as a tangent.
pub const TOWARDS_SUN: [f32; 2] = [0.83, 0.56];
const SUN_HEIGHT: f32 = 0.62;
const LAVA: Light = Light { x: 0.0, y: 0.0, colour: [0.85, 0.30, 0.06], radius: 4.2 };

/// Brightness of the floor all over the map, packed as `0x00RRGGBB` with [`FULL_LIGHT`] as 1.
pub struct LightGrid {
    samples: Vec<u32>,
}

const WIDTH: i32 = COLUMNS * SAMPLES;
const HEIGHT: i32 = ROWS * SAMPLES;

impl LightGrid {
    /// Computes the light.
    pub fn new() -> Self {
        let mut lights = LIGHTS.to_vec();
        for row in 0..ROWS {
            for column in 0..COLUMNS {
                if matches!(cell(column, row), Cell::Room { floor: Surface::Lava, .. }) {
                    lights.push(Light { x: column as f32 + 0.5, y: row as f32 + 0.5, ..LAVA });
                }
            }
        }
        let open: Vec<Option<Rgb>> = (0..WIDTH * HEIGHT)
            .map(|index| {
                let middle = |step: i32| (step as f32 + 0.5) / SAMPLES as f32;
                sample(middle(index % WIDTH), middle(index / WIDTH), &lights)
            })
            .collect();
        // Walls take the light of the floor before them, so that it does not fall off towards their faces.
        let samples = (0..WIDTH * HEIGHT)
            .map(|index| open[index as usize].unwrap_or_else(|| beside(&open, index % WIDTH, index / WIDTH)))
            .map(|colour| {
                let byte = |channel: f32| (channel * FULL_LIGHT as f32).min(255.0) as u32;
                (byte(colour[0]) << 16) | (byte(colour[1]) << 8) | byte(colour[2])
            })
            .collect();
        Self { samples }
    }

    /// The light at a place on the map, in cells times 65536.
    #[inline]
    pub fn at(&self, x: i32, y: i32) -> u32 {
        let steps = |position: i32| (position >> 8) * SAMPLES - 128;
        let clamp = |step: i32, count: i32| step.clamp(0, (count - 2) << 8);
        let (x, y) = (clamp(steps(x), WIDTH), clamp(steps(y), HEIGHT));
        let corner = ((y >> 8) * WIDTH + (x >> 8)) as usize;
        let (right, down) = ((x & 255) as u32, (y & 255) as u32);
        let upper = mix_packed(self.samples[corner], self.samples[corner + 1], right);
        let below = corner + WIDTH as usize;
        mix_packed(upper, mix_packed(self.samples[below], self.samples[below + 1], right), down)
    }
}

fn sample(x: f32, y: f32, lights: &[Light]) -> Option<Rgb> {
    let Cell::Room { ceiling, .. } = cell(x as i32, y as i32) else { return None };
    let mut sum = if ceiling.is_some() { INDOORS } else { OUTDOORS_SHADE };
    if ceiling.is_none() {
        let reach = WALL_HEIGHT / SUN_HEIGHT;
        let [dx, dy] = TOWARDS_SUN;
        if is_clear(x, y, x + dx * reach, y + dy * reach) {
            sum = std::array::from_fn(|channel| sum[channel] + SUN[channel]);
        }
    }
    for light in lights {
        let distance = (light.x - x).hypot(light.y - y);
        if distance < light.radius && is_clear(x, y, light.x, light.y) {
            let strength = (1.0 - distance / light.radius).powi(2);
            sum = std::array::from_fn(|channel| sum[channel] + light.colour[channel] * strength);
        }
    }
    Some(sum)
}

/// Whether no wall stands between two places.
fn is_clear(x: f32, y: f32, to_x: f32, to_y: f32) -> bool {
    const STEP: f32 = 0.09;
    let steps = ((to_x - x).hypot(to_y - y) / STEP).ceil().max(1.0);
    (1..=steps as i32).all(|step| {
        let share = step as f32 / steps;
        matches!(cell((x + (to_x - x) * share) as i32, (y + (to_y - y) * share) as i32), Cell::Room { .. })
    })
}

/// Mean light of the open samples around one inside a wall.
fn beside(open: &[Option<Rgb>], x: i32, y: i32) -> Rgb {
    let mut sum = [0.0; 3];
    let mut count = 0.0f32;
    for near_y in (y - 1).max(0)..=(y + 1).min(HEIGHT - 1) {
        for near_x in (x - 1).max(0)..=(x + 1).min(WIDTH - 1) {
            if let Some(colour) = open[(near_y * WIDTH + near_x) as usize] {
                sum = std::array::from_fn(|channel| sum[channel] + colour[channel]);
                count += 1.0;
            }
        }
    }
    sum.map(|channel| channel / count.max(1.0))
}
