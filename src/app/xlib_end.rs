//! Xlib ends the program by itself when its connection breaks: this says so in our words.

use super::DISPLAY_LOST;
use std::io::Write;
use x11_dl::xlib::{Display, Xlib};

/// Tells Xlib, which winit draws its windows with, what to say before it ends the program with exit code 1. It does so
/// on whichever thread notices first, and nothing may go on after it. A recording is fragmented, so it plays up to
/// there.
pub fn say_why_xlib_ends() {
    let Ok(xlib) = Xlib::open() else { return };
    // SAFETY: the handler touches nothing but standard error, and `x11_dl` never unloads the library.
    unsafe { (xlib.XSetIOErrorHandler)(Some(display_lost)) };
}

unsafe extern "C" fn display_lost(_: *mut Display) -> std::ffi::c_int {
    // A panic may not leave this function, and `eprintln!` panics where nobody reads.
    let _ = writeln!(std::io::stderr(), "error: {DISPLAY_LOST}");
    0
}
