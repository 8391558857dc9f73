//! Spawns, names, stops and joins the threads that capture and paint, and owns the slots between them. Knows no window.
//!
//! ```text
//! capture ──► [newest wins] ──► stylize ──► [newest wins] ──► whoever presents
//!                                  ▲
//!                             load style
//! ```

mod capture_thread;
mod figures;
mod load_thread;
mod meter;
mod orders;
mod slot;
mod stylize_thread;
mod view;
mod worker;

pub use figures::LiveFigures;

use crate::capture::OpenSource;
use crate::compose::Layers;
use crate::control::{Event, ParameterValue, RunStats, SizeRequest};
use crate::frame::Size;
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
    pub parameters: Vec<ParameterValue>,
    /// Called from any thread of the pipeline for every event: must return at once (send to a bounded channel, wake a
    /// window's event loop).
    pub on_event: Box<dyn Fn(Event) + Send + Sync>,
}

/// The running threads `capture`, `stylize` and `load style`. Dropping it stops and joins them.
pub struct Pipeline {
    shared: Arc<Shared>,
    workers: Vec<Worker>,
}

/// What the threads share with each other and with the owner of the pipeline.
struct Shared {
    is_stopping: AtomicBool,
    /// Frames on their way to the network.
    frames: Slot<Arc<crate::frame::Frame>>,
    /// Freshly loaded networks on their way to the stylize thread.
    loaded: Slot<load_thread::Loaded>,
    /// Wakes the stylize thread: a frame, an order, or a loaded style is there.
    stylize_bell: Bell,
    /// Wakes the loading thread.
    load_bell: Bell,
    orders: Mutex<Orders>,
    view: Mutex<View>,
    meter: Mutex<Meter>,
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
            orders: Mutex::new(Orders::new(config.style, config.size, config.fps_cap, config.parameters)),
            view: Mutex::new(View::default()),
            meter: Mutex::new(Meter::new(config.provider)),
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

    /// Changes the inference size from the next frame on.
    pub fn set_size(&self, size: SizeRequest) {
        self.shared.orders().size = size;
        self.repaint();
    }

    /// Changes the cap from the next frame on.
    pub fn set_fps_cap(&self, cap: Option<f32>) {
        self.shared.orders().fps_cap = cap;
    }

    /// Sets a further input of the network from the next frame on. A style loaded later gets it too, if it has it.
    pub fn set_parameter(&self, value: ParameterValue) {
        self.shared.orders().set_parameter(value);
        self.repaint();
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
