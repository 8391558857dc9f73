//! Windows of Microsoft's desktop: Windows.Graphics.Capture for the pictures, Win32 for everything else.
//!
//! It is cross-checked and linked by `scripts/check-windows`; nobody has run it on a real Windows yet.

mod list;
mod native;
mod source;
mod tracker;

pub use list::{find_window_on, list_windows_on, window_thumbnail_on};
pub use source::GraphicsCaptureSource;
pub use tracker::WindowTracker;
