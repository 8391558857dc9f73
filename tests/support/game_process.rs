//! A window that stands for a game, in a process of its own that can be stopped and killed.

use super::client::{Client, Look};
use super::desktop::Desktop;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use x11rb::protocol::xproto::Window;

/// Makes this test binary be the game; holds the area of its window.
const GAME: &str = "IMPASTO_TEST_GAME";

/// Comes before the window's id in what the game's process says.
const SAYS_WINDOW: &str = "the game's window is ";

/// The title of its window.
pub const TITLE: &str = "Game Process";

/// The game's process, killed when dropped.
pub struct GameProcess {
    child: Child,
    pub window: Window,
}

impl GameProcess {
    /// Starts the game and waits until its window is on the screen.
    pub fn start(desktop: &Desktop, (x, y, width, height): (i16, i16, u16, u16)) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "support::game_process::play", "--test-threads=1", "--nocapture"])
            .env(GAME, format!("{x} {y} {width} {height}"))
            .env("DISPLAY", desktop.display())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).find_map(|line| line.strip_prefix(SAYS_WINDOW).map(str::to_owned));
        let window = said.expect("the game's process opens a window").parse().unwrap();
        desktop.wait_until_managed(window);
        Self { child, window }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Stops the process, as a debugger does.
    pub fn stop(&self) {
        self.send(libc::SIGSTOP);
    }

    /// Lets a stopped process go on.
    pub fn go_on(&self) {
        self.send(libc::SIGCONT);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn send(&self, signal: libc::c_int) {
        // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
        assert_eq!(unsafe { libc::kill(self.child.id() as libc::pid_t, signal) }, 0);
    }
}

impl Drop for GameProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test of its own: the body of the game's process.
#[test]
fn play() {
    let Ok(area) = std::env::var(GAME) else { return };
    let numbers: Vec<i16> = area.split(' ').map(|number| number.parse().unwrap()).collect();
    let area = (numbers[0], numbers[1], numbers[2] as u16, numbers[3] as u16);
    let look = Look { area, title: Some(TITLE), pid: Some(std::process::id()), ..Look::default() };
    let client = Client::create(&std::env::var("DISPLAY").unwrap(), &look);
    client.map();
    eprintln!("{SAYS_WINDOW}{}", client.window);
    client.animate(|| true);
}
