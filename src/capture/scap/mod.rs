//! Capture with scap, in a process of its own: scap panics where a person cancels, blocks for ever when a game dies,
//! and can be had once in a process. [`ScapSource`] starts `impasto-scap` (`backends/scap`), which speaks as `protocol`
//! describes, and ends it.

#[cfg(feature = "scap")]
mod error;
#[cfg(feature = "scap")]
mod hearing;
#[cfg(feature = "scap")]
mod program;
#[cfg(feature = "scap")]
#[allow(dead_code, reason = "writing is the other program's part")]
mod protocol;
mod request;
#[cfg(feature = "scap")]
mod source;
#[cfg(feature = "scap")]
#[cfg_attr(not(target_os = "macos"), allow(dead_code, reason = "elsewhere windows are listed otherwise"))]
mod windows;

#[cfg(feature = "scap")]
pub use error::ScapError;
pub use request::{ScapRequest, ScapTarget};
#[cfg(feature = "scap")]
pub use source::{ScapPatience, ScapSource};
#[cfg(all(feature = "scap", target_os = "macos"))]
pub use windows::list_scap_windows;
