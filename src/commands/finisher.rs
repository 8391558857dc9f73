//! Finishes pictures without a window: composes them and brings them back, on a graphics device of its own.

use crate::compose::{ComposeError, Compositor, Gpu, Layers};
use crate::control::Look;
use crate::frame::{Frame, FramePool, Size};
use std::sync::Arc;

/// A graphics device with a compositor. Lives on one thread.
pub struct Finisher {
    gpu: Gpu,
    compositor: Compositor,
    pool: FramePool,
}

impl Finisher {
    /// Opens a graphics device.
    ///
    /// # Errors
    /// There is none, not even a software one.
    pub fn open() -> Result<Self, ComposeError> {
        let gpu = Gpu::headless()?;
        Ok(Self { compositor: Compositor::new(&gpu), gpu, pool: FramePool::new() })
    }

    /// The finished picture, at `output` size. A device that was lost (the driver was reset or updated) is opened
    /// anew, and the picture is made on the new one.
    ///
    /// # Errors
    /// The device refused the picture, or was lost and cannot be opened again.
    pub fn finish(&mut self, layers: &Layers, look: &Look, output: Size) -> Result<Arc<Frame>, ComposeError> {
        match self.try_finish(layers, look, output) {
            Err(error) if self.gpu.is_lost() => {
                err!("note: {error}; it is opened again");
                *self = Self::open()?;
                self.try_finish(layers, look, output)
            }
            finished => finished,
        }
    }

    fn try_finish(&mut self, layers: &Layers, look: &Look, output: Size) -> Result<Arc<Frame>, ComposeError> {
        self.compositor.compose(&self.gpu, layers, look, output);
        self.compositor.read_back(&self.gpu, &mut self.pool)
    }

    /// The graphics adapter that composes.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_device_is_opened_anew_and_gives_the_same_picture() {
        let mut finisher = match Finisher::open() {
            Ok(finisher) => finisher,
            Err(error) => {
                assert!(std::env::var_os("IMPASTO_TEST_ALL").is_none(), "{error}");
                err!("SKIPPED: {error}");
                return;
            }
        };
        let mut frame = Frame::new(Size::new(32, 24));
        for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            pixel.copy_from_slice(&[(index * 7) as u8, (index * 3) as u8, index as u8, 255]);
        }
        let layers = Layers { frame: Arc::new(frame), painting: None };
        let size = layers.frame.size;
        let before = finisher.finish(&layers, &Look::default(), size).unwrap();
        finisher.gpu.device.destroy();
        let after = finisher.finish(&layers, &Look::default(), size).unwrap();
        assert_eq!(before.pixels, after.pixels);
        assert_eq!(before.pixels, layers.frame.pixels, "the plain frame");
        assert!(!finisher.gpu.is_lost(), "it is another device");
    }
}
