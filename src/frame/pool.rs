//! Hands out frames again and again, so that the steady state allocates nothing.

use super::{Frame, Size};
use std::sync::Arc;

/// A pool of reusable frames for one thread that fills them. Readers on any thread drop their `Arc` when they are done.
#[derive(Debug, Default)]
pub struct FramePool {
    frames: Vec<Arc<Frame>>,
}

impl FramePool {
    /// An empty pool: it grows to the number of frames that are in flight at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fills a free frame of the given size and shares it. `fill` sees undefined pixels.
    ///
    /// # Errors
    /// Whatever `fill` returns; the frame then goes back to the pool.
    pub fn fill<E>(&mut self, size: Size, fill: impl FnOnce(&mut Frame) -> Result<(), E>) -> Result<Arc<Frame>, E> {
        let free = self.frames.iter().position(|frame| Arc::strong_count(frame) == 1);
        let index = free.unwrap_or_else(|| {
            self.frames.push(Arc::new(Frame::new(size)));
            self.frames.len() - 1
        });
        let shared = &mut self.frames[index];
        let frame = Arc::get_mut(shared).expect("only the pool holds a frame whose count is one");
        frame.reshape(size);
        fill(frame)?;
        Ok(Arc::clone(shared))
    }

    /// Number of frames that the pool has ever needed at once.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether no frame was handed out yet.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn reuses_a_frame_that_nobody_reads_any_more() {
        let mut pool = FramePool::new();
        let touch = |pool: &mut FramePool| pool.fill(Size::new(2, 2), |_| Ok::<_, Infallible>(())).unwrap();
        let first = touch(&mut pool);
        let second = touch(&mut pool);
        assert_eq!(pool.len(), 2);
        drop((first, second));
        for _ in 0..10 {
            touch(&mut pool);
        }
        assert_eq!(pool.len(), 2);
    }
}
