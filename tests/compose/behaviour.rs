//! What people see: sharp text, exact paintings, no ghosts of old scenes.

use crate::pictures::{field, fresh, paint, picture, plain, room, stale};
use crate::studio::{Studio, largest_difference, mean_difference};
use impasto::control::{Look, Region};
use impasto::frame::{Frame, Size, resize_bilinear};
use std::sync::Arc;

const SIZE: Size = Size::new(128, 96);
const HALF: Size = Size::new(64, 48);
/// Without anything of the game in the painting.
const AS_PAINTED: Look =
    Look { strength: 1.0, keep_colors: 0.0, clarity: 0.0, split: None, region: Region::ALL, bypass: false };

#[test]
fn a_painting_of_the_outputs_size_is_shown_exactly() {
    let Some(mut studio) = Studio::open() else { return };
    let painting = paint(&room(SIZE, 0), SIZE);
    let layers = fresh(room(SIZE, 0), painting.clone());
    let finished = studio.compose(&layers, &AS_PAINTED, SIZE);
    assert!(largest_difference(&finished, &painting) <= 1);
    let clear = studio.compose(&layers, &Look { clarity: 1.0, ..Look::default() }, SIZE);
    assert!(largest_difference(&clear, &painting) > 10, "clarity counts at every size");
}

#[test]
fn without_a_painting_the_frame_is_shown_exactly() {
    let Some(mut studio) = Studio::open() else { return };
    let frame = room(SIZE, 0);
    for look in [Look::default(), Look { split: Some(0.5), keep_colors: 1.0, ..Look::default() }] {
        let finished = studio.compose(&plain(frame.clone()), &look, SIZE);
        assert_eq!(largest_difference(&finished, &frame), 0);
    }
}

#[test]
fn bypass_and_no_strength_show_the_frame_exactly() {
    let Some(mut studio) = Studio::open() else { return };
    let frame = room(SIZE, 0);
    let layers = fresh(frame.clone(), paint(&frame, HALF));
    for look in [Look { bypass: true, ..Look::default() }, Look { strength: 0.0, ..Look::default() }] {
        let finished = studio.compose(&layers, &look, SIZE);
        assert_eq!(largest_difference(&finished, &frame), 0, "{look:?}");
    }
}

/// Lines of letter-like marks with strokes one pixel wide.
fn text(ink: [u8; 3], paper: [u8; 3]) -> Frame {
    picture(SIZE, |x, y| {
        let letter = (x / 6 * 7 + y / 10 * 13) % 5;
        let (column, row) = (x % 6, y % 10);
        let inside = column < 5 && (1..8).contains(&row);
        let stroke = column == 0 || (letter % 2 == 0 && column == 4) || row == 1 + letter || (letter > 2 && row == 7);
        if inside && stroke { ink } else { paper }
    })
}

/// Sum of the squared luma steps between neighbours.
fn gradient_energy(frame: &Frame) -> f64 {
    let luma = |index: usize| {
        let pixel = &frame.pixels[index * 4..];
        0.299 * f64::from(pixel[2]) + 0.587 * f64::from(pixel[1]) + 0.114 * f64::from(pixel[0])
    };
    let width = frame.size.width as usize;
    (0..frame.size.area() - width - 1)
        .map(|index| (luma(index + 1) - luma(index)).powi(2) + (luma(index + width) - luma(index)).powi(2))
        .sum()
}

#[test]
fn clarity_keeps_text_sharp() {
    let Some(mut studio) = Studio::open() else { return };
    for (ink, paper) in
        [([240, 230, 200], [40, 30, 60]), ([20, 20, 30], [200, 190, 180]), ([230, 60, 40], [30, 30, 30])]
    {
        let frame = text(ink, paper);
        let mut painting = Frame::new(HALF);
        resize_bilinear(&frame, &mut painting);
        let mut soft = Frame::new(SIZE);
        resize_bilinear(&painting, &mut soft);
        let look = Look { clarity: 1.0, ..Look::default() };
        let finished = studio.compose(&fresh(frame, painting), &look, SIZE);
        let ratio = gradient_energy(&finished) / gradient_energy(&soft);
        assert!(ratio >= 1.5, "{ink:?} on {paper:?}: gradient energy is {ratio:.2} times that of bilinear");
    }
}

#[test]
fn a_flat_area_gets_no_detail_and_no_noise() {
    let Some(mut studio) = Studio::open() else { return };
    // Grain of a few steps is texture: the painting alone decides what is seen there.
    let frame = picture(SIZE, |x, y| [100 + ((x * 7 + y * 5) % 5) as u8; 3]);
    let layers = fresh(frame, picture(HALF, |_, _| [200, 150, 60]));
    let finished = studio.compose(&layers, &Look::default(), SIZE);
    assert!(largest_difference(&finished, &picture(SIZE, |_, _| [200, 150, 60])) <= 1);
}

#[test]
fn an_old_painting_follows_a_moving_view() {
    let Some(mut studio) = Studio::open() else { return };
    let (older, newer) = (room(SIZE, 0), room(SIZE, 8));
    let wanted = studio.compose(&fresh(newer.clone(), paint(&newer, HALF)), &Look::default(), SIZE);
    let frozen = studio.compose(&fresh(older.clone(), paint(&older, HALF)), &Look::default(), SIZE);
    let carried = studio.compose(&stale(newer, older.clone(), paint(&older, HALF)), &Look::default(), SIZE);
    let (left, right) = (mean_difference(&carried, &wanted), mean_difference(&frozen, &wanted));
    assert!(left < right / 3.0, "carried is {left:.1} away, the frozen painting {right:.1}");
}

