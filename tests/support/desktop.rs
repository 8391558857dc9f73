//! A private X server, with or without a window manager.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, ImageFormat, PropMode, Window,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Nothing here takes this long on a working machine, however loaded.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Size of the screen in pixels.
pub const SCREEN: (u16, u16) = (1280, 960);

/// Xvfb, and openbox where it was asked for; stopped when dropped.
pub struct Desktop {
    server: Child,
    window_manager: Option<Child>,
    display: String,
    folder: tempfile::TempDir,
    pub connection: RustConnection,
    pub root: Window,
}

impl Desktop {
    /// Starts a desktop with a window manager; `None` (loudly) where the tools are missing.
    pub fn start() -> Option<Self> {
        Self::start_managed("openbox", &[])
    }

    /// Starts a desktop with this window manager; `None` (loudly) where the tools are missing.
    pub fn start_managed(manager: &str, arguments: &[&str]) -> Option<Self> {
        let manager = find_tool(manager)?;
        let mut desktop = Self::start_bare(&[])?;
        let mut command = desktop.command(manager);
        desktop.window_manager =
            Some(command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        desktop.wait_for("the window manager", || {
            desktop.property(desktop.root, "_NET_SUPPORTING_WM_CHECK").first().copied().filter(|window| *window != 0)
        });
        Some(desktop)
    }

    /// Starts a screen without a window manager, with further arguments for Xvfb; `None` (loudly) where it is missing.
    pub fn start_bare(arguments: &[&str]) -> Option<Self> {
        let server = find_tool("Xvfb")?;
        let screen = format!("{}x{}x24", SCREEN.0, SCREEN.1);
        let mut server = Command::new(server)
            .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        let folder = tempfile::tempdir().unwrap();
        let (connection, screen) = x11rb::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[screen].root;
        Some(Self { server, window_manager: None, display, folder, connection, root })
    }

    /// A program that is to run on this desktop, with a home of its own.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("HOME", self.folder())
            .env("XDG_RUNTIME_DIR", self.folder())
            .env("IMPASTO_SETTINGS", self.settings())
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("PULSE_SERVER")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .current_dir(self.folder());
        command
    }

