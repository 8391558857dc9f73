//! Tests of the `stylize` room through its public interface, on networks that the tests build themselves.

#[path = "../support/allocations.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod allocation_counter;
mod allocations;
mod brush;
mod conventions;
mod faults;
mod inspection;
mod levels;
mod lost_provider;
mod networks;
mod openvino;
#[path = "../support/openvino.rs"]
mod openvino_support;
mod parameters;
mod providers;
mod shipped;
mod webgpu;
