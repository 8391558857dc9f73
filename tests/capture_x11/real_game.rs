//! A real game, which plays its demo.

use crate::polling::{POLL, open};
use crate::support::desktop::{Desktop, PATIENCE, find_tool};
use impasto::capture::{Captured, FrameSource as _, find_window_on};
use impasto::frame::Size;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::process::{Child, Stdio};
use std::time::Instant;

/// Different pictures that the game must give.
const MANY: usize = 20;

/// A process that is killed when dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn gives_many_different_pictures_and_is_listed_with_its_title() {
    let Some(desktop) = Desktop::start() else { return };
    let Some(program) = find_tool("chocolate-doom") else { return };
    let _game = Killed(
        desktop
            .command(program)
            .args(["-iwad", "freedoom1.wad", "-window", "-geometry", "640x480", "-nosound"])
            .env("SDL_VIDEODRIVER", "x11")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    // The window is there before its title is.
    let find = || find_window_on(Some(desktop.display()), "doom").ok().filter(|info| !info.title.is_empty());
    let info = desktop.wait_for("the game's window with its title", find);
    desktop.wait_until_managed(info.id);
    let mut source = open(&desktop, info.id);
    let mut pictures = HashSet::new();
    let hasher = BuildHasherDefault::<DefaultHasher>::new();
    // The title picture stands for some seconds before the demo.
    let start = Instant::now();
    while pictures.len() <= MANY {
        assert!(start.elapsed() < 2 * PATIENCE, "only {} different pictures came", pictures.len());
        match source.poll(POLL) {
            Captured::Frame(frame) if frame.size == Size::new(640, 480) => {
                let lit = frame.pixels.chunks_exact(4).filter(|pixel| pixel[..3].iter().any(|&part| part > 32)).count();
                if lit > frame.size.area() / 10 {
                    pictures.insert(hasher.hash_one(&frame.pixels));
                }
            }
            Captured::Ended(reason) => panic!("the game ended: {reason:?}"),
            _ => {}
        }
    }
    assert_eq!(find(), Some(info));
}
