//! Small paintings on large screens: crisp strokes without halos, edges in their place, and nothing of the game's
//! texture.

use crate::pictures::{fresh, noise, picture, strokes};
use crate::studio::{Studio, largest_difference, mean_difference};
use impasto::control::Look;
use impasto::frame::{Frame, Size, resize_bilinear};

const AS_PAINTED: f32 = 0.0;
const SMALL: Size = Size::new(32, 24);

fn look(clarity: f32) -> Look {
    Look { clarity, ..Look::default() }
}

fn times(size: Size, factor: u32) -> Size {
    Size::new(size.width * factor, size.height * factor)
}

fn luma(frame: &Frame, x: u32, y: u32) -> f64 {
    let pixel = &frame.pixels[(y * frame.size.width + x) as usize * 4..];
    0.299 * f64::from(pixel[2]) + 0.587 * f64::from(pixel[1]) + 0.114 * f64::from(pixel[0])
}

/// Sum of the squared luma steps between neighbours: of two pictures with the same edges, the crisper one has more.
fn crispness(frame: &Frame) -> f64 {
    let places = (1..frame.size.height).flat_map(|y| (1..frame.size.width).map(move |x| (x, y)));
    let steps = places.map(|(x, y)| {
        let here = luma(frame, x, y);
        (here - luma(frame, x - 1, y)).powi(2) + (here - luma(frame, x, y - 1)).powi(2)
    });
    steps.sum()
}

fn enlarged(painting: &Frame, size: Size) -> Frame {
    let mut picture = Frame::new(size);
    resize_bilinear(painting, &mut picture);
    picture
}

#[test]
fn a_textured_frame_does_not_come_through_a_flat_painting() {
    let Some(mut studio) = Studio::open() else { return };
    for factor in [1, 2, 3, 6] {
        let size = times(SMALL, factor);
        let layers = fresh(noise(size, 7), picture(SMALL, |_, _| [200, 150, 60]));
        let finished = studio.compose(&layers, &look(AS_PAINTED), size);
        assert!(largest_difference(&finished, &picture(size, |_, _| [200, 150, 60])) <= 1, "times {factor}");
    }
}

#[test]
fn a_diagonal_edge_has_no_halo_and_is_crisper_than_bilinear() {
    let Some(mut studio) = Studio::open() else { return };
    let (dark, light) = ([40, 60, 120], [230, 200, 90]);
    let painting = picture(SMALL, |x, y| if 3 * x + 4 * y < 90 { dark } else { light });
    for (factor, gain) in [(2, 1.15), (3, 1.3), (6, 1.6)] {
        let size = times(SMALL, factor);
        let layers = fresh(picture(size, |_, _| [90; 3]), painting.clone());
        let finished = studio.compose(&layers, &look(AS_PAINTED), size);
        for pixel in finished.pixels.chunks_exact(4) {
            for channel in 0..3 {
                let (byte, dark, light) = (pixel[2 - channel], dark[channel], light[channel]);
                let (least, most) = (u8::min(dark, light), u8::max(dark, light));
                assert!(
                    (least.saturating_sub(1)..=most.saturating_add(1)).contains(&byte),
                    "times {factor}: {pixel:?}"
                );
            }
        }
        let ratio = crispness(&finished) / crispness(&enlarged(&painting, size));
        assert!(ratio > gain, "times {factor}: {ratio:.2} times as crisp as bilinear");
    }
}

#[test]
fn strokes_are_crisper_than_bilinear_and_in_the_same_place() {
    let Some(mut studio) = Studio::open() else { return };
    let painting = strokes(SMALL);
    for factor in [2, 3] {
        let size = times(SMALL, factor);
        let layers = fresh(picture(size, |_, _| [90; 3]), painting.clone());
        let finished = studio.compose(&layers, &look(AS_PAINTED), size);
        let soft = enlarged(&painting, size);
        let ratio = crispness(&finished) / crispness(&soft);
        assert!(ratio > 1.4, "times {factor}: {ratio:.2} times as crisp as bilinear");
        assert!(mean_difference(&finished, &soft) < 16.0, "times {factor}");
    }
}

#[test]
fn a_slope_stays_smooth() {
    let Some(mut studio) = Studio::open() else { return };
    let painting = picture(SMALL, |x, y| [(30 + 4 * x + 2 * y) as u8, (200 - 3 * x) as u8, (60 + 5 * y) as u8]);
    let size = times(SMALL, 3);
    let layers = fresh(picture(size, |_, _| [90; 3]), painting.clone());
    let finished = studio.compose(&layers, &look(AS_PAINTED), size);
    let soft = enlarged(&painting, size);
    // The border, where the slope ends, apart.
    for y in 6..size.height - 6 {
        for x in 6..size.width - 6 {
            let difference = (luma(&finished, x, y) - luma(&soft, x, y)).abs();
            assert!(difference <= 1.5, "{difference:.1} at {x}, {y}");
        }
    }
}

#[test]
fn the_frame_places_a_silhouette_that_the_painting_has_too() {
    let Some(mut studio) = Studio::open() else { return };
    let size = times(SMALL, 2);
    // The edge runs through the middle of a texel of the painting.
    let edge = 31;
    let frame = picture(size, |x, _| if x < edge { [30, 40, 30] } else { [210, 200, 220] });
    let mut painting = Frame::new(SMALL);
    resize_bilinear(&picture(size, |x, _| if x < edge { [60, 40, 150] } else { [240, 220, 90] }), &mut painting);
    let finished = studio.compose(&fresh(frame, painting), &look(AS_PAINTED), size);
    let (before, after) = (luma(&finished, edge - 1, 20), luma(&finished, edge, 20));
    let (dark, light) = (luma(&finished, 4, 20), luma(&finished, 60, 20));
    assert!(before < dark + 0.15 * (light - dark), "{before:.0} left of the edge, where all is {dark:.0}");
    assert!(after > light - 0.15 * (light - dark), "{after:.0} right of the edge, where all is {light:.0}");
}

#[test]
fn clarity_brings_back_a_shape_that_the_painting_lost_and_no_texture() {
    let Some(mut studio) = Studio::open() else { return };
    let size = Size::new(128, 96);
    let is_figure = |x: u32, y: u32| (50..74).contains(&x) && (30..70).contains(&y);
    let frame = picture(size, |x, y| {
        let grain = ((x * 7 + y * 5) % 5) as u8;
        if is_figure(x, y) { [60 + grain; 3] } else { [130 + grain; 3] }
    });
    let layers = fresh(frame, strokes(Size::new(64, 48)));
    // The luma of the figure against that around it.
    let mut depth = |clarity: f32| {
        let finished = studio.compose(&layers, &look(clarity), size);
        let mean = |columns: std::ops::Range<u32>| {
            let places = (34..66).flat_map(|y| columns.clone().map(move |x| (x, y)));
            let sum: f64 = places.map(|(x, y)| luma(&finished, x, y)).sum();
            sum / f64::from(32 * (columns.end - columns.start))
        };
        let figure = (mean(34..48) + mean(76..90)) / 2.0 - mean(52..72);
        (figure, luma(&finished, 8, 8))
    };
    let (plain, half, whole) = (depth(0.0), depth(0.5), depth(1.0));
    assert!(half.0 > plain.0 + 8.0 && whole.0 > half.0 + 8.0, "{plain:?}, {half:?}, {whole:?}");
    assert!((plain.1 - whole.1).abs() < 4.0, "far from the figure nothing changes: {plain:?}, {whole:?}");
}
