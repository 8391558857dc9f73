//! The `stylize` thread: paints the newest frame with the network that is live.

use super::load_thread::Loaded;
use super::pace::Pace;
use super::{Shared, view::View};
use crate::compose::Painting;
use crate::control::{Event, SizeRequest};
use crate::frame::{Frame, FramePool};
use crate::stylize::StylizeError;
use std::sync::Arc;
use std::time::Duration;

/// How long the thread sleeps when nothing rings.
const BELL_TIMEOUT: Duration = Duration::from_millis(250);

/// Runs until the pipeline stops.
pub fn run(shared: &Shared) {
    let mut pool = FramePool::new();
    let mut live: Option<Loaded> = None;
    let mut parameters_revision = 0;
    let mut is_failing = false;
    let mut pace = Pace::new();
    // The provider that failed, until another paints.
    let mut failed: Option<String> = None;
    while !shared.is_stopping() {
        shared.stylize_bell.wait(BELL_TIMEOUT);
        let mut repaints = false;
        if let Some(loaded) = shared.loaded.take() {
            go_live(shared, &loaded, failed.take());
            let has_one_size = loaded.painter.facts().input.fixed_size.is_some();
            shared.meter().note_one_size(has_one_size);
            pace.restart(has_one_size);
            live = Some(loaded);
            (parameters_revision, is_failing, repaints) = (0, false, true);
        }
        let (is_painting, size, pace_fps) = asked(shared);
        pace.watch(shared, pace_fps, size, is_painting && live.is_some());
        let Some(loaded) = &mut live else { continue };
        apply_parameters(shared, loaded, &mut parameters_revision);
        if pace.rests() && !repaints {
            continue;
        }
        let Some(frame) = next_frame(shared, repaints, is_painting) else { continue };
        let size = pace.size(size, loaded.painter.facts().working_size(size, frame.size));
        match loaded.painter.paint(&frame, size, &mut pool) {
            Ok(painted) => {
                is_failing = false;
                shared.meter().note_painted(&painted);
                pace.note(shared, &painted);
                shared.view().set_painting(Painting { picture: painted.picture, source: frame });
            }
            Err(error) if loaded.painter.is_replaceable() => {
                shared.view().drop_painting();
                failed = live.take().map(|loaded| replace_provider(shared, loaded, &error));
            }
            Err(error) => {
                shared.view().drop_painting();
                if !std::mem::replace(&mut is_failing, true) {
                    shared.report(Event::Notice(format!(
                        "{} cannot paint, so the game is shown as it is: {error}",
                        loaded.style.name
                    )));
                }
            }
        }
        shared.report(Event::PictureReady);
    }
}

/// Tells who paints from now on, and instead of which provider that failed.
fn go_live(shared: &Shared, loaded: &Loaded, failed: Option<String>) {
    let provider = loaded.painter.provider();
    if let Some(failed) = failed {
        let running = &provider.running;
        let again = if *running == failed { " again" } else { "" };
        shared.report(Event::Notice(format!("{running} paints{again}, after {failed} had stopped")));
    }
    shared.meter().note_style(&loaded.style.name, provider, loaded.painter.parameters());
    shared.report(Event::StyleLive { style: loaded.style.name.clone(), provider: provider.running.clone() });
}

/// The provider of a network has failed (a graphics card was lost): the network is let go of and its style loaded again, on
/// whichever provider proves that it works. Meanwhile the game is shown as it is. Gives the provider's name.
fn replace_provider(shared: &Shared, loaded: Loaded, error: &StylizeError) -> String {
    let Loaded { style, painter } = loaded;
    let failed = painter.provider().running.clone();
    shared.report(Event::Notice(format!("{failed} stopped painting, so another provider is tried: {error}")));
    painter.note_failure(error);
    // Its provider may want its memory, or its device, back before it is tried again.
    drop(painter);
    // A style that was chosen meanwhile is loaded anyway.
    shared.orders().wanted_style.get_or_insert(style);
    shared.load_bell.ring();
    failed
}

/// Hands new parameter values to the network. Values for inputs that this network lacks are kept for the next one.
fn apply_parameters(shared: &Shared, loaded: &mut Loaded, revision: &mut u64) {
    let orders = shared.orders();
    if *revision == orders.parameters_revision {
        return;
    }
    *revision = orders.parameters_revision;
    let values = orders.parameters.clone();
    drop(orders);
    for value in values {
        if loaded.painter.parameters().iter().any(|known| known.name == value.name)
            && let Err(error) = loaded.painter.set_parameter(&value)
        {
            shared.report(Event::Notice(error.to_string()));
        }
    }
    shared.meter().note_parameters(loaded.painter.parameters());
}

/// Whether to paint, the size asked for, and the rate to hold.
fn asked(shared: &Shared) -> (bool, SizeRequest, Option<f32>) {
    let orders = shared.orders();
    (orders.is_painting, orders.size, orders.pace_fps)
}

/// The frame to paint now: the newest one, or the last one again when an order asks for it.
fn next_frame(shared: &Shared, repaints: bool, is_painting: bool) -> Option<Arc<Frame>> {
    let fresh = shared.frames.take();
    let repaints = std::mem::take(&mut shared.orders().needs_repaint) || repaints;
    if !is_painting {
        return None;
    }
    fresh.or_else(|| if repaints { newest(&shared.view()) } else { None })
}

fn newest(view: &View) -> Option<Arc<Frame>> {
    view.newest_frame().cloned()
}
