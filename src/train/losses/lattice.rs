//! The lattice loss: a network at a quarter of the resolution paints on a grid of 4x4 pixels, which does not move with
//! the game.

use super::pixels::within;
use crate::network::{MULTIPLE_PX, Random};
use burn_tensor::module::avg_pool2d;
use burn_tensor::ops::AvgPoolOptions;
use burn_tensor::{Device, Tensor, TensorData};

/// Pictures without detail that are painted in an iteration, their side in pixels, and the border of their paintings
/// that is not judged.
const PICTURES: usize = 4;
pub(super) const SMOOTH_PX: usize = 64;
const MARGIN_PX: usize = 16;

/// Side of the squares whose mean is a pixel's smooth surroundings.
const SURROUNDINGS_PX: usize = 5;

/// How much of the way from the first to the second colour a shaded picture shows, from border to border.
const SHADING: f32 = 0.7;

/// A picture without any detail: a colour that becomes another one along a direction.
pub(super) struct Shade {
    pub first: [f32; 3],
    pub second: [f32; 3],
    /// In radians.
    pub angle: f32,
    /// Whether the first colour is everywhere.
    pub is_flat: bool,
}

impl Shade {
    fn value(&self, channel: usize, x: usize, y: usize) -> f32 {
        let along = |at: usize| at as f32 / (SMOOTH_PX - 1) as f32 - 0.5;
        let share = 0.5 + SHADING * (self.angle.cos() * along(x) + self.angle.sin() * along(y));
        let share = if self.is_flat { 0.0 } else { share.clamp(0.0, 1.0) };
        self.first[channel] + (self.second[channel] - self.first[channel]) * share
    }
}

/// Random pictures without detail, every second one flat.
pub(super) fn smooth_pictures(random: &mut Random, device: &Device) -> Tensor<4> {
    let mut shade = |index: usize| {
        let [first, second] = [(); 2].map(|()| [(); 3].map(|()| random.unit()));
        Shade { first, second, angle: random.between(0.0, std::f32::consts::TAU), is_flat: index.is_multiple_of(2) }
    };
    shaded(&(0..PICTURES).map(&mut shade).collect::<Vec<_>>(), device)
}

/// The pictures of shades.
pub(super) fn shaded(shades: &[Shade], device: &Device) -> Tensor<4> {
    let area = SMOOTH_PX * SMOOTH_PX;
    let value = |index: usize| {
        let (channel, at) = (index / area % 3, index % area);
        shades[index / area / 3].value(channel, at % SMOOTH_PX, at / SMOOTH_PX)
    };
    let values: Vec<f32> = (0..shades.len() * 3 * area).map(value).collect();
    Tensor::from_data(TensorData::new(values, [shades.len(), 3, SMOOTH_PX, SMOOTH_PX]), device)
}

/// Mean square of what the paintings of pictures without detail show at each place of a cell of 4x4 pixels, against its
/// smooth surroundings, averaged over all cells.
pub(super) fn lattice(paintings: &Tensor<4>) -> Tensor<1> {
    let around = within(paintings, MARGIN_PX - SURROUNDINGS_PX / 2);
    let smooth = avg_pool2d(around, AvgPoolOptions::new([SURROUNDINGS_PX, SURROUNDINGS_PX]).with_stride([1, 1]));
    let detail = within(paintings, MARGIN_PX) - smooth;
    let [pictures, channels, height, width] = detail.dims();
    let cell = MULTIPLE_PX as usize;
    let cells = detail.reshape([pictures, channels, height / cell, cell, width / cell, cell]);
    cells.mean_dims(&[2, 4]).square().mean()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_from_cell_to_cell_is_a_lattice_and_shading_is_none() {
        let device = Device::flex();
        let pictures = smooth_pictures(&mut Random::new(1), &device);
        assert!(lattice(&pictures).into_scalar::<f32>() < 1e-9);
        let pattern = |period: usize| {
            let value = |index: usize| if (index % SMOOTH_PX).is_multiple_of(period) { 0.1 } else { 0.0 };
            let values: Vec<f32> = (0..SMOOTH_PX * SMOOTH_PX).map(value).collect();
            let shape = [1, 1, SMOOTH_PX, SMOOTH_PX];
            pictures.clone() + Tensor::from_data(TensorData::new(values, shape), &device)
        };
        let [own, other] = [4, 3].map(|period| lattice(&pattern(period)).into_scalar::<f32>());
        assert!(own > 1e-3 && other < 0.1 * own, "{own}, {other}");
    }
}
