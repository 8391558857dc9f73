//! Tests of the `stylize` room through its public interface, on networks that the tests build themselves.

mod allocations;
mod conventions;
mod faults;
mod inspection;
mod networks;
mod parameters;
mod providers;
mod webgpu;
