//! `kill -9` in the middle of a recording.

use crate::tools::{have_ffmpeg, plain, probe, recorder};
use impasto::frame::Size;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Makes this test binary the program that is to be killed; holds the file's path.
const CHILD: &str = "IMPASTO_TEST_RECORD_UNTIL_KILLED";
const SIZE: Size = Size::new(160, 120);

#[test]
fn leaves_a_film_that_plays_to_within_two_seconds_of_the_kill() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.mp4");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::record_until_killed", "--nocapture", "--test-threads=1"])
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last_millis = 0;
    for line in lines.map_while(Result::ok) {
        let Some(millis) = line.strip_prefix("offered ").and_then(|millis| millis.parse::<u64>().ok()) else {
            continue;
        };
        last_millis = millis;
        if millis >= 3_300 {
            child.kill().unwrap();
            break;
        }
    }
    child.wait().unwrap();
    assert!(last_millis >= 3_300, "the child ended by itself");
    let probe = probe(&path);
    let killed = last_millis as f64 / 1000.0;
    eprintln!("killed at {killed:.2} s, plays {:.2} s", probe.seconds);
    assert!(probe.seconds > killed - 2.0 && probe.seconds < killed + 1.0, "{probe:?}, killed at {killed}");
    assert_eq!(probe.pictures, (probe.seconds * 30.0).round() as u64);
}

/// Not a test of its own: the program that the test above kills.
#[test]
fn record_until_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let mut recorder = recorder(Path::new(&path), SIZE, 30, |error| panic!("{error}")).unwrap();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        let elapsed = started.elapsed();
        recorder.offer(&plain(SIZE, [elapsed.subsec_millis() as u8, 80, 160]), elapsed);
        let mut out = std::io::stdout().lock();
        writeln!(out, "offered {}", elapsed.as_millis()).unwrap();
        out.flush().unwrap();
        std::thread::sleep(Duration::from_millis(15));
    }
}
