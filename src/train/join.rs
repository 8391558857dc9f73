//! Two computations at once.

use super::{Backend, TrainDevice};

/// Computes both, on the processor at the same time: the second one on a thread of its own, because much of what `burn`
/// computes uses one core only. A graphics card is fed by one thread.
pub(super) fn join<A, B: Send>(
    device: &TrainDevice,
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if device.backend() != Backend::Processor {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        (first, second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
