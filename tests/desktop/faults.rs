//! What befalls a game while it is painted, and what the program makes of it: the painting is never frozen or black, and
//! nothing panics.

use super::desktop::{Desktop, Program, SCREEN};
use super::game::{COLOR, Game};
use crate::support::desktop::find_tool;
use crate::support::game_process::GameProcess;
use crate::support::style::{NAME, PAINTED};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use x11rb::protocol::xproto::Window;

const AREA: (i16, i16, u16, u16) = (100, 120, 400, 300);

/// The largest difference of a painted colour from what it should be, in steps of 255: filters and rounding.
const TOLERANCE: u8 = 12;

/// Time for which a game stands still.
const STANDSTILL: Duration = Duration::from_secs(2);

/// A desktop with a painted game.
struct Scene {
    game: GameProcess,
    program: Program,
    desktop: Desktop,
}

impl Scene {
    /// Starts all and waits until the painting is over the game; `None` where the tools are missing.
    fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// As [`Scene::start`], with further arguments for the program.
    fn start_with(further: &[&str]) -> Option<Self> {
        Self::start_with_fault(("IMPASTO_GRAPHICS_FAULT", ""), further)
    }

    /// As [`Scene::start_with`], with a fault of a device.
    fn start_with_fault(fault: (&str, &str), further: &[&str]) -> Option<Self> {
        let desktop = Desktop::start()?;
        let game = GameProcess::start(&desktop, AREA);
        let window = game.window.to_string();
        let arguments = ["run", "--window", &window, "--style", NAME, "--size", "120", "--provider", "cpu"];
        let program = desktop.run_with(fault, &[&arguments[..], &["--stats", "stats.json"], further].concat());
        let scene = Self { game, program, desktop };
        scene.wait_until_painted("the painting");
        Some(scene)
    }

    /// Waits until the overlay lies exactly over the game and shows its painting up to the lower right corner.
    fn wait_until_painted(&self, what: &str) {
        let desktop = &self.desktop;
        desktop.wait_for(what, || {
            let overlay = desktop.overlay()?;
            let area = desktop.area(self.game.window)?;
            let (x, y, width, height) = area;
            let corner = desktop.pixels((x + width as i16 - 5, y + height as i16 - 5, 1, 1))?;
            (desktop.area(overlay) == Some(area) && is_painted(corner[0])).then_some(())
        });
    }

    /// Waits until the painting has followed the game's square several times.
    fn wait_until_moving(&self, what: &str) {
        // The window manager may still be moving the game: it lets windows fly out of the dock.
        let strip = || {
            let (x, y, ..) = self.desktop.area(self.game.window).unwrap();
            self.desktop.pixels((x, y, 80, 16))
        };
        for _ in 0..4 {
            let before = strip();
            let after = self.desktop.wait_for(what, || strip().filter(|now| Some(now) != before.as_ref()));
            assert!(after.iter().any(|color| is_painted(*color)), "it is the painting that moves");
        }
    }

    fn wait_until_hidden(&mut self) {
        self.desktop.wait_for("the overlay to hide", || self.desktop.overlay().is_none().then_some(()));
        assert!(self.program.is_running());
    }

    /// Ends the program as Ctrl-C does; gives the notices.
    fn end(self) -> Vec<String> {
        self.program.interrupt();
        let (code, errors) = self.program.wait();
        assert_eq!(code, Some(0), "{errors}");
        assert!(!errors.contains("panicked"), "{errors}");
        let stats = std::fs::read_to_string(self.desktop.folder().join("stats.json")).unwrap();
        let stats: serde_json::Value = serde_json::from_str(&stats).unwrap();
        let notices = stats["notices"].as_array().unwrap();
        notices.iter().map(|notice| notice.as_str().unwrap().to_owned()).collect()
    }
}

fn is_painted(color: [u8; 3]) -> bool {
    color.iter().zip(PAINTED).all(|(seen, wanted)| seen.abs_diff(wanted) <= TOLERANCE)
}

