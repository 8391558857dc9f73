//! X11 windows, captured, listed and followed on a real X server, with and without a window manager.
//!
//! Without Xvfb and openbox these tests say so and pass; with `IMPASTO_TEST_ALL=1` they fail.
#![cfg(target_os = "linux")]

#[path = "../support/allocations.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod allocations;
mod changes;
mod endings;
mod listing;
mod pattern;
mod pixels;
mod polling;
mod real_game;
mod sizes;
mod states;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod support;
mod tracking;
