//! Where a window's picture is kept by the display server, and copying it into frames.

use super::display::{Display, DisplayLost, answer};
use super::facts::Facts;
use super::grabber::{Grabber, Region};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::composite::{self, ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ConfigureNotifyEvent, ConnectionExt as _};

/// The version that the protocol asks a client to name; named pixmaps came with Composite 0.2.
const COMPOSITE_VERSION: (u32, u32) = (0, 4);

/// The picture of one window.
///
/// With Composite, the server keeps the whole picture in a pixmap, also what is covered or off the screen. Without,
/// only the screen can be read: other windows show where they cover this one, and what is off the screen is black.
pub struct WindowPicture {
    window: u32,
    grabber: Grabber,
    has_composite: bool,
    pixmap: Option<Pixmap>,
    /// Holds the part that is on the screen, where Composite lacks.
    part: Frame,
}

/// The window's pixmap: the server gives the window another one when it is resized or mapped, and then this one stands
/// still.
#[derive(Debug, Clone, Copy)]
struct Pixmap {
    id: u32,
    size: Size,
    border: u32,
}

impl WindowPicture {
    pub fn new(display: &Display, window: u32, may_share: bool) -> Result<Self, DisplayLost> {
        let has_composite = redirect(display, window)?;
        if !has_composite {
            tracing::warn!("the display has no Composite: windows that cover the captured one will show");
        }
        Ok(Self {
            window,
            grabber: Grabber::new(display, may_share)?,
            has_composite,
            pixmap: None,
            part: Frame::new(Size::new(1, 1)),
        })
    }

    /// The window was unmapped, mapped or reparented: its pixmap is another one.
    pub fn forget_pixmap(&mut self, display: &Display) -> Result<(), DisplayLost> {
        if let Some(pixmap) = self.pixmap.take() {
            display.connection.free_pixmap(pixmap.id)?.ignore_error();
        }
        Ok(())
    }

    /// The window was moved or resized; returns whether its pixmap is another one.
    pub fn note_configured(&mut self, display: &Display, event: &ConfigureNotifyEvent) -> Result<bool, DisplayLost> {
        let size = Size::new(event.width.into(), event.height.into());
        let border = u32::from(event.border_width);
        let is_other = self.pixmap.is_some_and(|pixmap| (pixmap.size, pixmap.border) != (size, border));
        if is_other {
            self.forget_pixmap(display)?;
        }
        Ok(is_other)
    }

    /// The size of the picture that [`WindowPicture::copy`] would give; `None` where there is none now.
    pub fn size(&mut self, display: &Display, facts: &Facts) -> Result<Option<Size>, DisplayLost> {
        if !self.has_composite {
            return Ok(Some(facts.size));
        }
        if self.pixmap.is_none() {
            self.pixmap = name_pixmap(display, self.window, facts.border)?;
        }
        Ok(self.pixmap.map(|pixmap| pixmap.size))
    }

    /// Copies the picture into a frame of that size; `false` where the server refused.
    pub fn copy(&mut self, display: &Display, facts: &Facts, frame: &mut Frame) -> Result<bool, DisplayLost> {
        if let Some(pixmap) = self.pixmap {
            let inset = pixmap.border as i16;
            let region = Region { x: inset, y: inset, size: frame.size };
            return self.grabber.grab(display, pixmap.id, region, frame);
        }
        let Some(visible) = facts.on_screen() else { return Ok(false) };
        if visible.size == frame.size {
            return self.grabber.grab(display, self.window, visible, frame);
        }
        self.part.reshape(visible.size);
        let is_grabbed = self.grabber.grab(display, self.window, visible, &mut self.part)?;
        if is_grabbed {
            frame.captured_at = self.part.captured_at;
            place(&self.part, visible, frame);
        }
        Ok(is_grabbed)
    }
}

/// Puts the visible part into its place in the window, on black.
fn place(part: &Frame, region: Region, frame: &mut Frame) {
    frame.pixels.fill(0);
    let (left, top) = (region.x as usize * BYTES_PER_PIXEL, region.y as usize);
    let stride = frame.size.width as usize * BYTES_PER_PIXEL;
    let part_stride = part.size.width as usize * BYTES_PER_PIXEL;
    let rows = frame.pixels.chunks_exact_mut(stride).skip(top);
    for (row, source) in rows.zip(part.pixels.chunks_exact(part_stride)) {
        row[left..left + part_stride].copy_from_slice(source);
    }
}

/// Makes the server keep the whole picture of the window; `false` where it cannot.
fn redirect(display: &Display, window: u32) -> Result<bool, DisplayLost> {
    let connection = &display.connection;
    if connection.extension_information(composite::X11_EXTENSION_NAME)?.is_none() {
        return Ok(false);
    }
    let (major, minor) = COMPOSITE_VERSION;
    let version = answer(connection.composite_query_version(major, minor)?.reply())?;
    if version.is_none_or(|version| (version.major_version, version.minor_version) < (0, 2)) {
        return Ok(false);
    }
    // Automatic: the server goes on to show the window as before. It ends with our connection.
    let redirected = connection.composite_redirect_window(window, Redirect::AUTOMATIC)?.check();
    Ok(answer(redirected)?.is_some())
}

/// Gives the window's present pixmap a name, and asks the pixmap itself for its size, which cannot change any more.
fn name_pixmap(display: &Display, window: u32, border: u32) -> Result<Option<Pixmap>, DisplayLost> {
    let connection = &display.connection;
    let id = display.new_id()?;
    let named = connection.composite_name_window_pixmap(window, id)?;
    let geometry = connection.get_geometry(id)?;
    let (named, geometry) = (answer(named.check())?, answer(geometry.reply())?);
    let Some(geometry) = geometry.filter(|_| named.is_some()) else { return Ok(None) };
    let inside = |side: u16| u32::from(side).saturating_sub(2 * border).max(1);
    Ok(Some(Pixmap { id, size: Size::new(inside(geometry.width), inside(geometry.height)), border }))
}
