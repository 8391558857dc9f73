//! Keeps the overlay window exactly over the game's client area, and lets clicks through it: as each platform does
//! that.

#[cfg(target_os = "linux")]
mod x11;
#[cfg(target_os = "linux")]
pub use x11::OverlayWindow;

#[cfg(all(target_os = "linux", feature = "wayland"))]
mod layer;
#[cfg(all(target_os = "linux", feature = "wayland"))]
pub use layer::LayerSurface;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::OverlayWindow;
