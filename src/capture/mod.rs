//! Turns a window, a file or the built-in scene into frames.

pub mod files;
pub mod scene;

use crate::control::{EndReason, IdleReason};
use crate::frame::{Frame, Size};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What a source has to say when it is polled.
#[derive(Debug, Clone)]
pub enum Captured {
    /// A new picture.
    Frame(Arc<Frame>),
    /// Nothing has changed within the timeout: the last picture still stands.
    Unchanged,
    /// There is no picture for now.
    Idle(IdleReason),
    /// There will be no more pictures.
    Ended(EndReason),
}

/// A place that frames come from. Opened, polled and dropped on one thread, the `capture` thread.
pub trait FrameSource {
    /// Waits up to `timeout` for something new. After `Ended` it is not called again.
    ///
    /// A source never panics and never blocks much longer than `timeout`: whatever goes wrong is an `Ended` with a
    /// reason for people.
    fn poll(&mut self, timeout: Duration) -> Captured;
}

/// Opens a source on the thread that will poll it.
pub type OpenSource = Box<dyn FnOnce() -> Result<Box<dyn FrameSource>, CaptureError> + Send>;

/// What is to be captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceRequest {
    /// The window with this id.
    Window(u32),
    /// The built-in scene at this size, in real time.
    Scene { size: Size, seed: u64 },
    /// A picture, a folder of pictures, or a video, in real time and looped when `repeat` says so.
    File { path: PathBuf, repeat: bool },
}

impl SourceRequest {
    /// How to open the source, on the thread that will poll it.
    pub fn opener(self) -> OpenSource {
        match self {
            Self::Window(_) => todo!(),
            Self::Scene { size, seed } => Box::new(move || Ok(Box::new(scene::SceneSource::new(size, seed)))),
            Self::File { path, repeat } => Box::new(move || files::open_live(&path, repeat)),
        }
    }
}

/// A window that can be captured.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WindowInfo {
    pub id: u32,
    /// Empty where the window has none.
    pub title: String,
    /// The application's class, else the executable's name, else empty.
    pub application: String,
    pub pid: Option<u32>,
    /// Client area in pixels.
    pub size: Size,
    pub state: WindowState,
}

/// What the window manager shows of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WindowState {
    Visible,
    Minimized,
    /// On another workspace, shaded, or unmapped.
    Hidden,
}

/// Windows that can be captured, in the window manager's order; our own are left out.
///
/// # Errors
/// There is no display, or it cannot be reached.
pub fn list_windows() -> Result<Vec<WindowInfo>, CaptureError> {
    todo!()
}

/// The one window that `pattern` means: an id (decimal or 0x hexadecimal), or a case-insensitive part of a title or
/// application.
///
/// # Errors
/// None or several match: the error lists the candidates.
pub fn find_window(pattern: &str) -> Result<WindowInfo, CaptureError> {
    let _ = pattern;
    todo!()
}

/// A small picture of a window for the picker, at most `height` pixels high; `None` where it has none now.
///
/// # Errors
/// There is no display, or it cannot be reached.
pub fn window_thumbnail(id: u32, height: u32) -> Result<Option<Frame>, CaptureError> {
    let _ = (id, height);
    todo!()
}

/// A source could not be opened, or windows could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error("there is no display to capture from: start a desktop session, or set DISPLAY")]
    NoDisplay,
    #[error(transparent)]
    File(#[from] files::FileError),
}
