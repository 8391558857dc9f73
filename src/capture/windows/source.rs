//! A window as a frame source, by Windows.Graphics.Capture.

use super::native::{captured_area, client_area, exists, handle, visibility};
use crate::capture::{CaptureError, Captured, FrameSource, Visibility};
use crate::control::{EndReason, IdleReason};
use crate::frame::{Frame, FramePool, Size};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use windows::Win32::Foundation::HWND;
use windows_capture::capture::{CaptureControl, Context, GraphicsCaptureApiHandler};
use windows_capture::frame::Frame as Picture;
use windows_capture::graphics_capture_api::{GraphicsCaptureApi, InternalCaptureControl};
use windows_capture::settings::{
    ColorFormat, CursorCaptureSettings, DirtyRegionSettings, DrawBorderSettings, MinimumUpdateIntervalSettings,
    SecondaryWindowSettings, Settings,
};
use windows_capture::window::Window;

/// Time between two pictures at least. Windows 11 24H2 ends at 60 frames a second where less than a millisecond is
/// asked for.
const LEAST_INTERVAL: Duration = Duration::from_millis(1);

/// Bytes of a pixel: blue, green, red, and one that is not used.
const BYTES_PER_PIXEL: usize = 4;

/// The newest picture, between the system's capture thread and ours.
#[derive(Default)]
struct Newest {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    frame: Option<Arc<Frame>>,
    pool: FramePool,
    sequence: u64,
    is_closed: bool,
    failure: Option<String>,
}

/// Captures the client area of one window.
pub struct GraphicsCaptureSource {
    window: HWND,
    newest: Arc<Newest>,
    control: Option<CaptureControl<Handler, String>>,
}

// SAFETY: a window's handle is a number that any thread may use.
unsafe impl Send for GraphicsCaptureSource {}

impl GraphicsCaptureSource {
    /// Starts to capture the window with this id.
    ///
    /// # Errors
    /// The window does not exist, or the system refuses to capture it.
    pub fn open(id: u32) -> Result<Self, CaptureError> {
        let window = handle(id);
        if !exists(window) {
            return Err(CaptureError::WindowGone { id });
        }
        let refuse = |reason: String| CaptureError::NotCapturable { id, reason };
        if !GraphicsCaptureApi::is_supported().unwrap_or(false) {
            return Err(refuse(
                "this Windows has no Windows.Graphics.Capture, which came with Windows 10 1903".to_owned(),
            ));
        }
        let newest = Arc::new(Newest::default());
        let settings = |border, interval| {
            Settings::new(
                Window::from_raw_hwnd(window.0),
                CursorCaptureSettings::WithoutCursor,
                border,
                SecondaryWindowSettings::Default,
                interval,
                DirtyRegionSettings::Default,
                ColorFormat::Bgra8,
                (id, Arc::clone(&newest)),
            )
        };
        // Older systems refuse to leave the border away, or to be asked for an interval: then they do as they like.
        let wishes = [
            (DrawBorderSettings::WithoutBorder, MinimumUpdateIntervalSettings::Custom(LEAST_INTERVAL)),
            (DrawBorderSettings::WithoutBorder, MinimumUpdateIntervalSettings::Default),
            (DrawBorderSettings::Default, MinimumUpdateIntervalSettings::Default),
        ];
        let mut last = String::new();
        for (border, interval) in wishes {
            match Handler::start_free_threaded(settings(border, interval)) {
                Ok(control) => return Ok(Self { window, newest, control: Some(control) }),
                Err(error) => last = error.to_string(),
            }
        }
        Err(refuse(last))
    }

    fn idle_reason(&self) -> Option<IdleReason> {
        match visibility(self.window) {
            Visibility::Minimized => Some(IdleReason::Minimized),
            Visibility::Hidden => Some(IdleReason::Hidden),
            Visibility::Visible | Visibility::Closed => None,
        }
    }
}

