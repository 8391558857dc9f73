//! Overlay window, panel, tray and hotkeys.
//!
//! Everything that a person does becomes a [`Command`](crate::control::Command). The pure
//! [`AppState`](state::AppState) turns it into effects, and the shell carries them out on the main thread.

mod app_event;
mod app_events;
mod camera;
#[cfg(all(target_os = "linux", feature = "wayland"))]
mod desktop_hotkeys;
#[cfg(not(all(target_os = "linux", feature = "wayland")))]
#[path = "desktop_hotkeys_missing.rs"]
mod desktop_hotkeys;
#[cfg(target_os = "linux")]
mod display_guard;
mod effects;
mod findings;
mod frame_recording;
mod full_screen;
mod graphics;
mod hotkeys;
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "the dot is the tray's"))]
mod icon;
mod instance;
mod keys;
mod memory;
mod notices;
mod orders;
#[cfg(any(target_os = "linux", windows))]
mod overlay;
mod painting;
mod panel;
mod read_backs;
mod recall;
mod recording;
mod recordings;
mod screenshots;
mod shell;
mod state;
mod style_watch;
mod surface;
mod swap_chains;
mod thumbnails;
mod toast;
mod tracker_thread;
mod train_page;
mod training;
mod tray;
mod view;
#[cfg(target_os = "linux")]
mod xlib_end;

pub use recording::{AskedRecorder, RecorderChoices};

use crate::capture::SourceRequest;
use crate::control::{ParameterValue, RunStats};
use crate::settings::{AskedChoices, HotkeyAction};
use crate::stylize::ProviderChoice;
use anyhow::Context;
use std::path::PathBuf;
use std::time::Duration;
use winit::event_loop::EventLoop;

/// Ends the program; for people.
const DISPLAY_LOST: &str = "the connection to the display was lost: start Impasto again";

/// What the app is opened with.
#[derive(Debug, Clone)]
pub struct AppOptions {
    /// Paint this at once; `None` opens the window picker.
    pub source: Option<SourceRequest>,
    /// Paint a window of this application as soon as there is one.
    pub awaited: Option<String>,
    /// How to paint, over what is remembered, until another window is picked.
    pub asked: AskedChoices,
    pub provider: ProviderChoice,
    pub parameters: Vec<ParameterValue>,
    /// An ordinary window that shows the painting, instead of an overlay over the game.
    pub is_clone: bool,
    /// On Wayland the painting lies over the whole screen, where the desktop can do that.
    pub is_overlay: bool,
    /// That window fills the screen.
    pub is_full_screen: bool,
    /// Give what is shown to this video device, too.
    pub virtual_camera: Option<PathBuf>,
    /// Show the panel from the start.
    pub shows_panel: bool,
    /// End after this time.
    pub duration: Option<Duration>,
    /// Record from the first picture on.
    pub record: Option<PathBuf>,
    /// How to record, and whether to keep the last seconds.
    pub recorder: AskedRecorder,
    /// Hand the order to the program that runs on this desktop already, if there is one.
    pub joins_running: bool,
    /// Set by Ctrl-C: end soon and in order.
    pub stop: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl AppOptions {
    /// The same as an order to a program that runs already.
    fn order(&self) -> orders::Order {
        orders::Order {
            source: self.source.clone(),
            awaited: self.awaited.clone(),
            asked: self.asked.clone(),
            record: self.record.clone(),
            recorder: self.recorder,
            shows_panel: self.shows_panel,
            press: None,
        }
    }
}

/// Does in the program that runs on this desktop what a hotkey does; for desktops where no program can take keys.
///
/// # Errors
/// None runs, or it does not answer; the text is for people.
pub fn press(action: HotkeyAction) -> Result<(), String> {
    match instance::claim(&orders::Order { press: Some(action), ..orders::Order::default() })? {
        instance::Claim::HandedOver => Ok(()),
        instance::Claim::First(_) => Err("Impasto does not run on this desktop: start it first".to_owned()),
    }
}

/// How the app ended.
pub enum AppEnd {
    /// It was closed; these are the figures of its last run, if there was one.
    Closed(Option<RunStats>),
    /// The program that runs already has carried the order out.
    HandedOver,
}

/// Opens the app on the main thread and returns when it is closed.
///
/// # Errors
/// There is no display, or no adapter can present; another instance runs and could not do what was asked.
pub fn run_app(options: AppOptions) -> anyhow::Result<AppEnd> {
    let first = if options.joins_running {
        match instance::claim(&options.order()).map_err(anyhow::Error::msg)? {
            instance::Claim::First(first) => Some(first),
            instance::Claim::HandedOver => return Ok(AppEnd::HandedOver),
        }
    } else {
        None
    };
    let event_loop = EventLoop::with_user_event()
        .build()
        .context("no window can be opened: start a desktop session, set DISPLAY, or use --headless")?;
    let mut shell = shell::Shell::new(options, event_loop.create_proxy(), first);
    let run = || event_loop.run_app(&mut shell).context(DISPLAY_LOST);
    #[cfg(target_os = "linux")]
    xlib_end::say_why_xlib_ends();
    #[cfg(target_os = "linux")]
    display_guard::guard(run)?;
    #[cfg(not(target_os = "linux"))]
    run()?;
    shell.finish().map(AppEnd::Closed)
}
