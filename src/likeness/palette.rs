//! The palette distance: how far the colours of paintings are from those of a style picture.

use super::blocks::blocks;
use crate::frame::Frame;

/// Colours are averaged over squares of so many pixels: a palette is what the eye mixes, not the grain.
const BLOCK_PX: usize = 8;

/// Number of directions in the colour space.
const DIRECTIONS: usize = 32;

/// Number of quantiles that are compared in each direction.
const QUANTILES: usize = 256;

/// The colours of one or more pictures: red, green and blue, `0..=1`, averaged over squares of 8x8 pixels.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    colors: Vec<[f32; 3]>,
}

impl Palette {
    /// Those of one picture.
    pub fn of(frame: &Frame) -> Self {
        Self { colors: blocks(frame, BLOCK_PX).colors }
    }

    /// Takes another picture in.
    pub fn add(&mut self, frame: &Frame) {
        self.colors.extend(blocks(frame, BLOCK_PX).colors);
    }

    /// The sliced Wasserstein-1 distance (Rabin et al. 2011) of the colours of all pictures together from those of
    /// another palette: colours are projected on 32 fixed directions, and the mean absolute difference of 256 quantiles
    /// (from 0 to 1, linearly interpolated) is averaged over them. In units of the range from 0 to 1: a tint that moves
    /// all colours by d along one channel gives about d / 2. `None` where one has no colours (a picture of less than
    /// 8x8 pixels).
    pub fn distance(&self, other: &Self) -> Option<f64> {
        self.distance_along(other, &directions())
    }

    /// As [`Self::distance`], along other directions: unit vectors in red, green and blue.
    pub fn distance_along(&self, other: &Self, directions: &[[f64; 3]]) -> Option<f64> {
        if self.colors.is_empty() || other.colors.is_empty() || directions.is_empty() {
            return None;
        }
        let of_direction = |direction: &[f64; 3]| {
            let (own, wanted) = (self.sorted_along(direction), other.sorted_along(direction));
            let at = (0..QUANTILES).map(|index| index as f64 / (QUANTILES - 1) as f64);
            at.map(|share| (quantile(&own, share) - quantile(&wanted, share)).abs()).sum::<f64>() / QUANTILES as f64
        };
        Some(directions.iter().map(of_direction).sum::<f64>() / directions.len() as f64)
    }

    fn sorted_along(&self, direction: &[f64; 3]) -> Vec<f64> {
        let along = |color: &[f32; 3]| color.iter().zip(direction).map(|(&value, d)| f64::from(value) * d).sum();
        let mut projected: Vec<f64> = self.colors.iter().map(along).collect();
        projected.sort_unstable_by(f64::total_cmp);
        projected
    }
}

/// Unit vectors, evenly spread over half of the sphere by the golden angle: a direction and its opposite measure the
/// same.
fn directions() -> Vec<[f64; 3]> {
    let golden_angle = std::f64::consts::PI * (3.0 - 5.0f64.sqrt());
    let direction = |index: usize| {
        let height = (index as f64 + 0.5) / DIRECTIONS as f64;
        let (radius, angle) = ((1.0 - height * height).sqrt(), index as f64 * golden_angle);
        [radius * angle.cos(), radius * angle.sin(), height]
    };
    (0..DIRECTIONS).map(direction).collect()
}

/// The quantile of sorted values, interpolated linearly.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place as usize], sorted[(place.ceil() as usize).min(sorted.len() - 1)]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{BYTES_PER_PIXEL, Size};

    /// Four blocks of the greys `values`, with `red` more red.
    fn picture(values: [u8; 4], red: u8) -> Frame {
        let mut frame = Frame::new(Size::new(32, 8));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let value = values[index % 32 / 8];
            pixel.copy_from_slice(&[value, value, value + red, 255]);
        }
        frame
    }

    #[test]
    fn places_do_not_count_and_a_tint_counts_by_its_length() {
        let palette = Palette::of(&picture([0, 50, 100, 150], 0));
        let distance = palette.distance(&Palette::of(&picture([150, 0, 50, 100], 0))).unwrap();
        assert!(distance < 1e-12, "{distance}");
        let red = palette.distance(&Palette::of(&picture([0, 50, 100, 150], 51))).unwrap();
        // The mean of |cos| over the sphere is 1/2.
        assert!((red - 0.1).abs() < 0.003, "{red}");
        assert_eq!(palette.distance(&Palette::default()), None);
    }

    #[test]
    fn all_pictures_together_have_the_palette() {
        let both = Palette::of(&picture([0, 50, 100, 150], 0));
        let dark = Palette::of(&picture([0, 0, 50, 50], 0));
        let mut palette = dark.clone();
        palette.add(&picture([100, 100, 150, 150], 0));
        // Quantiles of 8 and of 4 values are interpolated a little differently.
        let (together, alone) = (palette.distance(&both).unwrap(), dark.distance(&both).unwrap());
        assert!(together < 0.03 && alone > 0.15, "{together} {alone}");
    }

    #[test]
    fn directions_are_unit_vectors_without_a_favourite() {
        let directions = directions();
        assert_eq!(directions.len(), DIRECTIONS);
        for axis in 0..3 {
            let square: f64 = directions.iter().map(|d| d[axis] * d[axis]).sum::<f64>() / DIRECTIONS as f64;
            assert!((square - 1.0 / 3.0).abs() < 0.02, "{axis}: {square}");
        }
        assert!(directions.iter().all(|d| (d.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12));
    }
}
