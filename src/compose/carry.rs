//! How far the view moved since the frame that was painted, and whether it is still the same scene.

use super::guide::{Shrinker, luma};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// Height in cells of the small pictures that are compared.
const GRID_HEIGHT: u32 = 54;
/// The widest the small pictures get.
const MAX_GRID_WIDTH: u32 = 128;
/// The largest motion that is looked for, as a divisor of width and height: games turn sideways faster than up and
/// down.
const REACH_DIVISOR: [i32; 2] = [4, 8];
/// The search looks at every third row, which finds the same motion in a third of the time.
const SEARCH_ROW_STEP: usize = 3;
/// A motion is believed only when it explains what changed this much better than standing still does.
const MOTION_GAIN: f32 = 0.88;
/// A cell whose luma changed by less stands still (HUD, menus, frames around the view) and says nothing of the motion.
const CELL_CHANGE: f32 = 0.012;
/// The share of changed cells under which there is no motion of the whole view.
const LEAST_CHANGE: f32 = 0.08;
/// The difference that one cell may add: what came into view must not outweigh what moved.
const MOST_DIFFERENCE: f32 = 0.2;
/// Mean luma difference after the best motion, relative to the contrast of the pictures, at which the fade to the plain
/// frame begins. A turning view has about 0.2, unrelated pictures have 0.5 and more.
const CUT_FROM: f32 = 0.35;
/// The same at which the fade is complete: another scene above.
const CUT_TO: f32 = 0.65;
/// Added to the contrast, so that dark or flat pictures do not count as cut for their noise.
const LEAST_CONTRAST: f32 = 0.03;
/// A mean luma difference (5 of 255) that is never a cut: lamps flicker in flat scenes.
const LEAST_DIFFERENCE: f32 = 0.02;

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
    /// 1 for each cell that changed, else 0.
    changed: Vec<f32>,
}

