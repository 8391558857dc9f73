//! The overlay on Microsoft's desktop: a layered, transparent tool window that is never activated and is owned by
//! nobody (a window owned by the game would go down and come up with it in ways of its own).
//!
//! Under wine, which captures no windows, it was given black pictures, and seen to lie over a window, to follow it when
//! that was moved and resized, and to hide with it. Nobody has run it on a real Windows yet.

use crate::capture::Placement;
use anyhow::Context;
use windows::Win32::Foundation::HWND;
use windows::Win32::UI::WindowsAndMessaging::{
    GW_HWNDPREV, GWL_EXSTYLE, GetWindow, GetWindowLongPtrW, HWND_TOP, SWP_NOACTIVATE, SWP_NOOWNERZORDER,
    SWP_NOSENDCHANGING, SetWindowLongPtrW, SetWindowPos, WS_EX_LAYERED, WS_EX_NOACTIVATE, WS_EX_TOOLWINDOW,
    WS_EX_TRANSPARENT,
};

/// The Win32 side of the overlay window. Lives on the main thread.
pub struct OverlayWindow {
    window: HWND,
}

impl OverlayWindow {
    /// Takes over the placing of the window with this handle, and lets clicks through it.
    ///
    /// # Errors
    /// The window is gone.
    pub fn new(window: isize) -> anyhow::Result<Self> {
        let overlay = Self { window: HWND(window as *mut std::ffi::c_void) };
        overlay.set_click_through(true)?;
        Ok(overlay)
    }

    /// Moves the overlay over the game and just above it, below every window that covers the game.
    ///
    /// # Errors
    /// The overlay window is gone.
    pub fn place(&self, placement: &Placement) -> anyhow::Result<()> {
        let game = HWND(placement.frame_window as usize as *mut std::ffi::c_void);
        // SAFETY: the calls take any handle, also one that is stale.
        unsafe {
            // What is just above the game, unless that is the overlay already.
            let above = GetWindow(game, GW_HWNDPREV).ok().filter(|window| *window != self.window).unwrap_or(HWND_TOP);
            let (width, height) = (placement.size.width.max(1) as i32, placement.size.height.max(1) as i32);
            let flags = SWP_NOACTIVATE | SWP_NOOWNERZORDER | SWP_NOSENDCHANGING;
            SetWindowPos(self.window, Some(above), placement.x, placement.y, width, height, flags)
        }
        .context("the overlay cannot be placed")
    }

    /// Lets clicks through to the game, or takes them.
    ///
    /// # Errors
    /// The overlay window is gone.
    pub fn set_click_through(&self, is_click_through: bool) -> anyhow::Result<()> {
        let always = WS_EX_LAYERED | WS_EX_NOACTIVATE | WS_EX_TOOLWINDOW;
        // SAFETY: the window is ours, and its extended style is a number.
        unsafe {
            let style = GetWindowLongPtrW(self.window, GWL_EXSTYLE) | always.0 as isize;
            let through = WS_EX_TRANSPARENT.0 as isize;
            let style = if is_click_through { style | through } else { style & !through };
            SetWindowLongPtrW(self.window, GWL_EXSTYLE, style);
        }
        Ok(())
    }
}