#[test]
fn after_a_cut_the_old_scene_is_gone() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = stale(field(SIZE), room(SIZE, 0), paint(&room(SIZE, 0), HALF));
    let finished = studio.compose(&layers, &Look::default(), SIZE);
    // What is seen is the new scene, in the colours that the old one was painted in.
    let (new, old) = (paint(&field(SIZE), SIZE), paint(&room(SIZE, 0), SIZE));
    let (to_new, to_old) = (mean_difference(&finished, &new), mean_difference(&finished, &old));
    assert!(to_new < to_old / 3.0, "{to_new:.1} away from the new scene, {to_old:.1} from the old one");
    assert!(to_new < mean_difference(&field(SIZE), &new), "nearer to a painting of it than the plain frame is");
}

#[test]
fn a_still_view_with_a_new_frame_stays_painted() {
    let Some(mut studio) = Studio::open() else { return };
    let frame = room(SIZE, 0);
    let wanted = studio.compose(&fresh(frame.clone(), paint(&frame, HALF)), &Look::default(), SIZE);
    let layers = stale(frame.clone(), frame.clone(), paint(&frame, HALF));
    let carried = studio.compose(&layers, &Look::default(), SIZE);
    let difference = mean_difference(&carried, &wanted);
    // Thin letters, which the guide cannot hold, differ a little.
    assert!(difference < 1.5, "{difference:.2} away");
}

#[test]
fn a_frame_whose_memory_is_used_again_is_uploaded_again() {
    let Some(mut studio) = Studio::open() else { return };
    for shift in 0..4 {
        // Each frame is dropped before the next one is made, so that allocators may hand out the same address.
        let layers = plain(room(SIZE, shift * 9));
        let finished = studio.compose(&layers, &Look::default(), SIZE);
        assert_eq!(largest_difference(&finished, &layers.frame), 0, "frame {shift}");
    }
}

#[test]
fn keeping_all_colours_takes_chroma_from_the_game_and_luma_from_the_painting() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = fresh(picture(HALF, |_, _| [140, 100, 80]), picture(HALF, |_, _| [90, 120, 150]));
    let finished = studio.compose(&layers, &Look { keep_colors: 1.0, ..Look::default() }, HALF);
    // Y of the painting is 114.45, Y of the game 109.68: every channel of the game rises by 4.77.
    assert!(largest_difference(&finished, &picture(HALF, |_, _| [145, 105, 85])) <= 1);
}

#[test]
fn around_the_painted_part_the_game_is_shown() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = fresh(room(HALF, 0), paint(&room(HALF, 0), HALF));
    let region = "0.25,0.5,0.75,1".parse().unwrap();
    let all = studio.compose(&layers, &Look::default(), HALF);
    let part = studio.compose(&layers, &Look { region, split: Some(0.1), ..Look::default() }, HALF);
    let (width, height) = (HALF.width as usize, HALF.height as usize);
    for (index, pixel) in part.pixels.chunks_exact(4).enumerate() {
        let (x, y) = (index % width, index / width);
        let is_inside = (width / 4..width * 3 / 4).contains(&x) && y >= height / 2;
        let wanted = if is_inside { &all } else { &*layers.frame };
        assert_eq!(pixel[..3], wanted.pixels[index * 4..index * 4 + 3], "at {x}, {y}");
    }
}

#[test]
fn the_split_has_the_game_left_the_painting_right_and_a_light_line_between() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = fresh(picture(HALF, |_, _| [10, 20, 30]), picture(HALF, |_, _| [200, 100, 50]));
    let finished = studio.compose(&layers, &Look { split: Some(0.25), ..Look::default() }, HALF);
    let wanted = picture(HALF, |x, _| match x {
        0..15 => [10, 20, 30],
        15 | 16 => [235, 235, 235],
        _ => [200, 100, 50],
    });
    assert!(largest_difference(&finished, &wanted) <= 1);
}

#[test]
fn nonsense_settings_are_harmless() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = fresh(room(HALF, 0), paint(&room(HALF, 0), Size::new(16, 12)));
    let wanted = studio.compose(&layers, &Look::default(), HALF);
    let look =
        Look { strength: f32::NAN, keep_colors: -3.0, clarity: f32::NAN, split: Some(f32::NAN), ..Look::default() };
    assert_eq!(largest_difference(&studio.compose(&layers, &look, HALF), &wanted), 0);
    studio.compositor.compose(&studio.gpu, &layers, &look, Size::new(0, 0));
    assert!(studio.gpu.take_error().is_none());
}

#[test]
fn a_lost_device_is_reported_and_nothing_panics() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = fresh(room(HALF, 0), paint(&room(HALF, 0), Size::new(16, 12)));
    studio.compose(&layers, &Look::default(), HALF);
    studio.gpu.device.destroy();
    let layers = plain(room(HALF, 7));
    studio.compositor.compose(&studio.gpu, &layers, &Look::default(), Size::new(80, 60));
    let result = studio.compositor.read_back(&studio.gpu, &mut studio.pool);
    assert!(result.is_err());
    assert!(studio.gpu.is_lost());
    assert!(!studio.compositor.begin_read_back(&studio.gpu));
}

#[test]
fn the_same_layers_are_not_drawn_again_and_other_looks_are() {
    let Some(mut studio) = Studio::open() else { return };
    let layers = fresh(room(HALF, 0), paint(&room(HALF, 0), Size::new(32, 24)));
    let first = studio.compose(&layers, &Look::default(), HALF);
    let again = studio.compose(&layers.clone(), &Look::default(), HALF);
    let half = studio.compose(&layers, &Look { strength: 0.5, ..Look::default() }, HALF);
    assert_eq!(largest_difference(&first, &again), 0);
    assert!(largest_difference(&first, &half) > 10);
    assert!(Arc::strong_count(&layers.frame) > 1, "the compositor holds what it has uploaded");
}
