//! What reaches the event loop from other threads.

use super::findings::Finding;
use super::orders::Delivery;
use crate::capture::{Placement, WindowInfo};
use crate::control::{Command, EndReason, Event};
use crate::dataset::FrameReport;
use crate::frame::Frame;
use crate::record::{RecordError, RecorderEvent, RecordingReport};
use crate::settings::HotkeyAction;
use std::path::PathBuf;
use std::sync::Arc;
use winit::event_loop::EventLoopProxy;

/// Numbers the runs of the app's pipelines, so that a late word from the last run is not taken for one of this run.
pub type RunId = u64;

/// Numbers the recorders, so that a late word from one that has ended is not taken for one of its successor.
pub type RecorderId = u64;

/// A message to the event loop. Pictures are coalesced by the sender: at most one `PictureReady` is under way.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "that there is no tray is told by a thread on Linux only")
)]
pub enum AppEvent {
    /// A report of the pipeline.
    Pipeline(RunId, Event),
    /// The game's window moved, was resized, hidden, shown or closed.
    Placed(RunId, Placement),
    /// The window cannot be followed any more.
    TrackingLost(RunId, EndReason),
    /// The tray, or another thread, gives an order.
    Command(Command),
    /// A global hotkey went down or up.
    Hotkey { action: HotkeyAction, is_pressed: bool },
    /// A Wayland desktop has granted these keys, as they are shown, or none for an action.
    #[cfg_attr(
        not(all(target_os = "linux", feature = "wayland")),
        allow(dead_code, reason = "only the portal sends it")
    )]
    HotkeysGranted(Vec<(HotkeyAction, Option<String>)>),
    /// A Wayland desktop grants no keys; a few words say why.
    #[cfg_attr(
        not(all(target_os = "linux", feature = "wayland")),
        allow(dead_code, reason = "only the portal sends it")
    )]
    HotkeysMissing(String),
    /// Windows that can be picked, with small pictures of them.
    Windows(Vec<(WindowInfo, Option<Frame>)>),
    /// Windows cannot be listed; the text says why.
    WindowsFailed(String),
    /// Small pictures of styles, by the style's name.
    StylePictures(Vec<(String, Frame)>),
    /// A small picture of the built-in scene.
    ScenePicture(Arc<Frame>),
    /// A second start of the program asks for something.
    Order(Delivery),
    /// What was found on this machine.
    Findings(Vec<Finding>),
    /// The pointer is over the tray's icon, so that its menu may be opened next.
    #[cfg(windows)]
    TrayReached,
    /// Why there is no tray; `None` once there is one again.
    TrayMissing(Option<String>),
    /// A report of a recorder.
    Recorder(RecorderId, RecorderEvent),
    /// A recorder was ended on its own thread, with its file, if it had one.
    RecordingFinished(Result<Option<RecordingReport>, RecordError>),
    /// Something that a person should know.
    Notice(String),
    /// A screenshot was written on its own thread, or could not be.
    ScreenshotSaved(Result<PathBuf, RecordError>),
    /// A recording of training frames was finished on its own thread, or had stopped by itself.
    FramesFinished(FrameReport),
}

/// Sends to the event loop from any thread.
#[derive(Clone)]
pub struct Mailer {
    // The proxy holds a channel end that may not be shared between threads on every platform.
    proxy: Arc<std::sync::Mutex<EventLoopProxy<AppEvent>>>,
}

impl Mailer {
    pub fn new(proxy: EventLoopProxy<AppEvent>) -> Self {
        Self { proxy: Arc::new(std::sync::Mutex::new(proxy)) }
    }

    /// Sends; after the event loop's end the message is dropped.
    pub fn send(&self, event: AppEvent) {
        let proxy = self.proxy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if proxy.send_event(event).is_err() {
            tracing::trace!("a message came after the event loop's end");
        }
    }
}
