//! What is known of a window: who it belongs to, where it is, and how to find it by a pattern.

use super::CaptureError;
use crate::frame::Size;
use std::fmt;

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

/// Where a window is on the screen, as far as an overlay must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Left edge of the client area in pixels from the left edge of the screen; may be negative.
    pub x: i32,
    /// Upper edge of the client area in pixels from the upper edge of the screen; may be negative.
    pub y: i32,
    /// Client area in pixels.
    pub size: Size,
    pub visibility: Visibility,
    /// The top-level window that holds the client area: the window manager's frame, else the window itself. Stacking
    /// refers to this one.
    pub frame_window: u32,
    /// Whether the window is in the full-screen state, or covers the whole screen.
    pub is_fullscreen: bool,
    /// Whether the window has the input focus.
    pub is_active: bool,
}

/// Whether an overlay over a window would cover the window's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Mapped on this workspace; other windows may cover it.
    Visible,
    Minimized,
    /// On another workspace, shaded, or unmapped.
    Hidden,
    /// The window exists no more.
    Closed,
}

/// Lists an id, the application, the title and the size, for people.
impl fmt::Display for WindowInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_unknown = |text: &str| if text.is_empty() { "(unknown)".to_owned() } else { text.to_owned() };
        let title = if self.title.is_empty() { "(no title)".to_owned() } else { format!("\"{}\"", self.title) };
        write!(f, "0x{:08x}  {}  {title}  {}", self.id, or_unknown(&self.application), self.size)
    }
}

/// What a pattern asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern<'a> {
    /// An id, written in decimal or as 0x hexadecimal.
    Id(u32),
    /// A part of a title or application.
    Text(&'a str),
}

impl<'a> Pattern<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let id = hexadecimal.map_or_else(|| text.parse(), |digits| u32::from_str_radix(digits, 16));
        id.map_or(Self::Text(text), Self::Id)
    }
}

/// The one window whose title or application contains `text`, in any case.
///
/// # Errors
/// None or several match.
pub(super) fn match_text(windows: Vec<WindowInfo>, text: &str) -> Result<WindowInfo, CaptureError> {
    let wanted = text.to_lowercase();
    let is_match = |window: &WindowInfo| {
        window.title.to_lowercase().contains(&wanted) || window.application.to_lowercase().contains(&wanted)
    };
    let (mut found, others): (Vec<_>, Vec<_>) = windows.into_iter().partition(is_match);
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(CaptureError::NoWindowMatches { pattern: text.to_owned(), candidates: Candidates(others) }),
        _ => Err(CaptureError::SeveralWindowsMatch { pattern: text.to_owned(), candidates: Candidates(found) }),
    }
}

/// The one window that `pattern` means among these: an id, or a part of a title or application.
///
/// # Errors
/// None or several match.
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "an X server is asked for ids that it does not list"))]
pub(super) fn find_in(windows: Vec<WindowInfo>, pattern: &str) -> Result<WindowInfo, CaptureError> {
    match Pattern::parse(pattern) {
        Pattern::Text(text) => match_text(windows, text),
        Pattern::Id(id) => match windows.iter().position(|window| window.id == id) {
            Some(index) => Ok(windows[index].clone()),
            // A title may be a number, such as that of the game 2048.
            None => match_text(windows, pattern.trim()).map_err(|error| match error {
                CaptureError::NoWindowMatches { candidates, .. } => CaptureError::NoWindowWithId { id, candidates },
                other => other,
            }),
        },
    }
}

/// Windows among which a person may choose; shown one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates(pub Vec<WindowInfo>);

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("\n  (there is no window at all)");
        }
        self.0.iter().try_for_each(|window| write!(f, "\n  {window}"))
    }
}
