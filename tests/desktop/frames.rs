//! `impasto record-dataset --window`: the recorder follows what happens to the game.

use super::desktop::Desktop;
use super::game::Game;
use impasto::dataset::Counts;

#[test]
fn waits_for_a_minimized_game_and_keeps_everything_when_it_is_closed() {
    let Some(desktop) = Desktop::start() else { return };
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let folder = desktop.folder().join("data");
    let program =
        desktop.run(&["record-dataset", "--window", &game.window.to_string(), "--out", folder.to_str().unwrap()]);
    // The list is written every other second while frames come.
    let counts = || {
        let list = std::fs::read_to_string(folder.join("dataset.toml")).ok()?;
        let list: toml::Table = list.parse().unwrap();
        Some(list["sessions"][0]["counts"].clone().try_into::<Counts>().unwrap())
    };
    let seen_more_than =
        |seen: u64| desktop.wait_for("frames to be seen", || counts().filter(|counts| counts.seen > seen));
    let before = seen_more_than(0).seen;
    game.minimize(&desktop);
    game.activate(&desktop);
    seen_more_than(before);
    game.kill();
    let (code, said) = program.wait();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("the game was closed"), "{said}");
    assert!(said.contains("no picture was kept"), "a plain window is no picture: {said}");
    let counts = counts().unwrap();
    assert_eq!((counts.seen, counts.skipped.total()), (counts.skipped.flat, counts.skipped.flat), "{counts:?}");
}
