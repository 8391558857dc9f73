//! The optimizer.

use crate::network::Parameter;

/// Decay of the mean of gradients and of their squares.
const DECAYS: (f32, f32) = (0.9, 0.99);

/// Keeps the division finite. PyTorch's value; `burn`'s own of 1e-5 takes much smaller steps here.
const EPSILON: f32 = 1e-8;

/// Gradients longer than this, over all weights together, are shortened to it.
const LONGEST_GRADIENT: f32 = 1.0;

/// Adam (Kingma and Ba 2014) with clipped gradients.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Adam {
    /// Updates so far.
    pub steps: u64,
    /// Running means of the gradients, then of their squares, of each parameter.
    pub first: Vec<Vec<f32>>,
    pub second: Vec<Vec<f32>>,
}

impl Adam {
    pub fn new(parameters: &[Parameter]) -> Self {
        let zeros = || parameters.iter().map(|parameter| vec![0.0; parameter.values.len()]).collect();
        Self { steps: 0, first: zeros(), second: zeros() }
    }

    /// Changes the weights by one step against the gradients; returns the length of the gradient before clipping.
    pub fn update(&mut self, parameters: &mut [Parameter], gradients: &[Vec<f32>], rate: f32) -> f32 {
        self.steps += 1;
        let length = gradients.iter().flatten().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt() as f32;
        let clip = (LONGEST_GRADIENT / (length + 1e-6)).min(1.0);
        let correction = |decay: f32| (1.0 - f64::from(decay).powf(self.steps as f64)) as f32;
        let (first_correction, second_correction) = (correction(DECAYS.0), correction(DECAYS.1).sqrt());
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((parameter, gradient), (first, second)) in parameters.iter_mut().zip(gradients).zip(moments) {
            let weights = parameter.values.iter_mut().zip(gradient).zip(first.iter_mut().zip(second));
            for ((weight, &gradient), (mean, square)) in weights {
                let gradient = gradient * clip;
                *mean += (gradient - *mean) * (1.0 - DECAYS.0);
                *square += (gradient * gradient - *square) * (1.0 - DECAYS.1);
                *weight -= rate * (*mean / first_correction) / (square.sqrt() / second_correction + EPSILON);
            }
        }
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(values: &[f32]) -> Parameter {
        Parameter { name: "w".to_owned(), shape: vec![values.len()], values: values.to_vec() }
    }

    #[test]
    fn first_step_has_the_length_of_the_rate_and_long_gradients_are_clipped() {
        let mut parameters = [parameter(&[1.0, 1.0])];
        let mut adam = Adam::new(&parameters);
        let length = adam.update(&mut parameters, &[vec![30.0, -40.0]], 0.1);
        assert_eq!(length, 50.0);
        let values = &parameters[0].values;
        assert!((values[0] - 0.9).abs() < 1e-6 && (values[1] - 1.1).abs() < 1e-6, "{values:?}");
        assert!(
            (adam.first[0][0] - 0.06).abs() < 1e-6,
            "clipped to a fiftieth, of which a tenth counts: {:?}",
            adam.first
        );
    }

    #[test]
    fn finds_the_bottom_of_a_bowl() {
        let mut parameters = [parameter(&[3.0, -2.0])];
        let mut adam = Adam::new(&parameters);
        for _ in 0..400 {
            let gradient = parameters[0].values.iter().map(|value| 2.0 * value).collect();
            adam.update(&mut parameters, &[gradient], 0.05);
        }
        assert!(parameters[0].values.iter().all(|value| value.abs() < 0.05), "{parameters:?}");
    }
}
