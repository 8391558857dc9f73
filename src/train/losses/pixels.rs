//! Losses that compare pixels.

use burn_tensor::module::avg_pool2d;
use burn_tensor::ops::AvgPoolOptions;
use burn_tensor::{Tensor, s};

/// The border of a crop in which style, content and colours are not judged, in pixels.
pub(in crate::train) const JUDGED_MARGIN_PX: usize = 24;

/// Sides of what is judged are multiples of this, in pixels: colours and tints are means over squares of this side.
pub(super) const SQUARE_PX: usize = 8;

/// The part of crops in which they are judged.
pub(in crate::train) fn inner(x: &Tensor<4>) -> Tensor<4> {
    within(x, JUDGED_MARGIN_PX)
}

/// What is left without a border of this width.
pub(super) fn within(x: &Tensor<4>, margin: usize) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    x.clone().slice(s![.., .., margin..height - margin, margin..width - margin])
}

/// Means over squares.
pub(super) fn averaged(x: Tensor<4>, side: usize) -> Tensor<4> {
    avg_pool2d(x, AvgPoolOptions::new([side, side]))
}

/// Mean squared difference of neighbours, down plus across.
pub(super) fn total_variation(x: Tensor<4>) -> Tensor<1> {
    let [_, _, height, width] = x.dims();
    let down = x.clone().slice(s![.., .., 1..height, ..]) - x.clone().slice(s![.., .., 0..height - 1, ..]);
    let across = x.clone().slice(s![.., .., .., 1..width]) - x.slice(s![.., .., .., 0..width - 1]);
    down.square().mean() + across.square().mean()
}

/// Mean absolute difference.
pub(super) fn difference(painting: Tensor<4>, wanted: Tensor<4>) -> Tensor<1> {
    (painting - wanted).abs().mean()
}

/// Mean absolute difference between the change of a painting and that of its frame (Xu et al. 2021).
pub(super) fn frame_difference(frames: [&Tensor<4>; 2], paintings: [&Tensor<4>; 2]) -> Tensor<1> {
    let change = |[before, now]: [&Tensor<4>; 2]| now.clone() - before.clone();
    (change(paintings) - change(frames)).abs().mean()
}
