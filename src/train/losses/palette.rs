//! The colours of paintings, wherever they are: the sliced Wasserstein distance to those of the style picture.

use super::super::planes::values_of;
use super::pixels::{SQUARE_PX, averaged};
use crate::network::Random;
use burn_tensor::{Tensor, TensorData};

/// Directions in which the colours are compared.
pub(super) const DIRECTIONS: usize = 32;

/// Quantiles that are compared along each direction.
const QUANTILES: usize = 256;

/// Unit vectors in random directions.
pub(super) fn palette_directions(random: &mut Random) -> Vec<[f32; 3]> {
    let direction = |_| {
        let vector = [(); 3].map(|()| random.normal());
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
        vector.map(|value| value / length)
    };
    (0..DIRECTIONS).map(direction).collect()
}

/// The colours of pictures, averaged over squares.
pub(super) struct Palette {
    colors: Vec<[f32; 3]>,
}

/// The distance of two palettes.
pub(super) struct PaletteDistance {
    pub value: f32,
    /// For each colour of the first one.
    pub gradient: Vec<[f32; 3]>,
}

impl Palette {
    /// The colours of pictures; what is left beside whole squares does not count.
    pub fn of(pictures: Tensor<4>) -> Self {
        Self::of_averaged(&averaged(pictures, SQUARE_PX))
    }

    fn of_averaged(squares: &Tensor<4>) -> Self {
        let [pictures, _, height, width] = squares.dims();
        let (values, area) = (values_of(squares.clone()), height * width);
        let color = |index: usize| {
            let start = index / area * 3 * area + index % area;
            [0, 1, 2].map(|channel| values[start + channel * area])
        };
        Self { colors: (0..pictures * area).map(color).collect() }
    }

    /// The sliced Wasserstein-1 distance, as a mean over directions and quantiles of the absolute difference of
    /// projected colours.
    pub fn distance(&self, wanted: &Self, directions: &[[f32; 3]]) -> PaletteDistance {
        let mut distance = PaletteDistance { value: 0.0, gradient: vec![[0.0; 3]; self.colors.len()] };
        let count = (directions.len() * QUANTILES) as f32;
        for direction in directions {
            let (own, wanted) = (self.projected(direction), wanted.projected(direction));
            for index in 0..QUANTILES {
                let at = index as f32 / (QUANTILES - 1) as f32;
                let ([low, high], value) = quantile(&own, at);
                let difference = value - quantile(&wanted, at).1;
                distance.value += difference.abs() / count;
                if difference == 0.0 {
                    continue;
                }
                for (place, share) in [low, high] {
                    let gradient = &mut distance.gradient[own[place].1];
                    let step = difference.signum() * share / count;
                    gradient.iter_mut().zip(direction).for_each(|(gradient, part)| *gradient += step * part);
                }
            }
        }
        distance
    }

    /// The colours along a direction in growing order, each with its place.
    fn projected(&self, direction: &[f32; 3]) -> Vec<(f32, usize)> {
        let project = |color: &[f32; 3]| color.iter().zip(direction).map(|(value, part)| value * part).sum();
        let mut values: Vec<(f32, usize)> = self.colors.iter().map(project).zip(0..).collect();
        values.sort_unstable_by(|(a, first), (b, second)| a.total_cmp(b).then(first.cmp(second)));
        values
    }
}

/// A quantile of sorted values, between the two nearest ones; gives their places with their shares, and the value.
fn quantile(sorted: &[(f32, usize)], at: f32) -> ([(usize, f32); 2], f32) {
    let position = at * (sorted.len() - 1) as f32;
    let low = position as usize;
    let (high, share) = ((low + 1).min(sorted.len() - 1), position - low as f32);
    let value = sorted[low].0 + (sorted[high].0 - sorted[low].0) * share;
    ([(low, 1.0 - share), (high, share)], value)
}

/// The distance of the colours of paintings from a palette: its value, and a sum whose gradient is that of the
/// distance.
pub(super) fn palette_distance(paintings: Tensor<4>, wanted: &Palette, directions: &[[f32; 3]]) -> (f32, Tensor<1>) {
    let squares = averaged(paintings, SQUARE_PX);
    let shape = squares.dims();
    let area = shape[2] * shape[3];
    let PaletteDistance { value, gradient } = Palette::of_averaged(&squares).distance(wanted, directions);
    let plane = |picture: usize, channel: usize| {
        gradient[picture * area..][..area].iter().map(move |gradient| gradient[channel])
    };
    let values: Vec<f32> =
        (0..shape[0]).flat_map(|picture| (0..3).flat_map(move |channel| plane(picture, channel))).collect();
    let gradient = Tensor::from_data(TensorData::new(values, shape), &squares.device());
    (value, (squares * gradient).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette(shift: f32) -> Palette {
        let mut random = Random::new(1);
        let mut color = || [(); 3].map(|()| random.unit() + shift);
        Palette { colors: (0..50).map(|_| color()).collect() }
    }

    #[test]
    fn the_distance_is_how_far_colours_must_be_moved() {
        let directions = [[1.0, 0.0, 0.0], [0.0, 0.6, 0.8]];
        assert_eq!(palette(0.0).distance(&palette(0.0), &directions).value, 0.0);
        let moved = palette(0.1).distance(&palette(0.0), &directions).value;
        assert!((moved - (0.1 + 0.14) / 2.0).abs() < 1e-5, "{moved}");
        let mut other_order = palette(0.0);
        other_order.colors.reverse();
        assert!(other_order.distance(&palette(0.0), &directions).value < 1e-6, "places do not count");
    }
}
