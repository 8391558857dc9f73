//! What goes wrong in a self-test on purpose, so that tests see what comes of it.

use crate::commands::device_trial::Step;
use anyhow::bail;
use std::time::Duration;

/// Names the fault; only the self-test's own process looks at it.
const VARIABLE: &str = "IMPASTO_SELF_TEST_FAULT";

/// How far spoilt losses and gradients are off.
const SPOILT: f32 = 1.2;

/// A fault of a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It reads what is not its own: SIGSEGV.
    Crash,
    /// It gives up: SIGABRT.
    Abort,
    /// It never answers.
    Hang,
    /// Its losses are wrong.
    Losses,
    /// Its gradients are wrong.
    Gradients,
    /// Its losses are no numbers.
    Nan,
    /// It is a program on the processor.
    Software,
}

impl Fault {
    /// The fault that the environment asks for, if any.
    ///
    /// # Errors
    /// There is no such fault.
    pub fn injected() -> anyhow::Result<Option<Self>> {
        let Ok(name) = std::env::var(VARIABLE) else { return Ok(None) };
        Ok(Some(match name.as_str() {
            "crash" => Self::Crash,
            "abort" => Self::Abort,
            "hang" => Self::Hang,
            "losses" => Self::Losses,
            "gradients" => Self::Gradients,
            "nan" => Self::Nan,
            "software" => Self::Software,
            other => bail!("{VARIABLE} names no fault: {other}"),
        }))
    }

    /// Does not return where the fault is one that ends or stops a process.
    pub fn happen(self) {
        match self {
            Self::Crash => crash(),
            Self::Abort => std::process::abort(),
            Self::Hang => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            Self::Losses | Self::Gradients | Self::Nan | Self::Software => {}
        }
    }

    /// Spoils what came out of a step, where the fault does so.
    pub fn spoil(self, step: &mut Step) {
        let scale = |value: &mut Option<f32>| *value = value.map(|value| value * SPOILT);
        match self {
            Self::Losses => step.losses.values_mut().for_each(scale),
            Self::Gradients => step.gradients.values_mut().for_each(scale),
            Self::Nan => step.losses.values_mut().for_each(|value| *value = Some(f32::NAN)),
            Self::Crash | Self::Abort | Self::Hang | Self::Software => {}
        }
    }
}

/// Ends the process as a wild pointer would.
fn crash() {
    #[cfg(unix)]
    // SAFETY: the calls take no pointers to memory; the signal ends the process, and nothing after it runs.
    unsafe {
        // Rust's own handler, which looks for overflown stacks, would let a signal pass that was sent.
        libc::signal(libc::SIGSEGV, libc::SIG_DFL);
        libc::raise(libc::SIGSEGV);
    }
    #[cfg(not(unix))]
    std::process::abort();
}
