//! Joins the newest frame and the newest painting into the finished picture, on the GPU (wgpu, off-screen).

use crate::control::Look;
use crate::frame::{Frame, FramePool, Size};
use std::sync::Arc;

/// Instance, adapter, device and queue, shared by compositor and window.
pub struct Gpu {
    pub instance: wgpu::Instance,
    pub adapter: wgpu::Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
}

impl Gpu {
    /// A GPU without a window.
    ///
    /// # Errors
    /// There is no usable adapter, not even a software one.
    pub fn headless() -> Result<Self, ComposeError> {
        todo!()
    }

    /// A GPU that can present to `surface`, made from `instance`.
    ///
    /// # Errors
    /// No adapter can present there.
    pub fn for_surface(instance: wgpu::Instance, surface: &wgpu::Surface<'_>) -> Result<Self, ComposeError> {
        let _ = (instance, surface);
        todo!()
    }

    /// The adapter's name and backend, for people; says when it is a software adapter.
    pub fn description(&self) -> String {
        todo!()
    }
}

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
    /// The network's output, usually smaller than the frame.
    pub picture: Arc<Frame>,
    /// The frame that it was painted from.
    pub source: Arc<Frame>,
}

/// Makes finished pictures. Lives on the thread that presents.
pub struct Compositor {
    _private: (),
}

impl Compositor {
    /// Builds the pipelines.
    pub fn new(gpu: &Gpu) -> Self {
        let _ = gpu;
        todo!()
    }

    /// Makes the finished picture at `output` size and gives the texture that holds it (format `Bgra8Unorm`, already
    /// sRGB-encoded bytes, usable as a texture binding and as a copy source). Frames already uploaded are not uploaded again.
    pub fn compose(&mut self, gpu: &Gpu, layers: &Layers, look: &Look, output: Size) -> &wgpu::Texture {
        let _ = (gpu, layers, look, output);
        todo!()
    }

    /// Copies the finished picture back, blocking until it is here.
    ///
    /// # Errors
    /// The device was lost.
    pub fn read_back(&mut self, gpu: &Gpu, pool: &mut FramePool) -> Result<Arc<Frame>, ComposeError> {
        let _ = (gpu, pool);
        todo!()
    }
}

/// Pictures could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("no graphics adapter can be used: install a Vulkan or OpenGL driver (on Debian: mesa-vulkan-drivers)")]
    NoAdapter,
}
