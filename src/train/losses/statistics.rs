//! How features are distributed: means and covariances of the channels, over a whole batch.

use super::super::planes::values_of;
use crate::network::STYLE_BLOCK_WEIGHTS;
use burn_tensor::{Device, Tensor, TensorData};

/// Means and covariances of the channels of one block of features.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureStatistics {
    pub means: Vec<f32>,
    /// `[channels, channels]`.
    pub covariance: Vec<f32>,
}

impl FeatureStatistics {
    pub(super) fn of(features: Tensor<4>) -> Self {
        let (means, covariance) = statistics(features);
        Self { means: values_of(means), covariance: values_of(covariance) }
    }
}

/// Means `[channels, 1]` and covariance `[channels, channels]` of the channels of `[pictures, channels, height,
/// width]`, over all pictures together: a wall need not hold every colour of the style.
fn statistics(features: Tensor<4>) -> (Tensor<2>, Tensor<2>) {
    let [pictures, channels, height, width] = features.dims();
    let pixels = pictures * height * width;
    let flat = features.swap_dims(0, 1).reshape([channels, pixels]);
    let means = flat.clone().mean_dim(1);
    let centred = flat - means.clone();
    (means, centred.clone().matmul(centred.transpose()) / pixels as f32)
}

/// The statistics of a style picture at one scale, on a device.
pub(super) struct StatisticsTarget {
    /// Of each block: means, covariance, and the sums of their squares.
    blocks: Vec<(Tensor<2>, Tensor<2>, [f32; 2])>,
}

impl StatisticsTarget {
    pub fn new(blocks: &[FeatureStatistics], device: &Device) -> Self {
        let tensor = |values: &[f32], shape| Tensor::from_data(TensorData::new(values.to_vec(), shape), device);
        let squares = |values: &[f32]| values.iter().map(|value| value * value).sum();
        let block = |block: &FeatureStatistics| {
            let channels = block.means.len();
            let means = tensor(&block.means, [channels, 1]);
            let covariance = tensor(&block.covariance, [channels, channels]);
            (means, covariance, [squares(&block.means), squares(&block.covariance)])
        };
        Self { blocks: blocks.iter().map(block).collect() }
    }

    /// Relative squared distance of means and covariances, weighted over the blocks.
    pub fn distance(&self, features: &[Tensor<4>]) -> Tensor<1> {
        let mut sum = None;
        for ((features, block), weight) in features.iter().zip(&self.blocks).zip(STYLE_BLOCK_WEIGHTS) {
            let (wanted_means, wanted_covariance, [means_square, covariance_square]) = block;
            let (means, covariance) = statistics(features.clone());
            let means = (means - wanted_means.clone()).square().sum() / *means_square;
            let covariance = (covariance - wanted_covariance.clone()).square().sum() / *covariance_square;
            let distance = (means + covariance) * weight;
            sum = Some(sum.map_or(distance.clone(), |sum: Tensor<1>| sum + distance));
        }
        sum.expect("features have blocks") / STYLE_BLOCK_WEIGHTS.iter().take(self.blocks.len()).sum::<f32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_the_whole_batch() {
        // Two pictures of two channels and two pixels: channel 0 is 1 2 3 4, channel 1 is 0 0 2 2.
        let values = vec![1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 2.0, 2.0];
        let features = Tensor::from_data(TensorData::new(values, [2, 2, 1, 2]), &Device::flex());
        let found = FeatureStatistics::of(features.clone());
        assert_eq!(found, FeatureStatistics { means: vec![2.5, 1.0], covariance: vec![1.25, 1.0, 1.0, 1.0] });
        let target = StatisticsTarget::new(&[found], &Device::flex());
        assert_eq!(target.distance(std::slice::from_ref(&features)).into_scalar::<f32>(), 0.0);
        // Twice the features: the means differ by themselves, the covariance by three times itself.
        let far = target.distance(&[features * 2.0]).into_scalar::<f32>();
        assert!((far - 10.0).abs() < 1e-4, "{far}");
    }
}