impl FrameSource for GraphicsCaptureSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        let state = self.newest.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_quiet = |state: &mut State| state.frame.is_none() && !state.is_closed && state.failure.is_none();
        let waited = self.newest.changed.wait_timeout_while(state, timeout, is_quiet);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.is_closed || !exists(self.window) {
            return Captured::Ended(EndReason::WindowClosed);
        }
        if let Some(reason) = state.failure.take() {
            return Captured::Ended(EndReason::Failed(format!("the window cannot be captured: {reason}")));
        }
        match state.frame.take() {
            Some(frame) => Captured::Frame(frame),
            None => self.idle_reason().map_or(Captured::Unchanged, Captured::Idle),
        }
    }
}

impl Drop for GraphicsCaptureSource {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.control.take().map(CaptureControl::stop) {
            tracing::debug!("the capture did not stop in order: {error}");
        }
    }
}

/// Takes pictures on the system's capture thread.
struct Handler {
    window: HWND,
    newest: Arc<Newest>,
    opened_at: Instant,
}

// SAFETY: a window's handle is a number that any thread may use.
unsafe impl Send for Handler {}

impl GraphicsCaptureApiHandler for Handler {
    type Flags = (u32, Arc<Newest>);
    type Error = String;

    fn new(context: Context<Self::Flags>) -> Result<Self, Self::Error> {
        let (id, newest) = context.flags;
        Ok(Self { window: handle(id), newest, opened_at: Instant::now() })
    }

    fn on_frame_arrived(&mut self, picture: &mut Picture, _: InternalCaptureControl) -> Result<(), Self::Error> {
        if let Err(reason) = self.take(picture) {
            // One picture in the middle of a change of size is no failure; the next one comes.
            tracing::debug!("a picture was left out: {reason}");
        }
        Ok(())
    }

    fn on_closed(&mut self) -> Result<(), Self::Error> {
        self.newest.state.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        self.newest.changed.notify_all();
        Ok(())
    }
}

impl Handler {
    /// Copies the client area into a frame of ours, in place of one that nobody fetched.
    fn take(&self, picture: &mut Picture) -> Result<(), String> {
        let (left, top, size) = client_part(self.window, Size::new(picture.width(), picture.height()))
            .ok_or("the window has no client area now")?;
        let mut pixels =
            picture.buffer_crop(left, top, left + size.width, top + size.height).map_err(|error| error.to_string())?;
        let pitch = pixels.row_pitch() as usize;
        let row_bytes = size.width as usize * BYTES_PER_PIXEL;
        let mut state = self.newest.state.lock().unwrap_or_else(PoisonError::into_inner);
        let sequence = state.sequence;
        let rows = pixels.as_raw_buffer();
        let opened_at = self.opened_at;
        let filled = state.pool.fill(size, |frame| {
            for (row, source) in frame.pixels.chunks_exact_mut(row_bytes).zip(rows.chunks(pitch)) {
                row.copy_from_slice(source.get(..row_bytes).ok_or("the picture is shorter than it says")?);
            }
            frame.sequence = sequence;
            frame.captured_at = Instant::now();
            frame.timestamp = frame.captured_at.duration_since(opened_at);
            Ok::<_, String>(())
        })?;
        state.sequence += 1;
        state.frame = Some(filled);
        drop(state);
        self.newest.changed.notify_all();
        Ok(())
    }
}

/// Left, top and size of the client area within a picture of the whole window; `None` where there is none.
fn client_part(window: HWND, picture: Size) -> Option<(u32, u32, Size)> {
    let (client, captured) = (client_area(window)?, captured_area(window)?);
    let left = (client.left - captured.left).max(0) as u32;
    let top = (client.top - captured.top).max(0) as u32;
    let width = ((client.right - client.left).max(0) as u32).min(picture.width.checked_sub(left)?);
    let height = ((client.bottom - client.top).max(0) as u32).min(picture.height.checked_sub(top)?);
    (width > 0 && height > 0).then_some((left, top, Size::new(width, height)))
}
