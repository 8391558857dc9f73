//! The overlay on X11: geometry, stacking and click-through.
//!
//! The overlay is an override-redirect window: no window manager places, decorates, focuses or lists it, so it can be
//! put exactly over the game, also over one that fills the screen. Its input shape is empty, so that every click
//! reaches whatever lies below.

use crate::capture::Placement;
use anyhow::Context;
use x11rb::connection::Connection;
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ClipOrdering, ConfigureWindowAux, ConnectionExt as _, StackMode};
use x11rb::rust_connection::RustConnection;

/// The X11 side of the overlay window, on a connection of its own.
pub struct OverlayWindow {
    connection: RustConnection,
    window: u32,
}

impl OverlayWindow {
    /// Takes over the placing of the window with this id, which is not mapped yet, and lets clicks through it.
    ///
    /// # Errors
    /// The display cannot be reached, or has no SHAPE extension.
    pub fn new(window: u32) -> anyhow::Result<Self> {
        let (connection, _) = x11rb::connect(None).context("the display cannot be reached")?;
        let overlay = Self { connection, window };
        overlay.set_click_through(true).context("clicks cannot be let through: the display has no SHAPE extension")?;
        Ok(overlay)
    }

    /// Moves the overlay over the game and just above it, below every window that covers the game.
    ///
    /// # Errors
    /// The display was lost.
    pub fn place(&self, placement: &Placement) -> anyhow::Result<()> {
        let geometry = ConfigureWindowAux::new()
            .x(placement.x)
            .y(placement.y)
            .width(placement.size.width.max(1))
            .height(placement.size.height.max(1));
        self.connection.configure_window(self.window, &geometry)?;
        let stacking = ConfigureWindowAux::new().sibling(placement.frame_window).stack_mode(StackMode::ABOVE);
        // The game may have been closed or reparented at this moment: the next placement says so.
        self.connection.configure_window(self.window, &stacking)?.ignore_error();
        self.connection.flush()?;
        Ok(())
    }

    /// Gives the window an empty input shape, or its whole area again. It is checked, hence flushed: winit sends its
    /// own without a flush (winit#4120).
    ///
    /// # Errors
    /// The display was lost, or has no SHAPE extension.
    pub fn set_click_through(&self, is_click_through: bool) -> anyhow::Result<()> {
        let (connection, window) = (&self.connection, self.window);
        let (set, input) = (shape::SO::SET, shape::SK::INPUT);
        if is_click_through {
            connection.shape_rectangles(set, input, ClipOrdering::UNSORTED, window, 0, 0, &[])?.check()?;
        } else {
            connection.shape_mask(set, input, window, 0, 0, x11rb::NONE)?.check()?;
        }
        Ok(())
    }
}
