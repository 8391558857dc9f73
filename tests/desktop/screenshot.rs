//! Screenshots by hotkey: what is seen becomes a file.

use super::desktop::Desktop;
use super::game::{COLOR, Game};
use super::hotkeys::is_like;
use crate::support::desktop::find_tool;
use crate::support::style::PAINTED;
use crate::support::videos::{files, videos_folder};
use impasto::frame::{Size, read_picture};
use std::path::Path;

#[test]
fn a_key_saves_what_is_seen() {
    let (Some(desktop), Some(xdotool)) = (Desktop::start(), find_tool("xdotool")) else { return };
    let folder = videos_folder(desktop.folder());
    let game = Game::open(&desktop, "The Game: E1M1", (100, 120, 400, 300));
    let program = desktop.run(&["run", "--window", &game.window.to_string()]);
    game.activate(&desktop);
    let press = |keys: &str| {
        assert!(desktop.command(&xdotool).args(["key", "--clearmodifiers", keys]).status().unwrap().success());
    };
    let wait_for_color = |what: &str, color| {
        let (x, y, width, height) = desktop.area(game.window).unwrap();
        let (x, y) = (x + width as i16 / 2, y + height as i16 / 2);
        desktop.wait_for(what, || is_like(desktop.pixel(x, y), color).then_some(()));
    };
    let colour_of = |path: &Path| {
        let picture = read_picture(path).unwrap();
        assert_eq!(picture.size, Size::new(400, 300));
        let at = (150 * 400 + 200) * 4;
        [picture.pixels[at + 2], picture.pixels[at + 1], picture.pixels[at]]
    };
    wait_for_color("the painting", PAINTED);
    press("ctrl+alt+s");
    let first = desktop.wait_for("the first screenshot", || files(&folder, "png").first().cloned());
    let name = first.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("impasto-The-Game-E1M1-20"), "{name}");
    assert!(is_like(colour_of(&first), PAINTED), "what is seen is the painting");

    press("ctrl+alt+b");
    wait_for_color("the game itself", COLOR);
    press("ctrl+alt+s");
    desktop.wait_for("the second screenshot", || (files(&folder, "png").len() == 2).then_some(()));
    let second = files(&folder, "png").into_iter().find(|path| *path != first).unwrap();
    assert!(is_like(colour_of(&second), COLOR), "what is seen is the game");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing else is left");
    program.interrupt();
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
}

#[test]
fn the_settings_say_what_a_screenshot_shows_and_where_it_goes() {
    let (Some(desktop), Some(xdotool)) = (Desktop::start(), find_tool("xdotool")) else { return };
    let folder = desktop.folder().join("pictures of mine");
    let text = format!("[recording]\nfolder = '{}'\nscreenshot = 'both'\n", folder.display());
    desktop.write_settings("settings.toml", &text);
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let _program = desktop.run(&["run", "--window", &game.window.to_string()]);
    game.activate(&desktop);
    let (x, y, width, height) = desktop.area(game.window).unwrap();
    let (x, y) = (x + width as i16 / 2, y + height as i16 / 2);
    desktop.wait_for("the painting", || is_like(desktop.pixel(x, y), PAINTED).then_some(()));
    assert!(desktop.command(&xdotool).args(["key", "--clearmodifiers", "ctrl+alt+s"]).status().unwrap().success());
    let path = desktop.wait_for("the screenshot", || files(&folder, "png").first().cloned());
    let picture = read_picture(&path).unwrap();
    assert_eq!(picture.size, Size::new(800, 300));
    let colour = |x: usize| {
        let at = (150 * 800 + x) * 4;
        [picture.pixels[at + 2], picture.pixels[at + 1], picture.pixels[at]]
    };
    assert!(is_like(colour(200), COLOR) && is_like(colour(600), PAINTED), "{:?} {:?}", colour(200), colour(600));
}
