//! A source that has come to its end says why, and one that cannot begin is refused.

use crate::pattern;
use crate::polling::{next_frame, open, wait_for_end};
use crate::support::client::{Client, Look};
use crate::support::desktop::Desktop;
use crate::support::game_process::GameProcess;
use impasto::capture::{CaptureError, WindowTracker, X11WindowSource, list_windows_on, window_thumbnail_on};
use impasto::control::EndReason;
use std::time::Duration;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

#[test]
fn a_closed_window() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = Client::open(&desktop, &Look::default());
        let mut source = open(&desktop, client.window);
        next_frame(&mut source);
        client.connection.destroy_window(client.window).unwrap();
        client.sync();
        assert_eq!(wait_for_end(&mut source), EndReason::WindowClosed);
    }
}

#[test]
fn a_killed_game() {
    let Some(desktop) = Desktop::start() else { return };
    let mut game = GameProcess::start(&desktop, (100, 100, 300, 200));
    let mut source = open(&desktop, game.window);
    next_frame(&mut source);
    game.kill();
    assert_eq!(wait_for_end(&mut source), EndReason::WindowClosed);
}

#[test]
fn a_minimized_game_that_is_killed() {
    let Some(desktop) = Desktop::start() else { return };
    let mut game = GameProcess::start(&desktop, (100, 100, 300, 200));
    desktop.minimize(game.window);
    let mut source = open(&desktop, game.window);
    crate::polling::wait_for_idle(&mut source, impasto::control::IdleReason::Minimized);
    game.kill();
    assert_eq!(wait_for_end(&mut source), EndReason::WindowClosed);
}

#[test]
fn a_window_whose_id_is_given_to_another_one() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let client = Client::open(&desktop, &Look::default());
    pattern::paint(&client, 1);
    let mut source = open(&desktop, client.window);
    let mut tracker = WindowTracker::open_on(Some(desktop.display()), client.window).unwrap();
    next_frame(&mut source);
    tracker.wait_change(Duration::from_millis(50)).unwrap().unwrap();
    // All of this happens before the source looks.
    client.connection.destroy_window(client.window).unwrap();
    client.create_window(&Look { title: Some("Another"), ..Look::default() });
    client.map();
    pattern::paint(&client, 2);
    assert_eq!(wait_for_end(&mut source), EndReason::WindowClosed);
    let placement = tracker.wait_change(Duration::from_secs(5)).unwrap().unwrap();
    assert_eq!(placement.visibility, impasto::capture::Visibility::Closed);
    // The new one can be captured by who asks for it.
    pattern::assert_shows(&next_frame(&mut open(&desktop, client.window)), 2);
}

#[test]
fn a_display_that_is_gone() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(mut desktop) = desktop else { return };
        let client = Client::open(&desktop, &Look::default());
        let mut source = open(&desktop, client.window);
        next_frame(&mut source);
        let mut tracker = WindowTracker::open_on(Some(desktop.display()), client.window).unwrap();
        tracker.wait_change(Duration::from_millis(50)).unwrap().unwrap();
        desktop.kill_server();
        assert_eq!(wait_for_end(&mut source), EndReason::DisplayLost);
        let lost = tracker.wait_change(Duration::from_secs(5));
        assert!(matches!(lost, Err(CaptureError::DisplayLost)), "{lost:?}");
        let display = Some(desktop.display());
        assert!(matches!(list_windows_on(display), Err(CaptureError::DisplayUnreachable { .. })));
        assert!(matches!(window_thumbnail_on(display, 1, 10), Err(CaptureError::DisplayUnreachable { .. })));
    }
}

#[test]
fn what_cannot_be_captured_is_refused() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let display = Some(desktop.display());
    let refusal = |id| X11WindowSource::open_on(display, id).err().expect("it is refused");
    let gone = refusal(0x0123_4567);
    assert!(matches!(gone, CaptureError::WindowGone { id: 0x0123_4567 }), "{gone}");
    assert!(matches!(refusal(0), CaptureError::WindowGone { .. }));

    let client = Client::create(desktop.display(), &Look::default());
    let invisible = x11rb::connection::Connection::generate_id(&client.connection).unwrap();
    client
        .connection
        .create_window(0, invisible, client.root, 0, 0, 50, 50, 0, WindowClass::INPUT_ONLY, 0, &CreateWindowAux::new())
        .unwrap();
    client.sync();
    let error = refusal(invisible);
    assert!(matches!(error, CaptureError::NotCapturable { .. }), "{error}");
    assert!(error.to_string().contains("input only"), "{error}");
    assert!(window_thumbnail_on(display, invisible, 90).unwrap().is_none());
}
