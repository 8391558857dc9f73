//! What is remembered for a game, and games that are painted by themselves.

use super::desktop::Desktop;
use super::game::{COLOR, Game};
use crate::support::style::{NAME, PAINTED};
use impasto::settings::{Profiles, Remembered};
use std::path::Path;

const AREA: (i16, i16, u16, u16) = (100, 120, 400, 300);

fn profiles(folder: &Path) -> Profiles {
    Remembered::<Profiles>::open(Some(folder.join("profiles.toml"))).0.value
}

/// Waits until the middle of the game has a colour.
fn wait_for_color(desktop: &Desktop, game: &Game, what: &str, color: [u8; 3]) {
    desktop.wait_for(what, || {
        let (x, y, width, height) = desktop.area(game.window)?;
        let seen = desktop.pixel(x + width as i16 / 2, y + height as i16 / 2);
        seen.iter().zip(color).all(|(seen, color)| seen.abs_diff(color) < 24).then_some(())
    });
}

#[test]
fn what_a_person_sets_is_remembered_for_the_game() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", AREA);
    let program = desktop.run(&["run", "--window", "the game", "--strength", "0.9"]);
    desktop.wait_for("the overlay", || desktop.overlay());
    assert_eq!(desktop.run(&["run", "--window", "the game", "--strength", "0"]).wait().0, Some(0));
    wait_for_color(&desktop, &game, "the game itself", COLOR);
    // The order of a second start names a window: it counts for that run. A change while it runs is remembered.
    assert_eq!(desktop.run(&["run", "--style", NAME, "--strength", "1"]).wait().0, Some(0));
    wait_for_color(&desktop, &game, "the painting", PAINTED);
    program.interrupt();
    assert_eq!(program.wait().0, Some(0));
    let kept = profiles(&desktop.settings());
    let (_, profile) = kept.of_application("Game").unwrap();
    assert_eq!((profile.paint.strength, profile.attach), (1.0, false));
    assert!(!desktop.settings().join("settings.toml").exists(), "nothing else was changed");
}

#[test]
fn a_game_is_painted_when_it_starts_and_when_it_starts_again() {
    let Some(desktop) = Desktop::start() else { return };
    desktop.write_settings(
        "profiles.toml",
        &format!(
            "[profile.g]\napplication = 'game'\nattach = true\n[profile.g.paint]\nstyle = '{NAME}'\nstrength = 0\n"
        ),
    );
    let _program = desktop.run(&[]);
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    for start in ["the first start", "the second start"] {
        let game = Game::open(&desktop, "The Game", AREA);
        let overlay = desktop.wait_for(start, || desktop.overlay());
        desktop.wait_for("its place", || (desktop.area(overlay) == desktop.area(game.window)).then_some(()));
        wait_for_color(&desktop, &game, "the strength of the profile", COLOR);
        game.kill();
        desktop.wait_for("the overlay to go", || desktop.overlay().is_none().then_some(()));
    }
}

#[test]
fn a_named_profile_waits_for_its_game() {
    let Some(desktop) = Desktop::start() else { return };
    desktop.write_settings("profiles.toml", "[profile.mine]\napplication = 'Game'\n");
    let _program = desktop.run(&["run", "--profile", "MINE"]);
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    let game = Game::open(&desktop, "The Game", AREA);
    desktop.wait_for("the overlay", || desktop.overlay());
    wait_for_color(&desktop, &game, "the painting", PAINTED);
    let (code, errors) = desktop.run(&["run", "--profile", "yours"]).wait();
    assert_eq!(code, Some(1));
    assert!(errors.contains("there are mine"), "{errors}");
}

#[test]
fn a_wrong_setting_is_told_and_costs_nothing_else() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", AREA);
    desktop.write_settings("settings.toml", "[paint]\nstrength = 'much'\nstyle = 'gone'\n");
    let stats = desktop.folder().join("stats.json");
    let arguments = ["run", "--window", "the game", "--duration", "3", "--stats", stats.to_str().unwrap()];
    let program = desktop.run(&arguments);
    wait_for_color(&desktop, &game, "the painting", PAINTED);
    assert_eq!(program.wait().0, Some(0));
    let told = std::fs::read_to_string(stats).unwrap();
    assert!(told.contains("paint.strength is left out") && told.contains("gone"), "{told}");
}
