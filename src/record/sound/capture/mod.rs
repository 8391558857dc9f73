//! Captures what a target plays: by a `parec` child, or on Windows by WASAPI's loopback.

#[cfg(windows)]
mod loopback;
#[cfg(windows)]
pub use loopback::Capture;

#[cfg(not(windows))]
mod parec;
#[cfg(not(windows))]
pub use parec::Capture;

use std::time::Instant;

/// Sound as it came.
pub struct Chunk {
    /// Left and right, interleaved.
    pub samples: Vec<i16>,
    pub read_at: Instant,
}
