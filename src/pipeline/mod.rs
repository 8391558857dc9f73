//! Spawns, names, stops and joins the threads that capture and paint, and owns the slots between them. Knows no window.
//!
//! ```text
//! capture ──► [newest wins] ──► stylize ──► [newest wins] ──► whoever presents
//!                                  ▲
//!                             load style
//! ```

mod capture_thread;
mod effort;
mod figures;
mod game_guard;
mod load_thread;
mod meter;
mod orders;
mod pace;
mod pace_keeper;
mod slot;
mod stylize_thread;
mod view;
mod worker;

pub use figures::LiveFigures;

use crate::capture::OpenSource;
use crate::compose::Layers;
use crate::control::{Event, LevelsChoice, ParameterValue, RunStats, SizeRequest};
use crate::frame::{Frame, Size};
use crate::stylize::{ProviderChoice, Style};
use meter::Meter;
use orders::Orders;
use slot::{Bell, Slot};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use view::View;
use worker::Worker;

/// What a pipeline is started with.
pub struct PipelineConfig {
    pub source: OpenSource,
    /// The style to paint with; `None` shows the plain frame until [`Pipeline::set_style`].
    pub style: Option<Style>,
    pub provider: ProviderChoice,
    pub size: SizeRequest,
    pub fps_cap: Option<f32>,
    /// The rate of paintings to hold, if any; the game's own rate is then protected, too.
    pub pace_fps: Option<f32>,
    pub levels: LevelsChoice,
    pub parameters: Vec<ParameterValue>,
    /// Called from any thread of the pipeline for every event: must return at once (send to a bounded channel, wake a
    /// window's event loop).
    pub on_event: Box<dyn Fn(Event) + Send + Sync>,
}

/// Sees every frame that the source gives, on the capture thread, before anything is left out: must return at once.
pub type FrameTap = Box<dyn FnMut(&Arc<Frame>) + Send>;

/// The running threads `capture`, `stylize` and `load style`. Dropping it stops and joins them.
pub struct Pipeline {
    shared: Arc<Shared>,
    workers: Vec<Worker>,
}

/// What the threads share with each other and with the owner of the pipeline.
struct Shared {
    is_stopping: AtomicBool,
    /// Frames on their way to the network.
    frames: Slot<Arc<Frame>>,
    /// Freshly loaded networks on their way to the stylize thread.
    loaded: Slot<load_thread::Loaded>,
    /// Wakes the stylize thread: a frame, an order, or a loaded style is there.
    stylize_bell: Bell,
    /// Wakes the loading thread.
    load_bell: Bell,
    orders: Mutex<Orders>,
    view: Mutex<View>,
    meter: Mutex<Meter>,
    frame_tap: Mutex<Option<FrameTap>>,
    provider: ProviderChoice,
    on_event: Box<dyn Fn(Event) + Send + Sync>,
}

impl Shared {
    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        locked(&self.orders)
    }

    fn view(&self) -> MutexGuard<'_, View> {
        locked(&self.view)
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        locked(&self.meter)
    }

    fn report(&self, event: Event) {
        if let Event::Notice(text) = &event {
            self.meter().add_notice(text);
        }
        (self.on_event)(event);
    }
}

