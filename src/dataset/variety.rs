//! Finds the pictures of a set that differ most from each other.

use super::glance::{Glance, distance_bits};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size, resize_bilinear};

/// Size of the coarse picture that tells colours apart.
const COARSE: Size = Size::new(16, 12);

/// How much the shapes (the hash) count beside the colours, both 0..=1: hashes of different views differ in half of
/// their bits, coarse pictures of different views by about a sixth of the range.
const SHAPE_SHARE: f32 = 0.3;

/// Of larger sets the loneliest pictures are passed over, one of so many: title screens, flashes of a hit, and other
/// rare sights are as different as can be, and say little about the rest.
const LONELY_OF: usize = 8;

/// A set is larger from so many pictures on.
const LARGER_SET: usize = 32;

/// A picture is lonely where few are near: the measure is its distance from the nearest one of so many others.
const NEIGHBOURS_OF: usize = 25;

/// Neighbours are sought among so many pictures at most, spread over the set.
const SOUGHT_AMONG: usize = 500;

/// What is remembered of a picture, to compare it with others: a coarse picture and a hash.
#[derive(Debug, Clone, PartialEq)]
pub struct Impression {
    colours: Vec<f32>,
    hash: u64,
}

impl Impression {
    /// Looks at a frame; `None` where it shows nothing, as a black or loading screen does.
    pub fn of(frame: &Frame) -> Option<Self> {
        let glance = Glance::at(frame);
        if glance.blank().is_some() {
            return None;
        }
        // Halving first makes every pixel count: one step would read only four pixels for each of its own.
        let mut picture = None;
        let mut size = frame.size;
        while size.width >= 4 * COARSE.width && size.height >= 4 * COARSE.height {
            size = Size::new(size.width / 2, size.height / 2);
            let mut half = Frame::new(size);
            resize_bilinear(picture.as_ref().unwrap_or(frame), &mut half);
            picture = Some(half);
        }
        let mut coarse = Frame::new(COARSE);
        resize_bilinear(picture.as_ref().unwrap_or(frame), &mut coarse);
        let pixels = coarse.pixels.chunks_exact(BYTES_PER_PIXEL);
        let colours = pixels.flat_map(|pixel| &pixel[..3]).map(|&byte| f32::from(byte) / 255.0).collect();
        Some(Self { colours, hash: glance.hash() })
    }

    /// How different two pictures are: 0 for the same picture, about 0.3 for two views of a game.
    pub fn distance(&self, other: &Self) -> f32 {
        let colours: f32 = self.colours.iter().zip(&other.colours).map(|(a, b)| (a - b).abs()).sum();
        colours / self.colours.len() as f32 + SHAPE_SHARE * distance_bits(self.hash, other.hash) as f32 / 64.0
    }
}

/// Indices of up to `count` impressions that differ most, in the order in which they were found: first the one nearest
/// to the mean of all, then always the one farthest from all before it (farthest-point sampling, Gonzalez 1985: every
/// picture is at most twice as far from the nearest chosen one as with the best choice). Of equal ones the earlier;
/// copies are left out, and of larger sets pictures that hardly any other is like.
pub fn most_different(impressions: &[Impression], count: usize) -> Vec<usize> {
    let usual = usual_ones(impressions);
    let mut distances = vec![f32::INFINITY; usual.len()];
    let mut chosen = Vec::new();
    let mut next = nearest_to_mean(impressions, &usual);
    while let Some(index) = next.filter(|_| chosen.len() < count) {
        chosen.push(index);
        for (distance, &other) in distances.iter_mut().zip(&usual) {
            *distance = distance.min(impressions[other].distance(&impressions[index]));
        }
        // The first of equal ones: `max_by` would give the last.
        let farthest = (0..distances.len()).rev().max_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        next = farthest.filter(|&place| distances[place] > 0.0).map(|place| usual[place]);
    }
    chosen
}