    /// Writes a file of settings or profiles before a program starts here.
    pub fn write_settings(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.settings()).unwrap();
        std::fs::write(self.settings().join(name), text).unwrap();
    }

    /// The folder for settings of the programs that run here.
    pub fn settings(&self) -> std::path::PathBuf {
        self.folder().join("settings")
    }

    /// The display's name.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The home of the programs that run here; gone with the desktop.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The window manager's process.
    pub fn window_manager_id(&self) -> u32 {
        self.window_manager.as_ref().expect("the desktop was started with a window manager").id()
    }

    /// Ends the X server as a crash does.
    pub fn kill_server(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
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

    /// The numbers that a property holds.
    pub fn property(&self, window: Window, name: &str) -> Vec<u32> {
        let name = self.atom(name);
        let reply = self.connection.get_property(false, window, name, AtomEnum::ANY, 0, 1024).unwrap().reply();
        reply.ok().and_then(|reply| reply.value32().map(Iterator::collect)).unwrap_or_default()
    }

    /// Waits until the window manager has taken the window in.
    pub fn wait_until_managed(&self, window: Window) {
        self.wait_for("the window manager to list the window", || {
            self.wake_window_manager();
            self.property(self.root, "_NET_CLIENT_LIST").contains(&window).then_some(())
        });
    }

    /// Gives the window manager something to look at: an event that it read while starting, openbox handles with the
    /// next one only.
    pub fn wake_window_manager(&self) {
        let name = self.atom("IMPASTO_TEST_WAKE");
        self.connection.change_property32(PropMode::REPLACE, self.root, name, AtomEnum::CARDINAL, &[0]).unwrap();
        self.connection.flush().unwrap();
    }

    /// Left, top, width and height on the screen; `None` for a window that is gone.
    pub fn area(&self, window: Window) -> Option<(i16, i16, u16, u16)> {
        let size = self.connection.get_geometry(window).unwrap().reply().ok()?;
        let corner = self.connection.translate_coordinates(window, self.root, 0, 0).unwrap().reply().ok()?;
        Some((corner.dst_x, corner.dst_y, size.width, size.height))
    }

    /// The top-level windows, lowest first.
    pub fn stack(&self) -> Vec<Window> {
        self.connection.query_tree(self.root).unwrap().reply().unwrap().children
    }

    /// The child of the root that holds a window: the window manager's frame, else the window itself.
    pub fn top_level_of(&self, window: Window) -> Window {
        let mut window = window;
        loop {
            let parent = self.connection.query_tree(window).unwrap().reply().unwrap().parent;
            if parent == self.root {
                return window;
            }
            window = parent;
        }
    }

    /// Colours of a part of the screen, row by row: red, green, blue. `None` where a part of it is off the screen.
    pub fn pixels(&self, (x, y, width, height): (i16, i16, u16, u16)) -> Option<Vec<[u8; 3]>> {
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0).unwrap();
        let data = image.reply().ok()?.data;
        Some(data.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect())
    }

    /// Colour of a pixel of the screen: red, green, blue.
    pub fn pixel(&self, x: i16, y: i16) -> [u8; 3] {
        self.pixels((x, y, 1, 1)).expect("the place is on the screen")[0]
    }

    pub fn move_to(&self, window: Window, x: i32, y: i32) {
        self.configure(window, &ConfigureWindowAux::new().x(x).y(y));
    }

    pub fn resize(&self, window: Window, width: u32, height: u32) {
        self.configure(window, &ConfigureWindowAux::new().width(width).height(height));
    }

    pub fn configure(&self, window: Window, change: &ConfigureWindowAux) {
        self.connection.configure_window(window, change).unwrap();
        self.connection.flush().unwrap();
    }

    pub fn minimize(&self, window: Window) {
        const ICONIC_STATE: u32 = 3;
        self.ask_manager(window, "WM_CHANGE_STATE", [ICONIC_STATE, 0, 0, 0, 0]);
    }

    /// Brings a window to the front, out of the dock where it is there, as a click in a task bar does.
    pub fn activate(&self, window: Window) {
        const FROM_PAGER: u32 = 2;
        self.ask_manager(window, "_NET_ACTIVE_WINDOW", [FROM_PAGER, 0, 0, 0, 0]);
    }

    /// Adds or removes a state of the window manager, such as `_NET_WM_STATE_FULLSCREEN`.
    pub fn set_state(&self, window: Window, state: &str, is_on: bool) {
        self.ask_manager(window, "_NET_WM_STATE", [u32::from(is_on), self.atom(state), 0, 1, 0]);
    }

    /// Puts a window on another workspace; `u32::MAX` means all of them.
    pub fn set_workspace(&self, window: Window, number: u32) {
        self.ask_manager(window, "_NET_WM_DESKTOP", [number, 1, 0, 0, 0]);
    }

    pub fn go_to_workspace(&self, number: u32) {
        self.ask_manager(self.root, "_NET_CURRENT_DESKTOP", [number, 0, 0, 0, 0]);
        self.wait_for("the other workspace", || {
            (self.property(self.root, "_NET_CURRENT_DESKTOP") == [number]).then_some(())
        });
    }

    fn ask_manager(&self, window: Window, name: &str, data: [u32; 5]) {
        let event = ClientMessageEvent::new(32, window, self.atom(name), data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, mask, event).unwrap();
        self.connection.flush().unwrap();
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.window_manager.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where Debian puts games, which is not in everybody's search path.
const GAMES_FOLDER: &str = "/usr/games";

/// A program's file; `None` (loudly) where it is missing, or a failure where `IMPASTO_TEST_ALL=1` asks for all tests.
pub fn find_tool(name: &str) -> Option<PathBuf> {
    let searched = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&searched).chain([PathBuf::from(GAMES_FOLDER)]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("IMPASTO_TEST_ALL").is_none(), "{name} is missing, but all tests are asked for");
        eprintln!("SKIPPED: {name} is missing; install it to test windows");
    }
    found
}
