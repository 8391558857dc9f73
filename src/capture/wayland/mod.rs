//! Windows and screens of a Wayland desktop, by the portal of xdg-desktop-portal and PipeWire.
//!
//! No program on Wayland sees other programs' windows. [`PortalSource`] asks the desktop, which lets the person choose
//! in a dialog of its own (`portal`, over D-Bus), and hands over a connection to PipeWire, on which pictures come
//! (`stream`). A token lets the next start have the same again without a dialog (`tokens`).

mod error;
mod offers;
mod pixels;
mod portal;
mod source;
mod stream;
mod tokens;

pub use error::PortalError;
pub use portal::{PortalOffer, portal_offer};
pub use source::PortalSource;
