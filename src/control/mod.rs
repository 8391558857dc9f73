//! The two closed vocabularies: commands flow down to the pipeline, events and statistics flow up from it. And the
//! date, which more than one room writes down.

mod brush;
mod calendar;
mod command;
mod event;
mod levels;
mod look;
mod rate;
mod recording;
mod region;
mod size_request;
mod stats;

pub use brush::Brush;
pub use calendar::DateTime;
pub use command::{Command, ParameterValue};
pub use event::{EndReason, Event, IdleReason};
pub use levels::LevelsChoice;
pub use look::Look;
pub use rate::Rate;
pub use recording::{RecordQuality, ScreenshotKind, SoundChoice, SoundOptions};
pub use region::Region;
pub use size_request::SizeRequest;
pub use stats::{FrameCounts, LatencyStats, Percentiles, ProviderReport, RunStats, StageStats};
