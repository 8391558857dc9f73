//! Finds the windows of a display, with and without a window manager.

use super::display::{Display, DisplayLost, answer};
use super::facts::{LONGEST_PROPERTY_WORDS, words};
use super::properties::Described;
use super::source::X11WindowSource;
use crate::capture::window::{Pattern, match_text};
use crate::capture::{CaptureError, Captured, FrameSource as _, WindowInfo};
use crate::frame::{Frame, Size, resize_bilinear};
use std::time::{Duration, Instant};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState};

/// How deep below a child of the root an application's window may lie: window managers put one to three frames around
/// it.
const DEEPEST_CLIENT: usize = 6;

/// How long a thumbnail may take: a window that is covered first has to draw what nobody saw before.
const THUMBNAIL_TIME: Duration = Duration::from_millis(120);

/// No change for so long means that a window has drawn itself.
const QUIET_TIME: Duration = Duration::from_millis(40);

/// Windows that can be captured, in the window manager's order; our own are left out. `display` is a name such as `:0`;
/// `None` means the display that `DISPLAY` names.
///
/// # Errors
/// There is no display, or it cannot be reached.
pub fn list_windows_on(display: Option<&str>) -> Result<Vec<WindowInfo>, CaptureError> {
    let display = Display::open(display)?;
    Ok(list(&display)?)
}

/// The one window that `pattern` means: an id (decimal or 0x hexadecimal), or a case-insensitive part of a title or
/// application.
///
/// # Errors
/// The display cannot be reached; no window matches, or several do: the error lists the candidates.
pub fn find_window_on(display: Option<&str>, pattern: &str) -> Result<WindowInfo, CaptureError> {
    let display = Display::open(display)?;
    match Pattern::parse(pattern) {
        Pattern::Text(text) => match_text(list(&display)?, text),
        Pattern::Id(id) => {
            if let Some(described) = Described::read(&display, id)? {
                return Ok(described.info);
            }
            // A title may be a number, such as that of the game 2048.
            match match_text(list(&display)?, pattern.trim()) {
                Err(CaptureError::NoWindowMatches { candidates, .. }) => {
                    Err(CaptureError::NoWindowWithId { id, candidates })
                }
                other => other,
            }
        }
    }
}

/// A small picture of a window, at most `height` pixels high; `None` where it has none now. Takes up to 0.2 s.
///
/// # Errors
/// There is no display, or it cannot be reached.
pub fn window_thumbnail_on(display: Option<&str>, id: u32, height: u32) -> Result<Option<Frame>, CaptureError> {
    let mut source = match X11WindowSource::open_on(display, id) {
        Ok(source) => source,
        Err(CaptureError::WindowGone { .. } | CaptureError::NotCapturable { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let started = Instant::now();
    let mut picture = None;
    while started.elapsed() < THUMBNAIL_TIME {
        match source.poll(QUIET_TIME) {
            Captured::Frame(frame) => picture = Some(frame),
            Captured::Unchanged if picture.is_none() => {}
            _ => break,
        }
    }
    Ok(picture.map(|picture| {
        let size = if picture.size.height > height { picture.size.with_height(height) } else { picture.size };
        let mut small = Frame::new(Size::new(size.width.max(1), size.height.max(1)));
        resize_bilinear(&picture, &mut small);
        small.stamp_like(&picture);
        small
    }))
}

fn list(display: &Display) -> Result<Vec<WindowInfo>, DisplayLost> {
    let managed = managed_windows(display)?;
    let windows = describe(display, &managed)?;
    if !windows.is_empty() || !managed.is_empty() {
        return Ok(windows);
    }
    describe(display, &windows_of_tree(display)?)
}

fn describe(display: &Display, ids: &[u32]) -> Result<Vec<WindowInfo>, DisplayLost> {
    let mut windows = Vec::with_capacity(ids.len());
    for &id in ids {
        // A window may close while the list is made.
        let Some(described) = Described::read(display, id)? else { continue };
        if described.has_picture && !described.is_ours && !described.is_furniture {
            windows.push(described.info);
        }
    }
    Ok(windows)
}

/// The windows that the window manager lists; none where there is no window manager.
fn managed_windows(display: &Display) -> Result<Vec<u32>, DisplayLost> {
    if !has_window_manager(display)? {
        return Ok(Vec::new());
    }
    property_words(display, display.root, display.atoms._NET_CLIENT_LIST, AtomEnum::WINDOW.into())
}

/// Whether a window manager runs: what one that has ended listed stays on the root window, so that its own window is
/// looked for (EWMH, `_NET_SUPPORTING_WM_CHECK`).
fn has_window_manager(display: &Display) -> Result<bool, DisplayLost> {
    let check = |window| {
        property_words(display, window, display.atoms._NET_SUPPORTING_WM_CHECK, AtomEnum::WINDOW.into())
            .map(|words| words.first().copied())
    };
    Ok(match check(display.root)? {
        Some(window) => check(window)? == Some(window),
        None => false,
    })
}

fn property_words(display: &Display, window: u32, name: u32, kind: u32) -> Result<Vec<u32>, DisplayLost> {
    let request = display.connection.get_property(false, window, name, kind, 0, LONGEST_PROPERTY_WORDS)?;
    Ok(words(answer(request.reply())?))
}

/// The windows of applications without a window manager's list: under each child of the root those that carry
/// `WM_STATE`, else the child itself where it is mapped and more than a pixel wide and high.
fn windows_of_tree(display: &Display) -> Result<Vec<u32>, DisplayLost> {
    let mut found = Vec::new();
    for child in children(display, display.root)? {
        let before = found.len();
        find_clients(display, child, DEEPEST_CLIENT, &mut found)?;
        if found.len() == before && is_drawn(display, child)? {
            found.push(child);
        }
    }
    Ok(found)
}

fn find_clients(display: &Display, window: u32, depth: usize, found: &mut Vec<u32>) -> Result<(), DisplayLost> {
    let wm_state = display.atoms.WM_STATE;
    if !property_words(display, window, wm_state, wm_state)?.is_empty() {
        found.push(window);
    } else if depth > 0 {
        for child in children(display, window)? {
            find_clients(display, child, depth - 1, found)?;
        }
    }
    Ok(())
}

fn children(display: &Display, window: u32) -> Result<Vec<u32>, DisplayLost> {
    let tree = answer(display.connection.query_tree(window)?.reply())?;
    Ok(tree.map(|tree| tree.children).unwrap_or_default())
}

fn is_drawn(display: &Display, window: u32) -> Result<bool, DisplayLost> {
    let attributes = answer(display.connection.get_window_attributes(window)?.reply())?;
    let geometry = answer(display.connection.get_geometry(window)?.reply())?;
    Ok(attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
        && geometry.is_some_and(|geometry| geometry.width > 1 && geometry.height > 1))
}
