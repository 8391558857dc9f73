//! One network of the ladder, ready to be timed.

use super::turns::Runner;
use crate::control::SizeRequest;
use crate::frame::Size;
use crate::network::{Architecture, Network, Random, to_onnx};
use crate::onnx::write_model;
use crate::stylize::{BareSession, LoadOptions, ProviderChoice, Style};
use anyhow::Context;
use std::time::{Duration, Instant};

/// Weights do not change the time, as long as no activation dies out: those that training starts from do not.
const SEED: u64 = 1;

/// What ran in less than this is run some more times before it is judged: any single run can be held up.
const LONG: Duration = Duration::from_millis(250);
const MORE_RUNS: u32 = 3;

/// A network with random weights in ONNX Runtime, as a style with it would run.
pub struct Rung {
    pub session: BareSession,
    /// The shortest time of the first runs, to plan with.
    pub first: Duration,
}

impl Rung {
    /// Loads and warms a network; blocks for up to seconds.
    ///
    /// # Errors
    /// ONNX Runtime is missing, or cannot run the network at this size.
    pub fn load(architecture: &Architecture, provider: ProviderChoice, size: Size) -> anyhow::Result<Self> {
        let network = Network::new(architecture.clone(), &mut Random::new(SEED));
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let model = folder.path().join("network.onnx");
        write_model(&model, &to_onnx(&network))?;
        let style = Style { name: architecture.to_string(), model, thumbnail: None, manifest: None };
        let options = LoadOptions { provider, threads: 0, frame_size: size, size: SizeRequest::Exact(size) };
        let mut rung = Self { session: BareSession::load(&style, &options)?, first: Duration::ZERO };
        rung.first = rung.run()?;
        if rung.first < LONG {
            for _ in 0..MORE_RUNS {
                rung.first = rung.first.min(rung.run()?);
            }
        }
        Ok(rung)
    }
}

impl Runner for Rung {
    fn run(&mut self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.session.run()?;
        Ok(started.elapsed())
    }
}
