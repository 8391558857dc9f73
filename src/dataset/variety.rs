//! Finds the pictures of a set that differ most from each other.

use super::glance::{Glance, distance_bits};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size, resize_bilinear};

/// Size of the coarse picture that tells colours apart.
const COARSE: Size = Size::new(16, 12);

/// How much the shapes (the hash) count beside the colours, both 0..=1: hashes of different views differ in half of
/// their bits, coarse pictures of different views by about a sixth of the range.
const SHAPE_SHARE: f32 = 0.3;

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

/// Indices of up to `count` impressions that differ most, in the order in which they were found: first the one nearest to
/// the mean of all, then always the one farthest from all before it (farthest-point sampling, Gonzalez 1985: every picture is at
/// most twice as far from the nearest chosen one as with the best choice). Of equal ones the earlier; copies are left out.
pub fn most_different(impressions: &[Impression], count: usize) -> Vec<usize> {
    let mut distances = vec![f32::INFINITY; impressions.len()];
    let mut chosen = Vec::new();
    let mut next = nearest_to_mean(impressions);
    while let Some(index) = next.filter(|_| chosen.len() < count) {
        chosen.push(index);
        for (distance, impression) in distances.iter_mut().zip(impressions) {
            *distance = distance.min(impression.distance(&impressions[index]));
        }
        // The first of equal ones: `max_by` would give the last.
        let farthest = (0..distances.len()).rev().max_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        next = farthest.filter(|&index| distances[index] > 0.0);
    }
    chosen
}

/// The impression whose colours are nearest to the mean colours of all.
fn nearest_to_mean(impressions: &[Impression]) -> Option<usize> {
    let length = impressions.first()?.colours.len();
    let mut mean = vec![0.0; length];
    for impression in impressions {
        mean.iter_mut().zip(&impression.colours).for_each(|(sum, colour)| *sum += colour / impressions.len() as f32);
    }
    let from_mean = |index: &usize| -> f32 {
        impressions[*index].colours.iter().zip(&mean).map(|(colour, mean)| (colour - mean).abs()).sum()
    };
    (0..impressions.len()).min_by(|a, b| from_mean(a).total_cmp(&from_mean(b)))
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
    fn shapes_and_colours_both_tell_pictures_apart() {
        let view = impression([200, 40, 40], 20);
        assert_eq!(view.distance(&view), 0.0);
        assert!(view.distance(&impression([200, 40, 40], 31)) > 0.05);
        assert!(view.distance(&impression([40, 40, 200], 20)) > 0.05);
        assert_eq!(Impression::of(&Frame::new(Size::new(64, 48))), None, "black");
    }
}
