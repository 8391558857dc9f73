//! Mean and covariance of features over any number of pictures.

/// So many pixels are multiplied at a time: what two channels have of them stays in the processor's nearest cache.
const STRETCH: usize = 1024;

/// Sums that run beside each other, so that they can share the processor's wide registers.
const LANES: usize = 8;

/// The statistics of a layer's features over all pixels of one or more pictures: sums only, the features are not kept.
#[derive(Debug, Clone)]
pub struct FeatureStatistics {
    channels: usize,
    pixels: f64,
    sums: Vec<f64>,
    /// `[channels, channels]`: sums over the pixels of the products of two channels.
    products: Vec<f64>,
}

impl FeatureStatistics {
    /// Those of one picture's features, `[channels, height, width]`.
    pub fn of(channels: usize, features: &[f32]) -> Self {
        let pixels = features.len() / channels.max(1);
        let channel = |index: usize| &features[index * pixels..][..pixels];
        let sums = (0..channels).map(|index| channel(index).iter().copied().map(f64::from).sum()).collect();
        let mut products = vec![0.0; channels * channels];
        for start in (0..pixels).step_by(STRETCH) {
            let stretch = |index: usize| &channel(index)[start..pixels.min(start + STRETCH)];
            for row in 0..channels {
                for column in 0..=row {
                    products[row * channels + column] += f64::from(dot(stretch(row), stretch(column)));
                }
            }
        }
        for row in 0..channels {
            for column in 0..row {
                products[column * channels + row] = products[row * channels + column];
            }
        }
        Self { channels, pixels: pixels as f64, sums, products }
    }

    /// Takes the pictures of another one in. Both are of the same layer.
    pub fn add(&mut self, other: &Self) {
        self.pixels += other.pixels;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
        self.products.iter_mut().zip(&other.products).for_each(|(sum, more)| *sum += more);
    }

    /// The mean of each channel.
    pub fn mean(&self) -> Vec<f64> {
        self.sums.iter().map(|sum| sum / self.pixels).collect()
    }

    /// The covariances of the channels, `[channels, channels]`, divided by the number of pixels.
    pub fn covariance(&self) -> Vec<f64> {
        let mean = self.mean();
        let pairs = mean.iter().flat_map(|row| mean.iter().map(move |column| row * column));
        self.gram().into_iter().zip(pairs).map(|(moment, product)| moment - product).collect()
    }

    /// The Gram matrix (Gatys et al. 2016), `[channels, channels]`: the mean over the pixels of the products of two
    /// channels.
    pub fn gram(&self) -> Vec<f64> {
        self.products.iter().map(|sum| sum / self.pixels).collect()
    }

    /// `|mu - mu_s|^2 / |mu_s|^2 + |C - C_s|^2 / |C_s|^2` with the means `mu` and the covariances `C`, those of `style`
    /// with the index s. `None` where either is undefined: `style` is flat or has no pixels.
    pub fn distance(&self, style: &Self) -> Option<f64> {
        let mean = relative_distance(self.mean(), style.mean())?;
        Some(mean + relative_distance(self.covariance(), style.covariance())?)
    }

    /// `|G - G_s|^2 / |G_s|^2` with the Gram matrices `G`. `None` where it is undefined.
    pub fn gram_distance(&self, style: &Self) -> Option<f64> {
        relative_distance(self.gram(), style.gram())
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }
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

/// `|found - wanted|^2 / |wanted|^2`; `None` where `wanted` is 0 or a value is not finite.
fn relative_distance(found: Vec<f64>, wanted: Vec<f64>) -> Option<f64> {
    let (mut difference, mut square) = (0.0, 0.0);
    for (found, wanted) in found.into_iter().zip(wanted) {
        difference += (found - wanted) * (found - wanted);
        square += wanted * wanted;
    }
    Some(difference / square).filter(|distance| distance.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_have_the_values_of_the_formulas() {
        let statistics = FeatureStatistics::of(2, &[1.0, 2.0, 3.0, 6.0]);
        assert_eq!(statistics.gram(), [2.5, 7.5, 7.5, 22.5]);
        assert_eq!(statistics.mean(), [1.5, 4.5]);
        assert_eq!(statistics.covariance(), [0.25, 0.75, 0.75, 2.25]);
    }

    #[test]
    fn pictures_that_are_added_are_one_picture() {
        let value = |channel: usize, index: usize| ((index * (channel + 2)) % 7) as f32 - 2.0;
        let of = |pixels: std::ops::Range<usize>| {
            let features = (0..3).flat_map(|channel| pixels.clone().map(move |index| value(channel, index)));
            FeatureStatistics::of(3, &features.collect::<Vec<f32>>())
        };
        let whole = of(0..3 * STRETCH + 13);
        let mut parts = of(0..700);
        parts.add(&of(700..3 * STRETCH + 13));
        let exact = |row: usize, column: usize| {
            let pixels = 3 * STRETCH + 13;
            let products = (0..pixels).map(|index| f64::from(value(row, index) * value(column, index)));
            products.sum::<f64>() / pixels as f64
        };
        for (index, (found, joined)) in whole.gram().iter().zip(parts.gram()).enumerate() {
            let wanted = exact(index / 3, index % 3);
            assert!((found - wanted).abs() < 1e-6 && (joined - wanted).abs() < 1e-6, "{found}, {joined}, {wanted}");
        }
        assert!(whole.distance(&parts).unwrap() < 1e-12);
    }

    #[test]
    fn distances_are_relative_to_the_style() {
        // Means 2 and 1, covariance 1 and 4: (1/1)^2 + (3/4)^2.
        let distance = FeatureStatistics::of(1, &[1.0, 3.0]).distance(&FeatureStatistics::of(1, &[-1.0, 3.0]));
        assert_eq!(distance, Some(1.0 + 0.5625));
        let gram = FeatureStatistics::of(1, &[1.0, 3.0]).gram_distance(&FeatureStatistics::of(1, &[2.0]));
        assert_eq!(gram, Some(1.0 / 16.0));
        let flat = FeatureStatistics::of(1, &[2.0, 2.0]);
        assert_eq!(flat.distance(&flat), None, "a flat style has no covariance");
        assert_eq!(FeatureStatistics::of(1, &[]).gram_distance(&flat), None, "no pixels");
    }
}
