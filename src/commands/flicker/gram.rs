//! Gram matrices and relative distances: the arithmetic of style loss and content loss.

use crate::stylize::FeatureMap;

/// So many pixels are multiplied at a time: what two channels have of them stays in the processor's nearest cache.
const STRETCH: usize = 1024;

/// Sums that run beside each other, so that they can share the processor's wide registers.
const LANES: usize = 8;

/// How often pairs of features occur together (Gatys et al. 2016): `[channels, channels]`, the mean over the pixels of the
/// products of their values.
pub fn gram(seen: &FeatureMap) -> Vec<f64> {
    let (channels, area) = (seen.channels, seen.size.area());
    let mut sums = vec![0.0; channels * channels];
    for start in (0..area).step_by(STRETCH) {
        let stretch = |channel: usize| &seen.values[channel * area + start..channel * area + area.min(start + STRETCH)];
        for row in 0..channels {
            for column in 0..=row {
                sums[row * channels + column] += f64::from(dot(stretch(row), stretch(column)));
            }
        }
    }
    for row in 0..channels {
        for column in 0..=row {
            let mean = sums[row * channels + column] / area as f64;
            sums[row * channels + column] = mean;
            sums[column * channels + row] = mean;
        }
    }
    sums
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// |found - wanted|^2 / |wanted|^2; `None` where all that is wanted is 0, or where one of them is no number.
pub fn relative_distance(found: impl Iterator<Item = f64>, wanted: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut difference, mut square) = (0.0, 0.0);
    for (found, wanted) in found.zip(wanted) {
        difference += (found - wanted) * (found - wanted);
        square += wanted * wanted;
    }
    Some(difference / square).filter(|distance| distance.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    #[test]
    fn gram_matrices_have_the_values_of_the_formula() {
        let seen = FeatureMap { channels: 2, size: Size::new(2, 1), values: vec![1.0, 2.0, 3.0, 4.0] };
        assert_eq!(gram(&seen), [2.5, 5.5, 5.5, 12.5]);
    }

    #[test]
    fn stretches_and_their_ends_are_counted_once() {
        let size = Size::new(STRETCH as u32 + 13, 3);
        let value = |channel: usize, index: usize| ((index * (channel + 2)) % 7) as f32 - 2.0;
        let values = (0..2).flat_map(|channel| (0..size.area()).map(move |index| value(channel, index))).collect();
        let mean = |a: usize, b: usize| {
            let products = (0..size.area()).map(|index| f64::from(value(a, index) * value(b, index)));
            products.sum::<f64>() / size.area() as f64
        };
        let found = gram(&FeatureMap { channels: 2, size, values });
        for (found, wanted) in found.iter().zip([mean(0, 0), mean(0, 1), mean(1, 0), mean(1, 1)]) {
            assert!((found - wanted).abs() < 1e-6, "{found}, {wanted}");
        }
    }

    #[test]
    fn distances_are_relative_to_what_is_wanted() {
        let distance = |found: &[f64], wanted: &[f64]| relative_distance(found.iter().copied(), wanted.iter().copied());
        assert_eq!(distance(&[1.0, 5.0], &[3.0, 4.0]), Some((4.0 + 1.0) / 25.0));
        assert_eq!(distance(&[3.0, 4.0], &[3.0, 4.0]), Some(0.0));
        assert_eq!(distance(&[1.0], &[0.0]), None);
        assert_eq!(distance(&[0.0], &[0.0]), None);
    }
}
