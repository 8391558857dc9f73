//! Execution providers that failed while they painted, in this process.

use super::ProviderChoice;
use std::sync::{Mutex, PoisonError};

/// A provider that has failed so often is tried no more: a device that works for a while and fails again would
/// interrupt the painting again and again.
const MOST_FAILURES: usize = 2;

/// Who failed, and why, in order.
static FAILURES: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Takes note that a provider stopped working; `reason` is for people.
pub(super) fn note(provider: &str, reason: String) {
    tracing::debug!("{provider} stopped working: {reason}");
    FAILURES.lock().unwrap_or_else(PoisonError::into_inner).push((provider.to_owned(), reason));
}

/// Why a provider is not tried again, where it has failed too often.
pub(super) fn verdict(choice: ProviderChoice) -> Option<String> {
    let failures = FAILURES.lock().unwrap_or_else(PoisonError::into_inner);
    let name = choice.to_string();
    let of_it: Vec<&str> =
        failures.iter().filter(|(failed, _)| *failed == name).map(|(_, reason)| reason.as_str()).collect();
    let last = of_it.last().filter(|_| of_it.len() >= MOST_FAILURES)?;
    Some(format!("it stopped working {MOST_FAILURES} times ({last}); start Impasto again to try it again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_given_up_at_its_second_failure() {
        // No other test uses this provider.
        let choice = ProviderChoice::CoreMl;
        assert_eq!(verdict(choice), None);
        note("coreml", "the device was lost".to_owned());
        assert_eq!(verdict(choice), None);
        note("coreml", "it was lost again".to_owned());
        let reason = verdict(choice).unwrap_or_default();
        assert!(reason.contains("it was lost again") && reason.contains("2 times"), "{reason}");
        assert_eq!(verdict(ProviderChoice::Cpu), None);
    }
}