/// Locks, also after a panic elsewhere: what these mutexes guard is valid after every single assignment.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pipeline {
    /// Starts the threads. The source is opened on its thread: failing to open is an `Ended(Failed)` event.
    pub fn start(config: PipelineConfig) -> Self {
        let shared = Arc::new(Shared {
            is_stopping: AtomicBool::new(false),
            frames: Slot::default(),
            loaded: Slot::default(),
            stylize_bell: Bell::default(),
            load_bell: Bell::default(),
            orders: Mutex::new(Orders::new(
                config.style,
                config.size,
                config.fps_cap,
                config.pace_fps,
                config.levels,
                config.parameters,
            )),
            view: Mutex::new(View::default()),
            meter: Mutex::new(Meter::new(config.provider)),
            frame_tap: Mutex::new(None),
            provider: config.provider,
            on_event: config.on_event,
        });
        let source = config.source;
        let workers = vec![
            Worker::spawn("capture", &shared, move |shared| capture_thread::run(shared, source)),
            Worker::spawn("stylize", &shared, stylize_thread::run),
            Worker::spawn("load style", &shared, load_thread::run),
        ];
        Self { shared, workers }
    }

    /// The newest frame and painting that belong on the screen now; `None` before the first frame.
    pub fn newest(&self) -> Option<Layers> {
        self.shared.view().layers()
    }

    /// Loads a style in the background; the current one paints until the new one is warm.
    pub fn set_style(&self, style: Style) {
        self.shared.orders().wanted_style = Some(style);
        self.shared.load_bell.ring();
    }

    /// Changes the brush, or the size that is painted at, from the next frame on.
    pub fn set_size(&self, size: SizeRequest) {
        self.shared.orders().size = size;
        self.repaint();
    }

    /// Changes the cap from the next frame on.
    pub fn set_fps_cap(&self, cap: Option<f32>) {
        self.shared.orders().fps_cap = cap;
    }

    /// Holds another rate of paintings, or none, from the next frame on.
    pub fn set_pace(&self, fps: Option<f32>) {
        self.shared.orders().pace_fps = fps;
    }

    /// Chooses from the next frame on whether frames are levelled.
    pub fn set_levels(&self, choice: LevelsChoice) {
        self.shared.orders().levels = choice;
        self.repaint();
    }

    /// Sets a further input of the network from the next frame on. A style loaded later gets it too, if it has it.
    pub fn set_parameter(&self, value: ParameterValue) {
        self.shared.orders().set_parameter(value);
        self.repaint();
    }

    /// Lets somebody see every frame from the next one on, or nobody. When this returns, the one before sees none.
    pub fn set_frame_tap(&self, tap: Option<FrameTap>) {
        *locked(&self.shared.frame_tap) = tap;
    }

    /// Switches painting on or off (bypass, hidden window). Off, frames go through unpainted and the network rests.
    pub fn set_painting(&self, on: bool) {
        self.shared.orders().is_painting = on;
        if !on {
            self.shared.view().drop_painting();
        }
        self.repaint();
    }

    /// A still picture is painted again too when an order changes how it is painted.
    fn repaint(&self) {
        self.shared.orders().needs_repaint = true;
        self.shared.stylize_bell.ring();
    }

    /// Tells that `layers` were put on the screen now: `compose` and `present` are the time that the stages took.
    pub fn note_presented(&self, layers: &Layers, output: Size, compose: Duration, present: Duration) {
        let is_first_showing = self.shared.view().note_shown(layers);
        self.shared.meter().note_presented(layers, output, compose, present, is_first_showing);
    }

    /// Tells how many pictures a recording took and left out since it started.
    pub fn note_recorded(&self, recorded: u64, skipped: u64) {
        self.shared.meter().note_recorded(recorded, skipped);
    }

    /// Tells which video encoder records.
    pub fn note_encoder(&self, name: &str) {
        self.shared.meter().note_encoder(name);
    }

    /// Figures for the panel.
    pub fn figures(&self) -> LiveFigures {
        self.shared.meter().live()
    }

    /// Figures of the whole run.
    pub fn stats(&self) -> RunStats {
        self.shared.meter().stats()
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        self.shared.stylize_bell.ring();
        self.shared.load_bell.ring();
        self.workers.drain(..).for_each(Worker::join);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::SourceRequest;
    use std::time::Instant;

    #[test]
    fn a_tap_sees_every_frame_in_order_until_it_is_taken_away() {
        let source = SourceRequest::Scene { size: Size::new(32, 24), seed: 1 };
        let pipeline = Pipeline::start(PipelineConfig {
            source: source.opener(),
            style: None,
            provider: ProviderChoice::Cpu,
            size: SizeRequest::Height(24),
            fps_cap: None,
            pace_fps: None,
            levels: LevelsChoice::default(),
            parameters: Vec::new(),
            on_event: Box::new(|_| {}),
        });
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&seen);
        pipeline.set_frame_tap(Some(Box::new(move |frame| locked(&shared).push(frame.sequence))));
        let deadline = Instant::now() + Duration::from_secs(60);
        while locked(&seen).len() < 20 {
            assert!(Instant::now() < deadline, "too few frames came");
            std::thread::sleep(Duration::from_millis(10));
        }
        pipeline.set_frame_tap(None);
        let numbers = locked(&seen).clone();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
        let captured = pipeline.stats().frames.captured;
        while pipeline.stats().frames.captured < captured + 5 {
            assert!(Instant::now() < deadline, "the source stopped");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(locked(&seen).len(), numbers.len());
    }
}
