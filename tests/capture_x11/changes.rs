//! Frames come when the window changes, and only then; they cost no memory anew.

use crate::allocations;
use crate::pattern;
use crate::polling::{next_frame, open, poll_until, settle, wait_for_change};
use crate::support::client::{Client, Look};
use crate::support::desktop::Desktop;
use crate::support::game_process::GameProcess;
use impasto::capture::{Captured, FrameSource as _};
use std::time::Duration;

const AREA: (i16, i16, u16, u16) = (100, 120, 640, 480);

/// Frames that are captured while allocations are counted.
const FRAMES: u64 = 30;

/// The largest share of a frame's bytes that may be allocated for each frame: the display's replies and events, which
/// the protocol's library keeps in memory of their own. The pixels are not among them.
const SMALL_SHARE: u64 = 100;

#[test]
fn a_still_window_gives_no_frames() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = Client::open(&desktop, &Look { area: AREA, ..Look::default() });
        pattern::paint(&client, 1);
        let mut source = open(&desktop, client.window);
        next_frame(&mut source);
        settle(&mut source);
        for _ in 0..10 {
            let captured = source.poll(Duration::from_millis(50));
            assert!(matches!(captured, Captured::Unchanged), "{captured:?}");
        }
        // Other windows' changes are not its own.
        let other =
            Client::open(&desktop, &Look { area: (760, 500, 300, 200), title: Some("Other"), ..Look::default() });
        settle(&mut source);
        pattern::paint(&other, 9);
        let captured = source.poll(Duration::from_millis(300));
        assert!(matches!(captured, Captured::Unchanged), "{captured:?}");

        pattern::paint(&client, 2);
        wait_for_change(&mut source, 1, 2);
    }
}

#[test]
fn a_stopped_game_is_unchanged_until_it_goes_on() {
    let Some(desktop) = Desktop::start() else { return };
    let game = GameProcess::start(&desktop, AREA);
    let mut source = open(&desktop, game.window);
    next_frame(&mut source);
    game.stop();
    settle(&mut source);
    let captured = source.poll(Duration::from_millis(500));
    assert!(matches!(captured, Captured::Unchanged), "{captured:?}");
    game.go_on();
    let (first, second) = (next_frame(&mut source), next_frame(&mut source));
    assert!(second.sequence > first.sequence);
    assert!(second.timestamp > first.timestamp);
    assert!(second.pixels != first.pixels, "the game draws again");
}

#[test]
fn frames_are_used_again() {
    let Some(desktop) = Desktop::start() else { return };
    let game = GameProcess::start(&desktop, AREA);
    let mut source = open(&desktop, game.window);
    for _ in 0..5 {
        next_frame(&mut source);
    }
    let bytes = allocations::bytes(|| {
        let mut left = FRAMES;
        poll_until(&mut source, "frames", |captured| {
            left -= u64::from(matches!(captured, Captured::Frame(_)));
            (left == 0).then_some(())
        });
    });
    let frame_bytes = next_frame(&mut source).pixels.len() as u64;
    let share = bytes / FRAMES;
    assert!(share < frame_bytes / SMALL_SHARE, "{share} bytes a frame, and a frame has {frame_bytes}");
    assert!(allocations::bytes(|| drop(std::hint::black_box(vec![1u8; 77]))) >= 77, "the counter counts");
}
