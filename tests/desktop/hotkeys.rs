//! Global hotkeys: pressed while the game has the focus.

use super::desktop::{Desktop, Program};
use super::game::{COLOR, Game};
use crate::support::desktop::find_tool;
use crate::support::style::PAINTED;
use std::path::PathBuf;

pub fn is_like(seen: [u8; 3], color: [u8; 3]) -> bool {
    seen.iter().zip(color).all(|(seen, color)| seen.abs_diff(color) < 24)
}

/// A painted game that has the focus, and something to press keys with.
struct Session {
    desktop: Desktop,
    xdotool: PathBuf,
    game: Game,
    _program: Program,
}

impl Session {
    fn start(settings: &str) -> Option<Self> {
        let (Some(desktop), Some(xdotool)) = (Desktop::start(), find_tool("xdotool")) else { return None };
        desktop.write_settings("settings.toml", settings);
        let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
        let program = desktop.run(&["run", "--window", &game.window.to_string()]);
        game.activate(&desktop);
        let session = Self { desktop, xdotool, game, _program: program };
        session.wait_for_color("the painting", PAINTED);
        Some(session)
    }

    /// The middle of the game, which the toasts at its upper edge leave alone.
    fn middle(&self) -> (i16, i16) {
        let (x, y, width, height) = self.desktop.area(self.game.window).unwrap();
        (x + width as i16 / 2, y + height as i16 / 2)
    }

    fn color(&self) -> [u8; 3] {
        let (x, y) = self.middle();
        self.desktop.pixel(x, y)
    }

    fn wait_for_color(&self, what: &str, color: [u8; 3]) {
        self.desktop.wait_for(what, || is_like(self.color(), color).then_some(()));
    }

    fn xdotool(&self, action: &str, keys: &str) {
        assert!(self.desktop.command(&self.xdotool).args([action, keys]).status().unwrap().success());
    }

    fn press(&self, keys: &str) {
        self.xdotool("key", keys);
    }
}

#[test]
fn work_while_the_game_has_the_focus() {
    let Some(session) = Session::start("") else { return };
    let desktop = &session.desktop;
    session.press("ctrl+alt+b");
    session.wait_for_color("the game itself", COLOR);
    session.press("ctrl+alt+b");
    session.wait_for_color("the painting again", PAINTED);

    session.press("ctrl+alt+p");
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    session.press("ctrl+alt+p");
    desktop.wait_for("the panel to hide", || desktop.ordinary_windows().is_empty().then_some(()));

    // The next style is another one than the negative, and the one before it is the negative again.
    session.press("ctrl+alt+period");
    desktop.wait_for("another style", || (!is_like(session.color(), PAINTED)).then_some(()));
    session.press("ctrl+alt+comma");
    session.wait_for_color("the first style", PAINTED);
}

#[test]
fn one_shows_the_original_as_long_as_it_is_held() {
    let Some(session) = Session::start("") else { return };
    session.xdotool("keydown", "ctrl+alt+h");
    session.wait_for_color("the game itself", COLOR);
    // Longer than the display server waits before it repeats a key.
    std::thread::sleep(std::time::Duration::from_millis(900));
    assert!(is_like(session.color(), COLOR), "{:?}", session.color());
    session.xdotool("keyup", "ctrl+alt+h");
    session.wait_for_color("the painting again", PAINTED);
}

#[test]
fn are_those_of_the_settings() {
    let Some(session) = Session::start("[hotkeys]\noriginal = \"Ctrl+Alt+K\"\nrecord = \"off\"\n") else { return };
    session.press("ctrl+alt+k");
    session.wait_for_color("the game itself", COLOR);
    session.press("ctrl+alt+k");
    session.wait_for_color("the painting again", PAINTED);
    session.press("ctrl+alt+b");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(is_like(session.color(), PAINTED), "the usual key means nothing any more");
}

#[test]
fn one_keeps_clicks_with_the_painting_and_lets_them_through_again() {
    let Some(session) = Session::start("") else { return };
    let overlay = session.desktop.wait_for("the overlay", || session.desktop.overlay());
    assert_eq!(session.desktop.clickable(overlay), 0);
    session.press("ctrl+alt+m");
    session.desktop.wait_for("clicks to stay", || (session.desktop.clickable(overlay) > 0).then_some(()));
    session.press("ctrl+alt+m");
    session.desktop.wait_for("clicks to reach the game", || (session.desktop.clickable(overlay) == 0).then_some(()));
}

#[test]
fn a_toast_says_what_happened_and_goes() {
    let Some(session) = Session::start("") else { return };
    let desktop = &session.desktop;
    let (x, y, width, ..) = desktop.area(session.game.window).unwrap();
    // The middle of the upper edge, beside the letters.
    let dark = || {
        let row = (0..40).map(|step| desktop.pixel(x + width as i16 / 2 - 60 + 3 * step, y + 22));
        row.filter(|pixel| pixel.iter().all(|&channel| channel < 90)).count()
    };
    desktop.wait_for("no toast", || (dark() == 0).then_some(()));
    for keys in ["ctrl+alt+m", "ctrl+alt+b"] {
        session.press(keys);
        desktop.wait_for("the toast", || (dark() > 20).then_some(()));
        desktop.wait_for("the toast to go", || (dark() == 0).then_some(()));
    }
}
