//! Recording, replay and the plain game's film, by the keys that a player presses; and what may befall them.

use super::desktop::{Desktop, Program};
use super::game::Game;
use super::hotkeys::is_like;
use super::tools::{colour_at, decoded, have_ffmpeg, probe};
use crate::support::desktop::find_tool;
use crate::support::style::{NAME, PAINTED};
use crate::support::videos::{files, videos_folder};
use impasto::frame::Size;
use impasto::record::{EncoderKind, Sidecar, try_encoder};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A painted game, with a person at the keyboard.
struct Session {
    game: Game,
    /// `None` once it has ended.
    program: Option<Program>,
    desktop: Desktop,
    xdotool: PathBuf,
    folder: PathBuf,
}

impl Session {
    fn start(more: &[&str]) -> Option<Self> {
        Self::start_with_fault(("IMPASTO_GRAPHICS_FAULT", ""), more)
    }

    /// As [`Session::start`], with a fault of a device.
    fn start_with_fault(fault: (&str, &str), more: &[&str]) -> Option<Self> {
        let (desktop, xdotool) = (Desktop::start()?, find_tool("xdotool")?);
        if !have_ffmpeg() {
            return None;
        }
        let folder = videos_folder(desktop.folder());
        let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
        let program = Self::run(&desktop, &game, fault, more);
        game.activate(&desktop);
        let session = Self { game, program: Some(program), desktop, xdotool, folder };
        session.wait_until_painted();
        Some(session)
    }

    fn run(desktop: &Desktop, game: &Game, fault: (&str, &str), more: &[&str]) -> Program {
        let stats = desktop.folder().join("stats.json");
        let window = game.window.to_string();
        let arguments = [&["run", "--window", &window, "--stats", stats.to_str().unwrap()], more].concat();
        desktop.run_with(fault, &arguments)
    }

    /// Whether the middle of the game is painted by the negative.
    fn is_painted(&self) -> bool {
        let (x, y, width, height) = self.desktop.area(self.game.window).unwrap();
        is_like(self.desktop.pixel(x + width as i16 / 2, y + height as i16 / 2), PAINTED)
    }

    fn wait_until_painted(&self) {
        self.desktop.wait_for("the painting", || self.is_painted().then_some(()));
    }

    fn press(&self, keys: &str) {
        let pressed = self.desktop.command(&self.xdotool).args(["key", "--clearmodifiers", keys]).status();
        assert!(pressed.unwrap().success());
    }

    /// Waits for a file whose name ends like this, apart from those of replay and plain game.
    fn wait_for_file(&self, ending: &str) -> PathBuf {
        let is_film = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.ends_with(ending) && (ending.contains(' ') || !name.contains(' '))
        };
        self.desktop.wait_for(ending, || {
            let all = std::fs::read_dir(&self.folder).into_iter().flatten().map(|entry| entry.unwrap().path());
            all.filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.')).find(is_film)
        })
    }

    /// Ends the program; gives its notices, one a line.
    fn end(&mut self) -> String {
        let program = self.program.take().unwrap();
        program.interrupt();
        let (code, errors) = program.wait();
        assert_eq!(code, Some(0), "{errors}");
        notices(self.desktop.folder())
    }
}

fn notices(folder: &Path) -> String {
    let stats: Value = serde_json::from_slice(&std::fs::read(folder.join("stats.json")).unwrap()).unwrap();
    let notices = stats["notices"].as_array().unwrap();
    notices.iter().map(|notice| format!("{}\n", notice.as_str().unwrap())).collect()
}

/// The ffmpeg processes of a program.
fn encoders_of(program: &Program) -> Vec<i32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let parent = format!("PPid:\t{}", program.id());
    numbers
        .filter(|id| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            status.lines().any(|line| line == parent) && status.starts_with("Name:\tffmpeg\n")
        })
        .collect()
}

