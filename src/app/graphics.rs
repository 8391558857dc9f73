//! The graphics device that compositor and windows share.

use super::surface::{Blit, SwapChain};
use crate::compose::{Compositor, Gpu};
use anyhow::Context;
use std::sync::Arc;
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

/// The device, the compositor, and the pass that presents. Lives on the main thread.
pub struct Graphics {
    pub gpu: Gpu,
    pub compositor: Compositor,
    /// The pass, made for the format of the window's swap chain.
    blit: Option<(wgpu::TextureFormat, Blit)>,
}

impl Graphics {
    /// Opens the graphics adapter that presents to `window`, with the window's swap chain.
    ///
    /// # Errors
    /// No adapter can present there.
    pub fn open(display: OwnedDisplayHandle, window: &Arc<Window>) -> anyhow::Result<(Self, SwapChain)> {
        let descriptor = wgpu::InstanceDescriptor {
            backends: Gpu::backends()?,
            ..wgpu::InstanceDescriptor::new_with_display_handle(Box::new(display))
        };
        let instance = wgpu::Instance::new(descriptor);
        let surface = instance.create_surface(Arc::clone(window)).context("the window gives no surface to draw on")?;
        let gpu = Gpu::for_surface(instance, &surface)?;
        tracing::debug!("presenting with {}", gpu.description());
        let swap_chain = SwapChain::configured(&gpu, surface, Arc::clone(window) as _)?;
        let compositor = Compositor::new(&gpu);
        Ok((Self { gpu, compositor, blit: None }, swap_chain))
    }

    /// The device, the compositor, and the pass for targets of this format.
    pub fn parts(&mut self, format: wgpu::TextureFormat) -> (&Gpu, &mut Compositor, &mut Blit) {
        let (gpu, compositor) = (&self.gpu, &mut self.compositor);
        if self.blit.as_ref().is_some_and(|(known, _)| *known != format) {
            self.blit = None;
        }
        let (_, blit) = self.blit.get_or_insert_with(|| (format, Blit::new(gpu, format)));
        (gpu, compositor, blit)
    }
}
