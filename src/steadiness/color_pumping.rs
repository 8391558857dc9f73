//! How much the colours of the whole painting change when something bright enters at one side.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// How far the mean colour of the painting's far side moves, as the length of the change of red, green and blue (each
/// `0..=1`), when a white object enters at the left: an eighth of the picture, a quarter wide and half high. What is
/// looked at are the right three eighths of the picture, far beyond what strokes could reach. For the video itself it
/// is 0, and for every network without statistics of the whole frame it is near 0. Instance normalization
/// (Ulyanov et al. 2016) takes such statistics while it paints, so that a flash or a menu shifts all colours.
///
/// # Errors
/// Whatever `paint` returns.
pub fn color_pumping<E>(
    frame: &Frame,
    painting: &Frame,
    mut paint: impl FnMut(&Frame) -> Result<Frame, E>,
) -> Result<f64, E> {
    let (calm, lit) = (far_color(painting), far_color(&paint(&with_bright_object(frame))?));
    Ok(calm.iter().zip(lit).map(|(calm, lit)| (calm - lit).powi(2)).sum::<f64>().sqrt())
}

fn with_bright_object(frame: &Frame) -> Frame {
    let mut lit = frame.clone();
    let Size { width, height } = frame.size;
    for row in rows(&mut lit).take((height * 3 / 4) as usize).skip((height / 4) as usize) {
        for pixel in row.chunks_exact_mut(BYTES_PER_PIXEL).take((width / 4) as usize) {
            pixel[..3].fill(255);
        }
    }
    lit
}

fn rows(frame: &mut Frame) -> impl Iterator<Item = &mut [u8]> {
    let stride = (frame.size.width as usize * BYTES_PER_PIXEL).max(1);
    frame.pixels.chunks_exact_mut(stride)
}

/// The mean colour of the right three eighths, `0..=1` per channel.
fn far_color(frame: &Frame) -> [f64; 3] {
    let width = frame.size.width as usize;
    let first = width * 5 / 8;
    let (mut sums, mut count) = ([0u64; 3], 0u64);
    for row in frame.pixels.chunks_exact((width * BYTES_PER_PIXEL).max(1)) {
        for pixel in row[first * BYTES_PER_PIXEL..].chunks_exact(BYTES_PER_PIXEL) {
            sums.iter_mut().zip(pixel).for_each(|(sum, &byte)| *sum += u64::from(byte));
            count += 1;
        }
    }
    sums.map(|sum| sum as f64 / 255.0 / count.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn pumping(style: impl Fn(&Frame) -> Frame) -> f64 {
        let mut frame = Frame::new(Size::new(32, 16));
        frame.pixels.fill(51);
        let painting = style(&frame);
        color_pumping(&frame, &painting, |frame| Ok::<_, Infallible>(style(frame))).unwrap()
    }

    #[test]
    fn a_style_of_single_pixels_does_not_pump() {
        let inverted = |frame: &Frame| {
            let mut painting = frame.clone();
            painting.pixels.iter_mut().for_each(|byte| *byte = 255 - *byte);
            painting
        };
        assert_eq!(pumping(inverted), 0.0);
    }

    #[test]
    fn a_style_that_follows_the_mean_of_the_frame_pumps() {
        let to_mean = |frame: &Frame| {
            let mean =
                frame.pixels.chunks_exact(4).map(|pixel| u32::from(pixel[0])).sum::<u32>() / frame.size.area() as u32;
            let mut painting = frame.clone();
            painting.pixels.fill(mean as u8);
            painting
        };
        // An eighth of the picture rises by 204 levels: the mean, by 25, in three channels.
        let expected = 25.0 / 255.0 * 3.0f64.sqrt();
        assert!((pumping(to_mean) - expected).abs() < 0.01, "{}", pumping(to_mean));
    }
}
