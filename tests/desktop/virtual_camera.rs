//! What programs that show a camera, or capture a window, get of the painting.

use super::desktop::Desktop;
use super::game::Game;
use super::tools::have_ffmpeg;
use crate::support::fake_ffmpeg::{DEVICE, camera_colour, camera_path, shown};
use crate::support::style::PAINTED;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

#[test]
fn the_camera_shows_the_painting_of_the_game() {
    let Some(desktop) = Desktop::start() else { return };
    if !have_ffmpeg() {
        return;
    }
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let path = camera_path(desktop.folder());
    let window = game.window.to_string();
    let program = desktop.run_with(("PATH", &path), &["run", "--window", &window, "--virtual-camera", DEVICE]);
    desktop.wait_for("a second of painting in the camera", || {
        let shown = shown(desktop.folder(), 400, 300);
        let wanted = camera_colour(PAINTED);
        let is_painted = |seen: &[u8; 3]| seen.iter().zip(wanted).all(|(seen, wanted)| seen.abs_diff(wanted) < 16);
        (shown.len() > 60 && shown.iter().rev().take(30).all(is_painted)).then_some(())
    });
    program.interrupt();
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
}

#[test]
fn the_clone_window_can_be_picked_by_its_title() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", (700, 500, 400, 300));
    let _program = desktop.run(&["run", "--window", &game.window.to_string(), "--clone"]);
    let window = desktop.wait_for("the clone window", || desktop.ordinary_windows().first().copied());
    // Programs that capture windows list these.
    desktop.wait_until_managed(window);
    let name = desktop.atom("_NET_WM_NAME");
    let title = desktop.connection.get_property(false, window, name, AtomEnum::ANY, 0, 1024).unwrap().reply().unwrap();
    assert_eq!(String::from_utf8(title.value).unwrap(), "The Game — Impasto");
}
