//! The style distance: means and covariances of features at two scales.

use super::FeatureStatistics;
use crate::network::{HALF_SCALE_WEIGHT, STYLE_BLOCK_WEIGHTS};

/// The weights of full and half size, as in training: half size sees strokes twice as large.
const SCALE_WEIGHTS: [f32; 2] = [1.0, HALF_SCALE_WEIGHT];

/// What the layers relu1_2, relu2_2, relu3_3 and relu4_3 of VGG-16 see in one or more pictures at full and at half
/// size.
#[derive(Debug, Clone)]
pub struct StyleStatistics {
    /// Full size, then half size; each with its layers in order.
    scales: [Vec<FeatureStatistics>; 2],
}

impl StyleStatistics {
    /// Of the layers' statistics at full size and at half size, four each.
    pub fn new(full: Vec<FeatureStatistics>, half: Vec<FeatureStatistics>) -> Self {
        Self { scales: [full, half] }
    }

    /// Takes the pictures of another one in.
    pub fn add(&mut self, other: &Self) {
        for (layers, more) in self.scales.iter_mut().zip(&other.scales) {
            layers.iter_mut().zip(more).for_each(|(layer, more)| layer.add(more));
        }
    }

    /// The style distance, 0 and up: how far mean and covariance of the features over *all* pictures together are from
    /// those of the style picture,
    ///
    /// ```text
    /// Σ_scale s · Σ_layer w · (|mu - mu_s|² / |mu_s|² + |C - C_s|² / |C_s|²) / Σ w
    /// ```
    ///
    /// with the scales full and half (s = 1 and 0.7) and the layers relu1_2, relu2_2, relu3_3 and relu4_3 (w = 0.5, 1,
    /// 1 and 1). Taken over all pictures together, not every wall needs every colour of the style. Means and
    /// covariances instead of Gram matrices after Li et al. 2017, "Demystifying neural style transfer". `None` where
    /// the style picture is flat.
    pub fn distance(&self, style: &Self) -> Option<f64> {
        let mut sum = 0.0;
        for ((layers, targets), scale_weight) in self.scales.iter().zip(&style.scales).zip(SCALE_WEIGHTS) {
            for ((layer, target), weight) in layers.iter().zip(targets).zip(STYLE_BLOCK_WEIGHTS) {
                sum += f64::from(scale_weight) * f64::from(weight) * layer.distance(target)?;
            }
        }
        Some(sum / f64::from(STYLE_BLOCK_WEIGHTS.iter().sum::<f32>()))
    }

    /// The Gram style loss at full size (after Gatys et al. 2016): the mean over the layers of `|G - G_s|² / |G_s|²`.
    /// `None` where the style picture is black to a layer.
    pub fn gram_loss(&self, style: &Self) -> Option<f64> {
        let layers = self.scales[0].iter().zip(&style.scales[0]);
        let distances = layers.map(|(layer, target)| layer.gram_distance(target)).collect::<Option<Vec<f64>>>()?;
        Some(distances.iter().sum::<f64>() / distances.len().max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_and_scales_have_their_weights() {
        let plain = || FeatureStatistics::of(1, &[1.0, 3.0]);
        // Mean 4 instead of 2, the same covariance: a distance of 1.
        let far = || FeatureStatistics::of(1, &[3.0, 5.0]);
        let style =
            StyleStatistics::new(vec![plain(), plain(), plain(), plain()], vec![plain(), plain(), plain(), plain()]);
        assert_eq!(style.distance(&style), Some(0.0));
        let of = |full: usize, half: usize| {
            let layers = |far_one: usize| (0..4).map(|layer| if layer == far_one { far() } else { plain() }).collect();
            StyleStatistics::new(layers(full), layers(half)).distance(&style).unwrap()
        };
        for (full, half, expected) in [(0, 9, 0.5 / 3.5), (1, 9, 1.0 / 3.5), (9, 3, 0.7 / 3.5), (2, 0, 1.35 / 3.5)] {
            assert!((of(full, half) - expected).abs() < 1e-7, "{full} {half}: {}", of(full, half));
        }
    }
}
