//! The overlay: exactly over the game, never in its way.

use super::desktop::{Desktop, Program, SCREEN};
use super::game::Game;
use crate::support::style::PAINTED;
use x11rb::protocol::xproto::Window;

const AREA: (i16, i16, u16, u16) = (100, 120, 400, 300);

/// A game with the overlay over it.
fn painted_game(desktop: &Desktop) -> (Game, Program, Window) {
    let game = Game::open(desktop, "The Game", AREA);
    let program = desktop.run(&["run", "--window", &game.window.to_string()]);
    let overlay = desktop.wait_for("the overlay", || desktop.overlay());
    (game, program, overlay)
}

fn wait_until_over(desktop: &Desktop, game: &Game, what: &str) {
    desktop.wait_for(what, || {
        let overlay = desktop.overlay()?;
        (desktop.area(overlay) == desktop.area(game.window)).then_some(())
    });
}

/// Whether the overlay is the next window above the game's frame.
fn is_just_above(desktop: &Desktop, overlay: Window, game: &Game) -> bool {
    let (stack, frame) = (desktop.stack(), game.frame(desktop));
    stack.windows(2).any(|pair| pair == [frame, overlay])
}

#[test]
fn lies_exactly_over_the_client_area_and_follows_it() {
    let Some(desktop) = Desktop::start() else { return };
    let (game, _program, overlay) = painted_game(&desktop);
    wait_until_over(&desktop, &game, "the overlay over the game");

    game.move_to(&desktop, 320, 40);
    desktop.wait_for("the move", || desktop.area(game.window).filter(|area| area.0 > 300));
    wait_until_over(&desktop, &game, "the overlay to follow the move");

    game.resize(&desktop, 520, 390);
    desktop.wait_for("the resize", || desktop.area(game.window).filter(|area| (area.2, area.3) == (520, 390)));
    wait_until_over(&desktop, &game, "the overlay to follow the resize");
    assert_eq!(desktop.overlay(), Some(overlay), "it is the same window all along");

    // What the overlay shows is the painted game, at its new size up to the corner.
    let (x, y, width, height) = desktop.area(game.window).unwrap();
    desktop.wait_for("the picture at the new size", || {
        let seen = desktop.pixel(x + width as i16 - 3, y + height as i16 - 3);
        seen.iter().zip(PAINTED).all(|(seen, color)| seen.abs_diff(color) < 24).then_some(())
    });
}

#[test]
fn lets_clicks_through_and_never_takes_the_focus() {
    let Some(desktop) = Desktop::start() else { return };
    let (game, _program, overlay) = painted_game(&desktop);
    wait_until_over(&desktop, &game, "the overlay over the game");
    assert_eq!(desktop.clickable(overlay), 0);
    desktop.wait_for("the overlay above the game", || is_just_above(&desktop, overlay, &game).then_some(()));
    let (x, y, width, height) = desktop.area(game.window).unwrap();
    let clicked = desktop.top_window_at(x + width as i16 / 2, y + height as i16 / 2);
    assert_eq!(clicked, game.frame(&desktop), "a click reaches the game");
    assert_ne!(desktop.active_window(), Some(overlay));
    assert!(!desktop.property(desktop.root, "_NET_CLIENT_LIST").contains(&overlay), "task bars do not list it");
}

#[test]
fn stays_below_windows_that_cover_the_game_and_rises_with_it() {
    let Some(desktop) = Desktop::start() else { return };
    let (game, _program, overlay) = painted_game(&desktop);
    let other = Game::open(&desktop, "Another window", (200, 200, 300, 300));
    other.activate(&desktop);
    let order = |window: Window| desktop.stack().iter().position(|known| *known == window);
    desktop.wait_for("the other window above the overlay", || {
        (is_just_above(&desktop, overlay, &game) && order(other.frame(&desktop)) > order(overlay)).then_some(())
    });
    game.activate(&desktop);
    desktop.wait_for("the overlay to rise with the game", || {
        (is_just_above(&desktop, overlay, &game) && order(other.frame(&desktop)) < order(overlay)).then_some(())
    });
}

#[test]
fn covers_a_game_that_fills_the_screen() {
    let Some(desktop) = Desktop::start() else { return };
    let (game, _program, overlay) = painted_game(&desktop);
    game.set_fullscreen(&desktop);
    desktop.wait_for("the game to fill the screen", || {
        desktop.area(game.window).filter(|area| *area == (0, 0, SCREEN.0, SCREEN.1))
    });
    wait_until_over(&desktop, &game, "the overlay to fill the screen");
    desktop.wait_for("the overlay above the game", || is_just_above(&desktop, overlay, &game).then_some(()));
}

#[test]
fn hides_with_a_minimized_game_and_comes_back_with_it() {
    let Some(desktop) = Desktop::start() else { return };
    let (game, mut program, _) = painted_game(&desktop);
    game.minimize(&desktop);
    desktop.wait_for("the overlay to hide", || desktop.overlay().is_none().then_some(()));
    assert!(program.is_running());
    game.activate(&desktop);
    desktop.wait_for("the overlay to come back", || desktop.overlay());
    wait_until_over(&desktop, &game, "the overlay over the game again");
}

#[test]
fn goes_with_a_game_that_is_killed_and_brings_the_picker() {
    let Some(desktop) = Desktop::start() else { return };
    let (game, mut program, _) = painted_game(&desktop);
    assert!(desktop.ordinary_windows().is_empty(), "no panel was asked for");
    game.kill();
    desktop.wait_for("the overlay to go", || desktop.overlay().is_none().then_some(()));
    desktop.wait_for("the picker", || desktop.ordinary_windows().first().copied());
    assert!(program.is_running());
}

#[test]
fn ends_after_its_duration_with_exit_code_zero() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", AREA);
    let program = desktop.run(&["run", "--window", "the game", "--duration", "2"]);
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
    assert!(desktop.overlay().is_none());
    assert!(desktop.area(game.window).is_some(), "the game goes on");
}
