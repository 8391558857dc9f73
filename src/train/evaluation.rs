//! How good a network is on what it does not learn from.

use super::losses::{FramePair, SteadinessLosses, StyleLosses};
use super::run::{forward, leaves_of, paint_on};
use super::{Crops, Losses, PairCrop, PictureBatch, Planes, TrainError};
use crate::frame::Frame;
use crate::network::{Network, Random};
use crate::steadiness::{Noise, noise_response, shift_response, warping_error};
use burn_tensor::Device;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;

/// What is random in evaluations is the same in all of them.
const SEED: u64 = 0x0011_BE57;

/// How much paintings of held-out crops flicker, as in [`crate::steadiness`]; smaller is steadier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Flicker {
    /// The response to noise of one level of 255.
    pub noise: f32,
    /// The response to a shift by one pixel.
    pub shift: f32,
    /// The warping error, where successive frames are held out.
    pub warp: Option<f32>,
}

impl Flicker {
    /// One number for all: the geometric mean, in which a tenth more of any of them counts the same.
    pub fn overall(&self) -> f32 {
        // The warping error is a mean of squares.
        let responses = [Some(self.noise), Some(self.shift), self.warp.map(f32::sqrt)];
        let known = responses.into_iter().flatten();
        known.clone().product::<f32>().powf(1.0 / known.count() as f32)
    }
}

/// What an evaluation found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Iterations until then.
    pub iteration: u64,
    /// Time spent until then.
    pub spent: Duration,
    /// The weighted sum of the losses on held-out crops, with the weights of the end of training. Smaller is better.
    pub score: f32,
    /// The losses on held-out crops; also those that do not count.
    pub losses: Losses,
    pub flicker: Flicker,
    /// The running means of training at that time.
    pub training: Losses,
}

/// Crops that networks are evaluated on, the same each time.
pub(super) struct HeldOut {
    frames: Vec<Planes>,
    /// The teacher's paintings of the frames; none where there is no teacher.
    teacher_targets: Vec<Planes>,
    pairs: Vec<PairCrop>,
}

impl HeldOut {
    /// Crops of pictures and of pairs that nothing is learnt from, where there are such; `teach` is the teacher.
    ///
    /// # Errors
    /// What `teach` returns.
    pub fn new<E>(
        crops: &mut Crops,
        side: u32,
        mut teach: impl FnMut(&Planes) -> Result<Option<Planes>, E>,
    ) -> Result<Self, E> {
        let mut random = Random::new(SEED);
        let frames: Vec<Planes> = crops.example_crops(side, &mut random);
        let pairs = crops.held_out_pairs(side, &mut random);
        let mut teacher_targets = Vec::new();
        for frame in &frames {
            teacher_targets.extend(teach(frame)?);
        }
        Ok(Self { frames, teacher_targets, pairs })
    }

    /// The losses of a network over all crops together, with the score as their total, and its flicker.
    ///
    /// # Errors
    /// The engine of the features fails.
    pub fn evaluate(
        &self,
        network: &Network,
        style_losses: StyleLosses<'_>,
        device: &Device,
    ) -> Result<(Losses, Flicker), TrainError> {
        let leaves = leaves_of(network.parameters(), device, false);
        let paint = |pictures| forward(network, &leaves, pictures);
        let tensor = |pictures: &[Planes]| PictureBatch::of(pictures).tensor(device);
        let (frames, mut random) = (tensor(&self.frames), Random::new(SEED));
        let paintings = paint(frames.clone());
        let targets = (!self.teacher_targets.is_empty()).then(|| tensor(&self.teacher_targets));
        let (weights, is_thorough) = (style_losses.weights, true);
        let style =
            StyleLosses { is_thorough, ..style_losses }.of(&frames, &paintings, targets.as_ref(), &mut random)?;
        let steadiness = SteadinessLosses { weights, is_thorough }.of(&frames, &paintings, None, paint, &mut random);
        let mut losses = steadiness.map_or(style.losses, |found| style.losses.with(&found.weighted.losses));
        let temporal = |pair: &PairCrop| {
            let pair = FramePair { before: pair.before.tensor(device), now: pair.now.tensor(device) };
            pair.loss(paint).into_scalar::<f32>()
        };
        losses.temporal = mean(self.pairs.iter().map(temporal));
        losses.total += losses.temporal.unwrap_or(0.0) * weights.temporal;
        Ok((losses, self.flicker(network, device)))
    }

    fn flicker(&self, network: &Network, device: &Device) -> Flicker {
        let painting = |planes: &Planes| paint_on(network, planes, device).to_frame();
        let paint_frame = |frame: &Frame| Ok::<_, Infallible>(painting(&Planes::from_frame(frame)));
        let response = |measure: &dyn Fn(&Frame, &Frame) -> Result<f64, Infallible>| {
            let of_frame = |planes: &Planes| {
                let frame = planes.to_frame();
                let Ok(response) = measure(&frame, &painting(&Planes::from_frame(&frame)));
                response as f32
            };
            mean(self.frames.iter().map(of_frame)).unwrap_or(0.0)
        };
        let warp = self.pairs.iter().filter_map(|pair| {
            warping_error(&painting(&pair.before), &painting(&pair.now), &pair.flow).map(|error| error as f32)
        });
        Flicker {
            noise: response(&|frame, painted| noise_response(frame, painted, Noise::OneLevel, paint_frame)),
            shift: response(&|frame, painted| shift_response(frame, painted, 1, paint_frame)),
            warp: mean(warp),
        }
    }
}

/// The mean; `None` of nothing.
fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overall_flicker_weighs_shares() {
        let calm = Flicker { noise: 0.01, shift: 0.04, warp: Some(0.0004) };
        let noisy = Flicker { noise: 0.02, ..calm };
        let jumpy = Flicker { warp: Some(0.0016), ..calm };
        assert!((calm.overall() - 0.02).abs() < 1e-6, "{}", calm.overall());
        assert!((noisy.overall() - jumpy.overall()).abs() < 1e-6, "twice as much of either");
        let alone = Flicker { noise: 0.01, shift: 0.04, warp: None };
        assert!((alone.overall() - 0.02).abs() < 1e-6);
    }
}
