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

    /// Mixes the means and variances of a batch into the running ones; one pair of each batch norm, in the order in which they run.
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
            let missing =
                || NetworkError::OtherNetwork { architecture: self.architecture.clone(), name: parameter.name.clone() };
            found.push(other.ok_or_else(missing)?.clone());
        }
        self.parameters = found;
        Ok(())
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
    fn has_the_published_number_of_parameters() {
        let count = |tier| network(tier).parameters().iter().map(|parameter| parameter.values.len()).sum::<usize>();
        assert_eq!(count(Tier::Balanced), 98_620);
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
        assert!(error.contains("balanced") && error.contains("stem.weight"), "{error}");
    }
}
