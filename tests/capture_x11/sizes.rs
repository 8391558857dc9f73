//! A window that is resized: frames of the new size, and never one that is half old and half new.

use crate::pattern;
use crate::polling::{next_frame, open, wait_for_picture};
use crate::support::client::{Client, Look};
use crate::support::desktop::Desktop;
use impasto::frame::Size;

#[test]
fn frames_take_the_new_size() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = Client::open(&desktop, &Look::default());
        pattern::paint(&client, 1);
        let mut source = open(&desktop, client.window);
        let mut last = wait_for_picture(&mut source, 1, Size::new(400, 300)).sequence;
        for (width, height) in [(640, 480), (321, 243), (1, 1), (800, 600)] {
            desktop.resize(client.window, width, height);
            let frame = wait_for_picture(&mut source, 1, Size::new(width, height));
            assert!(frame.sequence > last);
            last = frame.sequence;
        }
    }
}

#[test]
fn a_storm_of_resizes_gives_whole_pictures_and_ends_at_the_last_size() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        let client = Client::open(&desktop, &Look::default());
        pattern::paint(&client, 1);
        let mut source = open(&desktop, client.window);
        next_frame(&mut source);
        for step in 0..50 {
            desktop.resize(client.window, 200 + 37 * step % 400, 150 + 53 * step % 300);
            // Some of the storm is seen in the middle, some of it all at once.
            if step % 3 == 0 {
                pattern::assert_shows(&next_frame(&mut source), 1);
            }
        }
        desktop.resize(client.window, 500, 400);
        wait_for_picture(&mut source, 1, Size::new(500, 400));
    }
}
