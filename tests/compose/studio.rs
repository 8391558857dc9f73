//! A GPU with a compositor, and comparisons of pictures.

use impasto::compose::{Compositor, Gpu, Layers};
use impasto::control::Look;
use impasto::frame::{Frame, FramePool, Size};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Software adapters use all cores: studios take turns.
static TURN: Mutex<()> = Mutex::new(());

pub struct Studio {
    pub gpu: Gpu,
    pub compositor: Compositor,
    pub pool: FramePool,
    _turn: MutexGuard<'static, ()>,
}

impl Studio {
    /// `None`, loudly, on a machine without any graphics adapter.
    pub fn open() -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        match Gpu::headless() {
            Ok(gpu) => {
                let compositor = Compositor::new(&gpu);
                Some(Self { gpu, compositor, pool: FramePool::new(), _turn: turn })
            }
            Err(error) if std::env::var_os("IMPASTO_TEST_ALL").is_none() => {
                eprintln!("SKIPPED, NOT TESTED: {error}");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub fn compose(&mut self, layers: &Layers, look: &Look, output: Size) -> Arc<Frame> {
        self.compositor.compose(&self.gpu, layers, look, output);
        self.compositor.read_back(&self.gpu, &mut self.pool).unwrap()
    }
}

/// The largest difference of any red, green or blue byte.
pub fn largest_difference(a: &Frame, b: &Frame) -> u8 {
    assert_eq!(a.size, b.size);
    let colors =
        |frame: &Frame| frame.pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let (a, b): (Vec<u8>, Vec<u8>) = (colors(a), colors(b));
    a.iter().zip(&b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// The mean difference of red, green and blue bytes.
pub fn mean_difference(a: &Frame, b: &Frame) -> f64 {
    assert_eq!(a.size, b.size);
    let differences = a.pixels.chunks_exact(4).zip(b.pixels.chunks_exact(4));
    let sum: u64 = differences.map(|(a, b)| (0..3).map(|c| u64::from(a[c].abs_diff(b[c]))).sum::<u64>()).sum();
    sum as f64 / (a.size.area() * 3) as f64
}
