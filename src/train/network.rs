//! A style transfer network: its layers and its weights.

use super::layer::{Layer, run};
use super::{Planes, Random, Tier, TrainError};
use burn_tensor::{Device, Tensor, TensorData};

/// Sides of pictures must be multiples of this number of pixels.
pub(super) const MULTIPLE_PX: u32 = 4;

/// A weight tensor of a network, in plain memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// A network of one of our tiers: `[1, 3, height, width]`, RGB 0..=1, in and out; sides are multiples of 4.
#[derive(Debug, Clone)]
pub struct Network {
    tier: Tier,
    layers: Vec<Layer>,
    parameters: Vec<Parameter>,
}

impl Network {
    /// A network with random weights to start from.
    pub fn new(tier: Tier, random: &mut Random) -> Self {
        let layers = tier.layers();
        let mut parameters = Vec::new();
        add_parameters(&layers, random, &mut parameters);
        Self { tier, layers, parameters }
    }

    /// Which network it is.
    pub fn tier(&self) -> Tier {
        self.tier
    }

    pub(super) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The weights, in the order in which the layers use them.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    pub(super) fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.parameters
    }

    /// Takes over the weights of another network of the same tier, found by name.
    ///
    /// # Errors
    /// One is missing or has another shape; nothing is changed then.
    pub fn take_over(&mut self, others: &[Parameter]) -> Result<(), TrainError> {
        let mut found = Vec::with_capacity(self.parameters.len());
        for parameter in &self.parameters {
            let other = others.iter().find(|other| other.name == parameter.name && other.shape == parameter.shape);
            let missing = || TrainError::OtherNetwork { tier: self.tier, name: parameter.name.clone() };
            found.push(other.ok_or_else(missing)?.clone());
        }
        self.parameters = found;
        Ok(())
    }

    /// The weights as flat tensors on a device, whose gradients are kept where the device computes them.
    pub(super) fn leaves(&self, device: &Device) -> Vec<Tensor<1>> {
        let leaf = |parameter: &Parameter| {
            let data = TensorData::new(parameter.values.clone(), [parameter.values.len()]);
            let tensor = Tensor::from_data(data, device);
            if device.is_autodiff() { tensor.require_grad() } else { tensor }
        };
        self.parameters.iter().map(leaf).collect()
    }

    /// The painting of a picture, with weights from [`Self::leaves`].
    pub(super) fn forward(&self, leaves: &[Tensor<1>], picture: Tensor<4>) -> Tensor<4> {
        run(&self.layers, &mut leaves.iter(), picture)
    }

    /// Paints a picture on the CPU; its sides must be multiples of 4.
    pub fn paint(&self, picture: &Planes) -> Planes {
        let device = Device::flex();
        Planes::from_tensor(self.forward(&self.leaves(&device), picture.tensor(&device)))
    }
}

fn add_parameters(layers: &[Layer], random: &mut Random, parameters: &mut Vec<Parameter>) {
    let parameter = |name: &str, kind: &str, shape: &[usize], values| Parameter {
        name: format!("{name}.{kind}"),
        shape: shape.to_vec(),
        values,
    };
    for layer in layers {
        match layer {
            Layer::Convolution(convolution) => {
                let (weights, biases) = convolution.start(random);
                parameters.push(parameter(&convolution.name, "weight", &convolution.shape(), weights));
                parameters.push(parameter(&convolution.name, "bias", &[convolution.outputs], biases));
            }
            Layer::InstanceNorm { name, channels } => {
                parameters.push(parameter(name, "weight", &[*channels], vec![1.0; *channels]));
                parameters.push(parameter(name, "bias", &[*channels], vec![0.0; *channels]));
            }
            Layer::Residual(inner) => add_parameters(inner, random, parameters),
            Layer::Relu | Layer::Sigmoid | Layer::Shuffle | Layer::Nearest | Layer::Scale(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(tier: Tier) -> Network {
        Network::new(tier, &mut Random::new(1))
    }

    fn noise(width: u32, height: u32) -> Planes {
        let mut random = Random::new(2);
        let values = (0..3 * width * height).map(|_| random.unit()).collect();
        Planes { size: crate::frame::Size::new(width, height), values }
    }

    #[test]
    fn every_tier_paints_at_the_size_of_its_picture() {
        for tier in Tier::ALL {
            let painting = network(tier).paint(&noise(36, 28));
            assert_eq!(painting.size, crate::frame::Size::new(36, 28), "{tier}");
            assert!(painting.values.iter().all(|value| value.is_finite()), "{tier}");
        }
    }

    #[test]
    fn has_the_published_number_of_parameters() {
        let count = |tier| network(tier).parameters().iter().map(|parameter| parameter.values.len()).sum::<usize>();
        assert_eq!(count(Tier::Balanced), 98_620);
        assert_eq!(count(Tier::Classic), 1_679_235);
        assert!(count(Tier::Fast) < count(Tier::Balanced) && count(Tier::Balanced) < count(Tier::Quality));
    }

    #[test]
    fn starts_without_a_dot_grid() {
        let painting = network(Tier::Balanced).paint(&noise(32, 32));
        let width = 32;
        for (index, value) in painting.values.iter().enumerate() {
            let (x, y) = (index % width, index / width);
            let corner = painting.values[y / 2 * 2 * width + x / 2 * 2];
            assert!((value - corner).abs() < 1e-5, "pixel {x}, {y} differs from its group");
        }
    }

    #[test]
    fn takes_over_weights_of_its_own_kind_only() {
        let donor = Network::new(Tier::Fast, &mut Random::new(5));
        let mut heir = network(Tier::Fast);
        heir.take_over(donor.parameters()).unwrap();
        assert_eq!(heir.parameters(), donor.parameters());
        let error = network(Tier::Balanced).take_over(donor.parameters()).unwrap_err().to_string();
        assert!(error.contains("balanced") && error.contains("stem.weight"), "{error}");
    }
}
