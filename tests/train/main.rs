//! Tests of training: that it learns, goes on exactly, and writes styles that ONNX Runtime runs.

mod command;
mod data;
mod device;
mod export;
mod features;
mod flicker;
mod fps;
mod keyframes;
mod keyframes_command;
mod learning;
mod tiny;

#[allow(dead_code, reason = "shared with the tests of `stylize`, which need more of it")]
#[path = "../stylize/networks.rs"]
mod networks;
#[allow(dead_code, reason = "shared with the tests of `commands`, which need more of it")]
#[path = "../commands/program.rs"]
mod program;
#[allow(dead_code, reason = "shared with the tests of `record`, which need more of it")]
#[path = "../record/tools.rs"]
mod tools;
