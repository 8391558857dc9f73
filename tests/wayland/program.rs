//! The program itself with the portal: painting without a window, and what it says of the desktop.

use crate::picture::Layout;
use crate::portal::Person;
use crate::stage::Stage;
use crate::support::bus::Bus;
use impasto::frame::Size;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SIZE: Size = Size::new(320, 240);

/// The program in a session of Wayland with this bus, and no X11.
fn program(bus: &str, settings: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_impasto"));
    command
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("XDG_RUNTIME_DIR", settings)
        .env("WAYLAND_DISPLAY", "wayland-of-a-test")
        .env("IMPASTO_SETTINGS", settings)
        .env_remove("DISPLAY")
        .current_dir(settings);
    command
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Shows another picture each moment while something runs.
fn play<T>(stage: &Stage, run: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for seed in (0..=255).cycle() {
                if is_over.load(Ordering::Acquire) {
                    break;
                }
                stage.compositor.show(seed);
                std::thread::sleep(Duration::from_millis(40));
            }
        });
        let done = run();
        is_over.store(true, Ordering::Release);
        done
    })
}

#[test]
fn records_what_was_chosen_and_asks_nothing_the_second_time() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let folder = tempfile::tempdir().unwrap();
    stage.portal.with(|script| {
        script.person = Person::ChoosesWindow(Duration::from_secs(2));
        script.token = Some("the game".to_owned());
    });
    for (name, said) in [("first.mp4", true), ("second.mp4", false)] {
        let output = play(&stage, || {
            program(&stage.bus.address, folder.path())
                .args(["run", "--source", "portal", "--headless", "--duration", "2", "--record", name])
                .output()
                .unwrap()
        });
        assert!(output.status.success(), "{}", errors(&output));
        assert!(std::fs::metadata(folder.path().join(name)).unwrap().len() > 1000);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains("recorded"), "{printed}");
        // Time at the dialog is no painting time.
        let seconds: f32 = printed.split("recorded ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(seconds > 0.5, "{printed}");
        assert_eq!(errors(&output).contains("the desktop asks what to share"), said, "{}", errors(&output));
    }
    assert_eq!(stage.portal.with(|script| script.dialogs), 1);
    assert!(std::fs::read_to_string(folder.path().join("portal.toml")).unwrap().contains("the game"));
}

#[test]
fn a_cancelled_dialog_and_a_closed_game_end_the_program_in_order() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["run", "--source", "portal", "--headless", "--duration", "60"];
    stage.portal.with(|script| script.person = Person::Cancels);
    let output = program(&stage.bus.address, folder.path()).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("nothing was chosen in the desktop's dialog"), "{}", errors(&output));

    stage.portal.with(|script| script.person = Person::ChoosesWindow(Duration::ZERO));
    let output = play(&stage, || {
        let running = program(&stage.bus.address, folder.path())
            .args(arguments)
            .stderr(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_secs(4));
        stage.portal.close_session();
        running.wait_with_output().unwrap()
    });
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("painted with"));
}

#[test]
fn doctor_and_windows_say_what_wayland_offers() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let doctor = |bus: &str| {
        let output = program(bus, folder.path()).args(["doctor", "--json"]).output().unwrap();
        let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let trials = findings["capture"].as_array().unwrap();
        let portal = trials.iter().find(|trial| trial["name"] == "Wayland's portal").unwrap();
        (portal["is_working"].as_bool().unwrap(), portal["detail"].as_str().unwrap().to_owned())
    };
    let (is_working, detail) = doctor(&stage.bus.address);
    assert!(is_working && detail.contains("windows and whole screens"), "{detail}");
    let Some(bare) = Bus::start() else { return };
    let (is_working, detail) = doctor(&bare.address);
    assert!(!is_working && detail.contains("install xdg-desktop-portal"), "{detail}");

    let output = program(&bare.address, folder.path()).arg("windows").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("--source portal"), "{}", errors(&output));
}

#[test]
fn frames_to_train_on_are_kept_from_the_portal() {
    let Some(stage) = Stage::start(Layout::plain(SIZE)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let output = play(&stage, || {
        program(&stage.bus.address, folder.path())
            .args(["record-dataset", "--source", "portal:window", "--out", "data", "--minutes", "0.1", "--json"])
            .output()
            .unwrap()
    });
    assert!(output.status.success(), "{}", errors(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["seen"].as_u64().unwrap() > 10, "{report}");
}
