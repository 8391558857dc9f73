//! The warping error: what changed although nothing but the motion should have.

use super::Flow;
use crate::frame::{BYTES_PER_PIXEL, Frame};

/// The warping error of two successive pictures, `E_warp` of Lai et al. 2018, "Learning blind video temporal
/// consistency":
///
/// ```text
/// E_warp = 1 / ΣM · Σ M · ‖now − warp(before)‖²
/// ```
///
/// with pixel values `0..=1`, `M` = 1 where the flow of the *unpainted* video sees the pixel's point in the earlier
/// picture, and the mean taken over pixels and colour channels, as the code published with the paper takes it. `None`
/// where nothing is seen in both (a hard cut).
///
/// The square makes it grow with contrast, and a blurred or pale painting has less of it: tell it beside the value of
/// the video itself.
pub fn warping_error(before: &Frame, now: &Frame, flow: &Flow) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0usize);
    for squared in squared_changes(before, now, flow).flatten() {
        sum += f64::from(squared);
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

/// The warping error of each pixel as a picture, for people: black where nothing changed or nothing is known, through
/// red and yellow to white where the root mean square over the channels reaches `white_at`.
pub fn warping_error_map(before: &Frame, now: &Frame, flow: &Flow, white_at: f32) -> Frame {
    let mut map = Frame::new(now.size);
    for (pixel, squared) in map.pixels.chunks_exact_mut(BYTES_PER_PIXEL).zip(squared_changes(before, now, flow)) {
        let heat = 3.0 * squared.unwrap_or(0.0).sqrt() / white_at;
        let channel = |from: f32| ((heat - from).clamp(0.0, 1.0) * 255.0) as u8;
        pixel.copy_from_slice(&[channel(2.0), channel(1.0), channel(0.0), 255]);
    }
    map
}

/// The mean over the channels of the squared change of each pixel, in order; `None` where it is occluded.
fn squared_changes<'a>(before: &'a Frame, now: &'a Frame, flow: &'a Flow) -> impl Iterator<Item = Option<f32>> + 'a {
    let width = now.size.width.max(1) as usize;
    let pixels = now.pixels.chunks_exact(BYTES_PER_PIXEL);
    pixels.zip(flow.vectors.iter().zip(&flow.is_occluded)).enumerate().map(
        move |(index, (pixel, (vector, &is_occluded)))| {
            if is_occluded {
                return None;
            }
            let warped = sample(before, (index % width) as f32 + vector[0], (index / width) as f32 + vector[1]);
            let squares = warped.iter().zip(pixel).map(|(warped, &byte)| {
                let change = (warped - f32::from(byte)) / 255.0;
                change * change
            });
            Some(squares.sum::<f32>() / 3.0)
        },
    )
}

/// The bilinear sample of a frame, in pixels from the middle of the first one; blue, green, red, `0..=255`. Beyond the
/// edge stands the pixel at the edge.
fn sample(frame: &Frame, x: f32, y: f32) -> [f32; 3] {
    let (last_column, last_row) = (frame.size.width as usize - 1, frame.size.height as usize - 1);
    let (x, y) = (x.clamp(0.0, last_column as f32), y.clamp(0.0, last_row as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(last_column), (top + 1).min(last_row));
    let (share_x, share_y) = (x - left as f32, y - top as f32);
    let pixel = |column: usize, row: usize| {
        let start = (row * frame.size.width as usize + column) * BYTES_PER_PIXEL;
        &frame.pixels[start..start + 3]
    };
    let (upper_left, upper_right) = (pixel(left, top), pixel(right, top));
    let (lower_left, lower_right) = (pixel(left, bottom), pixel(right, bottom));
    let mix = |a: f32, b: f32, share: f32| a + (b - a) * share;
    std::array::from_fn(|channel| {
        let value = |pixel: &[u8]| f32::from(pixel[channel]);
        let upper = mix(value(upper_left), value(upper_right), share_x);
        let lower = mix(value(lower_left), value(lower_right), share_x);
        mix(upper, lower, share_y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    /// A row of grey pixels.
    fn row(values: &[u8]) -> Frame {
        let mut frame = Frame::new(Size::new(values.len() as u32, 1));
        for (pixel, &value) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).zip(values) {
            pixel.copy_from_slice(&[value, value, value, 0]);
        }
        frame
    }

    fn flow(x: f32, is_occluded: &[bool]) -> Flow {
        let size = Size::new(is_occluded.len() as u32, 1);
        Flow { size, vectors: vec![[x, 0.0]; is_occluded.len()], is_occluded: is_occluded.to_vec() }
    }

    const SEEN: [bool; 4] = [false; 4];

    #[test]
    fn identical_pictures_and_a_known_shift_give_nothing() {
        let before = row(&[10, 20, 40, 80]);
        assert_eq!(warping_error(&before, &before, &flow(0.0, &SEEN)), Some(0.0));
        let moved = row(&[99, 10, 20, 40]);
        let known = flow(-1.0, &[true, false, false, false]);
        assert_eq!(warping_error(&before, &moved, &known), Some(0.0));
        assert!(warping_error(&before, &moved, &flow(0.0, &SEEN)).unwrap() > 0.01, "the wrong flow");
    }

    #[test]
    fn the_mean_of_squares_over_seen_pixels() {
        let (before, now) = (row(&[0, 0, 0, 0]), row(&[255, 51, 0, 255]));
        let error = warping_error(&before, &now, &flow(0.0, &[false, false, false, true])).unwrap();
        assert!((error - (1.0 + 0.04) / 3.0).abs() < 1e-6, "{error}");
        assert_eq!(warping_error(&before, &now, &flow(0.0, &[true; 4])), None);
    }

    #[test]
    fn half_a_pixel_is_between_two() {
        let (before, now) = (row(&[0, 100, 200, 200]), row(&[50, 150, 200, 200]));
        assert_eq!(warping_error(&before, &now, &flow(0.5, &SEEN)), Some(0.0));
    }

    #[test]
    fn colours_that_jump_score_worse_and_blur_scores_better() {
        let (before, now) = (row(&[20, 200, 40, 180]), row(&[30, 190, 50, 170]));
        let error = |before: &Frame, now: &Frame| warping_error(before, now, &flow(0.0, &SEEN)).unwrap();
        let blurred = |frame: &Frame| {
            let values: Vec<u8> = frame.pixels.chunks_exact(4).map(|pixel| pixel[0]).collect();
            let mean = |at: usize| ((u16::from(values[at]) + u16::from(values[at ^ 1])) / 2) as u8;
            row(&(0..values.len()).map(mean).collect::<Vec<u8>>())
        };
        let jumping = row(&[60, 220, 80, 200]);
        let floor = error(&before, &now);
        assert!(error(&before, &jumping) > floor && floor > error(&blurred(&before), &blurred(&now)));
    }

    #[test]
    fn the_map_is_black_where_nothing_changed_and_white_where_much_did() {
        let map = warping_error_map(&row(&[0, 0, 0]), &row(&[0, 255, 255]), &flow(0.0, &[false, false, true]), 0.5);
        assert_eq!(map.pixels, [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255]);
    }
}
