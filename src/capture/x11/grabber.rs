//! Copies pixels from the display server into frames.

use super::display::{Display, DisplayLost, answer};
use super::shared_memory::SharedMemory;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use std::time::Instant;
use x11rb::connection::Connection as _;
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, ImageOrder, Visualtype};

/// All bits of a pixel.
const ALL_PLANES: u32 = u32::MAX;

/// A part of a drawable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub x: i16,
    pub y: i16,
    pub size: Size,
}

/// Grabs pictures: through shared memory where the server has it, else through the connection.
pub struct Grabber {
    memory: Option<SharedMemory>,
    may_share: bool,
}

impl Grabber {
    /// With `may_share`, shared memory is used where the server has it.
    pub fn new(display: &Display, may_share: bool) -> Result<Self, DisplayLost> {
        Ok(Self { memory: None, may_share: may_share && SharedMemory::is_offered(display)? })
    }

    /// Copies a region of a pixmap or window into the frame, which has the region's size. `false` where the server
    /// refused, as it does for a window that is not viewable.
    pub fn grab(
        &mut self,
        display: &Display,
        drawable: u32,
        region: Region,
        frame: &mut Frame,
    ) -> Result<bool, DisplayLost> {
        frame.captured_at = Instant::now();
        if self.may_share {
            if self.grab_shared(display, drawable, region, &mut frame.pixels)? {
                return Ok(true);
            }
            if self.memory.is_none() {
                tracing::debug!("the display shares no memory: pictures come through the connection");
                self.may_share = false;
            }
        }
        let Region { x, y, size } = region;
        let (width, height) = (size.width as u16, size.height as u16);
        let request = display.connection.get_image(ImageFormat::Z_PIXMAP, drawable, x, y, width, height, ALL_PLANES)?;
        Ok(answer(request.reply())?.is_some_and(|image| copy(&image.data, &mut frame.pixels)))
    }

    fn grab_shared(
        &mut self,
        display: &Display,
        drawable: u32,
        region: Region,
        pixels: &mut [u8],
    ) -> Result<bool, DisplayLost> {
        let needed = pixels.len();
        let memory = match self.memory.take() {
            Some(memory) if memory.len() >= needed => memory,
            smaller => {
                if let Some(smaller) = smaller {
                    smaller.detach(display)?;
                }
                let Some(memory) = SharedMemory::attach(display, needed)? else { return Ok(false) };
                memory
            }
        };
        let memory = self.memory.insert(memory);
        let Region { x, y, size } = region;
        let (width, height) = (size.width as u16, size.height as u16);
        let format = u8::from(ImageFormat::Z_PIXMAP);
        let request =
            display.connection.shm_get_image(drawable, x, y, width, height, ALL_PLANES, format, memory.segment, 0)?;
        Ok(answer(request.reply())?.is_some() && copy(memory.bytes(needed), pixels))
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> bool {
    from.get(..to.len()).map(|from| to.copy_from_slice(from)).is_some()
}

/// Why pixels of this depth and visual are not in the order that frames have; `None` where they are.
pub fn unsupported_pixels(display: &Display, depth: u8, visual: u32) -> Option<String> {
    let setup = display.connection.setup();
    let bits = setup.pixmap_formats.iter().find(|format| format.depth == depth).map(|format| format.bits_per_pixel);
    if !matches!(depth, 24 | 32) || bits.map(usize::from) != Some(BYTES_PER_PIXEL * 8) {
        return Some(format!("its pixels have a depth of {depth} bits, and only 24 and 32 can be read"));
    }
    let is_blue_first = |visual: &Visualtype| {
        (visual.red_mask, visual.green_mask, visual.blue_mask) == (0x00ff_0000, 0x0000_ff00, 0x0000_00ff)
    };
    let mut visuals = setup.roots.iter().flat_map(|screen| &screen.allowed_depths).flat_map(|depth| &depth.visuals);
    let is_usual = visuals.find(|candidate| candidate.visual_id == visual).is_some_and(is_blue_first);
    (setup.image_byte_order != ImageOrder::LSB_FIRST || !is_usual)
        .then(|| "its pixels are not in the order blue, green, red".to_owned())
}
