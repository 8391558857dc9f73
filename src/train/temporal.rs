//! The flow-warped output loss: successive paintings must change no more than their frames do.

use super::PairCrop;
use super::losses::inner;
use crate::network::MARGIN_PX;
use crate::steadiness::Flow;
use burn_tensor::{Device, Int, Tensor, TensorData};

/// Weights of red, green and blue in relative luminance (Rec. 709).
const LUMINANCE: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// Two successive frames as tensors `[1, 3, side, side]`, and how to fetch what the earlier painting shows into the places
/// of the later one.
pub(super) struct TemporalPair {
    pub before: Tensor<4>,
    pub now: Tensor<4>,
    warp: Warp,
    /// 1 where a pixel is to be seen in both frames, of the judged part: `[1, 1, side, side]`.
    mask: Tensor<4>,
    /// Number of these pixels, at least 1.
    seen: f32,
    /// How much brighter the frame became, of the judged part: `[1, 1, side, side]`.
    brightening: Tensor<4>,
}

impl TemporalPair {
    pub fn new(pair: &PairCrop, device: &Device) -> Self {
        let (before, now) = (pair.before.tensor(device), pair.now.tensor(device));
        let warp = Warp::new(&pair.flow, device);
        let side = warp.side;
        let mask: Vec<f32> =
            judged_places(&pair.flow).map(|index| f32::from(u8::from(!pair.flow.is_occluded[index]))).collect();
        let seen = mask.iter().sum::<f32>().max(1.0);
        let mask = Tensor::from_data(TensorData::new(mask, [1, 1, side, side]), device);
        let weights = Tensor::from_data(TensorData::new(LUMINANCE.to_vec(), [1, 3, 1, 1]), device);
        let change = inner(&now) - warp.fetch(before.clone());
        Self { before, now, warp, mask, seen, brightening: (change * weights).sum_dim(1) }
    }

    /// The temporal loss at the output of `ReCoNet` (Gao et al. 2018, equation 6) of the paintings of both frames: the mean
    /// over pixels that both frames show, and over channels, of
    ///
    /// ```text
    /// ((now − warp(before)) − (Y(frame now) − warp(Y(frame before))))²
    /// ```
    ///
    /// with the relative luminance Y, taken of the values as they are: where the game itself becomes brighter, so may the
    /// painting.
    pub fn loss(&self, before: Tensor<4>, now: &Tensor<4>) -> Tensor<1> {
        let change = inner(now) - self.warp.fetch(before);
        ((change - self.brightening.clone()).square() * self.mask.clone()).sum() / (3.0 * self.seen)
    }
}

/// A bilinear fetch along a flow; linear, so that gradients flow back to where the values come from.
struct Warp {
    /// Side of the judged part.
    side: usize,
    /// For each of the four neighbours, for each pixel of the judged part: the place it is fetched from.
    places: Tensor<1, Int>,
    /// How much each counts: `[1, 4, pixels]`.
    shares: Tensor<3>,
}

impl Warp {
    fn new(flow: &Flow, device: &Device) -> Self {
        let (width, height) = (flow.size.width as usize, flow.size.height as usize);
        let side = width - 2 * MARGIN_PX;
        let (mut places, mut shares) = ([const { Vec::new() }; 4], [const { Vec::new() }; 4]);
        for index in judged_places(flow) {
            let vector = flow.vectors[index];
            let x = ((index % width) as f32 + vector[0]).clamp(0.0, (width - 1) as f32);
            let y = ((index / width) as f32 + vector[1]).clamp(0.0, (height - 1) as f32);
            let (left, top) = (x as usize, y as usize);
            let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
            let (share_x, share_y) = (x - left as f32, y - top as f32);
            let corners = [
                (top * width + left, (1.0 - share_x) * (1.0 - share_y)),
                (top * width + right, share_x * (1.0 - share_y)),
                (bottom * width + left, (1.0 - share_x) * share_y),
                (bottom * width + right, share_x * share_y),
            ];
            for (corner, (place, share)) in corners.into_iter().enumerate() {
                places[corner].push(place as i32);
                shares[corner].push(share);
            }
        }
        let places: Vec<i32> = places.concat();
        let count = places.len();
        Self {
            side,
            places: Tensor::from_data(TensorData::new(places, [count]), device),
            shares: Tensor::from_data(TensorData::new(shares.concat(), [1, 4, count / 4]), device),
        }
    }

    /// What a picture `[1, channels, height, width]` shows at the earlier places of the judged part.
    fn fetch(&self, picture: Tensor<4>) -> Tensor<4> {
        let [_, channels, height, width] = picture.dims();
        let corners = picture.reshape([channels, height * width]).select(1, self.places.clone());
        let fetched = corners.reshape([channels, 4, self.side * self.side]) * self.shares.clone();
        fetched.sum_dim(1).reshape([1, channels, self.side, self.side])
    }
}

