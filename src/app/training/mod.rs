//! Training from the panel: what is asked for, the program's own trainer as a child process, and how far it is.

mod defaults;
mod plan;
mod process;
mod progress;

pub use plan::{TrainingOrder, TrainingPlan, picture_at, typed_path};
pub use process::{Stage, Training};
pub use progress::TrainingProgress;
