//! A second start of the program on the same desktop.

use super::desktop::Desktop;
use super::game::Game;

#[test]
fn a_second_start_hands_its_order_to_the_first() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let mut first = desktop.run(&[]);
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());

    let (code, errors) = desktop.run(&["run", "--window", "the game"]).wait();
    assert_eq!(code, Some(0), "{errors}");
    desktop.wait_for("the overlay over the game", || {
        (desktop.area(desktop.overlay()?) == desktop.area(game.window)).then_some(())
    });
    assert_eq!(desktop.ordinary_windows().len(), 1, "there is one panel");

    // Without an order the window comes to the front.
    game.activate(&desktop);
    desktop.wait_for("the game to be active", || (desktop.active_window() == Some(game.window)).then_some(()));
    assert_eq!(desktop.run(&[]).wait().0, Some(0));
    desktop.wait_for("the panel to be active", || {
        (desktop.active_window() == desktop.ordinary_windows().first().copied()).then_some(())
    });

    // What cannot be done is told to who asked; the first goes on.
    let (code, errors) = desktop.run(&["run", "--record", "/nonexistent/film.mp4", "--window", "0x1"]).wait();
    assert_eq!(code, Some(1), "{errors}");
    assert!(first.is_running());
    assert!(desktop.overlay().is_some());
}

#[test]
fn after_a_crash_the_next_start_is_the_first() {
    let Some(desktop) = Desktop::start() else { return };
    let first = desktop.run(&[]);
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    drop(first);
    desktop.wait_for("the panel to go", || desktop.ordinary_windows().is_empty().then_some(()));
    let mut second = desktop.run(&[]);
    desktop.wait_for("the panel of the second", || desktop.ordinary_windows().first().copied());
    assert!(second.is_running());
}

#[test]
fn a_run_that_is_measured_is_a_program_of_its_own() {
    let Some(desktop) = Desktop::start() else { return };
    let mut first = desktop.run(&[]);
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    let stats = desktop.folder().join("stats.json");
    let arguments = ["run", "--source", "scene", "--duration", "2", "--stats", stats.to_str().unwrap()];
    let (code, errors) = desktop.run(&arguments).wait();
    assert_eq!(code, Some(0), "{errors}");
    assert!(stats.exists());
    assert!(first.is_running());
}
