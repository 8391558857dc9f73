//! How much a painting changes when its frame moves by a few pixels and the painting is moved back.

use super::difference::mean_difference;
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// At the edges a shifted frame shows other things, and networks paint borders of their own: so many pixels beside the
/// shift itself are left out, or a quarter of a smaller side.
const BORDER_PX: usize = 16;

/// The mean absolute change of the painting, `0..=1`, when the frame is shifted by `shift_px` whole pixels and the
/// painting is shifted back: strokes should follow what they are painted on. The mean over a shift to the right and one
/// downwards. For the video itself it is 0.
///
/// # Errors
/// Whatever `paint` returns.
pub fn shift_response<E>(
    frame: &Frame,
    painting: &Frame,
    shift_px: usize,
    mut paint: impl FnMut(&Frame) -> Result<Frame, E>,
) -> Result<f64, E> {
    let shortest = frame.size.width.min(frame.size.height) as usize;
    let margin = shift_px + BORDER_PX.min(shortest / 4);
    let mut sum = 0.0;
    for moved in [[shift_px, 0], [0, shift_px]] {
        sum += mean_difference(painting, &paint(&shifted(frame, moved))?, moved, margin);
    }
    Ok(sum / 2.0)
}

/// The frame moved to the right and downwards; what comes in repeats the pixels at the edge.
fn shifted(frame: &Frame, [right, down]: [usize; 2]) -> Frame {
    let mut moved = frame.clone();
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    for y in 0..height {
        for x in 0..width {
            let from = (y.saturating_sub(down) * width + x.saturating_sub(right)) * BYTES_PER_PIXEL;
            let to = (y * width + x) * BYTES_PER_PIXEL;
            moved.pixels[to..to + BYTES_PER_PIXEL].copy_from_slice(&frame.pixels[from..from + BYTES_PER_PIXEL]);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use std::convert::Infallible;

    fn noise_picture() -> Frame {
        let mut frame = Frame::new(Size::new(40, 36));
        for (index, byte) in frame.pixels.iter_mut().enumerate() {
            *byte = ((index * 7919) % 251) as u8;
        }
        frame
    }

    fn response(shift_px: usize, style: impl Fn(&Frame) -> Frame) -> f64 {
        let frame = noise_picture();
        let painting = style(&frame);
        shift_response(&frame, &painting, shift_px, |frame| Ok::<_, Infallible>(style(frame))).unwrap()
    }

    /// Lays a pattern over the frame that stays on the screen, as a canvas texture does, or the tiling of a network
    /// that works in blocks.
    fn with_pattern(frame: &Frame, period: usize) -> Frame {
        let mut painting = frame.clone();
        let width = frame.size.width as usize;
        for (index, pixel) in painting.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let is_lit = (index % width).is_multiple_of(period) && (index / width).is_multiple_of(period);
            pixel[..3].iter_mut().for_each(|byte| *byte = if is_lit { 255 } else { *byte / 2 });
        }
        painting
    }

    #[test]
    fn what_follows_the_frame_gives_nothing() {
        for shift_px in [1, 2, 4] {
            assert_eq!(response(shift_px, Frame::clone), 0.0);
        }
    }

    #[test]
    fn what_sticks_to_the_screen_counts_unless_it_repeats_with_the_shift() {
        let sticky = |frame: &Frame| with_pattern(frame, 4);
        assert!(response(1, sticky) > 0.05 && response(2, sticky) > 0.05);
        assert_eq!(response(4, sticky), 0.0, "blocks of 4 cannot see a shift by 4");
    }

    #[test]
    fn tiny_pictures_are_answered_too() {
        let frame = Frame::new(Size::new(3, 2));
        assert_eq!(shift_response(&frame, &frame, 4, |frame| Ok::<_, Infallible>(frame.clone())), Ok(0.0));
    }
}
