//! Every format that compositors hand over, with padded rows and with a part of the picture that is meant.

use crate::picture::Layout;
use crate::stage::Stage;
use impasto::frame::Size;
use pipewire::spa::param::video::VideoFormat;

const FORMATS: [VideoFormat; 18] = [
    VideoFormat::BGRx,
    VideoFormat::BGRA,
    VideoFormat::RGBx,
    VideoFormat::RGBA,
    VideoFormat::xRGB,
    VideoFormat::ARGB,
    VideoFormat::xBGR,
    VideoFormat::ABGR,
    VideoFormat::BGR,
    VideoFormat::RGB,
    VideoFormat::xRGB_210LE,
    VideoFormat::ARGB_210LE,
    VideoFormat::xBGR_210LE,
    VideoFormat::ABGR_210LE,
    VideoFormat::RGBx_102LE,
    VideoFormat::RGBA_102LE,
    VideoFormat::BGRx_102LE,
    VideoFormat::BGRA_102LE,
];

#[test]
fn every_format_is_taken_with_its_stride_and_its_crop() {
    let first = Layout::plain(Size::new(64, 48));
    let Some(stage) = Stage::start(first) else { return };
    let mut source = stage.open();
    source.picture(first.size, 0);
    for (index, format) in FORMATS.into_iter().enumerate() {
        let seed = index as u8 + 1;
        // Sizes differ, so that each is agreed on anew; 53 pixels of three bytes are no multiple of anything.
        let size = Size::new(53 + index as u32, 37);
        let layout = Layout { size, format, padding: 7 * (index % 3), margin: 5 * (index as u32 % 2) };
        stage.compositor.show(seed);
        stage.compositor.become_like(layout);
        source.picture(size, seed);
    }
}
