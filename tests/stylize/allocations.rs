//! Painting allocates nothing on our side once sizes have settled.

use crate::networks::{Network, load, picture};
use impasto::control::SizeRequest;
use impasto::frame::{FramePool, Size};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Allocations of this thread since the counter was last set to zero.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Counts what this thread allocates in Rust. ONNX Runtime's own memory, which it reuses, is not seen here.
struct Counting;

// SAFETY: every call is handed to the system's allocator unchanged; the counter itself does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn painting_allocates_nothing_in_the_steady_state() {
    let folder = tempfile::tempdir().unwrap();
    let networks = [
        Network { file: "f32", ..Network::default() },
        Network { file: "f16", element: "float16", layout: "nhwc", ..Network::default() },
        Network { file: "u8", element: "uint8", range: "zero_to_255", ..Network::default() },
    ];
    for network in networks {
        let mut painter = load(&network.write(folder.path()), Size::new(64, 48));
        for frame in [picture(Size::new(64, 48)), picture(Size::new(200, 150))] {
            let mut pool = FramePool::new();
            let size = SizeRequest::Height(48);
            for _ in 0..3 {
                painter.paint(&frame, size, &mut pool).unwrap();
            }
            COUNT.set(0);
            for _ in 0..20 {
                painter.paint(&frame, size, &mut pool).unwrap();
            }
            assert_eq!(COUNT.get(), 0, "{} from {}", network.file, frame.size);
        }
    }
    let before = COUNT.get();
    std::hint::black_box(Box::new(before));
    assert!(COUNT.get() > before, "the counter does not count");
}
