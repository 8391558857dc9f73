//! The capture room through its public interface.

mod allocations;
mod clips;
mod live_files;
mod scene;
mod tools;
