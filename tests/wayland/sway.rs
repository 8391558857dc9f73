//! A compositor without a screen: sway, drawing into memory.

use crate::support::desktop::{PATIENCE, find_tool};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Size of the only output in pixels.
pub const OUTPUT: (u32, u32) = (1280, 720);

/// The colour of the desktop: red, green, blue.
pub const BACKGROUND: [u8; 3] = [0x20, 0x40, 0x60];

/// sway and its folder; it is killed when dropped.
pub struct Sway {
    child: Child,
    folder: tempfile::TempDir,
    display: String,
    socket: PathBuf,
}

/// A window of the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwayWindow {
    pub title: String,
    /// Left, top, width and height in pixels.
    pub area: (i64, i64, i64, i64),
    pub is_full_screen: bool,
    pub is_focused: bool,
}

impl Sway {
    /// Starts it; `None` (loudly) where a tool is missing.
    pub fn start() -> Option<Self> {
        Self::start_with("xwayland disable")
    }

    /// Starts it with Xwayland, for programs of X11, and gives the name of their display; `None` (loudly) where a tool is missing.
    /// The panel and paintings are placed beside each other.
    pub fn start_with_x11() -> Option<(Self, String)> {
        find_tool("Xwayland")?;
        let sway = Self::start_with(
            "xwayland enable\nfor_window [title=\"^Impasto$\"] move position 0 0\n\
             for_window [title=\"— Impasto$\"] move position 800 100\n",
        )?;
        // sway chooses the display, and tells it to what it starts.
        let file = sway.folder().join("x-display");
        sway.tell(&format!("exec sh -c 'echo $DISPLAY > {0}.new; mv {0}.new {0}'", file.display()));
        let display = sway.wait_for("the name of Xwayland's display", || std::fs::read_to_string(&file).ok());
        Some((sway, display.trim().to_owned()))
    }

    fn start_with(lines: &str) -> Option<Self> {
        let (sway, _, _) = (find_tool("sway")?, find_tool("swaymsg")?, find_tool("grim")?);
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let config = folder.path().join("config");
        let (width, height) = OUTPUT;
        let text = format!(
            "output HEADLESS-1 resolution {width}x{height} bg #204060 solid_color\ndefault_border none\n\
             for_window [app_id=\".*\"] floating enable\nfor_window [class=\".*\"] floating enable\n{lines}\n"
        );
        std::fs::write(&config, text).unwrap();
        let mut command = as_person(&sway);
        command
            .arg("-c")
            .arg(&config)
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("WLR_BACKENDS", "headless")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env("WLR_RENDERER", "pixman")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("SWAYSOCK")
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("sway.log")).unwrap());
        let mut child = command.spawn().unwrap();
        let deadline = Instant::now() + PATIENCE;
        let found = |start: &str| {
            let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            names
                .map(|name| name.to_string_lossy().into_owned())
                .find(|name| name.starts_with(start) && !name.ends_with(".lock"))
        };
        let (display, socket) = loop {
            if let (Some(display), Some(socket)) = (found("wayland-"), found("sway-ipc.")) {
                break (display, folder.path().join(socket));
            }
            let log = || std::fs::read_to_string(folder.path().join("sway.log")).unwrap();
            assert!(child.try_wait().unwrap().is_none(), "sway does not run here: {}", log());
            assert!(Instant::now() < deadline, "sway does not come up: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        };
        Some(Self { child, folder, display, socket })
    }

    /// Its folder, as `XDG_RUNTIME_DIR` names it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The display's name, as `WAYLAND_DISPLAY` gives it.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Tells the compositor to do something.
    pub fn tell(&self, order: &str) {
        let status = Command::new("swaymsg").arg("-s").arg(&self.socket).arg("-q").arg(order).status().unwrap();
        assert!(status.success(), "sway does not obey: {order}");
    }

    /// The window whose title begins so.
    pub fn window(&self, title: &str) -> Option<SwayWindow> {
        self.windows().into_iter().find(|window| window.title.starts_with(title))
    }

    /// The windows of the desktop.
    pub fn windows(&self) -> Vec<SwayWindow> {
        let start = Instant::now();
        let tree: serde_json::Value = loop {
            let mut command = Command::new("swaymsg");
            let output = command.arg("-s").arg(&self.socket).args(["-r", "-t", "get_tree"]).output().unwrap();
            match serde_json::from_slice(&output.stdout) {
                Ok(tree) => break tree,
                // It gives up after some seconds on a busy machine.
                Err(_) if start.elapsed() < PATIENCE => {}
                Err(error) => panic!("sway does not answer ({error}): {}", String::from_utf8_lossy(&output.stderr)),
            }
        };
        let mut windows = Vec::new();
        gather(&tree, &mut windows);
        windows
    }

    /// Red, green and blue of a pixel of the output.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let output = Command::new("grim")
            .args(["-t", "png", "-"])
            .env("XDG_RUNTIME_DIR", self.folder())
            .env("WAYLAND_DISPLAY", &self.display)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let picture = image::load_from_memory(&output.stdout).unwrap().to_rgb8();
        picture.get_pixel(x, y).0
    }

    /// Asks until there is an answer.
    pub fn wait_for<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}; the windows are {:?}", self.windows());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Sway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// sway refuses root: in a name space of its own, root is somebody else.
fn as_person(program: &Path) -> Command {
    // SAFETY: the call takes nothing and cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return Command::new(program);
    }
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-user=1000", "--map-group=1000"]).arg(program);
    command
}

fn gather(node: &serde_json::Value, windows: &mut Vec<SwayWindow>) {
    if node["pid"].is_number() {
        let side = |name: &str| node["rect"][name].as_i64().unwrap();
        windows.push(SwayWindow {
            title: node["name"].as_str().unwrap_or_default().to_owned(),
            area: (side("x"), side("y"), side("width"), side("height")),
            is_full_screen: node["fullscreen_mode"].as_i64() == Some(1),
            is_focused: node["focused"].as_bool() == Some(true),
        });
    }
    for key in ["nodes", "floating_nodes"] {
        node[key].as_array().into_iter().flatten().for_each(|child| gather(child, windows));
    }
}
