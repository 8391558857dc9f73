//! What a picture shows: features without light and contrast.

use crate::network::NORMALIZATION_FLOOR;
use burn_tensor::Tensor;

/// Keeps the gradient of a root finite where a channel is the same everywhere.
const LEAST_VARIANCE: f32 = 1e-12;

/// Each channel of each picture with mean 0 and deviation 1.
fn normalized(features: Tensor<4>) -> Tensor<4> {
    let (share, number) = NORMALIZATION_FLOOR;
    let deviation = |centred: Tensor<4>, dims: &[usize]| {
        let count: usize = dims.iter().map(|&dim| centred.dims()[dim]).product();
        let sum = centred.square().sum_dims(dims);
        (sum / count.saturating_sub(1).max(1) as f32 + LEAST_VARIANCE).sqrt()
    };
    let overall = deviation(features.clone() - features.clone().mean_dims(&[0, 1, 2, 3]), &[0, 1, 2, 3]);
    let centred = features.clone() - features.mean_dims(&[2, 3]);
    let divisor = deviation(centred.clone(), &[2, 3]) + overall * share + number;
    centred / divisor
}

/// Mean squared difference of normalized features.
pub(super) fn content_distance(features: Tensor<4>, wanted: Tensor<4>) -> Tensor<1> {
    (normalized(features) - normalized(wanted)).square().mean()
}
