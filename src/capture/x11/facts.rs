//! Reads where a window is and what the window manager says of it, in one round trip.

use super::display::{Display, DisplayLost, answer};
use super::grabber::Region;
use crate::frame::Size;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply, MapState, WindowClass};

/// ICCCM 4.1.3.1: the value of `WM_STATE` for a window that is shown as an icon.
const ICONIC_STATE: u32 = 3;

/// EWMH: the value of `_NET_WM_DESKTOP` for a window on all workspaces.
const ALL_DESKTOPS: u32 = u32::MAX;

/// Names, in lower case, of window managers that keep the windows of other workspaces mapped, so that only
/// `_NET_WM_DESKTOP` tells that they are not shown. With others a mapped window is shown, even where another workspace
/// is the current one: tiling window managers show one workspace on each monitor.
const KEEPING_WINDOW_MANAGERS: [&str; 7] = ["mutter", "muffin", "gnome shell", "kwin", "marco", "metacity", "gala"];

/// Properties are read up to this many 32-bit words; longer ones are cut.
pub const LONGEST_PROPERTY_WORDS: u32 = 16 * 1024;

/// How much of a window is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Visible,
    Minimized,
    Shaded,
    /// On another workspace, or unmapped.
    Hidden,
}

/// The facts of one window at one instant.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Left upper corner of the client area on the screen.
    pub x: i32,
    pub y: i32,
    pub size: Size,
    pub border: u32,
    pub shown: Shown,
    /// An InputOnly window has no picture.
    pub has_picture: bool,
    pub depth: u8,
    pub visual: u32,
    pub is_fullscreen: bool,
    pub is_active: bool,
    screen: Size,
}

impl Facts {
    /// The part of the client area that is on the screen, in the window's own coordinates.
    pub fn on_screen(&self) -> Option<Region> {
        let span = |start: i32, length: u32, limit: u32| {
            let first = (-start).max(0);
            let end = (limit as i32 - start).min(length as i32);
            (end > first).then_some((first as i16, (end - first) as u32))
        };
        let (x, width) = span(self.x, self.size.width, self.screen.width)?;
        let (y, height) = span(self.y, self.size.height, self.screen.height)?;
        Some(Region { x, y, size: Size::new(width, height) })
    }

    /// Reads the facts; `None` where the window does not exist.
    pub fn read(display: &Display, window: u32) -> Result<Option<Self>, DisplayLost> {
        let (connection, atoms, root) = (&display.connection, &display.atoms, display.root);
        let property =
            |window, name, kind: u32| connection.get_property(false, window, name, kind, 0, LONGEST_PROPERTY_WORDS);
        let cardinal = u32::from(AtomEnum::CARDINAL);
        // All requests leave before the first reply is awaited.
        let attributes = connection.get_window_attributes(window)?;
        let geometry = connection.get_geometry(window)?;
        let origin = connection.translate_coordinates(window, root, 0, 0)?;
        let states = property(window, atoms._NET_WM_STATE, AtomEnum::ATOM.into())?;
        let wm_state = property(window, atoms.WM_STATE, atoms.WM_STATE)?;
        let desktop = property(window, atoms._NET_WM_DESKTOP, cardinal)?;
        let current_desktop = property(root, atoms._NET_CURRENT_DESKTOP, cardinal)?;
        let active = property(root, atoms._NET_ACTIVE_WINDOW, AtomEnum::WINDOW.into())?;
        let focus = connection.get_input_focus()?;
        let root_geometry = connection.get_geometry(root)?;

        let attributes = answer(attributes.reply())?;
        let geometry = answer(geometry.reply())?;
        let origin = answer(origin.reply())?;
        let states = words(answer(states.reply())?);
        let wm_state = words(answer(wm_state.reply())?).first().copied();
        let desktop = words(answer(desktop.reply())?).first().copied();
        let current_desktop = words(answer(current_desktop.reply())?).first().copied();
        let active = words(answer(active.reply())?).first().copied();
        let focus = answer(focus.reply())?.map(|reply| reply.focus);
        let root_geometry = answer(root_geometry.reply())?;
        let (Some(attributes), Some(geometry), Some(origin)) = (attributes, geometry, origin) else {
            return Ok(None);
        };

        let is_viewable = attributes.map_state == MapState::VIEWABLE;
        let is_elsewhere = match (desktop, current_desktop) {
            (Some(desktop), Some(current)) => desktop != ALL_DESKTOPS && desktop != current,
            _ => false,
        };
        // Some window managers say Iconic of windows on other workspaces and of shaded ones, so that it is asked last.
        // Others keep what they do not show mapped, so that being viewable is not enough.
        let shown = if states.contains(&atoms._NET_WM_STATE_HIDDEN) && !states.contains(&atoms._NET_WM_STATE_SHADED) {
            Shown::Minimized
        } else if is_elsewhere && (!is_viewable || keeps_workspaces_mapped(display)?) {
            Shown::Hidden
        } else if states.contains(&atoms._NET_WM_STATE_SHADED) {
            Shown::Shaded
        } else if is_viewable {
            Shown::Visible
        } else if wm_state == Some(ICONIC_STATE) {
            Shown::Minimized
        } else {
            Shown::Hidden
        };
        let size = Size::new(geometry.width.into(), geometry.height.into());
        let (x, y) = (i32::from(origin.dst_x), i32::from(origin.dst_y));
        let screen = root_geometry.map_or(size, |root| Size::new(root.width.into(), root.height.into()));
        let covers_screen = x <= 0
            && y <= 0
            && x + i32::from(geometry.width) >= screen.width as i32
            && y + i32::from(geometry.height) >= screen.height as i32;
        Ok(Some(Self {
            x,
            y,
            size,
            border: geometry.border_width.into(),
            shown,
            has_picture: attributes.class == WindowClass::INPUT_OUTPUT,
            depth: geometry.depth,
            visual: attributes.visual,
            is_fullscreen: states.contains(&atoms._NET_WM_STATE_FULLSCREEN) || covers_screen,
            is_active: active.or(focus) == Some(window),
            screen,
        }))
    }
}

/// Whether the window manager is one that leaves windows of other workspaces mapped.
fn keeps_workspaces_mapped(display: &Display) -> Result<bool, DisplayLost> {
    let (connection, atoms) = (&display.connection, &display.atoms);
    let read =
        |window, name, kind: AtomEnum| connection.get_property(false, window, name, kind, 0, LONGEST_PROPERTY_WORDS);
    let check = read(display.root, atoms._NET_SUPPORTING_WM_CHECK, AtomEnum::WINDOW)?;
    let Some(manager) = words(answer(check.reply())?).first().copied() else { return Ok(false) };
    let name = answer(read(manager, atoms._NET_WM_NAME, AtomEnum::ANY)?.reply())?;
    let name = name.map(|name| String::from_utf8_lossy(&name.value).to_lowercase()).unwrap_or_default();
    Ok(KEEPING_WINDOW_MANAGERS.iter().any(|keeping| name.contains(keeping)))
}

/// The 32-bit values of a property; empty where it is missing or of another format.
pub fn words(reply: Option<GetPropertyReply>) -> Vec<u32> {
    reply.and_then(|reply| reply.value32().map(Iterator::collect)).unwrap_or_default()
}
