//! A connection to an X11 display, waited on with a timeout.

use crate::capture::{CaptureError, is_wayland_session};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// The atoms that this room reads.
    pub Atoms: AtomsCookie {
        UTF8_STRING,
        WM_STATE,
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_CURRENT_DESKTOP,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_DESKTOP,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
        _NET_WM_STATE_HIDDEN,
        _NET_WM_STATE_SHADED,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
    }
}

/// The connection to the display was lost: no request will ever be answered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayLost;

impl From<ConnectionError> for DisplayLost {
    fn from(error: ConnectionError) -> Self {
        tracing::debug!("the connection to the display failed: {error}");
        Self
    }
}

impl From<DisplayLost> for CaptureError {
    fn from(_: DisplayLost) -> Self {
        Self::DisplayLost
    }
}

/// The reply, or `None` where the server refused: nearly always because the window has gone or is not viewable now.
pub fn answer<T>(reply: Result<T, ReplyError>) -> Result<Option<T>, DisplayLost> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(error)) => {
            tracing::trace!("the display refused a request: {error:?}");
            Ok(None)
        }
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

/// One connection, used by one thread.
pub struct Display {
    pub connection: RustConnection,
    pub root: u32,
    pub atoms: Atoms,
}

impl Display {
    /// Connects to the display of this name, such as `:0`; `None` means the one that `DISPLAY` names.
    ///
    /// # Errors
    /// There is no display, or it cannot be reached.
    pub fn open(name: Option<&str>) -> Result<Self, CaptureError> {
        let (connection, screen) = x11rb::connect(name).map_err(|error| match error {
            ConnectError::DisplayParsingError(_) if is_wayland_session() => CaptureError::NoWindowList,
            ConnectError::DisplayParsingError(_) => CaptureError::NoDisplay,
            error => CaptureError::DisplayUnreachable { reason: error.to_string() },
        })?;
        let atoms = Atoms::new(&connection).map_err(DisplayLost::from)?.reply().map_err(|_| DisplayLost)?;
        let root = connection.setup().roots[screen].root;
        Ok(Self { connection, root, atoms })
    }

    /// A fresh id for a pixmap, damage object or segment.
    pub fn new_id(&self) -> Result<u32, DisplayLost> {
        self.connection.generate_id().map_err(|error| match error {
            ReplyOrIdError::ConnectionError(error) => error.into(),
            error => {
                tracing::debug!("the display gives no more ids: {error}");
                DisplayLost
            }
        })
    }

    /// The next event; waits until `deadline` at most, without using the CPU.
    pub fn next_event(&self, deadline: Instant) -> Result<Option<Event>, DisplayLost> {
        self.connection.flush()?;
        loop {
            if let Some(event) = self.connection.poll_for_event()? {
                return Ok(Some(event));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.wait_readable(left);
        }
    }

    /// Waits until the server has sent something, or a signal came, or the time is over.
    fn wait_readable(&self, timeout: Duration) {
        let mut watched = libc::pollfd { fd: self.connection.stream().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // Rounded up, so that the last millisecond is not spent in a loop.
        let millis = libc::c_int::try_from(timeout.as_micros().div_ceil(1000)).unwrap_or(libc::c_int::MAX);
        // SAFETY: `watched` is one valid pollfd for the whole call, and the connection keeps the descriptor open.
        unsafe { libc::poll(&raw mut watched, 1, millis) };
    }
}
