//! A window that stands for a game, of a thread of the test.

use super::desktop::Desktop;
use crate::support::client::{Client, Look, MovingClient};
use x11rb::protocol::xproto::Window;

pub use crate::support::client::COLOR;

/// A client of its own, as a game is: dropping it ends the connection, which is what the server sees of `kill -9`.
pub struct Game {
    pub window: Window,
    _client: MovingClient,
}

impl Game {
    /// Opens the window and waits until it is on the screen.
    pub fn open(desktop: &Desktop, title: &str, area: (i16, i16, u16, u16)) -> Self {
        let client = Client::open(desktop, &Look { area, title: Some(title), ..Look::default() });
        Self { window: client.window, _client: MovingClient::start(client) }
    }

    pub fn move_to(&self, desktop: &Desktop, x: i32, y: i32) {
        desktop.move_to(self.window, x, y);
    }

    pub fn resize(&self, desktop: &Desktop, width: u32, height: u32) {
        desktop.resize(self.window, width, height);
    }

    pub fn minimize(&self, desktop: &Desktop) {
        desktop.minimize(self.window);
    }

    /// Brings the window to the front, out of the dock where it is there, as a click in a task bar does.
    pub fn activate(&self, desktop: &Desktop) {
        desktop.activate(self.window);
    }

    pub fn set_fullscreen(&self, desktop: &Desktop) {
        desktop.set_state(self.window, "_NET_WM_STATE_FULLSCREEN", true);
    }

    /// The child of the root that holds the window: the window manager's frame.
    pub fn frame(&self, desktop: &Desktop) -> Window {
        desktop.top_level_of(self.window)
    }

    /// Ends the game as `kill -9` does.
    pub fn kill(self) {}
}
