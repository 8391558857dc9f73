//! How far the view moved since the frame that was painted, and whether it is still the same scene.

use super::guide::{Shrinker, luma};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// Height in cells of the small pictures that are compared.
const GRID_HEIGHT: u32 = 54;
/// The widest the small pictures get.
const MAX_GRID_WIDTH: u32 = 128;
/// The largest motion that is looked for, in cells: about a tenth of the picture.
const REACH: [i32; 2] = [10, 6];
/// A motion is believed only when it explains the pictures this much better than standing still does.
const MOTION_GAIN: f32 = 0.8;
/// A mean luma difference under which pictures are taken as equal (noise of capture and rounding).
const STILL_DIFFERENCE: f32 = 0.002;
/// Mean luma difference, after the best motion, at which the fade to the plain frame begins: same scene below.
const CUT_FROM: f32 = 0.10;
/// Mean luma difference at which the fade is complete: another scene above.
const CUT_TO: f32 = 0.20;

/// What carries an old painting onto the newest frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Carry {
    /// How far the view moved, as a fraction of width and height, from the painted frame to the newest one.
    pub motion: [f32; 2],
    /// 0: the same scene; 1: another scene.
    pub cut: f32,
}

/// Compares painted frames with newest frames on a coarse grid; keeps its memory.
#[derive(Debug)]
pub(super) struct CarryEstimator {
    shrinker: Shrinker,
    small: Frame,
    painted: Vec<f32>,
    newest: Vec<f32>,
}

impl Default for CarryEstimator {
    fn default() -> Self {
        let small = Frame::new(Size::new(1, 1));
        Self { shrinker: Shrinker::default(), small, painted: Vec::new(), newest: Vec::new() }
    }
}

impl CarryEstimator {
    /// Remembers the frame that was painted, by its guide (the frame at the painting's size).
    pub fn set_painted(&mut self, guide: &Frame) {
        self.small.reshape(grid_size(guide.size));
        // The tables of the shrinker are for full frames, which arrive more often.
        Shrinker::default().shrink(guide, &mut self.small);
        lumas(&self.small, &mut self.painted);
    }

    /// Finds the one motion that explains `newest` best, by the mean absolute luma difference on the grid (exhaustive
    /// block matching with the whole picture as the block, refined to fractions of a cell by a parabola).
    pub fn estimate(&mut self, newest: &Frame) -> Carry {
        self.shrinker.shrink(newest, &mut self.small);
        lumas(&self.small, &mut self.newest);
        let size = self.small.size;
        let reach = [REACH[0].min(size.width as i32 / 4), REACH[1].min(size.height as i32 / 4)];
        let still = self.difference([0, 0]);
        if still < STILL_DIFFERENCE {
            return Carry::default();
        }
        let (mut best, mut best_difference) = ([0, 0], still);
        for y in -reach[1]..=reach[1] {
            for x in -reach[0]..=reach[0] {
                let difference = self.difference([x, y]);
                if difference < best_difference {
                    (best, best_difference) = ([x, y], difference);
                }
            }
        }
        if best_difference > still * MOTION_GAIN {
            (best, best_difference) = ([0, 0], still);
        }
        let mut motion = [0.0; 2];
        if best != [0, 0] {
            let sides = [size.width, size.height];
            for axis in 0..2 {
                let mut step = [0, 0];
                step[axis] = 1;
                let before = self.difference([best[0] - step[0], best[1] - step[1]]);
                let after = self.difference([best[0] + step[0], best[1] + step[1]]);
                motion[axis] = (best[axis] as f32 + vertex(before, best_difference, after)) / sides[axis] as f32;
            }
        }
        let cut = ((best_difference - CUT_FROM) / (CUT_TO - CUT_FROM)).clamp(0.0, 1.0);
        Carry { motion, cut }
    }

    /// Mean absolute luma difference over the overlap when the painted picture is moved by `shift` cells.
    fn difference(&self, shift: [i32; 2]) -> f32 {
        let (width, height) = (self.small.size.width as i32, self.small.size.height as i32);
        let columns = width - shift[0].abs();
        let rows = height - shift[1].abs();
        if columns <= 0 || rows <= 0 {
            return f32::INFINITY;
        }
        let mut sum = 0.0;
        for row in 0..rows {
            let newest_at = (row + shift[1].max(0)) * width + shift[0].max(0);
            let painted_at = (row + (-shift[1]).max(0)) * width + (-shift[0]).max(0);
            let newest = &self.newest[newest_at as usize..(newest_at + columns) as usize];
            let painted = &self.painted[painted_at as usize..(painted_at + columns) as usize];
            sum += absolute_difference(newest, painted);
        }
        sum / (columns * rows) as f32
    }
}

fn grid_size(picture: Size) -> Size {
    let mut grid = picture.with_height(GRID_HEIGHT.min(picture.height));
    grid.width = grid.width.clamp(1, MAX_GRID_WIDTH.min(picture.width));
    grid
}

fn lumas(picture: &Frame, lumas: &mut Vec<f32>) {
    lumas.clear();
    lumas.extend(picture.pixels.chunks_exact(BYTES_PER_PIXEL).map(luma));
}

/// Sums in eight lanes, which compilers turn into vector instructions.
fn absolute_difference(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| (a - b).abs()).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += (a[lane] - b[lane]).abs();
        }
    }
    rest + sums.iter().sum::<f32>()
}

/// Where the parabola through (-1, before), (0, here), (1, after) is lowest, within half a step.
fn vertex(before: f32, here: f32, after: f32) -> f32 {
    let curvature = before - 2.0 * here + after;
    if !curvature.is_finite() || curvature <= 1e-6 {
        0.0
    } else {
        (0.5 * (before - after) / curvature).clamp(-0.5, 0.5)
    }
}
