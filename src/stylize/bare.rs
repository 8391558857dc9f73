//! ONNX Runtime alone, to measure the pipeline against.

use super::opened::{Opened, open};
use super::preprocess::Preprocessor;
use super::probe::test_picture;
use super::session::Network;
use super::{LoadOptions, Style, StylizeError};
use crate::control::ProviderReport;
use crate::frame::Size;

/// A session whose tensors are filled once and used again and again: the same model, provider, size and threads as a
/// [`Painter`](super::Painter) loaded with the same options, without any preprocessing or postprocessing.
#[derive(Debug)]
pub struct BareSession {
    network: Network,
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
        Preprocessor::new(&facts.input.convention()).run(&test_picture(input_size), input_size, network.input()?);
        Ok(Self { network, input_size, threads, provider })
    }

    /// Runs the network once.
    ///
    /// # Errors
    /// The execution provider fails.
    pub fn run(&mut self) -> Result<(), StylizeError> {
        self.network.run()
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
