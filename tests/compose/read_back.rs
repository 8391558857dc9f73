//! The ring that feeds the recorder.

use crate::pictures::{noise, plain};
use crate::studio::{Studio, largest_difference};
use impasto::compose::ComposeError;
use impasto::control::Look;
use impasto::frame::Size;
use std::time::Duration;

const SIZE: Size = Size::new(61, 37);

#[test]
fn pictures_come_back_in_order_with_the_stamp_of_their_frame() {
    let Some(mut studio) = Studio::open() else { return };
    let mut taken = Vec::new();
    for sequence in 0..8 {
        let mut frame = noise(SIZE, sequence as u32);
        frame.sequence = sequence;
        frame.timestamp = Duration::from_millis(sequence * 16);
        let layers = plain(frame);
        studio.compositor.compose(&studio.gpu, &layers, &Look::default(), SIZE);
        assert!(studio.compositor.begin_read_back(&studio.gpu));
        let picture = loop {
            if let Some(picture) = studio.compositor.take_read_back(&studio.gpu, &mut studio.pool) {
                break picture;
            }
            std::thread::yield_now();
        };
        assert_eq!(largest_difference(&picture, &layers.frame), 0);
        assert_eq!(picture.timestamp, layers.frame.timestamp);
        assert_eq!(picture.captured_at, layers.frame.captured_at);
        taken.push(picture.sequence);
    }
    assert_eq!(taken, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(studio.pool.len(), 1, "pictures that were let go of are filled again");
}

#[test]
fn a_full_ring_drops_the_newest_and_keeps_the_rest() {
    let Some(mut studio) = Studio::open() else { return };
    let mut begun = Vec::new();
    for sequence in 0..5 {
        let mut frame = noise(SIZE, 3);
        frame.sequence = sequence;
        studio.compositor.compose(&studio.gpu, &plain(frame), &Look::default(), SIZE);
        begun.push(studio.compositor.begin_read_back(&studio.gpu));
    }
    assert_eq!(begun, [true, true, true, false, false]);
    // A blocking copy in between disturbs nothing; it also waits for the ring's own copies.
    let newest = studio.compositor.read_back(&studio.gpu, &mut studio.pool).unwrap();
    assert_eq!(newest.sequence, 4);
    let mut take = || studio.compositor.take_read_back(&studio.gpu, &mut studio.pool).map(|picture| picture.sequence);
    assert_eq!([take(), take(), take(), take()], [Some(0), Some(1), Some(2), None]);
}

#[test]
fn the_ring_survives_a_change_of_size() {
    let Some(mut studio) = Studio::open() else { return };
    for size in [SIZE, Size::new(16, 90), SIZE] {
        let layers = plain(noise(size, 5));
        studio.compositor.compose(&studio.gpu, &layers, &Look::default(), size);
        studio.compositor.begin_read_back(&studio.gpu);
        assert_eq!(largest_difference(&studio.compose(&layers, &Look::default(), size), &layers.frame), 0);
        let picture = studio.compositor.take_read_back(&studio.gpu, &mut studio.pool).unwrap();
        assert_eq!(picture.size, size);
    }
}

#[test]
fn before_the_first_picture_there_is_nothing() {
    let Some(mut studio) = Studio::open() else { return };
    assert!(!studio.compositor.begin_read_back(&studio.gpu));
    assert!(studio.compositor.take_read_back(&studio.gpu, &mut studio.pool).is_none());
    let result = studio.compositor.read_back(&studio.gpu, &mut studio.pool);
    assert!(matches!(result, Err(ComposeError::NothingComposed)));
}
