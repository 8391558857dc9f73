//! The compositor, driven through its public interface and compared with its definition in plain Rust.
//!
//! `IMPASTO_GPU=vulkan|gl` chooses the backend, `IMPASTO_BLESS=1` writes the golden pictures anew.

mod behaviour;
mod goldens;
mod pictures;
mod read_back;
mod reference;
mod studio;
mod upsampling;
