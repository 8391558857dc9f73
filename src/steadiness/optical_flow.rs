//! Estimates where the points of a picture were in an earlier one, for videos that do not know it.
//!
//! Coarse to fine, after Lucas and Kanade 1981 as Bouguet 2001 builds it into a pyramid: on each level the earlier
//! picture is warped by what is known so far, a small step per pixel is solved from the slopes in a window around it,
//! and a median over the neighbours removes what stands alone. A step is kept only where it makes the window match
//! better. Which pixels are to be seen in both pictures follows from the flows in both directions (Sundaram, Brox and
//! Keutzer 2010), with the constants of Ruder, Dosovitskiy and Brox 2016.

use super::Flow;
use super::plane::Plane;
use crate::frame::Frame;

/// The window around a pixel reaches so many pixels to each side.
const WINDOW_RADIUS: usize = 4;
/// Steps per level.
const STEPS: usize = 5;
/// No step goes further, in pixels of its level.
const LONGEST_STEP_PX: f32 = 1.0;
/// The coarsest level has a side of at least so many pixels.
const SMALLEST_SIDE_PX: usize = 12;
/// Added to the squared slopes of a window: in flat windows the coarser level's answer stands.
const FLATNESS: f32 = 2e-3;
/// A pixel is seen in both pictures when the way there and back misses it by no more than the root of this, in pixels,
/// and of this share of the squared ways.
const MISS_PX2: f32 = 0.5;
const MISS_SHARE: f32 = 0.01;
/// A pixel is at the boundary of a motion where the flow's squared slope is greater than this plus that share of the
/// squared flow.
const BOUNDARY: f32 = 0.002;
const BOUNDARY_SHARE: f32 = 0.01;

/// Where hardly anything can be found again, the video has cut, and nothing can: what still matches does so by chance.
/// Unrelated pictures of the built-in scene leave 0.92 to 0.99 out, moving ones 0.3 to 0.5.
const CUT_SHARE: f64 = 0.9;

/// The flow from `now` back to `before`, two frames of one size, with at least one pixel. Takes about a second at
/// 640x480.
pub fn estimate_flow(before: &Frame, now: &Frame) -> Flow {
    let (before, now_levels) = (pyramid(before), pyramid(now));
    let back = match_levels(&now_levels, &before);
    let forth = match_levels(&before, &now_levels);
    let is_occluded = (0..back.len()).map(|index| is_occluded(index, &back, &forth, &now_levels[0])).collect();
    let mut flow = Flow { size: now.size, vectors: back, is_occluded };
    if flow.occluded_share() > CUT_SHARE {
        flow.is_occluded.fill(true);
    }
    flow
}

/// The levels of a picture, from fine to coarse.
fn pyramid(frame: &Frame) -> Vec<Plane> {
    let mut levels = vec![Plane::brightness(frame)];
    while let Some(level) = levels.last().filter(|level| level.width.min(level.height) >= 2 * SMALLEST_SIDE_PX) {
        levels.push(level.halved());
    }
    levels
}

/// Where each pixel of `from` is in `to`, minus its place in `from`.
fn match_levels(from: &[Plane], to: &[Plane]) -> Vec<[f32; 2]> {
    let mut flow = Vec::new();
    let mut coarser: Option<&Plane> = None;
    for (from, to) in from.iter().zip(to).rev() {
        flow = match coarser {
            None => vec![[0.0; 2]; from.values.len()],
            Some(coarser) => doubled(&flow, coarser, from),
        };
        refine(from, to, &mut flow);
        coarser = Some(from);
    }
    flow
}

/// A coarser level's flow on the next finer level.
fn doubled(flow: &[[f32; 2]], coarser: &Plane, finer: &Plane) -> Vec<[f32; 2]> {
    let part = |axis: usize| {
        let values = flow.iter().map(|vector| 2.0 * vector[axis]).collect();
        Plane { width: coarser.width, height: coarser.height, values }
    };
    let parts = [part(0), part(1)];
    let place = |index: usize| ((index as f32) - 0.5) / 2.0;
    let at = |index: usize| (place(index % finer.width), place(index / finer.width));
    (0..finer.values.len()).map(|index| parts.each_ref().map(|part| part.sample(at(index).0, at(index).1))).collect()
}