#[test]
fn a_session_of_recording_replay_and_style_changes() {
    let Some(mut session) = Session::start(&["--replay", "3", "--record-source"]) else { return };
    std::thread::sleep(Duration::from_secs(4));
    session.press("ctrl+alt+v");
    let replay = session.wait_for_file(" replay.mp4");
    session.press("ctrl+alt+r");
    let film = session.wait_for_file(".mp4");
    assert_ne!(film, replay);
    std::thread::sleep(Duration::from_secs(2));
    // Another style, and back.
    session.press("ctrl+alt+period");
    session.desktop.wait_for("another style", || (!session.is_painted()).then_some(()));
    std::thread::sleep(Duration::from_secs(1));
    session.press("ctrl+alt+comma");
    session.wait_until_painted();
    std::thread::sleep(Duration::from_secs(1));
    session.press("ctrl+alt+r");
    let sidecar = session.wait_for_file(".json");
    std::thread::sleep(Duration::from_secs(5));
    let told = session.end();
    let films: Vec<PathBuf> = files(&session.folder, "mp4").into_iter().filter(|path| *path != replay).collect();
    let [source, film] = &films[..] else { panic!("{films:?}") };
    assert!(source.to_str().unwrap().ends_with(" source.mp4"), "{films:?}");

    let size = Size::new(400, 300);
    let kept = probe(&replay);
    assert!((2.5..=6.0).contains(&kept.seconds), "{kept:?}");
    assert_eq!((kept.size, kept.fps.as_str()), (size, "30/1"));
    let (painted, plain) = (probe(film), probe(source));
    assert!(painted.seconds > 4.5 && painted.seconds < 60.0, "{painted:?}");
    assert!((plain.seconds - painted.seconds).abs() < 4.0, "{painted:?} {plain:?}");
    let first = colour_at(&decoded(film, size)[0], 200, 150);
    assert!(is_like(first, PAINTED), "{first:?}");

    let sidecar = Sidecar::read(&sidecar).unwrap();
    let styles: Vec<&str> = sidecar.changes.iter().map(|change| change.painted.style.as_str()).collect();
    assert_eq!((styles[0], *styles.last().unwrap()), (NAME, NAME), "{styles:?}");
    assert!(styles.iter().any(|style| *style != NAME), "{styles:?}");
    assert_eq!(sidecar.files, [PathBuf::from(film.file_name().unwrap())]);
    let said = sidecar.source.unwrap();
    assert_eq!(said.file, PathBuf::from(source.file_name().unwrap()));
    assert!((-2.0..=4.0).contains(&said.starts_at_secs), "{}", said.starts_at_secs);
    for words in ["recording to ", "saved the last seconds", "saved a recording of"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn an_encoder_that_is_killed_is_told_and_the_recording_goes_on() {
    if try_encoder(EncoderKind::X264).outcome.is_err() {
        return;
    }
    let Some(mut session) = Session::start(&["--encoder", "x264", "--sound", "off"]) else { return };
    session.press("ctrl+alt+r");
    let film = session.wait_for_file(".mp4");
    session.desktop.wait_for("a second of film", || (std::fs::metadata(&film).unwrap().len() > 2_000).then_some(()));
    let encoders = encoders_of(session.program.as_ref().unwrap());
    assert_eq!(encoders.len(), 1);
    // SAFETY: the call takes no pointers; the process is the program's child, which is not waited for before it ends.
    assert_eq!(unsafe { libc::kill(encoders[0], libc::SIGKILL) }, 0);
    let second = session.wait_for_file("-2.mp4");
    std::thread::sleep(Duration::from_secs(2));
    session.press("ctrl+alt+r");
    std::thread::sleep(Duration::from_secs(1));
    let told = session.end();
    assert!(told.contains("the video encoder x264 stopped") && told.contains("goes on in"), "{told}");
    for path in &[film, second] {
        assert!(probe(path).pictures > 20, "{}", path.display());
    }
}

#[test]
fn a_killed_program_s_recording_is_repaired_and_told_at_the_next_start() {
    let Some(mut session) = Session::start(&[]) else { return };
    session.press("ctrl+alt+r");
    let film = session.wait_for_file(".mp4");
    session.desktop.wait_for("some film", || (std::fs::metadata(&film).unwrap().len() > 5_000).then_some(()));
    std::thread::sleep(Duration::from_secs(1));
    // Dropping the program kills it as `kill -9` does.
    session.program = None;
    session.desktop.wait_for("the overlay to go", || session.desktop.overlay().is_none().then_some(()));
    session.program = Some(Session::run(&session.desktop, &session.game, ("IMPASTO_GRAPHICS_FAULT", ""), &[]));
    session.wait_until_painted();
    std::thread::sleep(Duration::from_secs(1));
    let told = session.end();
    assert!(told.contains("repaired a recording of"), "{told}");
    let probe = probe(&film);
    assert!((probe.seconds - probe.pictures as f64 / 30.0).abs() < 0.04, "{probe:?}");
}

#[test]
fn a_folder_that_vanishes_ends_the_recording_and_not_the_painting() {
    let Some(mut session) = Session::start(&[]) else { return };
    session.press("ctrl+alt+r");
    session.wait_for_file(".mp4");
    std::fs::remove_dir_all(&session.folder).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    session.wait_until_painted();
    assert!(session.program.as_mut().unwrap().is_running());
    let told = session.end();
    assert!(told.contains("the recording stopped (the file of the recording was removed"), "{told}");
}

#[test]
fn a_replay_takes_the_game_s_new_size() {
    let Some(mut session) = Session::start(&["--replay", "2"]) else { return };
    std::thread::sleep(Duration::from_secs(1));
    session.game.resize(&session.desktop, 500, 350);
    std::thread::sleep(Duration::from_secs(7));
    session.press("ctrl+alt+v");
    let replay = session.wait_for_file(" replay.mp4");
    // The file is there a moment before it is told.
    std::thread::sleep(Duration::from_secs(1));
    let told = session.end();
    assert!(told.contains("saved the last seconds"), "{told}");
    let probe = probe(&replay);
    assert_eq!(probe.size, Size::new(500, 350));
    assert!((1.5..=6.0).contains(&probe.seconds), "{probe:?}");
}

#[test]
fn a_lost_graphics_device_interrupts_neither_recording_nor_replay() {
    let fault = ("IMPASTO_GRAPHICS_FAULT", "lost@14,24");
    let Some(mut session) = Session::start_with_fault(fault, &["--replay", "30", "--sound", "off"]) else { return };
    session.press("ctrl+alt+r");
    let film = session.wait_for_file(".mp4");
    for _ in 0..10 {
        // Painting off and on draws the picture anew.
        session.press("ctrl+alt+b");
        std::thread::sleep(Duration::from_millis(400));
        session.press("ctrl+alt+b");
        std::thread::sleep(Duration::from_millis(400));
    }
    session.wait_until_painted();
    session.press("ctrl+alt+v");
    let replay = session.wait_for_file(" replay.mp4");
    session.press("ctrl+alt+r");
    std::thread::sleep(Duration::from_secs(5));
    let told = session.end();
    let at = |words: &str| told.find(words).unwrap_or_else(|| panic!("{words}: {told}"));
    assert!(at("recording to ") < at("the graphics device was lost and opened again"), "{told}");
    assert!(told.contains("saved a recording of") && told.contains("saved the last seconds"), "{told}");
    assert_eq!(files(&session.folder, "mp4").len(), 2, "one film and one replay: {told}");
    for path in [film, replay] {
        let probe = probe(&path);
        assert!((8.0..=60.0).contains(&probe.seconds), "{}: {probe:?}", path.display());
        assert!((probe.seconds - probe.pictures as f64 / 30.0).abs() < 0.1, "{probe:?}");
        // Both sides of the loss are in it, painted and plain.
        let colours: Vec<bool> = decoded(&path, Size::new(400, 300))
            .iter()
            .map(|picture| is_like(colour_at(picture, 200, 150), PAINTED))
            .collect();
        let changes = colours.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(changes >= 8, "{}: {changes} changes between painted and plain", path.display());
    }
}
