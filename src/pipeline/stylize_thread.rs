//! The `stylize` thread: paints the newest frame with the network that is live.

use super::load_thread::Loaded;
use super::pace::Pace;
use super::{Shared, view::View};
use crate::compose::Painting;
use crate::control::{Event, LevelsChoice, SizeRequest};
use crate::frame::{Frame, FramePool};
use crate::stylize::StylizeError;
use std::sync::Arc;
use std::time::Duration;

/// How long the thread sleeps when nothing rings.
const BELL_TIMEOUT: Duration = Duration::from_millis(250);
/// The same while the light of a frame that stands still is yet to be followed.
const SETTLING_TIMEOUT: Duration = Duration::from_millis(80);

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
        let is_settling = live.as_ref().is_some_and(|loaded| loaded.painter.is_settling());
        shared.stylize_bell.wait(if is_settling { SETTLING_TIMEOUT } else { BELL_TIMEOUT });
        let mut repaints = false;
        if let Some(loaded) = shared.loaded.take() {
            go_live(shared, &loaded, failed.take());
            let has_one_size = loaded.painter.facts().input.fixed_size.is_some();
            shared.meter().note_one_size(has_one_size);
            pace.restart(has_one_size);
            live = Some(loaded);
            (parameters_revision, is_failing, repaints) = (0, false, true);
        }
        let Asked { is_painting, size, pace_fps, levels } = asked(shared);
        pace.watch(shared, pace_fps, size, is_painting && live.is_some());
        let Some(loaded) = &mut live else { continue };
        apply_parameters(shared, loaded, &mut parameters_revision);
        if pace.rests() && !repaints {
            continue;
        }
        let Some((frame, age)) = next_frame(shared, repaints || is_settling, is_painting) else { continue };
        let size = pace.size(size, loaded.painter.facts().working_size(size, frame.size));
        loaded.painter.set_levels(levels);
        match loaded.painter.paint_again(&frame, age, size, &mut pool) {
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

/// The provider of a network has failed (a graphics card was lost): the network is let go of and its style loaded
/// again, on whichever provider proves that it works. Meanwhile the game is shown as it is. Gives the provider's name.
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

/// What is asked for now.
struct Asked {
    is_painting: bool,
    size: SizeRequest,
    /// The rate to hold.
    pace_fps: Option<f32>,
    levels: LevelsChoice,
}

fn asked(shared: &Shared) -> Asked {
    let orders = shared.orders();
    Asked { is_painting: orders.is_painting, size: orders.size, pace_fps: orders.pace_fps, levels: orders.levels }
}

/// The frame to paint now: the newest one, or the last one again when an order asks for it; then also how old it is.
fn next_frame(shared: &Shared, repaints: bool, is_painting: bool) -> Option<(Arc<Frame>, Duration)> {
    let fresh = shared.frames.take();
    let repaints = std::mem::take(&mut shared.orders().needs_repaint) || repaints;
    if !is_painting {
        return None;
    }
    let again = || newest(&shared.view()).map(|frame| (Arc::clone(&frame), frame.captured_at.elapsed()));
    fresh.map(|frame| (frame, Duration::ZERO)).or_else(|| if repaints { again() } else { None })
}

fn newest(view: &View) -> Option<Arc<Frame>> {
    view.newest_frame().cloned()
}