/// Improves the flow on one level.
fn refine(from: &Plane, to: &Plane, flow: &mut Vec<[f32; 2]>) {
    let (mut best, mut least) = (flow.clone(), vec![f32::INFINITY; flow.len()]);
    for step in 0..=STEPS {
        let warped = warp(to, from, flow);
        let changes: Vec<f32> = from.values.iter().zip(&warped.values).map(|(from, warped)| from - warped).collect();
        let misses = plane_like(from, changes.iter().map(|change| change.abs())).sums(WINDOW_RADIUS).values;
        for (((best, least), vector), &miss) in best.iter_mut().zip(&mut least).zip(flow.iter()).zip(&misses) {
            if miss < *least {
                (*best, *least) = (*vector, miss);
            }
        }
        if step < STEPS {
            *flow = stepped(&best, flow, &warped, &changes);
            *flow = smoothed(flow, from.width);
        }
    }
    *flow = smoothed(&best, from.width);
}

/// The picture as the flow fetches it, from `to`, into the places of `from`.
fn warp(to: &Plane, from: &Plane, flow: &[[f32; 2]]) -> Plane {
    let values = flow.iter().enumerate().map(|(index, vector)| {
        let (x, y) = (index % from.width, index / from.width);
        to.sample(x as f32 + vector[0], y as f32 + vector[1])
    });
    plane_like(from, values)
}

fn plane_like(like: &Plane, values: impl Iterator<Item = f32>) -> Plane {
    Plane { width: like.width, height: like.height, values: values.collect() }
}

/// The next step of each pixel: solves the 2x2 equations of Lucas and Kanade. Where the last step made it worse, the
/// best flow so far is taken up again.
fn stepped(best: &[[f32; 2]], flow: &[[f32; 2]], warped: &Plane, changes: &[f32]) -> Vec<[f32; 2]> {
    let (across, down) = warped.slopes();
    let windowed = |values: &mut dyn Iterator<Item = f32>| plane_like(warped, values).sums(WINDOW_RADIUS).values;
    let products = |a: &[f32], b: &[f32]| windowed(&mut a.iter().zip(b).map(|(a, b)| a * b));
    let (xx, xy, yy) = (products(&across, &across), products(&across, &down), products(&down, &down));
    let (xt, yt) = (products(&across, changes), products(&down, changes));
    (0..flow.len())
        .map(|index| {
            if best[index] != flow[index] {
                return best[index];
            }
            let (xx, xy, yy) = (xx[index] + FLATNESS, xy[index], yy[index] + FLATNESS);
            let determinant = xx * yy - xy * xy;
            let step =
                [(yy * xt[index] - xy * yt[index]) / determinant, (xx * yt[index] - xy * xt[index]) / determinant];
            let shorten = (LONGEST_STEP_PX / step[0].hypot(step[1]).max(1e-9)).min(1.0);
            [flow[index][0] + step[0] * shorten, flow[index][1] + step[1] * shorten]
        })
        .collect()
}

/// The median over 3x3 neighbours, of each axis by itself.
fn smoothed(flow: &[[f32; 2]], width: usize) -> Vec<[f32; 2]> {
    let height = flow.len() / width;
    let mut smooth = Vec::with_capacity(flow.len());
    for y in 0..height {
        let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)].map(|y| &flow[y * width..][..width]);
        for x in 0..width {
            let columns = [x.saturating_sub(1), x, (x + 1).min(width - 1)];
            smooth.push([0, 1].map(|axis| {
                let mut near = [0.0f32; 9];
                for (index, value) in near.iter_mut().enumerate() {
                    *value = rows[index / 3][columns[index % 3]][axis];
                }
                median_of_9(near)
            }));
        }
    }
    smooth
}

/// The median, by the exchanges of Paeth 1990 that leave it in the middle.
fn median_of_9(mut values: [f32; 9]) -> f32 {
    const EXCHANGES: [(usize, usize); 19] = [
        (1, 2),
        (4, 5),
        (7, 8),
        (0, 1),
        (3, 4),
        (6, 7),
        (1, 2),
        (4, 5),
        (7, 8),
        (0, 3),
        (5, 8),
        (4, 7),
        (3, 6),
        (1, 4),
        (2, 5),
        (4, 7),
        (4, 2),
        (6, 4),
        (4, 2),
    ];
    for (low, high) in EXCHANGES {
        let (a, b) = (values[low], values[high]);
        (values[low], values[high]) = (a.min(b), a.max(b));
    }
    values[4]
}

