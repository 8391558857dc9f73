//! Joins the newest frame and the newest painting into the finished picture, on the GPU (wgpu, off-screen).
//!
//! One full-screen pass makes the picture ([`Compositor`]). What that pass computes is defined, in plain Rust, by
//! [`reference`]: the shader `compose.wgsl` says the same thing to a GPU, and tests hold the two together.

mod carry;
mod compositor;
mod error;
mod fault;
mod gpu;
mod guide;
mod health;
mod outlines;
mod palette;
mod pass;
mod plan;
mod planes;
mod read_back;
pub mod reference;
mod silhouettes;
mod steered;
mod study;
mod texture;

pub use compositor::Compositor;
pub use error::ComposeError;
pub use gpu::Gpu;

use crate::frame::Frame;
use std::sync::Arc;

/// What the finished picture is made of.
#[derive(Debug, Clone)]
pub struct Layers {
    /// The newest frame.
    pub frame: Arc<Frame>,
    /// The newest painting, with the frame that it was painted from.
    pub painting: Option<Painting>,
}

/// A painting and its guide.
#[derive(Debug, Clone)]
pub struct Painting {
    /// The network's output, usually smaller than the frame. It covers the same view, whatever its aspect.
    pub picture: Arc<Frame>,
    /// The frame that it was painted from.
    pub source: Arc<Frame>,
}

/// 0 up to the first edge, 1 from the second on, smooth between them.
fn smoothstep([from, to]: [f32; 2], value: f32) -> f32 {
    let share = ((value - from) * (1.0 / (to - from))).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
