//! The two closed vocabularies: commands flow down to the pipeline, events and statistics flow up from it.

mod command;
mod event;
mod look;
mod stats;

pub use command::{Command, ParameterValue, SizeRequest};
pub use event::{EndReason, Event, IdleReason};
pub use look::Look;
pub use stats::{FrameCounts, LatencyStats, Percentiles, ProviderReport, RunStats, StageStats};
