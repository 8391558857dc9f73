//! `impasto bench --capture` on windows that are really on a screen.

use crate::game::Game;
use crate::support::client::{Client, Look};
use crate::support::desktop::Desktop;
use serde_json::Value;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn bench(desktop: &Desktop, arguments: &[&str]) -> Command {
    let mut command = desktop.command(env!("CARGO_BIN_EXE_impasto"));
    command.args(["bench", "--capture"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn assert_failed(output: &Output, code: i32, words: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{output:?}");
    for word in words {
        assert!(text.contains(word), "\"{word}\" is not said: {text}");
    }
}

#[test]
fn backends_are_measured_on_the_same_window() {
    let Some(desktop) = Desktop::start() else { return };
    let _game = Game::open(&desktop, "Moving Game", (40, 60, 320, 240));
    let output = bench(&desktop, &["--window", "moving", "--seconds", "3", "--json"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let found: Value = serde_json::from_slice(&output.stdout).expect("nothing but JSON");
    assert_eq!(found["window"]["title"], "Moving Game");
    assert!(found["rounds"].as_u64().unwrap() >= 3);
    let backend = |name: &str| found["backends"].as_array().unwrap().iter().find(|one| one["backend"] == name).unwrap();
    for name in ["x11", "x11, plain GetImage"] {
        let figures = backend(name);
        assert_eq!(figures["size"], serde_json::json!({"width": 320, "height": 240}), "{found}");
        let rate = figures["grabs_per_second"].as_f64().unwrap();
        // The game draws 33 times a second at most, and less on a busy machine.
        assert!(rate > 1.0 && rate < 70.0, "{found}");
        assert!(figures["grabs"].as_u64().unwrap() > 0, "{found}");
        let (p50, p95) = (figures["ms"]["p50"].as_f64().unwrap(), figures["ms"]["p95"].as_f64().unwrap());
        assert!(p50 > 0.0 && p95 >= p50 && p50 < 1000.0, "{found}");
        let percent = |part: &str| figures["cpu_percent"][part].as_f64().unwrap();
        assert!(percent("total") > 0.0 && percent("total") < 300.0 && percent("children") == 0.0, "{found}");
        assert!(figures["cpu_ms_per_grab"].as_f64().unwrap() > 0.0, "{found}");
    }
    for name in ["portal", "scap"] {
        let reason = backend(name)["unavailable"].as_str().unwrap();
        assert!(reason.contains(&format!("--source {name}")), "{reason}");
        assert!(backend(name).get("grabs").is_none());
    }
    let table = bench(&desktop, &["--window", "moving", "--seconds", "1"]).output().unwrap();
    let text = String::from_utf8_lossy(&table.stdout);
    for part in [
        "Moving Game",
        "grabs/s",
        "percent of a core",
        "x11, plain GetImage",
        "320x240",
        "not measured: it asks in a dialog",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_window_that_stands_still_is_said() {
    let Some(desktop) = Desktop::start() else { return };
    let _client = Client::open(&desktop, &Look { title: Some("Still Game"), ..Look::default() });
    let output = bench(&desktop, &["--window", "still", "--seconds", "1"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("stood still: play"), "{output:?}");
}

#[test]
fn a_window_that_is_missing_minimized_or_closed_meanwhile() {
    let Some(desktop) = Desktop::start() else { return };
    assert_failed(&bench(&desktop, &["--window", "nothing"]).output().unwrap(), 1, &["no window has \"nothing\""]);
    let game = Game::open(&desktop, "Short Game", (40, 60, 320, 240));
    let running = bench(&desktop, &["--window", "short", "--seconds", "60", "--json"]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    game.kill();
    assert_failed(&running.wait_with_output().unwrap(), 1, &["x11", "closed while it was measured"]);
    let game = Game::open(&desktop, "Small Game", (40, 60, 320, 240));
    game.minimize(&desktop);
    let output = bench(&desktop, &["--window", "small", "--seconds", "1"]).output().unwrap();
    assert_failed(&output, 1, &["nothing can be grabbed", "minimized"]);
}

#[test]
fn no_display_and_wrong_words() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let mut without = bench(&desktop, &["--window", "doom"]);
    assert_failed(&without.env_remove("DISPLAY").output().unwrap(), 1, &["no display"]);
    for (arguments, word) in
        [(&[][..], "--window"), (&["--source", "scene"], "scene"), (&["--window", "a", "--style", "b"], "--style")]
    {
        assert_failed(&bench(&desktop, arguments).output().unwrap(), 2, &[word]);
    }
}
