//! The panel: there when nothing is painted, out of the way otherwise.

use super::desktop::Desktop;
use super::game::Game;

#[test]
fn opens_with_the_program_and_closing_it_ends_the_program() {
    let Some(desktop) = Desktop::start() else { return };
    let program = desktop.run(&[]);
    let window = desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    let (.., width, height) = desktop.area(window).unwrap();
    assert!(width >= 340 && height >= 420, "{width}x{height}");
    desktop.close(window);
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
}

#[test]
fn closing_it_over_a_painted_game_leaves_the_painting() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let mut program = desktop.run(&["run", "--window", &game.window.to_string(), "--panel"]);
    desktop.wait_for("the overlay", || desktop.overlay());
    let panel = desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    desktop.close(panel);
    desktop.wait_for("the panel to hide", || desktop.ordinary_windows().is_empty().then_some(()));
    assert!(desktop.overlay().is_some());
    assert!(program.is_running());
}

#[test]
fn without_a_display_there_is_one_clear_error() {
    let Some(desktop) = Desktop::start() else { return };
    let program = desktop.run_on(":4095", &[]);
    let (code, errors) = program.wait();
    assert_ne!(code, Some(0));
    assert!(errors.contains("DISPLAY"), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}
