//! Which network `impasto train` trains.

use crate::commands::fit::{Goal, largest_that_holds};
use crate::commands::paint_options::positive;
use crate::commands::size_options::{ShownOption, SizeOptions};
use crate::network::{Architecture, Tier};
use crate::stylize::ProviderChoice;
use crate::train::TrainError;
use clap::{ArgGroup, Args};
use std::sync::atomic::AtomicBool;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("measured").args(["size", "brush", "shown"]).multiple(true).requires("fps")))]
pub struct NetworkSize {
    /// Size of the network: fast, balanced, quality, or classic [default: balanced]. Classic is the network that others
    /// use, and slow to run: fast_neural_style, or for key frames the published generator of few-shot patch-based
    /// training.
    #[arg(long)]
    tier: Option<Tier>,
    /// Train the largest network that holds so many frames per second here, as "impasto fit" measures it.
    #[arg(long, value_name = "N", value_parser = positive, conflicts_with = "tier")]
    fps: Option<f32>,
    #[command(flatten)]
    size: SizeOptions,
    #[command(flatten)]
    shown: ShownOption,
}

impl NetworkSize {
    /// The network that was asked for. A training that goes on from a checkpoint goes on with its network, which
    /// `resumed` reads, unless another tier is named; it is not measured again, for the second time could choose
    /// another.
    ///
    /// # Errors
    /// No network holds the frame rate; the checkpoint cannot be read; or `stop` was set while it was measured.
    pub fn architecture(
        &self,
        resumed: Option<impl FnOnce() -> Result<Architecture, TrainError>>,
        stop: &AtomicBool,
    ) -> anyhow::Result<Architecture> {
        match (self.tier, resumed, self.fps) {
            (Some(tier), _, _) => Ok(tier.into()),
            (None, Some(resumed), _) => Ok(resumed()?),
            (None, None, Some(fps)) => {
                largest_that_holds(&Goal::new(fps, &self.size, &self.shown, ProviderChoice::Auto), stop)
            }
            (None, None, None) => Ok(Tier::Balanced.into()),
        }
    }
}
