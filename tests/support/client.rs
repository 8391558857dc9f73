//! A client of the display that has one window.

use super::desktop::Desktop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeGCAux, ColormapAlloc, ConnectionExt as _, CreateGCAux, CreateWindowAux, PropMode, Rectangle,
    Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Red, green, blue.
pub type Color = [u8; 3];

/// The colour of a window that stands for a game.
pub const COLOR: Color = [0x30, 0x90, 0x50];

/// The colour of the square that moves over it.
const SQUARE_COLOR: Color = [0xE0, 0xE0, 0xE0];

/// What a client's window is like.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Left, top, width and height.
    pub area: (i16, i16, u16, u16),
    pub color: Color,
    /// `24`, or `32` for a window with transparency.
    pub depth: u8,
    pub border_px: u16,
    pub title: Option<&'a str>,
    /// Instance and class.
    pub class: Option<(&'a str, &'a str)>,
    pub pid: Option<u32>,
}

impl Default for Look<'_> {
    fn default() -> Self {
        Self {
            area: (100, 120, 400, 300),
            color: COLOR,
            depth: 24,
            border_px: 0,
            title: Some("The Game"),
            class: Some(("game", "Game")),
            pid: None,
        }
    }
}

/// A connection of its own with one window. Dropping it ends the connection, which is what the server sees of a program
/// that is killed.
pub struct Client {
    pub connection: RustConnection,
    pub root: Window,
    pub window: Window,
    pub depth: u8,
}

impl Client {
    /// Connects and creates the window, which is not on the screen yet.
    pub fn create(display: &str, look: &Look) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().unwrap();
        let client = Self { connection, root, window, depth: look.depth };
        client.create_window(look);
        client
    }

    /// As [`Client::create`], and puts the window on the screen; waits until a window manager has it.
    pub fn open(desktop: &Desktop, look: &Look) -> Self {
        let client = Self::create(desktop.display(), look);
        client.map();
        if !desktop.property(desktop.root, "_NET_SUPPORTING_WM_CHECK").is_empty() {
            desktop.wait_until_managed(client.window);
        }
        client
    }

    /// Creates the window with the id that this client uses.
    pub fn create_window(&self, look: &Look) {
        let (x, y, width, height) = look.area;
        let screen = &self.connection.setup().roots[0];
        let depth = screen.allowed_depths.iter().find(|allowed| allowed.depth == look.depth).unwrap();
        let visual = if look.depth == screen.root_depth { screen.root_visual } else { depth.visuals[0].visual_id };
        let colormap = self.connection.generate_id().unwrap();
        self.connection.create_colormap(ColormapAlloc::NONE, colormap, self.root, visual).unwrap();
        let aux = CreateWindowAux::new().background_pixel(pixel(look.color)).border_pixel(0).colormap(colormap);
        let class = WindowClass::INPUT_OUTPUT;
        self.connection
            .create_window(look.depth, self.window, self.root, x, y, width, height, look.border_px, class, visual, &aux)
            .unwrap()
            .check()
            .unwrap();
        let text = |name: AtomEnum, value: &[u8]| {
            self.connection.change_property8(PropMode::REPLACE, self.window, name, AtomEnum::STRING, value).unwrap();
        };
        if let Some(title) = look.title {
            text(AtomEnum::WM_NAME, title.as_bytes());
        }
        if let Some((instance, class)) = look.class {
            text(AtomEnum::WM_CLASS, format!("{instance}\0{class}\0").as_bytes());
        }
        let numbers = |name: u32, kind: AtomEnum, values: &[u32]| {
            self.connection.change_property32(PropMode::REPLACE, self.window, name, kind, values).unwrap();
        };
        if let Some(pid) = look.pid {
            let name = self.connection.intern_atom(false, b"_NET_WM_PID").unwrap().reply().unwrap().atom;
            numbers(name, AtomEnum::CARDINAL, &[pid]);
        }
        // The person has placed the window: the window manager leaves it there.
        let mut hints = [0u32; 18];
        hints[0] = 1;
        numbers(AtomEnum::WM_NORMAL_HINTS.into(), AtomEnum::WM_SIZE_HINTS, &hints);
    }

    /// Puts the window on the screen.
    pub fn map(&self) {
        self.connection.map_window(self.window).unwrap().check().unwrap();
    }

    /// Waits until the server has done all that was asked for.
    pub fn sync(&self) {
        self.connection.get_input_focus().unwrap().reply().unwrap();
    }

    /// Moves a square along the upper edge while it is told to, so that there are always new pictures.
    pub fn animate(&self, go_on: impl Fn() -> bool) {
        let gc = self.connection.generate_id().unwrap();
        self.connection.create_gc(gc, self.window, &CreateGCAux::new()).unwrap();
        let mut step = 0i16;
        while go_on() {
            self.draw_square(gc, step, COLOR);
            step = (step + 8) % 64;
            self.draw_square(gc, step, SQUARE_COLOR);
            self.connection.flush().unwrap();
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn draw_square(&self, gc: u32, x: i16, color: Color) {
        self.connection.change_gc(gc, &ChangeGCAux::new().foreground(pixel(color))).unwrap();
        self.connection.poly_fill_rectangle(self.window, gc, &[Rectangle { x, y: 4, width: 8, height: 8 }]).unwrap();
    }
}

/// A client that moves on a thread of the test: dropping it ends the connection, which is what the server sees of `kill -9`.
pub struct MovingClient {
    pub window: Window,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl MovingClient {
    pub fn start(client: Client) -> Self {
        let window = client.window;
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = Arc::clone(&stop);
        #[expect(clippy::disallowed_methods, reason = "a test's own thread, joined when the client is dropped")]
        let thread = std::thread::spawn(move || client.animate(|| !stopping.load(Ordering::Acquire)));
        Self { window, stop, thread: Some(thread) }
    }
}

impl Drop for MovingClient {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The number that the server has for an opaque colour.
pub fn pixel([red, green, blue]: Color) -> u32 {
    u32::from_be_bytes([0xFF, red, green, blue])
}
