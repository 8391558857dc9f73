//! Windows and screens of a Wayland desktop: a portal of the tests' own on a private D-Bus, a real PipeWire, and a stream in it
//! that stands for the compositor's.
//!
//! Without D-Bus, PipeWire and WirePlumber these tests say so and pass; with `IMPASTO_TEST_ALL=1` they fail.
#![cfg(target_os = "linux")]

mod changes;
mod compositor;
mod desktop;
mod dialog;
mod faults;
mod picture;
mod pipewire_server;
mod pixels;
mod pointer;
mod portal;
mod program;
mod session;
#[path = "../record/sound_server.rs"]
#[allow(dead_code, reason = "shared with the tests of `record`, which need more of it")]
mod sound_server;
mod stage;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod support;
mod sway;
#[path = "../record/tools.rs"]
#[allow(dead_code, reason = "shared with the tests of `record`, which need more of it")]
mod tools;
