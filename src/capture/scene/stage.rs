//! What the camera sees at one time: the view, and the figures on the screen from far to near.

use super::actors::Actors;
use super::camera::{NEAR, View};
use super::figures::Figure;
use super::world::WallHit;
use super::world::cast;
use crate::frame::Size;
use std::time::Duration;

/// A figure on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    pub identity: u32,
    pub figure: Figure,
    /// Place on the map in cells.
    pub x: f32,
    pub y: f32,
    /// In cells.
    pub depth: f32,
    /// Upper left corner and sides in pixels.
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
    pub glow: f32,
}

impl Placed {
    /// Where a point of the screen lies within the figure, each 0 to 1; `None` outside.
    pub fn inner(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let (u, v) = ((x - self.left) / self.width, (y - self.top) / self.height);
        ((0.0..1.0).contains(&u) && (0.0..1.0).contains(&v)).then_some((u, v))
    }
}

/// The view and all figures before it at one time.
pub struct Stage {
    pub view: View,
    placed: [Placed; CAPACITY],
    count: usize,
}

const CAPACITY: usize = 256;

impl Stage {
    /// Sets the stage for `time`, without an allocation.
    pub fn at(time: Duration, size: Size, seed: u32) -> Self {
        let view = View::at(time, size);
        let nothing = Placed {
            identity: 0,
            figure: Figure::Spark,
            x: 0.0,
            y: 0.0,
            depth: 0.0,
            left: 0.0,
            top: 0.0,
            width: 0.0,
            height: 0.0,
            glow: 0.0,
        };
        let mut stage = Self { view, placed: [nothing; CAPACITY], count: 0 };
        for actor in Actors::at(time, seed).iter() {
            let Some((middle, foot, depth)) = view.project(actor.x, actor.y, actor.bottom) else { continue };
            let scale = view.focal_px / depth;
            let (width, height) = (actor.size[0] * scale, actor.size[1] * scale);
            let left = middle - width / 2.0;
            let is_seen = left < size.width as f32 && left + width > 0.0 && width > 0.0 && depth > NEAR * 2.0;
            if is_seen && stage.count < CAPACITY {
                let (identity, figure, x, y) = (actor.identity, actor.figure, actor.x, actor.y);
                let (top, glow) = (foot - height, actor.glow);
                stage.placed[stage.count] = Placed { identity, figure, x, y, depth, left, top, width, height, glow };
                stage.count += 1;
            }
        }
        // Of two figures at one place the later one is drawn later: the order of equals must not change.
        insertion_sort(&mut stage.placed[..stage.count]);
        stage
    }

    /// The figures from far to near.
    pub fn placed(&self) -> &[Placed] {
        &self.placed[..self.count]
    }

    /// The wall behind column `x`, with its depth as the distance.
    pub fn wall(&self, x: f32) -> WallHit {
        cast(self.view.x, self.view.y, self.view.ray(x))
    }
}

/// Sorts far things first. The standard stable sort allocates, and the list changes little from frame to frame.
fn insertion_sort(placed: &mut [Placed]) {
    for end in 1..placed.len() {
        let mut index = end;
        while index > 0 && placed[index - 1].depth < placed[index].depth {
            placed.swap(index - 1, index);
            index -= 1;
        }
    }
}
