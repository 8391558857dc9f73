//! A private X server with a window manager, and the program in it.

use super::style::write_style;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, MapState, PropMode, Window,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Nothing here takes this long on a working machine, however loaded.
const PATIENCE: Duration = Duration::from_secs(20);

/// Size of the screen in pixels.
pub const SCREEN: (u16, u16) = (1280, 960);

/// Xvfb and openbox, stopped when dropped.
pub struct Desktop {
    server: Child,
    window_manager: Child,
    display: String,
    folder: tempfile::TempDir,
    pub connection: RustConnection,
    pub root: Window,
}

impl Desktop {
    /// Starts a desktop; `None` (loudly) where the tools are missing.
    pub fn start() -> Option<Self> {
        for tool in ["Xvfb", "openbox"] {
            if let Err(error) = Command::new(tool).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status() {
                assert!(std::env::var_os("IMPASTO_TEST_ALL").is_none(), "{tool} is missing: {error}");
                eprintln!("SKIPPED: {tool} is missing ({error}); install it to test windows");
                return None;
            }
        }
        let screen = format!("{}x{}x24", SCREEN.0, SCREEN.1);
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        let folder = tempfile::tempdir().unwrap();
        let window_manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (connection, screen) = x11rb::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let desktop = Self { server, window_manager, display, folder, connection, root };
        desktop.wait_for("the window manager", || {
            desktop.property(root, "_NET_SUPPORTING_WM_CHECK").first().copied().filter(|window| *window != 0)
        });
        Some(desktop)
    }

    /// The display's name.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Starts the program.
    pub fn run(&self, arguments: &[&str]) -> Program {
        self.run_on(&self.display, arguments)
    }

    /// Starts the program on another display.
    pub fn run_on(&self, display: &str, arguments: &[&str]) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impasto"));
        command
            .args(arguments)
            .env("DISPLAY", display)
            .env("HOME", self.folder.path())
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("IMPASTO_STYLES", write_style(self.folder.path()))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Program { child: command.spawn().unwrap() }
    }

    /// Asks until there is an answer.
    pub fn wait_for<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Gives the window manager something to look at: an event that it read while starting, openbox handles with the
    /// next one only.
    pub fn wake_window_manager(&self) {
        let name = self.atom("IMPASTO_TEST_WAKE");
        self.connection.change_property32(PropMode::REPLACE, self.root, name, AtomEnum::CARDINAL, &[0]).unwrap();
        self.connection.flush().unwrap();
    }

    /// The numbers that a property holds.
    pub fn property(&self, window: Window, name: &str) -> Vec<u32> {
        let name = self.atom(name);
        let reply = self.connection.get_property(false, window, name, AtomEnum::ANY, 0, 1024).unwrap().reply();
        reply.ok().and_then(|reply| reply.value32().map(Iterator::collect)).unwrap_or_default()
    }

    /// Windows of our program that are on the screen, with whether they are overlays.
    fn our_windows(&self) -> Vec<(Window, bool)> {
        let mut found = Vec::new();
        let mut left = vec![self.root];
        while let Some(parent) = left.pop() {
            let Ok(tree) = self.connection.query_tree(parent).unwrap().reply() else { continue };
            for window in tree.children {
                let class =
                    self.connection.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::ANY, 0, 64).unwrap();
                let attributes = self.connection.get_window_attributes(window).unwrap();
                let (Ok(class), Ok(attributes)) = (class.reply(), attributes.reply()) else { continue };
                if class.value == b"impasto\0impasto\0" && attributes.map_state == MapState::VIEWABLE {
                    found.push((window, attributes.override_redirect));
                }
                left.push(window);
            }
        }
        found
    }

    /// The overlay, if it is on the screen.
    pub fn overlay(&self) -> Option<Window> {
        self.our_windows().into_iter().find(|(_, is_overlay)| *is_overlay).map(|(window, _)| window)
    }

    /// The ordinary windows of our program that are on the screen.
    pub fn ordinary_windows(&self) -> Vec<Window> {
        self.our_windows().into_iter().filter(|(_, is_overlay)| !is_overlay).map(|(window, _)| window).collect()
    }

    /// Left, top, width and height on the screen; `None` for a window that is gone.
    pub fn area(&self, window: Window) -> Option<(i16, i16, u16, u16)> {
        let size = self.connection.get_geometry(window).unwrap().reply().ok()?;
        let corner = self.connection.translate_coordinates(window, self.root, 0, 0).unwrap().reply().ok()?;
        Some((corner.dst_x, corner.dst_y, size.width, size.height))
    }

    /// The rectangles of a window that take clicks.
    pub fn clickable(&self, window: Window) -> usize {
        self.connection.shape_get_rectangles(window, shape::SK::INPUT).unwrap().reply().unwrap().rectangles.len()
    }

    /// The window below the pointer that would get a click, at the top level.
    pub fn top_window_at(&self, x: i16, y: i16) -> Window {
        self.connection.warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y).unwrap();
        self.connection.query_pointer(self.root).unwrap().reply().unwrap().child
    }

    pub fn active_window(&self) -> Option<Window> {
        self.property(self.root, "_NET_ACTIVE_WINDOW").first().copied()
    }

    /// Closes a window as its close button does.
    pub fn close(&self, window: Window) {
        let protocols = self.atom("WM_PROTOCOLS");
        let event = ClientMessageEvent::new(32, window, protocols, [self.atom("WM_DELETE_WINDOW"), 0, 0, 0, 0]);
        self.connection.send_event(false, window, EventMask::NO_EVENT, event).unwrap();
        self.connection.flush().unwrap();
    }

    /// Colour of a pixel of the screen: red, green, blue.
    pub fn pixel(&self, x: i16, y: i16) -> [u8; 3] {
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, !0).unwrap();
        let data = image.reply().unwrap().data;
        [data[2], data[1], data[0]]
    }

    /// The top-level windows, lowest first.
    pub fn stack(&self) -> Vec<Window> {
        self.connection.query_tree(self.root).unwrap().reply().unwrap().children
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in [&mut self.window_manager, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The running program, killed when dropped.
pub struct Program {
    child: Child,
}

impl Program {
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end; gives the exit code and what was written to stderr.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let start = Instant::now();
        while self.is_running() {
            assert!(start.elapsed() < PATIENCE, "the program does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