#[test]
fn minimized_and_restored() {
    let Some(mut scene) = Scene::start() else { return };
    let area = scene.desktop.area(scene.game.window).unwrap();
    scene.desktop.minimize(scene.game.window);
    scene.wait_until_hidden();
    scene.desktop.activate(scene.game.window);
    scene
        .desktop
        .wait_for("the game to come back", || scene.desktop.area(scene.game.window).filter(|now| *now == area));
    scene.wait_until_painted("the painting to come back");
    scene.wait_until_moving("the painting to go on");
    scene.end();
}

#[test]
fn shaded_and_opened_again() {
    let Some(mut scene) = Scene::start() else { return };
    scene.desktop.set_state(scene.game.window, "_NET_WM_STATE_SHADED", true);
    scene.wait_until_hidden();
    scene.desktop.set_state(scene.game.window, "_NET_WM_STATE_SHADED", false);
    scene.wait_until_painted("the painting to come back");
    scene.wait_until_moving("the painting to go on");
    scene.end();
}

#[test]
fn on_another_workspace_and_back() {
    let Some(mut scene) = Scene::start() else { return };
    scene.desktop.go_to_workspace(1);
    scene.wait_until_hidden();
    scene.desktop.go_to_workspace(0);
    scene.wait_until_painted("the painting to come back");
    scene.wait_until_moving("the painting to go on");
    scene.end();
}

#[test]
fn moved_and_resized_in_a_storm() {
    let Some(scene) = Scene::start() else { return };
    for step in 0..50i32 {
        scene.desktop.move_to(scene.game.window, 60 + 7 * step, 50 + 5 * step);
        scene.desktop.resize(scene.game.window, 200 + (37 * step as u32) % 300, 150 + (53 * step as u32) % 250);
        std::thread::sleep(Duration::from_millis(5));
    }
    scene.desktop.resize(scene.game.window, 480, 360);
    scene.desktop.wait_for("the storm's end", || {
        scene.desktop.area(scene.game.window).filter(|(_, _, width, height)| (*width, *height) == (480, 360))
    });
    scene.wait_until_painted("the painting over the game's last place");
    scene.wait_until_moving("the painting to go on");
    scene.end();
}

#[test]
fn covered_by_another_window() {
    let Some(scene) = Scene::start() else { return };
    let desktop = &scene.desktop;
    // It covers the square, and leaves the lower right corner free.
    let cover = Game::open(desktop, "Cover", (50, 60, 250, 200));
    cover.activate(desktop);
    let is_above = |upper: Window, lower: Window| {
        let place = |window: Window| desktop.stack().iter().position(|known| *known == desktop.top_level_of(window));
        place(upper) > place(lower)
    };
    desktop.wait_for("the cover to be seen", || {
        let overlay = desktop.overlay()?;
        (is_above(cover.window, overlay) && desktop.pixel(280, 240) == COLOR).then_some(())
    });
    scene.wait_until_painted("the painting beside the cover");
    desktop.activate(scene.game.window);
    desktop.wait_for("the painting to rise with the game", || is_painted(desktop.pixel(280, 240)).then_some(()));
    scene.wait_until_moving("the painting to go on");
    scene.end();
}

#[test]
fn full_screen_and_back() {
    let Some(scene) = Scene::start() else { return };
    let (desktop, window) = (&scene.desktop, scene.game.window);
    let before = desktop.area(window).unwrap();
    desktop.set_state(window, "_NET_WM_STATE_FULLSCREEN", true);
    desktop.wait_for("the game to fill the screen", || {
        desktop.area(window).filter(|area| *area == (0, 0, SCREEN.0, SCREEN.1))
    });
    scene.wait_until_painted("the painting over the screen");
    scene.wait_until_moving("the painting to go on");
    desktop.set_state(window, "_NET_WM_STATE_FULLSCREEN", false);
    desktop.wait_for("the game to shrink", || desktop.area(window).filter(|area| *area == before));
    scene.wait_until_painted("the painting in a window again");
    scene.end();
}

#[test]
fn killed() {
    let Some(mut scene) = Scene::start() else { return };
    assert!(scene.desktop.ordinary_windows().is_empty(), "no panel was asked for");
    scene.game.kill();
    scene.wait_until_hidden();
    scene.desktop.wait_for("the picker", || scene.desktop.ordinary_windows().first().copied());
    let notices = scene.end();
    assert!(notices.iter().any(|notice| notice.contains("game was closed")), "{notices:?}");
}

