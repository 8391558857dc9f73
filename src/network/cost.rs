//! What a network costs: its weights, and the work of a frame.

use super::{Architecture, Layer};

impl Architecture {
    /// Multiply-adds of the convolutions for each pixel of the input, borders counted like the inside.
    ///
    /// Norms, activations, shuffles and additions are left out, as is usual: they cost memory traffic, which this
    /// number does not know. Times follow it only roughly.
    pub fn multiply_adds_per_pixel(&self) -> f64 {
        // Pixels of the present resolution for each pixel of the input.
        let mut pixels = 1.0;
        multiply_adds(&self.layers(), &mut pixels)
    }

    /// Number of weights and biases.
    pub fn parameter_count(&self) -> usize {
        parameters(&self.layers())
    }
}

fn multiply_adds(layers: &[Layer], pixels: &mut f64) -> f64 {
    let mut sum = 0.0;
    for layer in layers {
        match layer {
            Layer::Convolution(convolution) => {
                *pixels /= (convolution.stride * convolution.stride) as f64;
                sum += convolution.shape().iter().product::<usize>() as f64 * *pixels;
            }
            Layer::Shuffle | Layer::Nearest => *pixels *= 4.0,
            Layer::Residual(inner) | Layer::Concatenation(inner) => sum += multiply_adds(inner, pixels),
            Layer::InstanceNorm { .. }
            | Layer::BatchNorm { .. }
            | Layer::Relu
            | Layer::LeakyRelu
            | Layer::Sigmoid
            | Layer::Scale(_) => {}
        }
    }
    sum
}

fn parameters(layers: &[Layer]) -> usize {
    let count = |layer: &Layer| match layer {
        Layer::Convolution(convolution) => convolution.shape().iter().product::<usize>() + convolution.outputs,
        Layer::InstanceNorm { channels, .. } => 2 * channels,
        Layer::BatchNorm { channels, .. } => 4 * channels,
        Layer::Residual(inner) | Layer::Concatenation(inner) => parameters(inner),
        Layer::Relu | Layer::LeakyRelu | Layer::Sigmoid | Layer::Shuffle | Layer::Nearest | Layer::Scale(_) => 0,
    };
    layers.iter().map(count).sum()
}

#[cfg(test)]
mod tests {
    use crate::network::{Architecture, Network, Random, Tier};

    #[test]
    fn counts_the_multiply_adds_that_a_hand_counts() {
        // A quarter of the pixels for the stem and the head, a sixteenth for the rest.
        let stem = 5 * 5 * 3 * 24 / 4;
        let down = 3 * 3 * 24 * 48 / 16;
        let blocks = 6 * 2 * (3 * 3 * 48 * 48 / 16);
        let up = 3 * 3 * 48 * 96 / 16;
        let head = 3 * 3 * 24 * 12 / 4;
        let sum = stem + down + blocks + up + head;
        assert_eq!(sum, 19_890);
        assert_eq!(Tier::Balanced.architecture().multiply_adds_per_pixel(), f64::from(sum));
        // Two convolutions of 9x9 at full resolution, down to a quarter of the sides, five blocks there, and up again.
        let blocks = 5 * 2 * (9 * 128 * 128 / 16);
        let classic = 2 * 81 * 3 * 32 + 2 * (9 * 32 * 64 / 4 + 9 * 64 * 128 / 16) + blocks;
        // On the way up the same convolutions run at twice the sides.
        let up = 3 * (9 * 128 * 64 / 16 + 9 * 64 * 32 / 4);
        assert_eq!(Tier::Classic.architecture().multiply_adds_per_pixel(), f64::from(classic + up));
    }

    #[test]
    fn counts_the_parameters_that_a_network_has() {
        for architecture in Tier::ALL.map(Architecture::from).into_iter().chain([Architecture::FewShot]) {
            let network = Network::new(architecture.clone(), &mut Random::new(1));
            let count: usize = network.parameters().iter().map(|parameter| parameter.values.len()).sum();
            assert_eq!(architecture.parameter_count(), count, "{architecture}");
        }
    }
}
