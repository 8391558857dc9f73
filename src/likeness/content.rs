//! The content distance: features without light.

/// What is added to a channel's deviation, as a share of the deviation of all values, and besides: a channel that sees
/// next to nothing is not blown up.
const FLOOR_SHARE: f64 = 1e-3;
const FLOOR: f64 = 1e-4;

/// What relu3_3 of VGG-16 sees in a picture at half size, each channel with mean 0 and deviation 1: shapes, without
/// light and contrast.
#[derive(Debug, Clone)]
pub struct ContentFeatures(Vec<f32>);

impl ContentFeatures {
    /// Normalizes one picture's features, `[channels, height, width]`: `n(F) = (F - mean_c) / (std_c + 0.001 std +
    /// 0.0001)` with the mean and deviation of each channel c, and the deviation of all values.
    pub fn of(channels: usize, features: &[f32]) -> Self {
        let (_, deviation_of_all) = mean_and_deviation(features);
        let floor = FLOOR_SHARE * deviation_of_all + FLOOR;
        let pixels = (features.len() / channels.max(1)).max(1);
        let normalized = features.chunks_exact(pixels).flat_map(|channel| {
            let (mean, deviation) = mean_and_deviation(channel);
            channel.iter().map(move |&value| ((f64::from(value) - mean) / (deviation + floor)) as f32)
        });
        Self(normalized.collect())
    }

    /// The content distance: the mean of `|n(F) - n(F')|²` over all values. 0 for the same picture, about 2 for
    /// unrelated ones. Both pictures have one size.
    pub fn distance(&self, other: &Self) -> f64 {
        let squares = self.0.iter().zip(&other.0).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
        squares.sum::<f64>() / self.0.len().max(1) as f64
    }
}

/// Mean and sample standard deviation (divided by the count minus 1).
fn mean_and_deviation(values: &[f32]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().copied().map(f64::from).sum::<f64>() / count.max(1.0);
    let squares: f64 = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [f32; 8] = [0.0, 1.0, 3.0, 8.0, 5.0, 1.0, 0.0, 2.0];

    #[test]
    fn light_and_contrast_do_not_count() {
        let lit: Vec<f32> =
            SHAPE.iter().enumerate().map(|(index, value)| value * 7.0 + (index / 4) as f32 * 40.0).collect();
        let distance = ContentFeatures::of(2, &SHAPE).distance(&ContentFeatures::of(2, &lit));
        assert!(distance < 1e-5, "{distance}");
    }

    #[test]
    fn the_opposite_is_as_far_as_can_be_and_nothing_is_half_as_far_as_unrelated() {
        let shape = ContentFeatures::of(2, &SHAPE);
        let opposite = ContentFeatures::of(2, &SHAPE.map(|value| -value));
        // Squares of 2 n, whose mean is 4 · 3/4 by the sample deviation.
        assert!((shape.distance(&opposite) - 3.0).abs() < 0.02, "{}", shape.distance(&opposite));
        let nothing = ContentFeatures::of(2, &[5.0; 8]);
        assert!((shape.distance(&nothing) - 0.75).abs() < 0.01, "{}", shape.distance(&nothing));
        assert_eq!(shape.distance(&shape), 0.0);
    }
}
