//! The steadiness losses: what a painting changes although the game did not.

use super::pixels::{JUDGED_MARGIN_PX, SQUARE_PX, averaged, within};
use burn_tensor::{Tensor, TensorData};

/// How much the mean colours of squares count along the border, against single pixels.
const TINT_WEIGHT: f32 = 10.0;

/// How unsteady a painting is: 0 where it is perfectly steady.
pub(in crate::train) struct Steadiness {
    /// Mean squared difference between the painting of a view and the moved painting, away from the view's border.
    pub inside: Tensor<1>,
    /// The same along the border, plus ten times that of the mean colours of squares: what people see of a band along
    /// the border is its tint, which a mean over pixels hardly weighs.
    pub border: Tensor<1>,
}

/// The steadiness of the difference between the paintings of square views and the moved paintings.
pub(in crate::train) fn steadiness(difference: Tensor<4>) -> Steadiness {
    let side = difference.dims()[2];
    let margin = JUDGED_MARGIN_PX.min(side / 4);
    let is_border = |at: usize| at < margin || at + margin >= side;
    let border: Vec<f32> =
        (0..side * side).map(|index| f32::from(u8::from(is_border(index / side) || is_border(index % side)))).collect();
    let share = border.iter().sum::<f32>() / border.len() as f32;
    let mask = Tensor::from_data(TensorData::new(border, [1, 1, side, side]), &difference.device());
    let at_border = difference.clone() * mask;
    let tints = averaged(at_border.clone(), SQUARE_PX).square().mean();
    Steadiness {
        inside: within(&difference, margin).square().mean(),
        border: (at_border.square().mean() + tints * TINT_WEIGHT) / share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn_tensor::Device;

    const SIDE: usize = 3 * JUDGED_MARGIN_PX;

    fn losses(value: &dyn Fn(usize, usize) -> f32) -> [f32; 2] {
        let values: Vec<f32> = (0..3 * SIDE * SIDE).map(|index| value(index % SIDE, index / SIDE % SIDE)).collect();
        let difference = Tensor::from_data(TensorData::new(values, [1, 3, SIDE, SIDE]), &Device::flex());
        let Steadiness { inside, border } = steadiness(difference);
        [inside, border].map(|loss| loss.into_scalar::<f32>())
    }

    #[test]
    fn the_border_counts_alone_and_its_tints_more_than_its_noise() {
        let margin = JUDGED_MARGIN_PX.min(SIDE / 4);
        let is_inside = |x: usize, y: usize| [x, y].iter().all(|at| (margin..SIDE - margin).contains(at));
        let inside = losses(&|x, y| f32::from(u8::from(is_inside(x, y))));
        assert!((inside[0] - 1.0).abs() < 1e-6, "{inside:?}");
        let around = losses(&|x, y| f32::from(u8::from(!is_inside(x, y))));
        assert!(around[0] == 0.0 && around[1] > 1.0, "{around:?}");
        let noise = losses(&|x, y| if (x + y) % 2 == 0 { 0.1 } else { -0.1 });
        assert!((noise[0] - 0.01).abs() < 1e-5 && (noise[1] - 0.01).abs() < 1e-3, "{noise:?}");
        assert!(losses(&|_, _| 0.1)[1] > 5.0 * noise[1]);
    }
}
