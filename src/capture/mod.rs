//! Turns a window, a file or the built-in scene into frames.

pub mod files;
#[cfg(not(any(target_os = "linux", windows)))]
mod missing;
mod portal_request;
mod scap;
pub mod scene;
#[cfg(all(target_os = "linux", feature = "wayland"))]
mod wayland;
mod window;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(not(any(target_os = "linux", windows)))]
pub use missing::WindowTracker;
pub use portal_request::{PortalRequest, PortalTarget};
#[cfg(feature = "scap")]
pub use scap::{ScapError, ScapPatience, ScapSource};
pub use scap::{ScapRequest, ScapTarget};
#[cfg(all(target_os = "linux", feature = "wayland"))]
pub use wayland::{PortalError, PortalOffer, PortalSource, portal_offer};
pub use window::{Candidates, Placement, Visibility, WindowInfo, WindowState};
#[cfg(windows)]
pub use windows::{GraphicsCaptureSource, WindowTracker, find_window_on, list_windows_on, window_thumbnail_on};
#[cfg(target_os = "linux")]
pub use x11::{WindowTracker, X11WindowSource, find_window_on, list_windows_on, window_thumbnail_on};

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
    /// Something a person should know: what it is and what to do.
    Notice(String),
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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SourceRequest {
    /// The window with this id.
    Window(u32),
    /// The built-in scene at this size, in real time.
    Scene { size: Size, seed: u64 },
    /// What the person chooses in the dialog of the desktop's portal.
    Portal(PortalRequest),
    /// What scap captures, in a process of its own.
    Scap(ScapRequest),
    /// A picture, a folder of pictures, or a video, in real time and looped when `repeat` says so.
    File { path: PathBuf, repeat: bool },
}

impl SourceRequest {
    /// How to open the source, on the thread that will poll it.
    pub fn opener(self) -> OpenSource {
        Box::new(move || match self {
            #[cfg(target_os = "linux")]
            Self::Window(id) => Ok(Box::new(X11WindowSource::open_on(None, id)?) as Box<dyn FrameSource>),
            #[cfg(windows)]
            Self::Window(id) => Ok(Box::new(GraphicsCaptureSource::open(id)?) as Box<dyn FrameSource>),
            #[cfg(all(feature = "scap", target_os = "macos"))]
            Self::Window(id) => {
                let target = ScapTarget::WindowId(id);
                Ok(Box::new(ScapSource::open(&ScapRequest { target, program: None })?))
            }
            #[cfg(not(any(target_os = "linux", windows, all(feature = "scap", target_os = "macos"))))]
            Self::Window(_) => Err(CaptureError::NoWindowCapture),
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Self::Portal(request) => Ok(Box::new(PortalSource::open(request)?)),
            #[cfg(not(all(target_os = "linux", feature = "wayland")))]
            Self::Portal(_) => Err(CaptureError::NoPortalSupport),
            #[cfg(feature = "scap")]
            Self::Scap(request) => Ok(Box::new(ScapSource::open(&request)?)),
            #[cfg(not(feature = "scap"))]
            Self::Scap(_) => Err(CaptureError::NoScapSupport),
            Self::Scene { size, seed } => Ok(Box::new(scene::SceneSource::new(size, seed))),
            Self::File { path, repeat } => files::open_live(&path, repeat),
        })
    }
}

/// Whether the program runs in a session of Wayland, where windows can be had only through the desktop's portal.
pub fn is_wayland_session() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

/// Whether this program can ask the desktop's portal.
pub const fn has_portal_support() -> bool {
    cfg!(all(target_os = "linux", feature = "wayland"))
}

/// Whether the desktop's portal is the way to windows in this session, and this program can ask it.
pub fn offers_portal() -> bool {
    has_portal_support() && is_wayland_session()
}

/// Whether this program can capture with scap, where the program `impasto-scap` is there, too.
pub const fn has_scap_support() -> bool {
    cfg!(feature = "scap")
}

/// Windows that can be captured, in the window manager's order; our own are left out.
///
/// # Errors
/// There is no display, or it cannot be reached.
pub fn list_windows() -> Result<Vec<WindowInfo>, CaptureError> {
    #[cfg(any(target_os = "linux", windows))]
    return list_windows_on(None);
    #[cfg(all(feature = "scap", target_os = "macos"))]
    return scap::list_scap_windows();
    #[cfg(not(any(target_os = "linux", windows, all(feature = "scap", target_os = "macos"))))]
    Err(CaptureError::NoWindowCapture)
}

/// The one window that `pattern` means: an id (decimal or 0x hexadecimal), or a case-insensitive part of a title or
/// application.
///
/// # Errors
/// None or several match: the error lists the candidates.
pub fn find_window(pattern: &str) -> Result<WindowInfo, CaptureError> {
    #[cfg(any(target_os = "linux", windows))]
    return find_window_on(None, pattern);
    #[cfg(not(any(target_os = "linux", windows)))]
    return window::find_in(list_windows()?, pattern);
}

/// A small picture of a window for the picker, at most `height` pixels high; `None` where it has none now.
///
/// # Errors
/// There is no display, or it cannot be reached.
pub fn window_thumbnail(id: u32, height: u32) -> Result<Option<Frame>, CaptureError> {
    #[cfg(any(target_os = "linux", windows))]
    return window_thumbnail_on(None, id, height);
    #[cfg(not(any(target_os = "linux", windows)))]
    {
        let _ = (id, height);
        if cfg!(all(feature = "scap", target_os = "macos")) { Ok(None) } else { Err(CaptureError::NoWindowCapture) }
    }
}

/// A source could not be opened, or windows could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error("there is no display to capture from: start a desktop session, or set DISPLAY")]
    NoDisplay,
    #[error(
        "Wayland tells no program which windows there are: use --source portal, and choose the game in the desktop's dialog"
    )]
    NoWindowList,
    #[error(
        "this Impasto was built without the desktop's portal: build it with --features wayland, on Linux with \
         libpipewire-0.3-dev and clang"
    )]
    NoPortalSupport,
    #[error("this Impasto was built without scap: build it with scripts/run --scap")]
    NoScapSupport,
    #[cfg(feature = "scap")]
    #[error(transparent)]
    Scap(#[from] ScapError),
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    #[error(transparent)]
    Portal(#[from] PortalError),
    #[error(transparent)]
    File(#[from] files::FileError),
    #[error("the display cannot be reached: {reason}; check DISPLAY and that the desktop session runs")]
    DisplayUnreachable { reason: String },
    #[error("the connection to the display was lost")]
    DisplayLost,
    #[error("there is no window 0x{id:08x} any more: choose another one")]
    WindowGone { id: u32 },
    #[error("the window 0x{id:08x} cannot be captured: {reason}; choose another one")]
    NotCapturable { id: u32, reason: String },
    #[error(
        "this system's windows cannot be captured yet: use --source, or run the game on Linux with X11 or on Windows"
    )]
    NoWindowCapture,
    #[error(
        "no window has \"{pattern}\" in its title or application: name one of these by a part of its title or by its id{candidates}"
    )]
    NoWindowMatches { pattern: String, candidates: Candidates },
    #[error("several windows have \"{pattern}\" in their title or application: name one by its id{candidates}")]
    SeveralWindowsMatch { pattern: String, candidates: Candidates },
    #[error("there is no window with the id 0x{id:08x}: name one of these{candidates}")]
    NoWindowWithId { id: u32, candidates: Candidates },
}
