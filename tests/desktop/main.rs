//! The program on a real desktop: Xvfb, openbox, and a window that stands for a game.
//!
//! Without Xvfb and openbox these tests say so and pass; with `IMPASTO_TEST_ALL=1` they fail.
#![cfg(target_os = "linux")]

mod bench_capture;
mod clone_window;
mod desktop;
mod faults;
mod frames;
mod game;
mod hotkeys;
mod instance;
mod long_evening;
mod overlay;
mod panel;
mod profiles;
mod real_game;
mod recorder;
mod screenshot;
mod session;
mod sound;
#[path = "../record/sound_server.rs"]
#[allow(dead_code, reason = "shared with the tests of `record`, which need more of it")]
mod sound_server;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod support;
#[path = "../record/tools.rs"]
#[allow(dead_code, reason = "shared with the tests of `record`, which need more of it")]
mod tools;
#[cfg(not(feature = "train"))]
mod train_page;
mod tray;
mod virtual_camera;
