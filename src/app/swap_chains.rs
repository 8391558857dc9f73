//! Opens swap chains for windows, and for what else is drawn to.

use super::graphics::Graphics;
use super::shell::Shell;
use super::surface::SwapChain;
use super::view::Target;
use std::sync::Arc;
use winit::event_loop::ActiveEventLoop;
use winit::window::Window;

impl Shell {
    /// A swap chain for a window; the first one decides which adapter presents.
    pub(super) fn swap_chain(
        &mut self,
        event_loop: &ActiveEventLoop,
        window: &Arc<Window>,
    ) -> anyhow::Result<SwapChain> {
        if let Some(graphics) = &self.graphics {
            return SwapChain::open(&graphics.gpu, Arc::clone(window) as _);
        }
        let (graphics, swap_chain) = Graphics::open(event_loop.owned_display_handle(), window)?;
        self.graphics = Some(graphics);
        Ok(swap_chain)
    }

    /// The swap chain of what a view draws to; `None` where that is hidden.
    ///
    /// # Errors
    /// No adapter can present there.
    pub(super) fn swap_chain_for(
        &mut self,
        event_loop: &ActiveEventLoop,
        target: &Target,
    ) -> anyhow::Result<Option<SwapChain>> {
        match target {
            Target::Window(window) => self.swap_chain(event_loop, window).map(Some),
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Target::Layer { surface: None, .. } => Ok(None),
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Target::Layer { window, surface: Some(surface) } => {
                if self.graphics.is_none() {
                    // A window decides which adapter presents.
                    self.swap_chain(event_loop, window)?;
                }
                let Some(graphics) = &self.graphics else { return Ok(None) };
                SwapChain::open(&graphics.gpu, Arc::clone(surface) as _).map(Some)
            }
        }
    }
}
