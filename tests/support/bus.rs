//! A private message bus.

use super::desktop::find_tool;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A private message bus, stopped when dropped.
pub struct Bus {
    daemon: Child,
    pub address: String,
}

impl Bus {
    /// Starts the bus; `None` (loudly) where there is no D-Bus.
    pub fn start() -> Option<Self> {
        let tool = find_tool("dbus-daemon")?;
        let mut daemon = Command::new(tool)
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Self { daemon, address: address.trim().to_owned() })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
