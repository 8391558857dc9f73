//! What can be heard: the game's own stream, or what a sound device plays.

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use self::windows::{Com, find};

#[cfg(not(windows))]
mod pulse;
#[cfg(not(windows))]
pub use pulse::{PACKAGE, find};

/// What is captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The stream of this number, as its program plays it; on Windows what the process of this number and its children
    /// play.
    Stream(u32),
    /// Everything that a device plays: the name of its monitor, or of the device.
    Monitor(String),
    /// The game plays nothing, or nothing is wanted.
    Silence,
}
