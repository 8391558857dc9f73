//! Tells the loss of the display from an error of ours.
//!
//! winit and wgpu panic where the display is gone in the middle of a call, such as a question for a window's size or
//! the presenting of a picture (winit 0.30, wgpu 30, X11), and no check before the call can rule that out. That panic
//! is caught here, at the main thread's edge, and becomes an error; any other one goes on as it came.

use super::DISPLAY_LOST;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Arc;
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Runs the event loop on the main thread.
///
/// # Errors
/// What `run` says, or that the display was lost while it ran.
pub fn guard(run: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    // Without X11 there is nothing to tell apart.
    let Ok((witness, _)) = x11rb::connect(None) else { return run() };
    let witness = Arc::new(witness);
    let main_thread = std::thread::current().id();
    let usual_hook = Arc::new(take_hook());
    let (hook, asked) = (Arc::clone(&usual_hook), Arc::clone(&witness));
    set_hook(Box::new(move |panic| {
        if std::thread::current().id() == main_thread && is_lost(&asked) {
            tracing::debug!("the display was lost in the middle of a call, noticed at {:?}", panic.location());
        } else {
            hook(panic);
        }
    }));
    let outcome = catch_unwind(AssertUnwindSafe(run));
    set_hook(Box::new(move |panic| usual_hook(panic)));
    match outcome {
        Ok(outcome) => outcome,
        Err(_) if is_lost(&witness) => Err(anyhow::anyhow!(DISPLAY_LOST)),
        Err(panic) => resume_unwind(panic),
    }
}

/// Whether the display answers no more on a connection of our own.
fn is_lost(witness: &RustConnection) -> bool {
    !witness.get_input_focus().is_ok_and(|question| question.reply().is_ok())
}
