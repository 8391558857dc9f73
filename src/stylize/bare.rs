//! ONNX Runtime alone, to measure the pipeline against.

use super::opened::{Opened, open};
use super::postprocess::TensorRef;
use super::preprocess::Preprocessor;
use super::probe::test_picture;
use super::session::Network;
use super::{Convention, LoadOptions, Style, StylizeError};
use crate::control::ProviderReport;
use crate::frame::{Frame, Size};

/// A session whose tensors are filled once and used again and again: the same model, provider, size and threads as a
/// [`Painter`](super::Painter) loaded with the same options, without any preprocessing or postprocessing.
#[derive(Debug)]
pub struct BareSession {
    network: Network,
    convention: Convention,
    input_size: Size,
    threads: usize,
    provider: ProviderReport,
}

impl BareSession {
    /// Loads and warms a style's network, with a picture in its input; blocks for up to seconds.
    ///
    /// # Errors
    /// As [`Painter::load`](super::Painter::load).
    pub fn load(style: &Style, options: &LoadOptions) -> Result<Self, StylizeError> {
        let Opened { facts, mut network, provider, input_size, threads } = open(style, options)?;
        let convention = facts.input.convention();
        Preprocessor::new(&convention).run(&test_picture(input_size), input_size, network.input()?);
        Ok(Self { network, convention, input_size, threads, provider })
    }

    /// Runs the network once.
    ///
    /// # Errors
    /// The execution provider fails.
    pub fn run(&mut self) -> Result<(), StylizeError> {
        self.network.run()
    }

    /// Runs the network once on a picture, and returns the values of its output tensor as they are.
    ///
    /// # Errors
    /// The execution provider fails.
    pub fn run_on(&mut self, picture: &Frame) -> Result<Vec<f32>, StylizeError> {
        Preprocessor::new(&self.convention).run(picture, self.input_size, self.network.input()?);
        self.network.run()?;
        Ok(match self.network.output()?.0 {
            TensorRef::Float32(values) => values.to_vec(),
            TensorRef::Float16(values) => values.iter().map(|value| value.to_f32()).collect(),
            TensorRef::Uint8(values) => values.iter().map(|&value| f32::from(value)).collect(),
        })
    }

    /// The size that the network runs at.
    pub fn input_size(&self) -> Size {
        self.input_size
    }

    /// Threads of the CPU provider.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Which provider runs, and why.
    pub fn provider(&self) -> &ProviderReport {
        &self.provider
    }
}
