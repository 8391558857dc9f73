//! Frames hold exactly the pixels of the window's client area, whatever lies over it and wherever it is.

use crate::pattern::{self, assert_shows};
use crate::polling::{next_frame, open, poll_until, wait_for_change, wait_for_picture};
use crate::support::client::{COLOR, Client, Look};
use crate::support::desktop::{Desktop, SCREEN};
use impasto::capture::Captured;
use impasto::frame::Size;
use std::sync::Arc;
use x11rb::protocol::xproto::{ConfigureWindowAux, StackMode};

const AREA: (i16, i16, u16, u16) = (100, 120, 403, 301);
const SIZE: Size = Size::new(403, 301);

fn patterned(desktop: &Desktop, look: &Look) -> Client {
    let client = Client::open(desktop, look);
    pattern::paint(&client, 1);
    client
}

fn usual() -> Look<'static> {
    Look { area: AREA, ..Look::default() }
}

#[test]
fn hold_the_client_area_without_the_window_managers_frame() {
    let Some(desktop) = Desktop::start() else { return };
    let client = patterned(&desktop, &usual());
    assert_ne!(desktop.top_level_of(client.window), client.window, "there is a frame");
    let frame = next_frame(&mut open(&desktop, client.window));
    assert_eq!((frame.size, frame.sequence), (SIZE, 0));
    assert_shows(&frame, 1);
}

#[test]
fn hold_a_window_without_a_window_manager() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    // An uneven border belongs to the window's pixmap, and not to its picture.
    let client = patterned(&desktop, &Look { border_px: 7, ..usual() });
    let frame = next_frame(&mut open(&desktop, client.window));
    assert_eq!(frame.size, SIZE);
    assert_shows(&frame, 1);
}

#[test]
fn hold_a_window_with_transparency() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = patterned(&desktop, &Look { depth: 32, ..usual() });
        let mut source = open(&desktop, client.window);
        wait_for_picture(&mut source, 1, SIZE);
    }
}

#[test]
fn hold_what_is_covered() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = patterned(&desktop, &usual());
        let mut before = open(&desktop, client.window);
        wait_for_picture(&mut before, 1, SIZE);
        let cover = Client::open(&desktop, &Look { area: (80, 60, 500, 500), title: Some("Cover"), ..Look::default() });
        desktop.configure(cover.window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
        desktop.activate(cover.window);
        desktop.wait_for("the cover", || (desktop.pixel(300, 300) == COLOR).then_some(()));
        // A source from before, and one that finds the window covered.
        pattern::paint(&client, 2);
        wait_for_change(&mut before, 1, 2);
        let frame = next_frame(&mut open(&desktop, client.window));
        assert_shows(&frame, 2);
        assert_eq!(desktop.pixel(300, 300), COLOR, "it is still covered");
    }
}

#[test]
fn hold_what_is_off_the_screen() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = patterned(&desktop, &usual());
        let mut before = open(&desktop, client.window);
        wait_for_picture(&mut before, 1, SIZE);
        let corners = [(-200, -150), (i32::from(SCREEN.0) - 50, i32::from(SCREEN.1) - 40)];
        for (seed, (x, y)) in (2..).zip(corners) {
            desktop.move_to(client.window, x, y);
            desktop.wait_for("the move", || {
                let (x, ..) = desktop.area(client.window)?;
                (x < 0 || i32::from(x) + 403 > i32::from(SCREEN.0)).then_some(())
            });
            pattern::paint(&client, seed);
            wait_for_change(&mut before, seed - 1, seed);
            assert_shows(&next_frame(&mut open(&desktop, client.window)), seed);
        }
    }
}

#[test]
fn hold_the_part_on_the_screen_where_the_server_has_no_extensions() {
    let off = ["-extension", "Composite", "-extension", "DAMAGE", "-extension", "MIT-SHM"];
    let Some(desktop) = Desktop::start_bare(&off) else { return };
    let client = patterned(&desktop, &usual());
    let mut source = open(&desktop, client.window);
    let whole = wait_for_picture(&mut source, 1, SIZE);
    // Nobody tells of changes: pictures keep coming.
    assert!(next_frame(&mut source).sequence > whole.sequence);

    desktop.move_to(client.window, -200, -150);
    let frame = poll_until(&mut source, "a cut picture", |captured| match captured {
        Captured::Frame(frame) => pattern::difference(frame, 1).is_some().then(|| Arc::clone(frame)),
        _ => None,
    });
    assert_eq!(frame.size, SIZE);
    for (index, pixel) in frame.pixels.chunks_exact(4).enumerate() {
        let (x, y) = (index % 403, index / 403);
        let wanted = if x >= 200 && y >= 150 { pattern::color(1, x, y) } else { [0; 3] };
        assert_eq!(pixel[..3], wanted, "at {x},{y}");
    }
}
