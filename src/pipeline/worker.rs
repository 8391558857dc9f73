//! A named, owned, joined thread whose panic becomes an event.

use super::Shared;
use crate::control::{EndReason, Event};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

/// One thread of a pipeline.
pub struct Worker {
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread of this name. A machine that refuses threads, and a panic inside, end the pipeline with a
    /// report.
    pub fn spawn(name: &'static str, shared: &Arc<Shared>, run: impl FnOnce(&Shared) + Send + 'static) -> Self {
        let owned = Arc::clone(shared);
        let body = move || {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| run(&owned))) {
                let text = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied())
                    .unwrap_or("no message");
                tracing::error!("the {name} thread panicked: {text}");
                owned.report(Event::Ended(EndReason::Failed(format!(
                    "an error inside Impasto stopped its {name} thread ({text}): pick the window again, and please report this"
                ))));
            }
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
        if let Err(error) = &thread {
            shared.report(Event::Ended(EndReason::Failed(format!(
                "the system gives no more threads ({error}): close other programs and try again"
            ))));
        }
        Self { thread: thread.ok() }
    }

    /// Waits for the thread's end.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic was caught and reported inside.
            let _ = thread.join();
        }
    }
}