impl Default for CarryEstimator {
    fn default() -> Self {
        let small = Frame::new(Size::new(1, 1));
        Self { shrinker: Shrinker::default(), small, painted: Vec::new(), newest: Vec::new(), changed: Vec::new() }
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

    /// Finds the one motion that explains `newest` best, by the mean absolute luma difference of the cells that changed
    /// (exhaustive block matching with the whole picture as the block, refined to fractions of a cell by a parabola).
    pub fn estimate(&mut self, newest: &Frame) -> Carry {
        self.shrinker.shrink(newest, &mut self.small);
        lumas(&self.small, &mut self.newest);
        let cells = self.newest.iter().zip(&self.painted);
        self.changed.clear();
        self.changed.extend(cells.map(|(new, old)| f32::from(u8::from((new - old).abs() > CELL_CHANGE))));
        let changed_share = self.changed.iter().sum::<f32>() / self.changed.len() as f32;
        if changed_share < LEAST_CHANGE {
            return Carry::default();
        }
        let size = self.small.size;
        let sides = [size.width, size.height];
        let reach = [0, 1].map(|axis| sides[axis] as i32 / REACH_DIVISOR[axis]);
        let still = self.difference([0, 0], MOST_DIFFERENCE, 1);
        let mut best = [0, 0];
        let mut best_difference = self.difference(best, MOST_DIFFERENCE, SEARCH_ROW_STEP);
        for y in -reach[1]..=reach[1] {
            for x in -reach[0]..=reach[0] {
                let difference = self.difference([x, y], MOST_DIFFERENCE, SEARCH_ROW_STEP);
                if difference < best_difference {
                    (best, best_difference) = ([x, y], difference);
                }
            }
        }
        best_difference = self.difference(best, MOST_DIFFERENCE, 1);
        if best_difference > still * MOTION_GAIN {
            (best, best_difference) = ([0, 0], still);
        }
        let mut motion = [0.0; 2];
        if best != [0, 0] {
            for axis in 0..2 {
                let mut step = [0, 0];
                step[axis] = 1;
                let before = self.difference([best[0] - step[0], best[1] - step[1]], MOST_DIFFERENCE, 1);
                let after = self.difference([best[0] + step[0], best[1] + step[1]], MOST_DIFFERENCE, 1);
                motion[axis] = (best[axis] as f32 + vertex(before, best_difference, after)) / sides[axis] as f32;
            }
        }
        let contrast = LEAST_CONTRAST + 0.5 * (spread(&self.painted) + spread(&self.newest));
        let difference = self.difference(best, f32::INFINITY, 1) * changed_share;
        let relative = (difference - LEAST_DIFFERENCE) / contrast;
        let cut = ((relative - CUT_FROM) / (CUT_TO - CUT_FROM)).clamp(0.0, 1.0);
        Carry { motion, cut }
    }

    /// Mean luma difference of the changed cells in the overlap when the painted picture is moved by `shift` cells;
    /// each cell adds at most `most`. Only every `row_step`th row is looked at.
    fn difference(&self, shift: [i32; 2], most: f32, row_step: usize) -> f32 {
        let (width, height) = (self.small.size.width as i32, self.small.size.height as i32);
        let columns = (width - shift[0].abs()).max(0) as usize;
        let rows = (height - shift[1].abs()).max(0);
        let (mut sum, mut count) = (0.0, 0.0);
        for y in (0..rows).step_by(row_step) {
            let newest_at = ((y + shift[1].max(0)) * width + shift[0].max(0)) as usize;
            let painted_at = ((y + (-shift[1]).max(0)) * width + (-shift[0]).max(0)) as usize;
            let (newest, painted) = (newest_at..newest_at + columns, painted_at..painted_at + columns);
            let (newest, changed) = (&self.newest[newest.clone()], &self.changed[newest]);
            let (row_sum, row_count) = changed_difference(newest, &self.painted[painted], changed, most);
            sum += row_sum;
            count += row_count;
        }
        if count < 1.0 { f32::INFINITY } else { sum / count }
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

/// Sum of the differences, each at most `most`, where `changed` is 1, and the number of such cells.
fn changed_difference(newest: &[f32], painted: &[f32], changed: &[f32], most: f32) -> (f32, f32) {
    /// Sums in eight lanes are what compilers turn into vector instructions.
    const LANES: usize = 8;
    let one = |new: f32, old: f32, changed: f32| (new - old).abs().min(most) * changed;
    let (mut sums, mut counts) = ([0.0f32; LANES], [0.0f32; LANES]);
    let (new_lanes, new_rest) = newest.as_chunks::<LANES>();
    let (old_lanes, old_rest) = painted.as_chunks::<LANES>();
    let (changed_lanes, changed_rest) = changed.as_chunks::<LANES>();
    for ((new, old), changed) in new_lanes.iter().zip(old_lanes).zip(changed_lanes) {
        for lane in 0..LANES {
            sums[lane] += one(new[lane], old[lane], changed[lane]);
            counts[lane] += changed[lane];
        }
    }
    let rest = new_rest.iter().zip(old_rest).zip(changed_rest);
    let rest_sum: f32 = rest.map(|((&new, &old), &changed)| one(new, old, changed)).sum();
    (rest_sum + sums.iter().sum::<f32>(), changed_rest.iter().chain(&counts).sum())
}

/// Mean absolute distance from the mean.
fn spread(values: &[f32]) -> f32 {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    values.iter().map(|value| (value - mean).abs()).sum::<f32>() / values.len() as f32
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Hills of luma under a bar that never moves.
    fn view(shift: f32) -> Frame {
        let size = Size::new(320, 240);
        let mut frame = Frame::new(size);
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let (x, y) = ((index % 320) as f32, (index / 320) as f32);
            let at = x + shift;
            let hill =
                110.0 + 50.0 * (at * 0.05).sin() + 40.0 * (at * 0.023 + y * 0.04).cos() + 25.0 * (y * 0.09).sin();
            let value = if index / 320 >= 200 { if index % 16 < 8 { 240 } else { 20 } } else { hill as u8 };
            pixel.fill(value);
        }
        frame
    }

    fn estimate(painted: &Frame, newest: &Frame) -> Carry {
        let mut estimator = CarryEstimator::default();
        estimator.set_painted(painted);
        estimator.estimate(newest)
    }

    #[test]
    fn finds_a_pan_to_half_a_cell_although_a_bar_stands_still() {
        for shift in [-48.0, -7.0, 7.0, 30.0] {
            let carry = estimate(&view(0.0), &view(shift));
            assert!((carry.motion[0] * 320.0 + shift).abs() < 2.5, "{shift}: {carry:?}");
            assert!(carry.motion[1].abs() * 240.0 < 2.5, "{shift}: {carry:?}");
            assert!(carry.cut < 0.01, "{shift}: {carry:?}");
        }
    }

    #[test]
    fn an_equal_picture_stands_still() {
        assert_eq!(estimate(&view(5.0), &view(5.0)), Carry::default());
    }

    #[test]
    fn a_flickering_lamp_is_no_cut() {
        let lit = |value: u8| {
            let mut frame = Frame::new(Size::new(64, 48));
            frame.pixels.fill(value);
            frame
        };
        assert_eq!(estimate(&lit(60), &lit(64)).cut, 0.0);
    }

    #[test]
    fn another_scene_is_a_cut() {
        // Blocks of 20 pixels, light or dark by the bits of a hash.
        let mut other = view(0.0);
        for (index, pixel) in other.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let block = index / 320 / 20 * 16 + index % 320 / 20;
            let hash = (block as u32).wrapping_mul(0x9E37_79B1);
            let hash = (hash ^ hash >> 15).wrapping_mul(0x85EB_CA77);
            pixel.fill(if (hash >> 17).is_multiple_of(2) { 140 } else { 20 });
        }
        let carry = estimate(&view(0.0), &other);
        assert!(carry.cut > 0.9, "{carry:?}");
    }
}