/// Whether a pixel's point is hidden or outside in the other picture, or lies where motions meet and cannot be trusted.
fn is_occluded(index: usize, back: &[[f32; 2]], forth: &[[f32; 2]], plane: &Plane) -> bool {
    let (width, height) = (plane.width, plane.height);
    let (x, y) = (index % width, index / width);
    let here = back[index];
    let (there_x, there_y) = (x as f32 + here[0], y as f32 + here[1]);
    if !(-0.5..width as f32 - 0.5).contains(&there_x) || !(-0.5..height as f32 - 0.5).contains(&there_y) {
        return true;
    }
    let nearest = there_y.round() as usize * width + there_x.round() as usize;
    let there = forth[nearest];
    let squared = |vector: [f32; 2]| vector[0] * vector[0] + vector[1] * vector[1];
    let miss = squared([here[0] + there[0], here[1] + there[1]]);
    if miss > MISS_SHARE * (squared(here) + squared(there)) + MISS_PX2 {
        return true;
    }
    let slope = |a: usize, b: usize| squared([(back[a][0] - back[b][0]) / 2.0, (back[a][1] - back[b][1]) / 2.0]);
    let across = slope(y * width + (x + 1).min(width - 1), y * width + x.saturating_sub(1));
    let down = slope((y + 1).min(height - 1) * width + x, y.saturating_sub(1) * width + x);
    across + down > BOUNDARY_SHARE * squared(here) + BOUNDARY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    const SIZE: Size = Size::new(96, 72);

    /// A smooth pattern without a period, moved to the right and downwards.
    fn pattern(moved: [f32; 2]) -> Frame {
        let mut frame = Frame::new(SIZE);
        for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            let (x, y) = ((index % 96) as f32 - moved[0], (index / 96) as f32 - moved[1]);
            let wave = (x * 0.31 + y * 0.12).sin() + (y * 0.27 - x * 0.09).sin() + (x * y * 0.004).cos();
            pixel[..3].fill((128.0 + 40.0 * wave) as u8);
        }
        frame
    }

    fn mean_error(estimated: &Flow, exact: [f32; 2]) -> f32 {
        let exact = Flow { size: SIZE, vectors: vec![exact; SIZE.area()], is_occluded: vec![false; SIZE.area()] };
        let errors = estimated.endpoint_errors_px(&exact);
        errors.iter().sum::<f32>() / errors.len() as f32
    }

    #[test]
    fn finds_small_and_large_shifts() {
        for moved in [[0.0, 0.0], [0.5, -0.25], [3.0, 1.0], [-7.0, 5.0]] {
            let flow = estimate_flow(&pattern([0.0, 0.0]), &pattern(moved));
            let error = mean_error(&flow, [-moved[0], -moved[1]]);
            let occluded = flow.occluded_share();
            assert!(error < 0.2, "{moved:?}: {error} px");
            assert!(occluded < 0.25, "{moved:?}: {occluded}");
        }
    }

    #[test]
    fn what_comes_in_at_the_edge_is_occluded() {
        let flow = estimate_flow(&pattern([0.0, 0.0]), &pattern([6.0, 0.0]));
        let row = &flow.is_occluded[36 * 96..][..96];
        assert!(row[..4].iter().all(|&is_occluded| is_occluded), "{row:?}");
        assert!(row[20..76].iter().filter(|&&is_occluded| is_occluded).count() < 6, "{row:?}");
    }

    #[test]
    fn unrelated_pictures_are_a_cut() {
        let mut noise = Frame::new(SIZE);
        for (index, pixel) in noise.pixels.chunks_exact_mut(4).enumerate() {
            pixel.fill(((index as u32).wrapping_mul(2_654_435_761) >> 24) as u8);
        }
        assert_eq!(estimate_flow(&pattern([0.0, 0.0]), &noise).occluded_share(), 1.0);
    }

    #[test]
    fn flat_and_tiny_pictures_stand_still() {
        for size in [Size::new(1, 1), Size::new(2, 70), Size::new(40, 40)] {
            let flow = estimate_flow(&Frame::new(size), &Frame::new(size));
            assert!(flow.vectors.iter().all(|&vector| vector == [0.0; 2]) && flow.occluded_share() == 0.0, "{size}");
        }
    }
}
