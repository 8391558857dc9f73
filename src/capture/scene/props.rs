//! Things that stand still, and the light they give.

use super::figures::Figure;
use super::texture::Rgb;

/// A point light over the floor.
#[derive(Debug, Clone, Copy)]
pub struct Light {
    pub x: f32,
    pub y: f32,
    /// Added to the floor's light right below.
    pub colour: Rgb,
    /// In cells; beyond there is none.
    pub radius: f32,
}

/// Places of the braziers, which also throw sparks.
pub const BRAZIERS: [[f32; 2]; 11] = [
    [5.2, 1.5],
    [10.8, 1.5],
    [14.3, 5.5],
    [12.4, 9.3],
    [1.5, 3.5],
    [15.6, 12.3],
    [20.2, 13.6],
    [21.5, 3.5],
    [26.5, 3.5],
    [21.5, 7.9],
    [26.5, 7.9],
];

const FIRE: Rgb = [1.75, 1.05, 0.42];
const CYAN: Rgb = [0.15, 1.05, 1.45];
const PINK: Rgb = [1.35, 0.25, 1.25];

/// All lights but the sun and the lava.
pub const LIGHTS: [Light; 16] = [
    fire(0),
    fire(1),
    fire(2),
    fire(3),
    fire(4),
    fire(5),
    fire(6),
    fire(7),
    fire(8),
    fire(9),
    fire(10),
    Light { x: 14.1, y: 2.2, colour: CYAN, radius: 4.0 },
    Light { x: 1.7, y: 9.4, colour: PINK, radius: 4.0 },
    Light { x: 30.3, y: 12.6, colour: CYAN, radius: 6.0 },
    Light { x: 1.6, y: 13.0, colour: PINK, radius: 6.0 },
    Light { x: 8.0, y: 12.5, colour: [0.9, 0.75, 0.5], radius: 4.0 },
];

const fn fire(brazier: usize) -> Light {
    let [x, y] = BRAZIERS[brazier];
    Light { x, y, colour: FIRE, radius: 6.0 }
}

/// A figure that stands at a place.
#[derive(Debug, Clone, Copy)]
pub struct Prop {
    pub figure: Figure,
    pub x: f32,
    pub y: f32,
    /// Width and height in cells.
    pub size: [f32; 2],
}

const fn prop(figure: Figure, x: f32, y: f32, width: f32, height: f32) -> Prop {
    Prop { figure, x, y, size: [width, height] }
}

/// All still figures but the braziers.
pub const PROPS: [Prop; 22] = [
    prop(Figure::CyanCrystal, 14.1, 2.2, 0.6, 0.8),
    prop(Figure::PinkCrystal, 1.7, 9.4, 0.6, 0.8),
    prop(Figure::CyanCrystal, 30.3, 12.6, 0.7, 0.95),
    prop(Figure::PinkCrystal, 1.6, 13.0, 0.8, 1.0),
    prop(Figure::Barrel, 13.2, 1.5, 0.5, 0.62),
    prop(Figure::Barrel, 13.8, 1.4, 0.5, 0.62),
    prop(Figure::Barrel, 4.3, 9.6, 0.5, 0.62),
    prop(Figure::Barrel, 4.9, 9.7, 0.5, 0.62),
    prop(Figure::Barrel, 18.6, 12.3, 0.5, 0.62),
    prop(Figure::Barrel, 11.4, 13.7, 0.5, 0.62),
    prop(Figure::Barrel, 25.6, 10.0, 0.5, 0.62),
    prop(Figure::Medkit, 11.0, 6.6, 0.4, 0.3),
    prop(Figure::Medkit, 28.6, 5.6, 0.4, 0.3),
    prop(Figure::Tree, 17.8, 9.2, 1.0, 2.1),
    prop(Figure::Tree, 30.3, 1.6, 1.0, 2.2),
    prop(Figure::Tree, 30.4, 9.3, 1.0, 2.0),
    prop(Figure::Tree, 22.0, 1.4, 0.9, 1.9),
    prop(Figure::Tree, 17.7, 5.4, 0.9, 1.9),
    prop(Figure::Tree, 26.3, 1.4, 0.9, 2.0),
    prop(Figure::Tree, 21.2, 9.4, 0.9, 1.8),
    prop(Figure::Barrel, 6.6, 1.35, 0.5, 0.62),
    prop(Figure::Medkit, 24.0, 12.4, 0.4, 0.3),
];
