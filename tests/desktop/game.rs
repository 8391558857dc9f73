//! A window that stands for a game: one colour, and a square that moves so that there are always new pictures.

use super::desktop::Desktop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeGCAux, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    EventMask, PropMode, Rectangle, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

/// The game's colour: red, green, blue.
pub const COLOR: [u8; 3] = [0x30, 0x90, 0x50];

/// A client of its own, as a game is: dropping it ends the connection, which is what the server sees of `kill -9`.
pub struct Game {
    pub window: Window,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Game {
    /// Opens the window and waits until it is on the screen.
    pub fn open(desktop: &Desktop, title: &str, (x, y, width, height): (i16, i16, u16, u16)) -> Self {
        let (connection, screen) = x11rb::connect(Some(desktop.display())).unwrap();
        let screen = &connection.setup().roots[screen];
        let window = connection.generate_id().unwrap();
        let pixel = |color: [u8; 3]| u32::from_be_bytes([0, color[0], color[1], color[2]]);
        let look = CreateWindowAux::new().background_pixel(pixel(COLOR));
        connection
            .create_window(
                screen.root_depth,
                window,
                screen.root,
                x,
                y,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &look,
            )
            .unwrap()
            .check()
            .unwrap();
        let text = |name: AtomEnum, value: &[u8]| {
            connection.change_property8(PropMode::REPLACE, window, name, AtomEnum::STRING, value).unwrap();
        };
        text(AtomEnum::WM_NAME, title.as_bytes());
        text(AtomEnum::WM_CLASS, b"game\0Game\0");
        // The person has placed the window: the window manager leaves it there.
        let mut hints = [0u32; 18];
        hints[0] = 1;
        connection
            .change_property32(PropMode::REPLACE, window, AtomEnum::WM_NORMAL_HINTS, AtomEnum::WM_SIZE_HINTS, &hints)
            .unwrap();
        connection.map_window(window).unwrap().check().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = Arc::clone(&stop);
        #[expect(clippy::disallowed_methods, reason = "a test's own thread, joined when the game is dropped")]
        let thread = std::thread::spawn(move || {
            let gc = connection.generate_id().unwrap();
            connection.create_gc(gc, window, &CreateGCAux::new()).unwrap();
            let mut step = 0i16;
            while !stopping.load(Ordering::Acquire) {
                for color in [COLOR, [0xE0, 0xE0, 0xE0]] {
                    connection.change_gc(gc, &ChangeGCAux::new().foreground(pixel(color))).unwrap();
                    let square = Rectangle { x: step, y: 4, width: 8, height: 8 };
                    connection.poly_fill_rectangle(window, gc, &[square]).unwrap();
                    step = if color == COLOR { (step + 8) % 64 } else { step };
                }
                connection.flush().unwrap();
                std::thread::sleep(Duration::from_millis(30));
            }
        });
        let game = Self { window, stop, thread: Some(thread) };
        desktop.wait_for("the game's window", || {
            desktop.wake_window_manager();
            desktop.property(desktop.root, "_NET_CLIENT_LIST").contains(&window).then_some(())
        });
        game
    }

    pub fn move_to(&self, desktop: &Desktop, x: i32, y: i32) {
        configure(desktop, self.window, &ConfigureWindowAux::new().x(x).y(y));
    }

    pub fn resize(&self, desktop: &Desktop, width: u32, height: u32) {
        configure(desktop, self.window, &ConfigureWindowAux::new().width(width).height(height));
    }

    pub fn minimize(&self, desktop: &Desktop) {
        const ICONIC_STATE: u32 = 3;
        message(desktop, self.window, "WM_CHANGE_STATE", [ICONIC_STATE, 0, 0, 0, 0]);
    }

    /// Brings the window to the front, out of the dock where it is there, as a click in a task bar does.
    pub fn activate(&self, desktop: &Desktop) {
        const FROM_PAGER: u32 = 2;
        message(desktop, self.window, "_NET_ACTIVE_WINDOW", [FROM_PAGER, 0, 0, 0, 0]);
    }

    pub fn set_fullscreen(&self, desktop: &Desktop) {
        const ADD: u32 = 1;
        let state = desktop.atom("_NET_WM_STATE_FULLSCREEN");
        message(desktop, self.window, "_NET_WM_STATE", [ADD, state, 0, 1, 0]);
    }

    /// The child of the root that holds the window: the window manager's frame.
    pub fn frame(&self, desktop: &Desktop) -> Window {
        let mut window = self.window;
        loop {
            let parent = desktop.connection.query_tree(window).unwrap().reply().unwrap().parent;
            if parent == desktop.root {
                return window;
            }
            window = parent;
        }
    }

    /// Ends the game as `kill -9` does.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Game {
    fn drop(&mut self) {
        self.end();
    }
}

fn configure(desktop: &Desktop, window: Window, change: &ConfigureWindowAux) {
    desktop.connection.configure_window(window, change).unwrap();
    desktop.connection.flush().unwrap();
}

fn message(desktop: &Desktop, window: Window, name: &str, data: [u32; 5]) {
    let event = ClientMessageEvent::new(32, window, desktop.atom(name), data);
    let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
    desktop.connection.send_event(false, desktop.root, mask, event).unwrap();
    desktop.connection.flush().unwrap();
}
