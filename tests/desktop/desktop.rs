//! The program on a desktop, and its windows there.

pub use crate::support::desktop::{Desktop, SCREEN};

use crate::support::desktop::PATIENCE;
use crate::support::style::write_style;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, MapState, Window};

impl Desktop {
    /// Starts the program.
    pub fn run(&self, arguments: &[&str]) -> Program {
        self.run_on(self.display(), arguments)
    }

    /// Starts the program with a variable of its environment, such as injects a fault.
    pub fn run_with(&self, (variable, value): (&str, &str), arguments: &[&str]) -> Program {
        let mut command = self.command(env!("CARGO_BIN_EXE_impasto"));
        command.args(arguments).env(variable, value);
        self.launch(command)
    }

    /// Starts the program on another display.
    pub fn run_on(&self, display: &str, arguments: &[&str]) -> Program {
        let mut command = self.command(env!("CARGO_BIN_EXE_impasto"));
        command.args(arguments).env("DISPLAY", display);
        self.launch(command)
    }

    /// Starts the program where it finds this D-Bus.
    pub fn run_on_bus(&self, address: &str, arguments: &[&str]) -> Program {
        let mut command = self.command(env!("CARGO_BIN_EXE_impasto"));
        command.args(arguments).env("DBUS_SESSION_BUS_ADDRESS", address);
        self.launch(command)
    }

    /// Starts the program where it finds this sound server.
    pub fn run_with_sound(&self, server: &str, arguments: &[&str]) -> Program {
        let mut command = self.command(env!("CARGO_BIN_EXE_impasto"));
        command.args(arguments).env("PULSE_SERVER", server);
        self.launch(command)
    }

    /// Starts the program where it finds this D-Bus and this sound server.
    pub fn run_on_bus_with_sound(&self, address: &str, server: &str, arguments: &[&str]) -> Program {
        let mut command = self.command(env!("CARGO_BIN_EXE_impasto"));
        command.args(arguments).env("DBUS_SESSION_BUS_ADDRESS", address).env("PULSE_SERVER", server);
        self.launch(command)
    }

    fn launch(&self, mut command: Command) -> Program {
        command.env("IMPASTO_STYLES", write_style(self.folder()));
        Program { child: command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap() }
    }

    /// Windows of our program that are on the screen, with whether they are overlays.
    fn our_windows(&self) -> Vec<(Window, bool)> {
        self.wake_window_manager();
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
}

/// The running program, killed when dropped.
pub struct Program {
    child: Child,
}

impl Program {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
        assert_eq!(unsafe { libc::kill(self.id() as libc::pid_t, libc::SIGINT) }, 0);
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
        let status = self.child.wait().unwrap();
        if status.code().is_none() {
            text += &status.to_string();
        }
        (status.code(), text)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
