//! Where the figures are at a time: enemies, props, flames and sparks.

use super::figures::Figure;
use super::noise::unit;
use super::props::{BRAZIERS, PROPS};
use std::f32::consts::TAU;
use std::time::Duration;

/// A figure in the world: an upright picture that always faces the camera.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// The same for the same thing at all times, and for no other thing.
    pub identity: u32,
    pub figure: Figure,
    pub x: f32,
    pub y: f32,
    /// Height of the lower edge above the floor, in cells.
    pub bottom: f32,
    /// Width and height in cells.
    pub size: [f32; 2],
    /// Share of its own light, 0 to 1.
    pub glow: f32,
}

/// All figures at one time, without an allocation.
#[derive(Debug, Clone, Copy)]
pub struct Actors {
    all: [Actor; CAPACITY],
    count: usize,
}

const CAPACITY: usize = 256;
const SPARKS_PER_BRAZIER: i32 = 9;
const SPARK_SECONDS: f64 = 1.3;
const EMBERS: i32 = 40;
const EMBER_SECONDS: f64 = 3.2;
/// Corner and sides of the two lava pools.
const POOLS: [[f32; 4]; 2] = [[6.0, 3.0, 4.0, 3.0], [22.0, 5.0, 4.0, 2.0]];
/// Height of the bowl of a brazier.
const BOWL: f32 = 0.56;

/// Centre, radii, rounds per minute and height of the flying orbs.
const ORBS: [[f32; 6]; 6] = [
    [8.0, 4.5, 1.3, 0.9, 5.0, 0.40],
    [8.0, 4.6, 3.6, 2.2, -2.2, 0.62],
    [12.5, 4.8, 0.8, 2.4, 3.7, 0.5],
    [24.0, 6.0, 1.9, 1.2, 4.0, 0.55],
    [24.5, 6.2, 2.6, 1.5, -3.0, 0.72],
    [20.0, 5.8, 1.2, 1.9, 4.4, 0.45],
];
/// Centre, reach in x and y, and turns per minute of the crawling slimes.
const SLIMES: [[f32; 5]; 5] = [
    [11.0, 8.2, 1.6, 0.4, 6.0],
    [4.4, 6.6, 0.4, 1.4, 7.0],
    [14.0, 12.6, 2.4, 0.2, 5.0],
    [24.0, 7.6, 1.6, 0.2, 6.0],
    [19.0, 6.5, 0.7, 1.2, 5.0],
];

