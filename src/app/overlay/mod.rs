//! Keeps the overlay window exactly over the game's client area, and lets clicks through it: as each platform does that.

#[cfg(target_os = "linux")]
mod x11;
#[cfg(target_os = "linux")]
pub use x11::OverlayWindow;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::OverlayWindow;
