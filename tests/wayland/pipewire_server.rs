//! A PipeWire of the tests' own, with WirePlumber, which joins streams.

use crate::support::desktop::{PATIENCE, find_tool};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The two programs and their folder; they are killed when dropped.
pub struct PipeWireServer {
    server: Child,
    manager: Child,
    folder: tempfile::TempDir,
}

impl PipeWireServer {
    /// Starts them; `None` (loudly) where they are missing.
    pub fn start(bus: &str) -> Option<Self> {
        let (server, manager) = (find_tool("pipewire")?, find_tool("wireplumber")?);
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let server = spawn(&server, folder.path(), bus);
        let deadline = Instant::now() + PATIENCE;
        while !folder.path().join("pipewire-0").exists() {
            assert!(Instant::now() < deadline, "PipeWire does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        let manager = spawn(&manager, folder.path(), bus);
        Some(Self { server, manager, folder })
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("pipewire-0")
    }

    /// A connection as the portal hands it over.
    pub fn connect(&self) -> UnixStream {
        UnixStream::connect(self.socket()).unwrap()
    }

    /// Ends PipeWire as a crash does.
    pub fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

fn spawn(program: &Path, folder: &Path, bus: &str) -> Child {
    Command::new(program)
        .env("HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("PIPEWIRE_RUNTIME_DIR", folder)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        // There is no system bus to look for cameras and bluetooth on.
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus)
        .env_remove("DISPLAY")
        .env_remove("PIPEWIRE_REMOTE")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for PipeWireServer {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
