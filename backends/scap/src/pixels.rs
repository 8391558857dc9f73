//! Frames as scap hands them over, and how they become packed rows of blue, green, red, unused.

use scap::frame::Frame;

/// Bytes of one of our pixels.
const BYTES_PER_PIXEL: usize = 4;

/// Rows may begin at multiples of these, in bytes. scap hands the whole buffer over and does not tell.
const ALIGNMENTS: [usize; 7] = [4, 8, 16, 32, 64, 128, 256];

/// Where a pixel has its colours: its bytes, and those that hold blue, green and red.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    pixel: usize,
    colors: [usize; 3],
}

/// A frame of scap's, taken apart.
struct Parts<'a> {
    layout: Layout,
    width: usize,
    height: usize,
    memory: &'a [u8],
}

fn parts(frame: &Frame) -> Option<Parts<'_>> {
    let (pixel, colors, width, height, memory) = match frame {
        Frame::BGRx(frame) => (4, [0, 1, 2], frame.width, frame.height, &frame.data),
        Frame::BGRA(frame) => (4, [0, 1, 2], frame.width, frame.height, &frame.data),
        Frame::RGBx(frame) => (4, [2, 1, 0], frame.width, frame.height, &frame.data),
        Frame::XBGR(frame) => (4, [1, 2, 3], frame.width, frame.height, &frame.data),
        Frame::RGB(frame) => (3, [2, 1, 0], frame.width, frame.height, &frame.data),
        Frame::BGR0(frame) => (3, [0, 1, 2], frame.width, frame.height, &frame.data),
        Frame::YUVFrame(_) => return None,
    };
    let layout = Layout { pixel, colors };
    Some(Parts { layout, width: usize::try_from(width).ok()?, height: usize::try_from(height).ok()?, memory })
}

/// Width and height of a frame in pixels; `None` where there is nothing in it, as in those that say "no change" on macOS.
pub fn size(frame: &Frame) -> Option<(u32, u32)> {
    let parts = parts(frame).filter(|parts| parts.width > 0 && parts.height > 0)?;
    Some((parts.width as u32, parts.height as u32))
}

/// Packs a frame's pixels into `packed`; `false` where the frame holds less than it says.
pub fn pack(frame: &Frame, packed: &mut Vec<u8>) -> bool {
    let Some(Parts { layout, width, height, memory }) = parts(frame) else { return false };
    let row_bytes = width * layout.pixel;
    let stride = stride_bytes(row_bytes, height, memory.len());
    if height == 0 || memory.len() < stride * (height - 1) + row_bytes {
        return false;
    }
    packed.resize(width * height * BYTES_PER_PIXEL, 0);
    let rows = packed.chunks_exact_mut(width * BYTES_PER_PIXEL).zip(memory.chunks(stride));
    for (target, row) in rows {
        if layout == (Layout { pixel: BYTES_PER_PIXEL, colors: [0, 1, 2] }) {
            target.copy_from_slice(&row[..row_bytes]);
            continue;
        }
        let [blue, green, red] = layout.colors;
        for (target, pixel) in target.chunks_exact_mut(BYTES_PER_PIXEL).zip(row.chunks_exact(layout.pixel)) {
            target.copy_from_slice(&[pixel[blue], pixel[green], pixel[red], 0]);
        }
    }
    true
}

/// The distance of rows that fills the memory exactly; where none does, as with memory that is rounded up to whole pages,
/// rows are taken to be packed.
fn stride_bytes(row_bytes: usize, height: usize, memory_bytes: usize) -> usize {
    let padded = ALIGNMENTS.map(|alignment| row_bytes.next_multiple_of(alignment));
    padded.into_iter().find(|stride| stride * height == memory_bytes).unwrap_or(row_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scap::frame::{BGRxFrame, RGBFrame, XBGRFrame, YUVFrame};

    fn packed(frame: &Frame) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        pack(frame, &mut bytes).then_some(bytes)
    }

    #[test]
    fn rows_that_are_padded_are_packed() {
        // Two rows of one RGB pixel, each padded to four bytes.
        let rgb = |data: &[u8]| Frame::RGB(RGBFrame { display_time: 0, width: 1, height: 2, data: data.to_vec() });
        let expected = Some(vec![3, 2, 1, 0, 6, 5, 4, 0]);
        assert_eq!(packed(&rgb(&[1, 2, 3, 9, 4, 5, 6, 9])), expected);
        assert_eq!(packed(&rgb(&[1, 2, 3, 4, 5, 6])), expected);
        assert_eq!(packed(&rgb(&[1, 2, 3, 4, 5, 6, 9, 9, 9])), expected, "the memory is longer than the picture");
        assert_eq!(packed(&rgb(&[1, 2, 3, 4, 5])), None);
    }

    #[test]
    fn colours_are_put_in_order() {
        let pixel = |data: [u8; 4]| XBGRFrame { display_time: 0, width: 1, height: 1, data: data.to_vec() };
        assert_eq!(packed(&Frame::XBGR(pixel([9, 1, 2, 3]))), Some(vec![1, 2, 3, 0]));
        let plain = BGRxFrame { display_time: 0, width: 1, height: 1, data: vec![1, 2, 3, 4] };
        assert_eq!(packed(&Frame::BGRx(plain)), Some(vec![1, 2, 3, 4]));
    }

    #[test]
    fn nothing_and_nonsense_have_no_pixels() {
        let empty = BGRxFrame { display_time: 0, width: 0, height: 0, data: vec![] };
        assert_eq!(size(&Frame::BGRx(empty.clone())), None);
        assert_eq!(packed(&Frame::BGRx(BGRxFrame { width: -1, ..empty })), None);
        let film = YUVFrame {
            display_time: 0,
            width: 2,
            height: 2,
            luminance_bytes: vec![0; 4],
            luminance_stride: 2,
            chrominance_bytes: vec![0; 2],
            chrominance_stride: 2,
        };
        assert_eq!(packed(&Frame::YUVFrame(film)), None);
    }
}
