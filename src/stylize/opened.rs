//! Opens a style's network, understood and proved on a provider.

use super::facts::ModelFacts;
use super::inspect::understand;
use super::manifest::brush_of;
use super::provider::{open_proved, thread_count};
use super::session::Network;
use super::{LoadOptions, Manifest, Style, StylizeError};
use crate::control::ProviderReport;
use crate::frame::Size;

/// A network that is bound and warm at `input_size`.
pub(super) struct Opened {
    pub facts: ModelFacts,
    pub network: Network,
    pub provider: ProviderReport,
    pub input_size: Size,
    /// Threads of the CPU provider.
    pub threads: usize,
}

/// Opens a style's network; blocks for up to seconds.
///
/// # Errors
/// The model is missing, broken, no image-to-image network, too large, or no provider runs it.
pub(super) fn open(style: &Style, options: &LoadOptions) -> Result<Opened, StylizeError> {
    let manifest = Manifest::read_beside(&style.model)?;
    let wanted = options.size.resolve(options.frame_size, brush_of(manifest.as_ref()));
    let understood = understand(&style.model, manifest, wanted)?;
    let facts = understood.facts;
    let input_size = facts.working_size(options.size, options.frame_size);
    let threads = thread_count(options.threads);
    let (network, provider) = open_proved(&facts, &understood.plan, options.provider, threads, input_size)?;
    Ok(Opened { facts, network, provider, input_size, threads })
}
