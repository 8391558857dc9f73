//! A real game: Chocolate Doom with Freedoom's free data, which plays its demos by itself.

use super::desktop::{Desktop, find_tool};
use impasto::capture::{WindowInfo, find_window_on};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use x11rb::protocol::xproto::Window;

/// The game's process, killed when dropped.
pub struct Doom {
    child: Child,
    pub window: Window,
}

impl Doom {
    /// Starts the game without sound, 640x480 pixels large, and waits until its window stays as it is; `None` (loudly) where the game is
    /// missing.
    pub fn start(desktop: &Desktop) -> Option<Self> {
        Self::start_with(desktop, |command| command.arg("-nosound"))
    }

    /// Starts the game as [`Self::start`] does, with its sound on this server.
    pub fn start_with_sound(desktop: &Desktop, server: &str) -> Option<Self> {
        Self::start_with(desktop, |command| command.env("PULSE_SERVER", server).env("SDL_AUDIODRIVER", "pulseaudio"))
    }

    fn start_with(desktop: &Desktop, adapt: impl FnOnce(&mut Command) -> &mut Command) -> Option<Self> {
        let program = find_tool("chocolate-doom")?;
        let mut command = desktop.command(program);
        let child = adapt(&mut command)
            .args(["-iwad", "freedoom1.wad", "-window", "-geometry", "640x480"])
            .env("SDL_VIDEODRIVER", "x11")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut game = Self { child, window: x11rb::NONE };
        game.window = desktop.wait_for("the game's window to stay as it is", || Self::settled(desktop));
        desktop.wait_until_managed(game.window);
        Some(game)
    }

    /// The game's window, once every look in a row for half a second finds the same one with the same title: as the game starts, SDL names its
    /// window anew, and makes another one where its renderer wants so.
    fn settled(desktop: &Desktop) -> Option<Window> {
        let first = Self::find(desktop)?;
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(50));
            if Self::find(desktop).as_ref() != Some(&first) {
                return None;
            }
        }
        Some(first.id)
    }

    /// What the list of windows says of the game. The window is there before its title is.
    pub fn find(desktop: &Desktop) -> Option<WindowInfo> {
        find_window_on(Some(desktop.display()), "doom").ok().filter(|info| !info.title.is_empty())
    }

    /// Sends the game a signal, such as SIGSTOP.
    pub fn send(&self, signal: libc::c_int) {
        // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
        assert_eq!(unsafe { libc::kill(self.child.id() as libc::pid_t, signal) }, 0);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Doom {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
