//! A window that is not shown is idle, with the reason, and its frames come back with it.

use crate::pattern;
use crate::polling::{next_frame, open, wait_for_change, wait_for_idle, wait_for_picture};
use crate::support::client::{Client, Look};
use crate::support::desktop::Desktop;
use impasto::capture::{Captured, FrameSource as _, X11WindowSource};
use impasto::control::IdleReason;
use impasto::frame::Size;
use std::time::Duration;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

const SIZE: Size = Size::new(400, 300);

fn captured_game(desktop: &Desktop) -> (Client, X11WindowSource) {
    let client = Client::open(desktop, &Look::default());
    pattern::paint(&client, 1);
    let mut source = open(desktop, client.window);
    wait_for_picture(&mut source, 1, SIZE);
    (client, source)
}

/// Frames are back, and what was drawn meanwhile is in them.
fn assert_back(client: &Client, source: &mut X11WindowSource) {
    wait_for_picture(source, 1, SIZE);
    pattern::paint(client, 2);
    wait_for_change(source, 1, 2);
}

#[test]
fn minimized_and_restored() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut source) = captured_game(&desktop);
    desktop.minimize(client.window);
    wait_for_idle(&mut source, IdleReason::Minimized);
    let still = source.poll(Duration::from_millis(200));
    assert!(matches!(still, Captured::Idle(IdleReason::Minimized)), "{still:?}");
    // One that is opened now waits too.
    let mut late = open(&desktop, client.window);
    wait_for_idle(&mut late, IdleReason::Minimized);
    desktop.activate(client.window);
    wait_for_picture(&mut late, 1, SIZE);
    assert_back(&client, &mut source);
}

#[test]
fn on_another_workspace_and_back() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut source) = captured_game(&desktop);
    desktop.go_to_workspace(1);
    wait_for_idle(&mut source, IdleReason::Hidden);
    desktop.go_to_workspace(0);
    assert_back(&client, &mut source);
}

#[test]
fn on_all_workspaces_it_stays() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut source) = captured_game(&desktop);
    desktop.set_workspace(client.window, u32::MAX);
    desktop.wait_for("the window on all workspaces", || {
        (desktop.property(client.window, "_NET_WM_DESKTOP") == [u32::MAX]).then_some(())
    });
    desktop.go_to_workspace(1);
    pattern::paint(&client, 2);
    wait_for_change(&mut source, 1, 2);
}

#[test]
fn shaded_and_opened_again() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut source) = captured_game(&desktop);
    desktop.set_state(client.window, "_NET_WM_STATE_SHADED", true);
    wait_for_idle(&mut source, IdleReason::Minimized);
    desktop.set_state(client.window, "_NET_WM_STATE_SHADED", false);
    assert_back(&client, &mut source);
}

#[test]
fn not_on_the_screen_yet() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let client = Client::create(desktop.display(), &Look::default());
    pattern::paint(&client, 1);
    let mut source = open(&desktop, client.window);
    wait_for_idle(&mut source, IdleReason::Hidden);
    client.map();
    assert_back(&client, &mut source);
    client.connection.unmap_window(client.window).unwrap();
    client.sync();
    wait_for_idle(&mut source, IdleReason::Hidden);
}

#[test]
fn put_into_another_window() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let (client, mut source) = captured_game(&desktop);
    let frame = desktop.connection.generate_id().unwrap();
    desktop
        .connection
        .create_window(
            24,
            frame,
            desktop.root,
            200,
            300,
            500,
            400,
            3,
            WindowClass::INPUT_OUTPUT,
            0,
            &CreateWindowAux::new(),
        )
        .unwrap();
    desktop.connection.map_window(frame).unwrap();
    desktop.connection.reparent_window(client.window, frame, 11, 13).unwrap().check().unwrap();
    assert_back(&client, &mut source);
    desktop.connection.unmap_window(frame).unwrap().check().unwrap();
    wait_for_idle(&mut source, IdleReason::Hidden);
    desktop.connection.map_window(frame).unwrap().check().unwrap();
    pattern::assert_shows(&next_frame(&mut source), 2);
    // The frame ends, and the window goes back to the screen.
    desktop.connection.reparent_window(client.window, desktop.root, 0, 0).unwrap().check().unwrap();
    desktop.connection.destroy_window(frame).unwrap().check().unwrap();
    pattern::paint(&client, 3);
    wait_for_change(&mut source, 2, 3);
}
