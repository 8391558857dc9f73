//! What changes while a game is captured: its picture, its size, and whether it is shown.

use crate::picture::{Layout, difference};
use crate::stage::Stage;
use crate::support::desktop::PATIENCE;
use impasto::capture::Captured;
use impasto::control::IdleReason;
use impasto::frame::Size;
use std::time::Duration;

/// Sources that are opened one after the other.
const SOURCES: usize = 24;

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
fn sources_come_and_go_and_look_at_the_same_game_together() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    // What libraries keep for good is there after the first.
    let mut first = stage.open();
    first.picture(SIZE, 0);
    let mut second = stage.open();
    // The stream runs already, so only what changes is sent: until the second has seen it.
    while second.listen(Duration::from_millis(200)).is_empty() {
        stage.compositor.show(5);
    }
    stage.compositor.show(6);
    second.picture(SIZE, 6);
    first.picture(SIZE, 6);
    drop((first, second));
    let before = resources();
    for _ in 0..SOURCES {
        stage.open().picture(SIZE, 6);
    }
    // The bus library ends its threads a moment after the connection, and another test may run beside this one.
    let allowed = SOURCES / 2;
    let start = std::time::Instant::now();
    while resources().0 > before.0 + allowed || resources().1 > before.1 + allowed {
        assert!(start.elapsed() < PATIENCE, "files and threads: {before:?} before, {:?} now", resources());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Open files and threads of this process that PipeWire, the bus and the portal use.
fn resources() -> (usize, usize) {
    let files = std::fs::read_dir("/proc/self/fd").unwrap();
    let is_ours = |link: std::path::PathBuf| {
        let name = link.to_string_lossy().into_owned();
        ["socket:", "anon_inode:", "/memfd:"].iter().any(|start| name.starts_with(start))
    };
    let files = files
        .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .filter(|link| is_ours(link.clone()))
        .count();
    let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
    (files, threads)
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
