//! Tests of the program as people start it: what it prints, writes, and exits with.

mod bench;
mod dataset;
mod fit;
mod flicker;
mod keyframes;
mod lists;
mod lost_devices;
mod profiles;
mod program;
mod run;
mod runtime;
mod stylize;
#[cfg(target_os = "linux")]
mod virtual_camera;

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "shared with the tests of the desktop, which need more of it")]
#[path = "../support/fake_ffmpeg.rs"]
mod fake_ffmpeg;
#[allow(dead_code, reason = "shared with the tests of `stylize`, which need more of it")]
#[path = "../stylize/networks.rs"]
mod networks;
#[path = "../support/openvino.rs"]
mod openvino_support;
#[allow(dead_code, reason = "shared with the tests of `record`, which need more of it")]
#[path = "../record/tools.rs"]
mod tools;
