//! Why scap gives no pictures.

use super::protocol::ProtocolError;
use std::path::PathBuf;

/// What brings the program.
const HOW_TO_BUILD: &str = "build it with scripts/run --scap";

/// scap gave no pictures; the text says why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ScapError {
    #[error("the program that captures with scap is missing: {HOW_TO_BUILD}, or name it in IMPASTO_SCAP; it was looked for at {}", path.display())]
    Missing { path: PathBuf },
    #[error("the program that captures with scap cannot be started: {reason}")]
    NotStarted { reason: String },
    #[error("on this system scap captures a window only by its name: use --window PATTERN")]
    NoChoice,
    #[error("on this system windows are captured otherwise: use --window PATTERN without scap")]
    NoWindowIds,
    #[error(
        "scap is silent: it was ended after {secs} s without {what}; try again, or use --source portal where there is one"
    )]
    Silent { secs: u64, what: &'static str },
    /// Its own words, which say what to do.
    #[error("{0}")]
    Said(String),
    #[error(
        "the program that captures with scap ended by itself ({how}): choose again, or use --source portal where there is one"
    )]
    Died { how: String },
    #[error("the program that captures with scap is not the one that belongs to this Impasto, for {0}: {HOW_TO_BUILD}")]
    Protocol(ProtocolError),
}
