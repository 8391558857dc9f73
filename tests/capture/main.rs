//! The capture room through its public interface.

#[path = "../support/allocations.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod allocations;
mod clips;
mod live_files;
mod scene;
mod tools;
