//! Two computations at once.

use super::{Backend, TrainDevice};

/// Computes both: on the processor at the same time, the second on a thread of its own. What one of them computes on one core only, as `burn`
/// does with much that is no product of matrices, the other one's work goes on beside. A graphics card is fed by one thread.
pub(super) fn beside<A, B: Send>(
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
