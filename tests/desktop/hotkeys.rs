//! Global hotkeys: pressed while the game has the focus.

use super::desktop::Desktop;
use super::game::{COLOR, Game};
use super::style::PAINTED;
use crate::support::desktop::find_tool;

pub fn is_like(seen: [u8; 3], color: [u8; 3]) -> bool {
    seen.iter().zip(color).all(|(seen, color)| seen.abs_diff(color) < 24)
}

#[test]
fn work_while_the_game_has_the_focus() {
    let (Some(desktop), Some(xdotool)) = (Desktop::start(), find_tool("xdotool")) else { return };
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let _program = desktop.run(&["run", "--window", &game.window.to_string()]);
    game.activate(&desktop);
    let (x, y, width, height) = desktop.area(game.window).unwrap();
    let (x, y) = (x + width as i16 / 2, y + height as i16 / 2);
    let wait_for_color = |what: &str, color| {
        desktop.wait_for(what, || is_like(desktop.pixel(x, y), color).then_some(()));
    };
    let press = |keys: &str| {
        assert!(desktop.command(&xdotool).args(["key", "--clearmodifiers", keys]).status().unwrap().success());
    };
    wait_for_color("the painting", PAINTED);

    press("ctrl+alt+b");
    wait_for_color("the game itself", COLOR);
    press("ctrl+alt+b");
    wait_for_color("the painting again", PAINTED);

    press("ctrl+alt+p");
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    press("ctrl+alt+p");
    desktop.wait_for("the panel to hide", || desktop.ordinary_windows().is_empty().then_some(()));

    // The next style is another one than the negative, and the one before it is the negative again.
    press("ctrl+alt+period");
    desktop.wait_for("another style", || (!is_like(desktop.pixel(x, y), PAINTED)).then_some(()));
    press("ctrl+alt+comma");
    wait_for_color("the first style", PAINTED);
}
