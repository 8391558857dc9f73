//! The clone window: an ordinary window that shows the painting with its aspect kept.

use super::desktop::Desktop;
use super::game::Game;
use crate::support::style::PAINTED;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _};

#[test]
fn shows_the_game_letterboxed_and_leaves_the_game_alone() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", (700, 500, 400, 300));
    let _program = desktop.run(&["run", "--window", &game.window.to_string(), "--clone"]);
    let window = desktop.wait_for("the clone window", || desktop.ordinary_windows().first().copied());
    assert!(desktop.overlay().is_none());
    desktop.wait_for("the window to take the picture's size", || {
        desktop.area(window).filter(|area| (area.2, area.3) == (400, 300))
    });
    // Twice as wide as the picture needs: black bars at both sides.
    let wide = ConfigureWindowAux::new().x(40).y(40).width(800).height(300);
    desktop.connection.configure_window(window, &wide).unwrap();
    desktop.connection.flush().unwrap();
    let (x, y, ..) =
        desktop.wait_for("the resize", || desktop.area(window).filter(|area| (area.2, area.3) == (800, 300)));
    desktop.wait_for("bars beside the picture", || {
        let bars = [desktop.pixel(x + 100, y + 150), desktop.pixel(x + 700, y + 150)];
        let middle = desktop.pixel(x + 400, y + 200);
        let is_game = middle.iter().zip(PAINTED).all(|(seen, color)| seen.abs_diff(color) < 24);
        (bars == [[0; 3]; 2] && is_game).then_some(())
    });
}

#[test]
fn closing_it_ends_a_run_without_panel() {
    let Some(desktop) = Desktop::start() else { return };
    let program = desktop.run(&["run", "--source", "scene"]);
    let window = desktop.wait_for("the clone window", || desktop.ordinary_windows().first().copied());
    desktop.close(window);
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
}
