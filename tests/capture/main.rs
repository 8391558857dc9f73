//! The capture room through its public interface.

mod clips;
mod live_files;
mod scene;
mod tools;
