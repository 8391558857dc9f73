//! A style transfer network: its layers and its weights.

use super::{Architecture, Layer, NetworkError, Random};

/// Kinds of parameters that do not learn, but follow the batches of the training.
pub(super) const RUNNING_MEAN: &str = "running_mean";
pub(super) const RUNNING_VARIANCE: &str = "running_var";

/// Sides of pictures must be multiples of this number of pixels.
pub const MULTIPLE_PX: u32 = 4;

/// A weight tensor of a network, in plain memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// What a batch norm saw in a batch: one value of each channel.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchStatistics {
    pub means: Vec<f32>,
    pub variances: Vec<f32>,
}

/// A network of ours: `[1, 3, height, width]`, RGB 0..=1, in and out; sides are multiples of 4.
#[derive(Debug, Clone)]
pub struct Network {
    architecture: Architecture,
    layers: Vec<Layer>,
    parameters: Vec<Parameter>,
}

impl Network {
    /// A network with random weights to start from.
    pub fn new(architecture: impl Into<Architecture>, random: &mut Random) -> Self {
        let architecture = architecture.into();
        let layers = architecture.layers();
        let mut parameters = Vec::new();
        add_parameters(&layers, random, &mut parameters);
        Self { architecture, layers, parameters }
    }

    /// Which network it is.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The layers, in the order in which they run.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The weights, in the order in which the layers use them.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The weights, to be changed.
    pub fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.parameters
    }

    /// Mixes the means and variances of a batch into the running ones; one pair of each batch norm, in the order in
    /// which they run.
    pub fn follow(&mut self, batch: &[BatchStatistics], share: f32) {
        let mut mix = |kind: &str, of: fn(&BatchStatistics) -> &[f32]| {
            let running = self.parameters.iter_mut().filter(|parameter| parameter.name.ends_with(kind));
            for (parameter, new) in running.zip(batch) {
                let pairs = parameter.values.iter_mut().zip(of(new));
                pairs.for_each(|(running, new)| *running += (new - *running) * share);
            }
        };
        mix(RUNNING_MEAN, |statistics| &statistics.means);
        mix(RUNNING_VARIANCE, |statistics| &statistics.variances);
    }

    /// Takes over the weights of another network of the same architecture, found by name.
    ///
    /// # Errors
    /// One is missing or has another shape; nothing is changed then.
    pub fn take_over(&mut self, others: &[Parameter]) -> Result<(), NetworkError> {
        let mut found = Vec::with_capacity(self.parameters.len());
        for parameter in &self.parameters {
            let other = others.iter().find(|other| other.name == parameter.name && other.shape == parameter.shape);
            let missing = || NetworkError::OtherNetwork {
                tier: self.architecture.clone(),
                numbers: self.architecture.numbers(),
                name: parameter.name.clone(),
                found: described(others),
            };
            found.push(other.ok_or_else(missing)?.clone());
        }
        self.parameters = found;
        Ok(())
    }

    /// Moves the weights towards those of another network of the same architecture: `share` is 0..=1.
    pub fn move_towards(&mut self, other: &Self, share: f32) {
        for (parameter, other) in self.parameters.iter_mut().zip(&other.parameters) {
            let pairs = parameter.values.iter_mut().zip(&other.values);
            pairs.for_each(|(value, other)| *value += (other - *value) * share);
        }
    }
}

/// What network some weights are of, as far as their shapes tell.
fn described(parameters: &[Parameter]) -> String {
    let side = |name: &str, axis: usize| {
        let parameter = parameters.iter().find(|parameter| parameter.name == name)?;
        parameter.shape.get(axis).copied()
    };
    let sides = (side("stem.weight", 0), side("down.weight", 0), side("head.weight", 1));
    let (Some(stem), Some(width), Some(head)) = sides else { return "those of a network of another kind".to_owned() };
    let is_block =
        |parameter: &&Parameter| parameter.name.starts_with("blocks.") && parameter.name.ends_with(".first.weight");
    let blocks = parameters.iter().filter(is_block).count();
    format!("of a network {stem}-{width}-{head} with {blocks} blocks")
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
            Layer::BatchNorm { name, channels } => {
                for (kind, value) in [("weight", 1.0), ("bias", 0.0), (RUNNING_MEAN, 0.0), (RUNNING_VARIANCE, 1.0)] {
                    parameters.push(parameter(name, kind, &[*channels], vec![value; *channels]));
                }
            }
            Layer::Residual(inner) | Layer::Concatenation(inner) => add_parameters(inner, random, parameters),
            Layer::Relu | Layer::LeakyRelu | Layer::Sigmoid | Layer::Shuffle | Layer::Nearest | Layer::Scale(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Tier;

    fn network(tier: Tier) -> Network {
        Network::new(tier, &mut Random::new(1))
    }

    #[test]
    fn has_the_documented_number_of_parameters() {
        let count = |tier| network(tier).parameters().iter().map(|parameter| parameter.values.len()).sum::<usize>();
        assert_eq!(count(Tier::Balanced), 305_820);
        assert_eq!(count(Tier::Classic), 1_679_235);
        assert!(count(Tier::Fast) < count(Tier::Balanced) && count(Tier::Balanced) < count(Tier::Quality));
    }

    #[test]
    fn takes_over_weights_of_its_own_kind_only() {
        let donor = Network::new(Tier::Fast, &mut Random::new(5));
        let mut heir = network(Tier::Fast);
        heir.take_over(donor.parameters()).unwrap();
        assert_eq!(heir.parameters(), donor.parameters());
        let error = network(Tier::Balanced).take_over(donor.parameters()).unwrap_err().to_string();
        for part in ["balanced (24-48-24-d1.2.1.4.1.2)", "stem.weight", "16-32-16 with 3 blocks"] {
            assert!(error.contains(part), "{part}: {error}");
        }
        let classic = Network::new(Tier::Classic, &mut Random::new(5));
        let error = network(Tier::Fast).take_over(classic.parameters()).unwrap_err().to_string();
        assert!(error.contains("another kind"), "{error}");
    }

    #[test]
    fn moves_towards_the_weights_of_another_network() {
        let (mut mean, other) = (network(Tier::Fast), Network::new(Tier::Fast, &mut Random::new(5)));
        let (before, wanted) = (mean.parameters()[0].values[0], other.parameters()[0].values[0]);
        mean.move_towards(&other, 0.25);
        assert!((mean.parameters()[0].values[0] - (0.75 * before + 0.25 * wanted)).abs() < 1e-6);
    }
}