#[test]
fn stopped_and_continued() {
    let Some(scene) = Scene::start() else { return };
    scene.game.stop();
    let since = Instant::now();
    while since.elapsed() < STANDSTILL {
        scene.wait_until_painted("the painting of a game that stands still");
        std::thread::sleep(Duration::from_millis(100));
    }
    scene.game.go_on();
    scene.wait_until_moving("the painting to go on");
    scene.wait_until_painted("the painting");
    scene.end();
}

#[test]
fn without_its_display() {
    let Some(mut scene) = Scene::start() else { return };
    // In the middle of work with the display, so that the loss meets requests of every kind.
    for step in 0..40 {
        scene.desktop.move_to(scene.game.window, 100 + step, 120);
        scene.desktop.resize(scene.game.window, 400 + step as u32, 300);
    }
    std::thread::sleep(Duration::from_millis(30));
    scene.desktop.kill_server();
    let (code, errors) = scene.program.wait();
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("display"), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}

#[test]
fn without_its_graphics_device_twice() {
    let fault = ("IMPASTO_GRAPHICS_FAULT", "lost@8,14");
    let Some(mut scene) = Scene::start_with_fault(fault, &["--panel"]) else { return };
    // Each round sees four pictures at least.
    for _ in 0..5 {
        scene.wait_until_moving("the painting to go on");
        std::thread::sleep(Duration::from_secs(1));
    }
    scene.wait_until_painted("the painting on the new device");
    scene.desktop.wait_for("the panel on the new device", || scene.desktop.ordinary_windows().first().copied());
    assert!(scene.program.is_running());
    let notices = scene.end();
    assert!(notices.iter().any(|notice| notice == "the graphics device was lost and opened again"), "{notices:?}");
}

#[test]
fn without_its_models_file() {
    let Some(scene) = Scene::start() else { return };
    std::fs::remove_dir_all(scene.desktop.folder().join("styles")).unwrap();
    scene.wait_until_moving("the painting to go on");
    // A new size makes the network run at another one.
    scene.desktop.resize(scene.game.window, 520, 300);
    scene.desktop.wait_for("the resize", || scene.desktop.area(scene.game.window).filter(|area| area.2 == 520));
    scene.wait_until_painted("the painting at the new size");
    scene.wait_until_moving("the painting to go on");
    scene.end();
}

#[test]
fn recorded_onto_a_full_disk() {
    let Some(ffprobe) = find_tool("ffprobe") else { return };
    let Some(mut scene) = Scene::start_with(&["--record", "film.mp4"]) else { return };
    let film = scene.desktop.folder().join("film.mp4");
    let bytes = scene.desktop.wait_for("pictures in the file", || {
        std::fs::metadata(&film).ok().map(|film| film.len()).filter(|_| count_frames(&ffprobe, &film) > 0)
    });
    limit_files(scene.program.id(), bytes + 1);
    std::thread::sleep(STANDSTILL);
    assert!(scene.program.is_running());
    scene.wait_until_painted("the painting without recording");
    scene.wait_until_moving("the painting to go on");
    assert!(count_frames(&ffprobe, &film) > 0, "what was written plays");
    // The figures have no room either.
    limit_files(scene.program.id(), libc::RLIM_INFINITY);
    let notices = scene.end();
    assert!(notices.iter().any(|notice| notice.contains("recording stopped")), "{notices:?}");
}

/// Lets the files of a process grow up to this many bytes: beyond, a write fails as on a full disk.
fn limit_files(process: u32, most_bytes: u64) {
    let limit = libc::rlimit { rlim_cur: most_bytes, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is valid for the whole call, and nothing is written back.
    let result =
        unsafe { libc::prlimit(process as libc::pid_t, libc::RLIMIT_FSIZE, &raw const limit, std::ptr::null_mut()) };
    assert_eq!(result, 0);
}

/// The pictures that can be decoded; 0 where the file is not a film yet.
fn count_frames(ffprobe: &PathBuf, film: &PathBuf) -> u64 {
    let query = "-v error -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0";
    let output = Command::new(ffprobe).args(query.split(' ')).arg(film).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().trim_end_matches(',').parse().unwrap_or(0)
}
