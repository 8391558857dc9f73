//! The losses of what a batch of paintings looks like: strokes, shapes, colours, smoothness, likeness to a teacher's
//! paintings.

use super::super::features::FeatureQuestion;
use super::super::join::join;
use super::super::planes::PictureBatch;
use super::super::{Features, TrainError};
use super::content::content_distance;
use super::palette::{Palette, palette_directions, palette_distance};
use super::pixels::{averaged, difference, inner, total_variation};
use super::statistics::{FeatureStatistics, StatisticsTarget};
use super::{LossWeights, Losses};
use crate::network::{CONTENT_BLOCK, HALF_SCALE_WEIGHT, Random};
use burn_tensor::{Tensor, s};

/// Side in pixels of the part of each painting whose fine strokes are compared at full size; all of it is compared at
/// half size.
const FINE_PX: usize = 112;

/// What paintings should look like: features at full and at half size, and colours.
pub(in crate::train) struct StyleTargets {
    fine: StatisticsTarget,
    half: StatisticsTarget,
    /// The numbers of both.
    statistics: [Vec<FeatureStatistics>; 2],
    palette: Palette,
}

impl StyleTargets {
    /// The targets of a style picture `[1, 3, height, width]`.
    pub fn new(features: &Features, picture: &Tensor<4>) -> Self {
        let device = picture.device();
        let statistics = [picture.clone(), averaged(picture.clone(), 2)].map(|picture| {
            let seen = features.see(picture, features.len());
            seen.into_iter().map(FeatureStatistics::of).collect::<Vec<_>>()
        });
        let [fine, half] = [0, 1].map(|scale| StatisticsTarget::new(&statistics[scale], &device));
        Self { fine, half, statistics, palette: Palette::of(picture.clone()) }
    }
}

/// Losses of a batch, and something whose gradient is that of their weighted sum.
pub(in crate::train) struct WeightedLosses {
    /// With the weighted sum as the total.
    pub losses: Losses,
    pub objective: Tensor<1>,
}

impl WeightedLosses {
    pub fn none(like: &Tensor<4>) -> Self {
        Self { losses: Losses::default(), objective: Tensor::zeros([1], &like.device()) }
    }

    /// Counts a loss; gives its value.
    pub fn add(&mut self, loss: Tensor<1>, weight: f32) -> Option<f32> {
        let value = loss.clone().into_scalar::<f32>();
        self.add_with_gradient(value, loss, weight)
    }

    /// Counts a loss whose gradient is that of `sum`.
    pub fn add_with_gradient(&mut self, value: f32, sum: Tensor<1>, weight: f32) -> Option<f32> {
        self.losses.total += value * weight;
        self.objective = self.objective.clone() + sum * weight;
        Some(value)
    }
}

/// Computes the losses of what paintings look like.
#[derive(Clone, Copy)]
pub(in crate::train) struct StyleLosses<'s> {
    pub features: &'s Features,
    pub targets: &'s StyleTargets,
    pub weights: &'s LossWeights,
    /// Whether losses that do not count are computed, too, to be looked at.
    pub is_thorough: bool,
}

impl StyleLosses<'_> {
    /// The losses of the paintings of square frames; `teacher_target` are the teacher's paintings of them.
    ///
    /// # Errors
    /// The engine of the features fails.
    pub fn of(
        &self,
        frames: &Tensor<4>,
        paintings: &Tensor<4>,
        teacher_target: Option<&Tensor<4>>,
        random: &mut Random,
    ) -> Result<WeightedLosses, TrainError> {
        let weights = self.weights;
        let judged = inner(paintings);
        let mut found = WeightedLosses::none(&judged);
        let is_wanted = |weight: f32| self.is_thorough || weight > 0.0;
        // Always, so that there is something to start a backward pass from.
        found.losses.variation = found.add(total_variation(judged.clone()), weights.variation);
        if is_wanted(weights.palette) {
            let (value, sum) = palette_distance(judged.clone(), &self.targets.palette, &palette_directions(random));
            found.losses.palette = found.add_with_gradient(value, sum, weights.palette);
        }
        if is_wanted(weights.style) || is_wanted(weights.content) {
            let pictures = Compared::new(&judged, &inner(frames), random);
            if !self.ask_engine(&pictures, &mut found)? {
                self.compute(&pictures, &mut found);
            }
        }
        if let Some(target) = teacher_target {
            found.losses.teacher = found.add(difference(paintings.clone(), target.clone()), weights.teacher);
        }
        Ok(found)
    }

    /// Has style and content computed by the engine of the features; false where there is none for pictures of this
    /// size.
    fn ask_engine(&self, pictures: &Compared, found: &mut WeightedLosses) -> Result<bool, TrainError> {
        if !self.features.has_engine() {
            return Ok(false);
        }
        let LossWeights { style, content, .. } = *self.weights;
        let [fine, half, half_frame] =
            [&pictures.fine, &pictures.half, &pictures.half_frame].map(|part| PictureBatch::from_tensor(part.clone()));
        let question = FeatureQuestion {
            fine: &fine,
            half: &half,
            half_frame: &half_frame,
            targets: &self.targets.statistics,
            style_weight: style,
            content_weight: content,
        };
        let Some(answer) = self.features.ask_engine(question)? else { return Ok(false) };
        let along = |part: &Tensor<4>, gradient: Vec<f32>, batch: &PictureBatch| {
            let gradient = PictureBatch { values: gradient, ..*batch }.tensor(&part.device());
            (part.clone() * gradient).sum()
        };
        let sum =
            along(&pictures.fine, answer.fine_gradient, &fine) + along(&pictures.half, answer.half_gradient, &half);
        found.objective = found.objective.clone() + sum;
        found.losses.total += answer.style * style + answer.content * content;
        found.losses.style = Some(answer.style);
        found.losses.content = Some(answer.content);
        Ok(true)
    }

    /// Computes style and content with tensors.
    fn compute(&self, pictures: &Compared, found: &mut WeightedLosses) {
        let (features, targets) = (self.features, self.targets);
        let content_block = features.len().min(CONTENT_BLOCK + 1) - 1;
        let (fine, (half, wanted)) = join(
            features.device(),
            || features.see(pictures.fine.clone(), features.len()),
            || {
                let wanted = features.see(pictures.half_frame.clone(), content_block + 1).swap_remove(content_block);
                (features.see(pictures.half.clone(), features.len()), wanted)
            },
        );
        let style = targets.fine.distance(&fine) + targets.half.distance(&half) * HALF_SCALE_WEIGHT;
        let content = content_distance(half[content_block].clone(), wanted);
        found.losses.style = found.add(style, self.weights.style);
        found.losses.content = found.add(content, self.weights.content);
    }
}

/// What is seen through the features.
struct Compared {
    /// A part of each painting, at full size.
    fine: Tensor<4>,
    half: Tensor<4>,
    half_frame: Tensor<4>,
}

impl Compared {
    fn new(paintings: &Tensor<4>, frames: &Tensor<4>, random: &mut Random) -> Self {
        let side = paintings.dims()[2];
        let fine = side.min(FINE_PX);
        let [y, x] = [(); 2].map(|()| random.whole(0, (side - fine) as u32) as usize);
        Self {
            fine: paintings.clone().slice(s![.., .., y..y + fine, x..x + fine]),
            half: averaged(paintings.clone(), 2),
            half_frame: averaged(frames.clone(), 2),
        }
    }
}
