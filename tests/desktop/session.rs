//! An evening with the program, from its start to its end, under several window managers.

use super::desktop::{Desktop, SCREEN};
use super::game::Game;
use super::hotkeys::is_like;
use super::sound_server::{Player, SoundServer, Tune, heard, loudness};
use super::tools::{have_ffmpeg, probe};
use crate::support::bus::Bus;
use crate::support::client::{Client, Look};
use crate::support::desktop::find_tool;
use crate::support::style::{NAME, PAINTED};
use crate::support::tray::{Icon, host};
use crate::support::videos::{files, videos_folder};
use std::time::Duration;

const AREA: (i16, i16, u16, u16) = (100, 120, 400, 300);

/// How a person puts a game aside and takes it up again: into the dock, or where there is none to another workspace.
#[derive(Clone, Copy)]
enum Aside {
    Dock,
    Workspace,
}

impl Aside {
    fn put(self, desktop: &Desktop, game: &Game) {
        match self {
            Self::Dock => game.minimize(desktop),
            Self::Workspace => i3(desktop, "workspace 2"),
        }
    }

    fn take_up(self, desktop: &Desktop, game: &Game) {
        match self {
            Self::Dock => game.activate(desktop),
            Self::Workspace => i3(desktop, "workspace 1"),
        }
    }
}

fn i3(desktop: &Desktop, order: &str) {
    let tool = find_tool("i3-msg").unwrap();
    assert!(desktop.command(tool).args(["-q", order]).status().unwrap().success(), "{order}");
}

#[test]
fn under_openbox() {
    if let Some(desktop) = Desktop::start() {
        play(&desktop, Aside::Dock);
    }
}

#[test]
fn under_xfwm4() {
    // It keeps its settings behind a message bus.
    let Some(manager) = find_tool("xfwm4") else { return };
    let arguments = ["--", manager.to_str().unwrap(), "--compositor=on"];
    if let Some(desktop) = Desktop::start_managed("dbus-run-session", &arguments) {
        play(&desktop, Aside::Dock);
    }
}

#[test]
fn under_i3() {
    // Without a file of settings it would ask for one.
    let settings = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(settings.path(), "# i3 config file (v4)\n").unwrap();
    if let Some(desktop) = Desktop::start_managed("i3", &["-c", settings.path().to_str().unwrap()]) {
        play(&desktop, Aside::Workspace);
    }
}

fn play(desktop: &Desktop, aside: Aside) {
    let (Some(bus), Some(xdotool), Some(sound)) = (Bus::start(), find_tool("xdotool"), SoundServer::start()) else {
        return;
    };
    if !have_ffmpeg() {
        return;
    }
    let _music = Player::start(&sound, Tune::Tone);
    let videos = videos_folder(desktop.folder());
    desktop.write_settings(
        "profiles.toml",
        &format!("[profile.g]\napplication = 'Game'\nattach = true\n[profile.g.paint]\nstyle = '{NAME}'\n"),
    );
    // Keys of the person's own: which ones these are by default depends on what the window manager holds.
    desktop.write_settings("settings.toml", "[hotkeys]\nnext_style = 'Ctrl+Alt+N'\nprevious_style = 'Ctrl+Alt+M'\n");
    let (host, items) = host(&bus);
    let asked = ["run", "--replay", "3", "--sound", "desktop", "--provider", "cpu", "--size", "120"];
    let program = desktop.run_on_bus_with_sound(&bus.address, &sound.address, &asked);
    let owner = desktop.wait_for("the tray icon", || items.lock().unwrap().first().cloned());
    let icon = Icon::of(&host, &owner);
    let press = |keys: &str| {
        assert!(desktop.command(&xdotool).args(["key", "--clearmodifiers", keys]).status().unwrap().success());
    };
    let lies_over = |window| desktop.overlay().filter(|overlay| desktop.area(*overlay) == desktop.area(window));
    let is_painted = |game: &Game| {
        let (x, y, width, height) = lies_over(game.window).and_then(|overlay| desktop.area(overlay))?;
        let (x, y) = (x + width as i16 / 2, y + height as i16 / 2);
        let is_on_screen = (0..SCREEN.0 as i16).contains(&x) && (0..SCREEN.1 as i16).contains(&y);
        (is_on_screen && is_like(desktop.pixel(x, y), PAINTED)).then_some(())
    };

    // Started from the tray: a window without a profile.
    let other = Client::open(desktop, &Look { title: Some("Another"), class: Some(("x", "Other")), ..Look::default() });
    let label = desktop
        .wait_for("the window in the menu", || icon.entries().into_keys().find(|label| label.contains("Another")));
    icon.click(&label);
    desktop.wait_for("the overlay over the window", || lies_over(other.window));
    drop(other);
    desktop.wait_for("the overlay to go", || desktop.overlay().is_none().then_some(()));

    // Attached by its profile.
    let game = Game::open(desktop, "The Game", AREA);
    game.activate(desktop);
    desktop.wait_for("the painting", || is_painted(&game));

    // Another style by key, and back.
    press("ctrl+alt+n");
    desktop.wait_for("another style", || is_painted(&game).is_none().then_some(()));
    press("ctrl+alt+m");
    desktop.wait_for("the first style", || is_painted(&game));

    // Recorded with sound; meanwhile a replay and a screenshot.
    press("ctrl+alt+r");
    std::thread::sleep(Duration::from_secs(4));
    press("ctrl+alt+v");
    let is_replay = |path: &std::path::PathBuf| path.to_str().unwrap().ends_with(" replay.mp4");
    let replay = desktop.wait_for("the replay", || files(&videos, "mp4").into_iter().find(is_replay));
    press("ctrl+alt+s");
    desktop.wait_for("the screenshot", || files(&videos, "png").first().cloned());

    // Put aside and taken up again while it records.
    aside.put(desktop, &game);
    desktop.wait_for("the overlay to go aside", || desktop.overlay().is_none().then_some(()));
    aside.take_up(desktop, &game);
    desktop.wait_for("the painting to be back", || is_painted(&game));
    press("ctrl+alt+r");
    desktop.wait_for("the recording's list of styles", || files(&videos, "json").first().cloned());

    // The game ends and starts again.
    game.kill();
    desktop.wait_for("the overlay to go with the game", || desktop.overlay().is_none().then_some(()));
    let game = Game::open(desktop, "The Game", AREA);
    game.activate(desktop);
    desktop.wait_for("the painting of the game that started again", || is_painted(&game));

    icon.click("Quit");
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
    let film = files(&videos, "mp4").into_iter().find(|path| *path != replay).expect("the recording");
    for path in [&film, &replay] {
        let pictures = probe(path).pictures;
        assert!(pictures > 40, "{}: {pictures} pictures", path.display());
    }
    // On a loaded machine the first seconds may be silent.
    let loudness = loudness(&heard(&film));
    assert!(loudness > 30.0, "{} is silent: {loudness}", film.display());
}
