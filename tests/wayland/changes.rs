//! What changes while a game is captured: its picture, its size, and whether it is shown.

use crate::picture::{Layout, difference};
use crate::stage::Stage;
use impasto::capture::Captured;
use impasto::control::IdleReason;
use impasto::frame::Size;
use std::time::Duration;

const SIZE: Size = Size::new(160, 120);

#[test]
fn follows_pictures_and_sizes_without_a_torn_frame() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let mut source = stage.open();
    let first = source.picture(SIZE, 0);
    stage.compositor.show(1);
    let second = source.picture(SIZE, 1);
    assert!(second.sequence > first.sequence && second.timestamp > first.timestamp);
    // As a border that is dragged.
    for step in 1..=12u32 {
        let size = Size::new(SIZE.width + 17 * step, SIZE.height + 9 * step);
        stage.compositor.become_like(Layout { padding: 64, ..Layout::plain(size) });
        if step % 4 == 0 {
            source.picture(size, 1);
        }
    }
    let (larger, smaller) = (Size::new(1920, 1080), Size::new(40, 30));
    for size in [larger, smaller, SIZE] {
        stage.compositor.become_like(Layout::plain(size));
        source.picture(size, 1);
    }
    stage.compositor.show(2);
    source.until("the third picture", |captured| match captured {
        Captured::Frame(frame) if difference(frame, SIZE, 2).is_none() => Some(()),
        Captured::Frame(frame) => {
            assert_eq!(difference(frame, SIZE, 1), None, "neither the old picture nor the new one");
            None
        }
        _ => None,
    });
}

#[test]
fn a_still_picture_is_no_pause() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let mut source = stage.open();
    source.picture(SIZE, 0);
    assert!(source.listen(Duration::from_millis(1500)).is_empty(), "nothing has changed");
    stage.compositor.show(3);
    source.picture(SIZE, 3);
}

#[test]
fn a_minimized_game_is_paused_and_comes_back() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let mut source = stage.open();
    source.picture(SIZE, 0);
    stage.compositor.pause(true);
    source.idle(IdleReason::Paused);
    stage.compositor.show(4);
    stage.compositor.pause(false);
    source.picture(SIZE, 4);
}