/// The pixels of the judged part of a crop, in order.
fn judged_places(flow: &Flow) -> impl Iterator<Item = usize> + use<> {
    let (width, height) = (flow.size.width as usize, flow.size.height as usize);
    (MARGIN_PX..height - MARGIN_PX).flat_map(move |y| (MARGIN_PX..width - MARGIN_PX).map(move |x| y * width + x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use crate::network::Random;
    use crate::train::Planes;
    use burn_tensor::s;

    const SIDE: usize = 2 * MARGIN_PX + 12;

    /// Noise that moves by 2.5 pixels to the right and 1 downwards and becomes brighter, and a flow that says so but for
    /// a corner.
    fn pair(brighter: f32) -> PairCrop {
        let mut random = Random::new(6);
        let wide = SIDE + 8;
        let texture: Vec<f32> = (0..3 * wide * wide).map(|_| 0.2 + 0.5 * random.unit()).collect();
        let at = |channel: usize, x: usize, y: usize| texture[(channel * wide + y) * wide + x];
        let planes = |value: &dyn Fn(usize, usize, usize) -> f32| {
            let values = (0..3 * SIDE * SIDE)
                .map(|index| value(index / (SIDE * SIDE), index % SIDE, index / SIDE % SIDE))
                .collect();
            Planes { size: Size::new(SIDE as u32, SIDE as u32), values }
        };
        let before = planes(&|channel, x, y| at(channel, x + 4, y + 4));
        let now = planes(&|channel, x, y| {
            let [left, right] = [1, 2].map(|column| at(channel, x + column, y + 3));
            (left + right) / 2.0 + brighter
        });
        let size = Size::new(SIDE as u32, SIDE as u32);
        let mut is_occluded = vec![false; SIDE * SIDE];
        is_occluded[MARGIN_PX * SIDE + MARGIN_PX] = true;
        PairCrop { before, now, flow: Flow { size, vectors: vec![[-2.5, -1.0]; SIDE * SIDE], is_occluded } }
    }

    fn loss(pair: &PairCrop, paint: impl Fn(Tensor<4>) -> Tensor<4>) -> f32 {
        let pair = TemporalPair::new(pair, &Device::flex());
        pair.loss(paint(pair.before.clone()), &paint(pair.now.clone())).into_scalar::<f32>()
    }

    #[test]
    fn what_follows_the_motion_and_the_light_costs_nothing() {
        for brighter in [0.0, 0.1] {
            assert!(loss(&pair(brighter), |x| x) < 1e-9, "{brighter}");
        }
        // A painting that does not follow the light is as far off as the light changed.
        let unlit = loss(&pair(0.1), |x| x * 0.0 + 0.5);
        assert!((unlit - 0.01).abs() < 1e-4, "{unlit}");
        // One that sticks to the screen does not follow the motion.
        let ramp = |x: Tensor<4>| {
            let columns: Vec<f32> = (0..SIDE).map(|column| column as f32 * 0.01).collect();
            x * 0.0 + Tensor::from_data(TensorData::new(columns, [1, 1, 1, SIDE]), &Device::flex())
        };
        assert!((loss(&pair(0.0), ramp) - 0.025 * 0.025).abs() < 1e-6, "{}", loss(&pair(0.0), ramp));
    }

    #[test]
    fn occluded_pixels_do_not_count() {
        let mut pair = pair(0.0);
        for channel in 0..3 {
            pair.now.values[(channel * SIDE + MARGIN_PX) * SIDE + MARGIN_PX] = 1.0;
        }
        assert!(loss(&pair, |x| x) < 1e-9);
        pair.flow.is_occluded.fill(true);
        assert_eq!(loss(&pair, |x| x * 3.0), 0.0, "nothing is seen twice");
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let device = Device::flex().autodiff();
        let pair = TemporalPair::new(&pair(0.05), &device);
        let judge = |strength: &Tensor<1>| {
            // Neither the same at both frames nor linear: through the fetch and beside it.
            let paint = |x: Tensor<4>| (x * strength.clone().reshape([1, 1, 1, 1])).square();
            pair.loss(paint(pair.before.clone()), &paint(pair.now.clone()))
        };
        let strength = |value: f32| Tensor::<1>::from_data(TensorData::new(vec![value], [1]), &device);
        let leaf = strength(0.8).require_grad();
        let gradient = leaf.grad(&judge(&leaf).backward()).unwrap().into_scalar::<f32>();
        let step = 0.01;
        let [low, high] = [-step, step].map(|step| judge(&strength(0.8 + step)).into_scalar::<f32>());
        let difference = (high - low) / (2.0 * step);
        assert!(gradient != 0.0 && (gradient - difference).abs() < 0.02 * difference.abs(), "{gradient}, {difference}");
        // Each painted pixel on its own, so that a fetch of the wrong place shows.
        let painting = pair.before.clone() * 0.7;
        let leaf = painting.clone().require_grad();
        let gradients = leaf.grad(&pair.loss(leaf.clone(), &pair.now).backward()).unwrap();
        for place in [MARGIN_PX * SIDE + MARGIN_PX + 1, (MARGIN_PX + 5) * SIDE + MARGIN_PX + 4] {
            let (x, y) = (place % SIDE, place / SIDE);
            let changed = |step: f32| {
                let mut values = vec![0.0; 3 * SIDE * SIDE];
                values[SIDE * SIDE + place] = step;
                let shape = [1, 3, SIDE, SIDE];
                let moved = painting.clone() + Tensor::from_data(TensorData::new(values, shape), &device);
                pair.loss(moved, &pair.now).into_scalar::<f32>()
            };
            let difference = (changed(0.5) - changed(-0.5)) / 1.0;
            let gradient = gradients.clone().slice(s![0..1, 1..2, y..y + 1, x..x + 1]).into_scalar::<f32>();
            assert!(
                gradient != 0.0 && (gradient - difference).abs() < 0.02 * difference.abs(),
                "{place}: {gradient}, {difference}"
            );
        }
    }
}