impl Actors {
    /// The figures at `time`; `seed` chooses the phases of their ways.
    pub fn at(time: Duration, seed: u32) -> Self {
        let nobody =
            Actor { identity: 0, figure: Figure::Spark, x: 0.0, y: 0.0, bottom: 0.0, size: [0.0; 2], glow: 0.0 };
        let mut actors = Self { all: [nobody; CAPACITY], count: 0 };
        actors.add_props();
        actors.add_enemies(time, seed);
        actors.add_sparks(time, seed);
        actors
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Actor> {
        self.all[..self.count].iter()
    }

    fn push(&mut self, actor: Actor) {
        if let Some(place) = self.all.get_mut(self.count) {
            *place = actor;
            self.count += 1;
        }
    }

    fn add_props(&mut self) {
        for (number, prop) in PROPS.iter().enumerate() {
            let glow = if matches!(prop.figure, Figure::CyanCrystal | Figure::PinkCrystal) { 0.8 } else { 0.0 };
            let (figure, x, y, size) = (prop.figure, prop.x, prop.y, prop.size);
            self.push(Actor { identity: number as u32, figure, x, y, bottom: 0.0, size, glow });
        }
        for (number, &[x, y]) in BRAZIERS.iter().enumerate() {
            let identity = 0x100 + number as u32;
            let stand = Actor { identity, figure: Figure::Brazier, x, y, bottom: 0.0, size: [0.44, 0.62], glow: 0.25 };
            let (identity, size) = (identity + 0x100, [0.36, 0.5]);
            self.push(stand);
            // The flame stands a little in front of nothing: same place, drawn after the bowl.
            self.push(Actor { identity, figure: Figure::Flame, bottom: BOWL - 0.06, size, glow: 1.0, ..stand });
        }
    }

    fn add_enemies(&mut self, time: Duration, seed: u32) {
        let turn = |per_minute: f32, number: usize| {
            let turns = time.as_secs_f64() * f64::from(per_minute) / 60.0;
            (turns.fract() as f32 + unit(number as i32, 3, seed)) * TAU
        };
        for (number, &[x, y, radius_x, radius_y, per_minute, height]) in ORBS.iter().enumerate() {
            let angle = turn(per_minute, number);
            let hover = 0.06 * (turn(24.0, number + 9)).sin();
            self.push(Actor {
                identity: 0x300 + number as u32,
                figure: Figure::Orb,
                x: x + radius_x * angle.cos(),
                y: y + radius_y * angle.sin(),
                bottom: height + hover - 0.3,
                size: [0.74, 0.74],
                glow: 0.35,
            });
        }
        for (number, &[x, y, reach_x, reach_y, per_minute]) in SLIMES.iter().enumerate() {
            let angle = turn(per_minute, number + 20);
            let squash = 0.08 * turn(50.0, number + 30).sin();
            self.push(Actor {
                identity: 0x400 + number as u32,
                figure: Figure::Slime,
                x: x + reach_x * angle.cos(),
                y: y + reach_y * angle.sin(),
                bottom: -0.02,
                size: [0.62 * (1.0 - squash), 0.5 * (1.0 + squash)],
                glow: 0.25,
            });
        }
    }

    fn add_sparks(&mut self, time: Duration, seed: u32) {
        for (emitter, &[x, y]) in BRAZIERS.iter().enumerate() {
            for number in 0..SPARKS_PER_BRAZIER {
                let slot = emitter as i32 * SPARKS_PER_BRAZIER + number;
                let (birth, age) = lives(time, SPARK_SECONDS, f64::from(number) / f64::from(SPARKS_PER_BRAZIER));
                let chance = |what: i32| unit(slot, birth * 8 + what, seed ^ 0x51);
                let (angle, speed) = (chance(0) * TAU, 0.05 + 0.22 * chance(1));
                self.push(Actor {
                    identity: spark_identity(slot, birth),
                    figure: Figure::Spark,
                    x: x + angle.cos() * speed * age,
                    y: y + angle.sin() * speed * age,
                    bottom: BOWL + 0.2 + (0.35 + 0.6 * chance(2)) * age,
                    size: [spark_side(0.05 + 0.03 * chance(3), age / SPARK_SECONDS as f32); 2],
                    glow: 1.0,
                });
            }
        }
        for number in 0..EMBERS {
            let slot = 1000 + number;
            let (birth, age) = lives(time, EMBER_SECONDS, f64::from(number) / f64::from(EMBERS));
            let chance = |what: i32| unit(slot, birth * 8 + what, seed ^ 0x52);
            let [corner_x, corner_y, width, height] = POOLS[number as usize % POOLS.len()];
            let sway = 0.1 * (age * 2.0 + TAU * chance(4)).sin();
            self.push(Actor {
                identity: spark_identity(slot, birth),
                figure: Figure::Spark,
                x: corner_x + width * chance(0) + sway,
                y: corner_y + height * chance(1) + sway,
                bottom: 0.02 + (0.12 + 0.3 * chance(2)) * age,
                size: [spark_side(0.04 + 0.05 * chance(3), age / EMBER_SECONDS as f32); 2],
                glow: 1.0,
            });
        }
    }
}

/// How many lives of `seconds` came before the one at `time`, and the age in that life in seconds.
fn lives(time: Duration, seconds: f64, phase: f64) -> (i32, f32) {
    let lives = time.as_secs_f64() / seconds + phase;
    ((lives as i64 & 0xFFFF) as i32, (lives.fract() * seconds) as f32)
}

fn spark_identity(slot: i32, birth: i32) -> u32 {
    0x8000_0000 | (slot as u32) << 16 | birth as u32
}

/// A spark grows quickly and dies slowly; `life` runs from 0 to 1.
fn spark_side(side: f32, life: f32) -> f32 {
    side * (life * 12.0).min(1.0) * (1.0 - life).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_every_figure_once() {
        for seconds in [0, 7, 100_000] {
            let actors = Actors::at(Duration::from_secs(seconds), 5);
            let names: HashSet<u32> = actors.iter().map(|actor| actor.identity).collect();
            assert_eq!(names.len(), actors.count);
            assert!(actors.count < CAPACITY, "the list is too short");
        }
    }
}