/// Indices without those of the loneliest impressions, in order.
fn usual_ones(impressions: &[Impression]) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..impressions.len()).collect();
    if impressions.len() < LARGER_SET {
        return indices;
    }
    let others: Vec<usize> = (0..impressions.len()).step_by(impressions.len().div_ceil(SOUGHT_AMONG)).collect();
    let loneliness = |index: usize| {
        let from_others = others.iter().filter(|&&other| other != index);
        let mut distances: Vec<f32> =
            from_others.map(|&other| impressions[index].distance(&impressions[other])).collect();
        let nearest = distances.len() / NEIGHBOURS_OF;
        *distances.select_nth_unstable_by(nearest, f32::total_cmp).1
    };
    let loneliness: Vec<f32> = indices.iter().map(|&index| loneliness(index)).collect();
    // The sort is stable: of equally lonely ones the earlier stay.
    indices.sort_by(|&a, &b| loneliness[a].total_cmp(&loneliness[b]));
    indices.truncate(impressions.len() - impressions.len() / LONELY_OF);
    indices.sort_unstable();
    indices
}

/// The one of these impressions whose colours are nearest to the mean colours of all.
fn nearest_to_mean(impressions: &[Impression], of: &[usize]) -> Option<usize> {
    let length = impressions.first()?.colours.len();
    let mut mean = vec![0.0; length];
    for impression in impressions {
        mean.iter_mut().zip(&impression.colours).for_each(|(sum, colour)| *sum += colour / impressions.len() as f32);
    }
    let from_mean = |index: &usize| -> f32 {
        impressions[*index].colours.iter().zip(&mean).map(|(colour, mean)| (colour - mean).abs()).sum()
    };
    of.iter().copied().min_by(|a, b| from_mean(a).total_cmp(&from_mean(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes of a colour.
    fn impression(colour: [u8; 3], period: usize) -> Impression {
        let mut frame = Frame::new(Size::new(160, 120));
        for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            let share = if (index % 160 / period).is_multiple_of(2) { 2 } else { 1 };
            pixel[..3].iter_mut().zip(colour).for_each(|(byte, value)| *byte = value / share);
        }
        Impression::of(&frame).unwrap()
    }

    #[test]
    fn the_chosen_cover_all_kinds_and_copies_are_left_out() {
        let kinds = [[200, 40, 40], [40, 200, 40], [40, 40, 200]];
        let set: Vec<Impression> = (0..12).map(|index| impression(kinds[index % 3], 20)).collect();
        let mut chosen = most_different(&set, 3);
        chosen.sort_unstable();
        assert_eq!(chosen, [0, 1, 2], "the first of each kind");
        assert_eq!(most_different(&set, 9).len(), 3);
        assert_eq!(most_different(&set, 1).len(), 1);
        assert_eq!(most_different(&[], 4), Vec::<usize>::new());
    }

    #[test]
    fn rare_sights_are_passed_over_in_larger_sets() {
        let kinds = [[200, 40, 40], [160, 80, 40]];
        let mut set: Vec<Impression> = (0..40).map(|index| impression(kinds[index % 2], 20)).collect();
        set[17] = impression([250, 250, 250], 3);
        let mut chosen = most_different(&set, 3);
        chosen.sort_unstable();
        assert_eq!(chosen, [0, 1], "there is no third kind");
        set.truncate(20);
        assert!(most_different(&set, 3).contains(&17), "of few pictures all count");
    }

    #[test]
    fn shapes_and_colours_both_tell_pictures_apart() {
        let view = impression([200, 40, 40], 20);
        assert_eq!(view.distance(&view), 0.0);
        assert!(view.distance(&impression([200, 40, 40], 31)) > 0.05);
        assert!(view.distance(&impression([40, 40, 200], 20)) > 0.05);
        assert_eq!(Impression::of(&Frame::new(Size::new(64, 48))), None, "black");
    }
}
