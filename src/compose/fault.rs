//! What goes wrong with a graphics device on purpose, so that tests see what comes of it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names the fault: `lost@30` (the device is lost while the 30th picture is drawn; several numbers after commas lose
/// several devices), or `unusable` (the best adapter is listed but does not open).
const VARIABLE: &str = "IMPASTO_GRAPHICS_FAULT";

/// Pictures that this process has drawn, on all devices.
static DRAWN: AtomicU64 = AtomicU64::new(0);

/// A fault of a graphics device.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    /// The device is lost with each of these pictures, counted from 1.
    Lost(Vec<u64>),
    /// The first adapter does not open.
    Unusable,
}

impl Fault {
    fn parse(value: &str) -> Option<Self> {
        match value.split_once('@') {
            Some(("lost", pictures)) => {
                pictures.split(',').map(str::parse).collect::<Result<_, _>>().ok().map(Self::Lost)
            }
            None if value == "unusable" => Some(Self::Unusable),
            _ => None,
        }
    }
}

/// The fault that the environment asks for, if any; read once.
fn injected() -> Option<&'static Fault> {
    static FAULT: OnceLock<Option<Fault>> = OnceLock::new();
    let read = || {
        let value = std::env::var(VARIABLE).ok().filter(|value| !value.is_empty())?;
        let fault = Fault::parse(&value);
        if fault.is_none() {
            tracing::warn!("{VARIABLE} names no fault: {value}");
        }
        fault
    };
    FAULT.get_or_init(read).as_ref()
}

/// Counts a picture that is being drawn on a device, and loses the device where that is the fault.
pub(super) fn while_drawing(device: &wgpu::Device) {
    if let Some(Fault::Lost(pictures)) = injected() {
        let picture = DRAWN.fetch_add(1, Ordering::Relaxed) + 1;
        if pictures.contains(&picture) {
            device.destroy();
        }
    }
}

/// Whether the adapter at this place of the list does not open.
pub(super) fn is_unusable(place: usize) -> bool {
    place == 0 && injected() == Some(&Fault::Unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_others_refused() {
        assert_eq!(Fault::parse("lost@30"), Some(Fault::Lost(vec![30])));
        assert_eq!(Fault::parse("lost@30,90"), Some(Fault::Lost(vec![30, 90])));
        assert_eq!(Fault::parse("unusable"), Some(Fault::Unusable));
        assert_eq!(Fault::parse("lost@soon"), None);
        assert_eq!(Fault::parse("melted"), None);
    }
}
