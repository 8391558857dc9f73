//! An evening with the program on a Wayland desktop, from its start to its end: as that of `tests/desktop`, with what is another here.

use crate::compositor::{Compositor, Memory};
use crate::desktop::{Program, SIZE, command, negative, shows, spot_color};
use crate::picture::Layout;
use crate::sound_server::{Player, SoundServer, Tune, heard, loudness};
use crate::stage::Stage;
use crate::support::client::{Client, Look, MovingClient};
use crate::support::style::{NAME, PAINTED};
use crate::support::tray::{Icon, host};
use crate::support::videos::{files, videos_folder};
use crate::sway::Sway;
use crate::tools::{have_ffmpeg, probe};
use std::time::Duration;

/// Pictures of a game that moves; the spot that is looked at is nearly alike in both.
const MOVING: [u8; 2] = [0, 13];

/// Another picture, whose spot is not.
const OTHER: u8 = 255;

/// What the panel and the tray call that which is chosen in the desktop's dialog.
const SHARED: &str = "What you shared";

#[test]
fn under_sway_with_the_portal() {
    let (Some(mut stage), Some((sway, display))) = (Stage::start(Layout::plain(SIZE)), Sway::start_with_x11()) else {
        return;
    };
    let Some(sound) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let _music = Player::start(&sound, Tune::Tone);
    let videos = videos_folder(sway.folder());
    let settings = sway.folder().join("settings");
    std::fs::create_dir_all(&settings).unwrap();
    let chosen = format!("is_welcomed = true\n[paint]\nstyle = '{NAME}'\n");
    std::fs::write(settings.join("settings.toml"), &chosen).unwrap();
    let profile = format!("[profile.g]\napplication = 'Game'\nattach = true\n[profile.g.paint]\nstyle = '{NAME}'\n");
    std::fs::write(settings.join("profiles.toml"), profile).unwrap();
    stage.portal.grant_shortcuts();
    stage.portal.with(|script| script.token = Some("the game".to_owned()));
    stage.compositor.play(MOVING);
    let (host, items) = host(&stage.bus);
    let start = |stage: &Stage| {
        // Clarity would add outlines of the moving pattern to the colour that is looked for.
        let asked =
            ["run", "--replay", "3", "--sound", "desktop", "--provider", "cpu", "--size", "120", "--clarity", "0"];
        let mut command = command(stage, &sway, &asked);
        command.env("DISPLAY", &display).env("PULSE_SERVER", &sound.address);
        Program::launch(command)
    };
    let painting = |title: &str| sway.window(title).filter(|window| window.area.2 == i64::from(SIZE.width));
    let is_painted = |picture: [u8; 3]| shows(&sway, painting(SHARED)?.area, negative(picture));
    let program = start(&stage);
    let owner = sway.wait_for("the tray icon", || items.lock().unwrap().first().cloned());
    let icon = Icon::of(&host, &owner);

    // Started from the tray: the desktop asks in its dialog.
    icon.click("Any window or screen");
    sway.wait_for("the painting", || is_painted(spot_color()));
    assert_eq!(stage.portal.with(|script| script.dialogs), 1);

    // Another style by the desktop's hotkeys, and back.
    sway.wait_for("the wish for keys", || stage.portal.wished_shortcuts());
    let press = |stage: &Stage, action: &str| stage.portal.press(action, true);
    press(&stage, "next-style");
    sway.wait_for("another style", || is_painted(spot_color()).is_none().then_some(()));
    press(&stage, "previous-style");
    sway.wait_for("the first style", || is_painted(spot_color()));

    // Recorded with sound; meanwhile a replay and a screenshot.
    press(&stage, "record");
    std::thread::sleep(Duration::from_secs(4));
    press(&stage, "save-replay");
    let is_replay = |path: &std::path::PathBuf| path.to_str().unwrap().ends_with(" replay.mp4");
    let replay = sway.wait_for("the replay", || files(&videos, "mp4").into_iter().find(is_replay));
    press(&stage, "screenshot");
    sway.wait_for("the screenshot", || files(&videos, "png").first().cloned());

    // Minimized and taken up again while it records: the compositor pauses the stream.
    stage.compositor.pause(true);
    std::thread::sleep(Duration::from_secs(1));
    // Again and again, as a game goes on: after a pause a single picture may find no room.
    stage.compositor.play([OTHER, OTHER]);
    std::thread::sleep(Duration::from_secs(1));
    // A toast may lie over the spot for a moment.
    sway.wait_for("what was seen last", || is_painted(spot_color()));
    stage.compositor.pause(false);
    sway.wait_for("the painting to go on", || is_painted(spot_color()).is_none().then_some(()));
    stage.compositor.play(MOVING);
    sway.wait_for("the painting of the game", || is_painted(spot_color()));
    press(&stage, "record");
    sway.wait_for("the recording's list of styles", || files(&videos, "json").first().cloned());

    // The game ends.
    stage.compositor.end();
    sway.wait_for("the painting to go with the game", || sway.window(SHARED).is_none().then_some(()));

    // A game that runs through XWayland is attached by its profile, and again when it starts again.
    for time in ["the first time", "the second time"] {
        let look = Look { area: (0, 0, SIZE.width as u16, SIZE.height as u16), ..Look::default() };
        let client = Client::create(&display, &look);
        client.map();
        let game = MovingClient::start(client);
        sway.wait_for(time, || {
            let (x, y, width, height) = painting("The Game — Impasto")?.area;
            let seen = sway.pixel((x + width / 2) as u32, (y + height / 2) as u32);
            seen.iter().zip(PAINTED).all(|(seen, wanted)| seen.abs_diff(wanted) < 24).then_some(())
        });
        drop(game);
        sway.wait_for("the painting to go with it", || sway.window("The Game").is_none().then_some(()));
    }

    // The first game starts again: nobody is asked again.
    stage.compositor = Compositor::start(stage.pipewire.connect(), Layout::plain(SIZE), Memory::Shared);
    stage.portal.with(|script| script.node = stage.compositor.node);
    stage.compositor.play(MOVING);
    icon.click("Any window or screen");
    sway.wait_for("the painting of the game that started again", || is_painted(spot_color()));
    icon.click("Quit");
    assert_eq!(program.wait(), Some(0));

    // The next start shares by itself what was shared last, where that is wanted.
    std::fs::write(settings.join("settings.toml"), format!("shares_again = true\n{chosen}")).unwrap();
    let program = start(&stage);
    sway.wait_for("the painting without a click", || is_painted(spot_color()));
    let owner = sway.wait_for("the other tray icon", || items.lock().unwrap().get(1).cloned());
    Icon::of(&host, &owner).click("Quit");
    assert_eq!(program.wait(), Some(0));
    assert_eq!(stage.portal.with(|script| script.dialogs), 1);

    let film = files(&videos, "mp4").into_iter().find(|path| *path != replay).expect("the recording");
    for path in [&film, &replay] {
        let pictures = probe(path).pictures;
        assert!(pictures > 40, "{}: {pictures} pictures", path.display());
    }
    // On a loaded machine the first seconds may be silent.
    let loudness = loudness(&heard(&film));
    assert!(loudness > 30.0, "{} is silent: {loudness}", film.display());
}
