//! What ends or breaks a stream while a game is captured.

use crate::compositor::Memory;
use crate::picture::Layout;
use crate::stage::Stage;
use impasto::control::{EndReason, IdleReason};
use impasto::frame::Size;
use std::time::Duration;

const SIZE: Size = Size::new(96, 64);

#[test]
fn a_killed_pipewire_is_named() {
    let Some(mut stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let mut source = stage.open();
    source.picture(SIZE, 0);
    stage.pipewire.kill();
    let text = source.failure();
    assert!(text.contains("PipeWire") && text.contains("restart pipewire"), "{text}");
}

#[test]
fn a_killed_game_is_a_pause_where_the_compositor_says_no_more() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let mut source = stage.open();
    source.picture(SIZE, 0);
    // As wlroots does it: the stream is paused, and nothing more is ever said.
    stage.compositor.pause(true);
    source.idle(IdleReason::Paused);
    let later = source.listen(Duration::from_millis(700));
    assert!(
        !later.is_empty() && later.iter().all(|said| matches!(said, impasto::capture::Captured::Idle(_))),
        "{later:?}"
    );
}

#[test]
fn the_desktops_end_of_the_sharing_ends_the_source() {
    let Some(mut stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let mut source = stage.open();
    source.picture(SIZE, 0);
    stage.portal.close_session();
    assert_eq!(source.end(), EndReason::SharingEnded);
    drop(source);
    // The stream that goes is the same news, when no word comes from the portal.
    let mut source = stage.open();
    source.picture(SIZE, 0);
    stage.compositor.end();
    assert_eq!(source.end(), EndReason::SharingEnded);
}

#[test]
fn memory_of_the_graphics_card_is_refused_in_words() {
    let Some(stage) = Stage::start_with(Layout::plain(SIZE), Memory::Graphics) else { return };
    let text = stage.open().failure();
    assert!(text.contains("DMA-BUF") && text.contains("X11"), "{text}");
}
