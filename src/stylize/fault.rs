//! What goes wrong with an execution provider on purpose, so that tests see what comes of it.

use super::StylizeError;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the fault: `lost@30` (every run fails from the 30th on, as on a graphics card that was lost), or `wrong` (it
/// paints another picture). The CPU never has one.
const VARIABLE: &str = "IMPASTO_PROVIDER_FAULT";

/// Runs of all networks that have a fault, in this process: a device that was lost stays lost for the next network too.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// A fault of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Runs fail from this one on, counted from 0.
    Lost { from: u64 },
    /// The picture is not the network's.
    Wrong,
}

impl Fault {
    /// The fault that the environment asks for, if any.
    pub fn injected() -> Option<Self> {
        let value = std::env::var(VARIABLE).ok().filter(|value| !value.is_empty())?;
        let fault = Self::parse(&value);
        if fault.is_none() {
            tracing::warn!("{VARIABLE} names no fault: {value}");
        }
        fault
    }

    fn parse(value: &str) -> Option<Self> {
        match value.split_once('@') {
            Some(("lost", from)) => from.parse().ok().map(|from| Self::Lost { from }),
            None if value == "wrong" => Some(Self::Wrong),
            _ => None,
        }
    }

    /// Happens before a run.
    ///
    /// # Errors
    /// The device is lost by now.
    pub fn before_run(self) -> Result<(), StylizeError> {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        match self {
            Self::Lost { from } if run >= from => {
                Err(StylizeError::Inference("the device was lost, as a test asked for".to_owned()))
            }
            Self::Lost { .. } | Self::Wrong => Ok(()),
        }
    }

    /// Whether the output is spoilt after a run.
    pub fn spoils(self) -> bool {
        self == Self::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_others_refused() {
        assert_eq!(Fault::parse("lost@30"), Some(Fault::Lost { from: 30 }));
        assert_eq!(Fault::parse("wrong"), Some(Fault::Wrong));
        assert_eq!(Fault::parse("lost"), None);
        assert_eq!(Fault::parse("wrong@3"), None);
    }
}
