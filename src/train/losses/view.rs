//! Another view of frames: moved by a little, noisier, lighter or darker, and smaller.

use super::super::planes::values_of;
use super::pixels::JUDGED_MARGIN_PX;
use super::similarity::{Extent, Similarity};
use crate::network::Random;
use burn_tensor::{Tensor, TensorData};

/// The largest deviation of the noise, of 0..=1.
const NOISE_DEVIATION: f32 = 0.03;

/// The light changes by this share at most.
const GAIN: f32 = 0.03;

/// A view of square frames, cut inside by a margin, so that only the view's own painting sees a border there.
pub(in crate::train) struct View {
    /// One of each picture.
    pub(super) moves: Vec<Similarity>,
    pub(super) extent: Extent,
    /// What is added to the view, before the gain.
    pub(super) noise: Vec<f32>,
    pub(super) gain: f32,
}

impl View {
    /// A random view of `count` frames of `side` pixels square.
    pub fn draw(count: usize, side: usize, random: &mut Random) -> Self {
        let extent = Extent { side, margin: JUDGED_MARGIN_PX };
        let moves = (0..count).map(|_| Similarity::draw(random)).collect();
        let deviation = random.between(0.0, NOISE_DEVIATION);
        let noise = (0..count * 3 * extent.inner() * extent.inner()).map(|_| random.normal() * deviation).collect();
        Self { moves, extent, noise, gain: random.between(1.0 - GAIN, 1.0 + GAIN) }
    }

    /// What the network sees of the frames.
    pub fn of_frames(&self, frames: &Tensor<4>) -> Tensor<4> {
        let mut values = self.moved_values(frames);
        for (value, noise) in values.iter_mut().zip(&self.noise) {
            *value = ((*value + noise) * self.gain).clamp(0.0, 1.0);
        }
        self.tensor(values, frames)
    }

    /// The inner part of the moved pictures; no gradient flows through it, see [`Self::backward`].
    pub fn moved(&self, pictures: &Tensor<4>) -> Tensor<4> {
        self.tensor(self.moved_values(pictures), pictures)
    }

    /// The gradient for `count` pictures, of that for the [`Self::moved`] first ones of them.
    pub fn backward(&self, gradient: &Tensor<4>, count: usize) -> Tensor<4> {
        let Extent { side, .. } = self.extent;
        let values = values_of(gradient.clone());
        let picture = values.len() / self.moves.len();
        let mut to = vec![0.0; count * 3 * side * side];
        let pictures = values.chunks_exact(picture).zip(to.chunks_exact_mut(3 * side * side));
        for (similarity, (gradient, to)) in self.moves.iter().zip(pictures) {
            similarity.apply_transposed(gradient, self.extent, to);
        }
        Tensor::from_data(TensorData::new(to, [count, 3, side, side]), &gradient.device())
    }

    fn moved_values(&self, pictures: &Tensor<4>) -> Vec<f32> {
        let values = values_of(pictures.clone());
        let mut moved = Vec::with_capacity(self.noise.len());
        for (similarity, picture) in self.moves.iter().zip(values.chunks_exact(values.len() / self.moves.len())) {
            similarity.apply(picture, self.extent, &mut moved);
        }
        moved
    }

    fn tensor(&self, values: Vec<f32>, like: &Tensor<4>) -> Tensor<4> {
        let side = self.extent.inner();
        Tensor::from_data(TensorData::new(values, [self.moves.len(), 3, side, side]), &like.device())
    }
}
