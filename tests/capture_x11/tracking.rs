//! What an overlay has to know: place, size, stacking and visibility, as they change.

use crate::support::client::{Client, Look};
use crate::support::desktop::{Desktop, PATIENCE, SCREEN};
use impasto::capture::{CaptureError, Placement, Visibility, WindowTracker};
use impasto::frame::Size;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

/// Waits for a change after which the placement is as wanted.
fn wait_for(tracker: &mut WindowTracker, what: &str, is_wanted: impl Fn(&Placement) -> bool) -> Placement {
    let start = Instant::now();
    let mut last = None;
    while start.elapsed() < PATIENCE {
        if let Some(placement) = tracker.wait_change(Duration::from_millis(50)).unwrap() {
            if is_wanted(&placement) {
                return placement;
            }
            last = Some(placement);
        }
    }
    panic!("waited in vain for {what}; the last placement told is {last:?}");
}

fn tracked(desktop: &Desktop) -> (Client, WindowTracker) {
    let client = Client::open(desktop, &Look::default());
    let tracker = WindowTracker::open_on(Some(desktop.display()), client.window).unwrap();
    (client, tracker)
}

fn is_at(placement: &Placement, (x, y, width, height): (i16, i16, u16, u16)) -> bool {
    (placement.x, placement.y) == (x.into(), y.into()) && placement.size == Size::new(width.into(), height.into())
}

#[test]
fn follows_moves_and_resizes_of_the_client_area() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let (client, mut tracker) = tracked(&desktop);
        let area = desktop.area(client.window).unwrap();
        let first = tracker.wait_change(Duration::ZERO).unwrap().expect("the first call tells at once");
        assert!(is_at(&first, area), "{first:?}");
        assert_eq!(first.visibility, Visibility::Visible);
        assert!(!first.is_fullscreen);
        assert_eq!(first.frame_window, desktop.top_level_of(client.window));

        desktop.move_to(client.window, 333, 222);
        let moved = desktop.wait_for("the move", || desktop.area(client.window).filter(|area| area.0 > 300));
        wait_for(&mut tracker, "the move", |placement| is_at(placement, moved));
        desktop.resize(client.window, 500, 350);
        let resized = desktop.wait_for("the resize", || desktop.area(client.window).filter(|area| area.2 == 500));
        wait_for(&mut tracker, "the resize", |placement| is_at(placement, resized));
        for step in 0..50 {
            desktop.resize(client.window, 200 + step, 300 - step);
            desktop.move_to(client.window, 100 + step as i32, 50);
        }
        let end = desktop.wait_for("the storm's end", || desktop.area(client.window).filter(|area| area.2 == 249));
        wait_for(&mut tracker, "the storm's end", |placement| is_at(placement, end));
    }
}

#[test]
fn tells_what_the_window_manager_shows() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut tracker) = tracked(&desktop);
    let mut wait_until = |visibility| wait_for(&mut tracker, "the state", |now| now.visibility == visibility);
    wait_until(Visibility::Visible);
    desktop.minimize(client.window);
    wait_until(Visibility::Minimized);
    desktop.activate(client.window);
    let back = wait_until(Visibility::Visible);
    assert!(is_at(&back, desktop.area(client.window).unwrap()), "{back:?}");
    desktop.go_to_workspace(1);
    wait_until(Visibility::Hidden);
    desktop.go_to_workspace(0);
    wait_until(Visibility::Visible);
    desktop.set_state(client.window, "_NET_WM_STATE_SHADED", true);
    wait_until(Visibility::Hidden);
    desktop.set_state(client.window, "_NET_WM_STATE_SHADED", false);
    wait_until(Visibility::Visible);
    desktop.set_state(client.window, "_NET_WM_STATE_FULLSCREEN", true);
    let full = wait_for(&mut tracker, "the full screen", |now| now.is_fullscreen);
    let full = if is_at(&full, (0, 0, SCREEN.0, SCREEN.1)) {
        full
    } else {
        wait_for(&mut tracker, "the screen's size", |now| is_at(now, (0, 0, SCREEN.0, SCREEN.1)))
    };
    assert!(full.is_fullscreen);
}

#[test]
fn tells_of_focus_and_stacking() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut tracker) = tracked(&desktop);
    desktop.activate(client.window);
    wait_for(&mut tracker, "the focus", |placement| placement.is_active);
    let other = Client::open(&desktop, &Look { title: Some("Other"), ..Look::default() });
    desktop.activate(other.window);
    wait_for(&mut tracker, "the focus to go", |placement| !placement.is_active);
    while tracker.wait_change(Duration::from_millis(300)).unwrap().is_some() {}
    desktop.activate(client.window);
    wait_for(&mut tracker, "the focus to return", |placement| placement.is_active);
}

#[test]
fn follows_the_windows_around_it() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let (client, mut tracker) = tracked(&desktop);
    let (connection, root) = (&desktop.connection, desktop.root);
    wait_for(&mut tracker, "the first placement", |placement| placement.frame_window == client.window);
    let frame = connection.generate_id().unwrap();
    let class = WindowClass::INPUT_OUTPUT;
    connection.create_window(0, frame, root, 200, 300, 500, 400, 3, class, 0, &CreateWindowAux::new()).unwrap();
    connection.map_window(frame).unwrap();
    connection.reparent_window(client.window, frame, 11, 13).unwrap().check().unwrap();
    let framed = wait_for(&mut tracker, "the frame", |placement| placement.frame_window == frame);
    let framed = if framed.visibility == Visibility::Visible {
        framed
    } else {
        wait_for(&mut tracker, "the framed window", |placement| placement.visibility == Visibility::Visible)
    };
    assert_eq!((framed.x, framed.y), (200 + 3 + 11, 300 + 3 + 13));
    // Only the frame is moved: the window itself hears nothing of it.
    desktop.move_to(frame, 20, 30);
    wait_for(&mut tracker, "the frame's move", |placement| (placement.x, placement.y) == (34, 46));
    connection.unmap_window(frame).unwrap().check().unwrap();
    wait_for(&mut tracker, "the frame to go", |placement| placement.visibility == Visibility::Hidden);
}

#[test]
fn says_once_that_the_window_is_closed() {
    let Some(desktop) = Desktop::start() else { return };
    let (client, mut tracker) = tracked(&desktop);
    let id = client.window;
    let last = wait_for(&mut tracker, "the first placement", |_| true);
    drop(client);
    let closed = wait_for(&mut tracker, "the end", |placement| placement.visibility == Visibility::Closed);
    assert_eq!(closed.size, last.size);
    assert_eq!(tracker.wait_change(Duration::from_millis(50)).unwrap(), None);
    let late = WindowTracker::open_on(Some(desktop.display()), id);
    assert!(matches!(late, Err(CaptureError::WindowGone { .. })));
}
