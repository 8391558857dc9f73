//! The `load style` thread: builds and warms networks while the old one goes on painting.

use super::Shared;
use crate::control::Event;
use crate::stylize::{LoadOptions, Painter, Style};
use std::time::Duration;

/// How long to wait between looks for the first frame, whose size the network is warmed up at.
const FIRST_FRAME_WAIT: Duration = Duration::from_millis(10);

/// A warm network.
pub struct Loaded {
    pub style: Style,
    pub painter: Painter,
}

/// Runs until the pipeline stops.
pub fn run(shared: &Shared) {
    while !shared.is_stopping() {
        let wanted = shared.orders().wanted_style.take();
        match wanted {
            Some(style) => load(shared, style),
            None => shared.load_bell.wait(Duration::from_secs(1)),
        }
    }
}

fn load(shared: &Shared, style: Style) {
    shared.meter().note_loading(true);
    if let Some(options) = load_options(shared) {
        match Painter::load(&style, &options) {
            Ok(painter) => {
                shared.loaded.put(Loaded { style, painter });
                shared.stylize_bell.ring();
            }
            Err(error) => {
                let (style, reason) = (style.name, error.to_string());
                shared.meter().add_notice(&format!("{style} cannot paint: {reason}"));
                shared.report(Event::StyleFailed { style, reason });
            }
        }
    }
    shared.meter().note_loading(false);
}

/// Waits for the first frame; `None` when the pipeline stops before.
fn load_options(shared: &Shared) -> Option<LoadOptions> {
    loop {
        let frame_size = shared.view().newest_frame().map(|frame| frame.size);
        if let Some(frame_size) = frame_size {
            return Some(LoadOptions { provider: shared.provider, threads: 0, frame_size, size: shared.orders().size });
        }
        if shared.is_stopping() {
            return None;
        }
        std::thread::sleep(FIRST_FRAME_WAIT);
    }
}
