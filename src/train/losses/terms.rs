//! The formulas of the losses.

use crate::network::{MARGIN_PX, Random};
use burn_tensor::{Device, Tensor, TensorData, s};

/// The second view of the steadiness loss is off the centre by at most this many pixels.
const SHIFT_PX: u32 = 6;

/// The second view of the steadiness loss has noise of at most this deviation (of 0..=1).
const NOISE_DEVIATION: f32 = 0.03;

/// Side of the squares whose mean colours are compared along the border, in pixels.
const TINT_PX: usize = 16;

/// How much the mean colours of these squares count, against single pixels.
const TINT_SHARE: f32 = 10.0;

/// The part of a crop in which it is judged.
pub(in crate::train) fn inner(x: &Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    x.clone().slice(s![.., .., MARGIN_PX..height - MARGIN_PX, MARGIN_PX..width - MARGIN_PX])
}

/// How often pairs of features occur together (Gatys et al. 2016): `[channels, channels]`, mean over the pixels.
pub(super) fn gram(seen: Tensor<4>) -> Tensor<2> {
    let [_, channels, height, width] = seen.dims();
    let flat = seen.reshape([channels, height * width]);
    flat.clone().matmul(flat.transpose()) / (height * width) as f32
}

/// How steady a painting is: 0 where it is perfectly so.
pub(in crate::train) struct Steadiness {
    /// Mean squared difference between the painting of a noisy crop of the frame and the same crop of its painting: wherever a
    /// picture is cut, and however it flickers, the painting must stay.
    pub everywhere: Tensor<1>,
    /// The same mean along the border of that crop only, with ten times that of tints of 16 pixels: only the smaller picture gives way
    /// there, which sees nothing beyond its border.
    pub border: Tensor<1>,
}

/// Looks at the painting of a square frame; `paint` paints further pictures with the same weights.
pub(in crate::train) fn steadiness(
    frame: &Tensor<4>,
    painting: &Tensor<4>,
    paint: impl Fn(Tensor<4>) -> Tensor<4>,
    random: &mut Random,
) -> Steadiness {
    let side = frame.dims()[2] - 2 * MARGIN_PX;
    let [y, x] = [(); 2].map(|()| MARGIN_PX - SHIFT_PX as usize + random.whole(0, 2 * SHIFT_PX) as usize);
    let crop = |of: &Tensor<4>| of.clone().slice(s![.., .., y..y + side, x..x + side]);
    let deviation = random.between(0.0, NOISE_DEVIATION);
    let noise = noise([1, 3, side, side], deviation, random, &frame.device());
    let view = paint((crop(frame) + noise).clamp(0.0, 1.0));
    let wanted = crop(painting);
    Steadiness {
        everywhere: (view.clone() - wanted.clone()).square().mean(),
        border: at_border(view - wanted.detach()),
    }
}

/// The mean square of differences `[1, 3, side, side]` along the border, and of their means over squares.
fn at_border(difference: Tensor<4>) -> Tensor<1> {
    let side = difference.dims()[2];
    let is_border = |at: usize| at < MARGIN_PX || at + MARGIN_PX >= side;
    let border: Vec<f32> =
        (0..side * side).map(|index| f32::from(u8::from(is_border(index / side) || is_border(index % side)))).collect();
    let share = border.iter().sum::<f32>() / border.len() as f32;
    let difference =
        difference.clone() * Tensor::from_data(TensorData::new(border, [1, 1, side, side]), &difference.device());
    // What is left beside whole squares counts pixel by pixel only.
    let squares = side / TINT_PX;
    if squares == 0 {
        return difference.square().mean() / share;
    }
    let whole = difference.clone().slice(s![.., .., 0..squares * TINT_PX, 0..squares * TINT_PX]);
    let tints = whole.reshape([3, squares, TINT_PX, squares, TINT_PX]).mean_dims(&[2, 4]);
    (difference.square().mean() + tints.square().mean() * TINT_SHARE) / share
}

fn noise(shape: [usize; 4], deviation: f32, random: &mut Random, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| random.normal() * deviation).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Mean absolute plus mean squared difference: the first also where the second has become small, the second against what
/// is far off.
pub(super) fn difference(painting: Tensor<4>, taught: Tensor<4>) -> Tensor<1> {
    let difference = painting - taught;
    difference.clone().abs().mean() + difference.square().mean()
}

/// Mean absolute difference of neighbours, down and across.
pub(super) fn total_variation(x: Tensor<4>) -> Tensor<1> {
    let [_, _, height, width] = x.dims();
    let down = x.clone().slice(s![.., .., 1..height, ..]) - x.clone().slice(s![.., .., 0..height - 1, ..]);
    let across = x.clone().slice(s![.., .., .., 1..width]) - x.slice(s![.., .., .., 0..width - 1]);
    down.abs().mean() + across.abs().mean()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(values: &[f32], shape: [usize; 4]) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
    }

    #[test]
    fn gram_matrices_and_total_variation_have_the_values_of_the_formulas() {
        let x = tensor(&[1.0, 2.0, 3.0, 4.0], [1, 2, 1, 2]);
        let gram: Vec<f32> = gram(x).into_data().try_into_vec().unwrap();
        assert_eq!(gram, [2.5, 5.5, 5.5, 12.5]);
        let steps = total_variation(tensor(&[0.0, 1.0, 3.0, 3.0], [1, 1, 2, 2])).into_scalar::<f32>();
        assert_eq!(steps, (3.0 + 2.0) / 2.0 + (1.0 + 0.0) / 2.0);
    }

    #[test]
    fn a_steady_painting_costs_nothing() {
        let side = 2 * MARGIN_PX + 8;
        let values: Vec<f32> = (0..3 * side * side).map(|index| (index % 7) as f32 / 6.0).collect();
        let frame = tensor(&values, [1, 3, side, side]);
        let loss = |paint: fn(Tensor<4>) -> Tensor<4>| {
            let steadiness = steadiness(&frame, &paint(frame.clone()), paint, &mut Random::new(3));
            [steadiness.everywhere, steadiness.border].map(|loss| loss.into_scalar::<f32>())
        };
        assert_eq!(loss(|x| x * 0.0 + 0.5), [0.0; 2]);
        assert!(loss(|x| x).iter().all(|&loss| loss > 0.0), "a painting that shows the noise is not steady");
    }

    #[test]
    fn the_border_counts_alone_and_its_tints_more_than_its_noise() {
        let side = 3 * MARGIN_PX;
        let at = |value: &dyn Fn(usize, usize) -> f32| {
            let values: Vec<f32> = (0..3 * side * side).map(|index| value(index % side, index / side % side)).collect();
            at_border(tensor(&values, [1, 3, side, side])).into_scalar::<f32>()
        };
        let is_inside = |x: usize, y: usize| [x, y].iter().all(|at| (MARGIN_PX..2 * MARGIN_PX).contains(at));
        assert_eq!(at(&|x, y| f32::from(u8::from(is_inside(x, y)))), 0.0);
        let noise = at(&|x, y| if (x + y) % 2 == 0 { 0.1 } else { -0.1 });
        assert!((noise - 0.01).abs() < 1e-6, "{noise}");
        assert!(at(&|_, _| 0.1) > 5.0 * noise);
    }
}
