//! A long evening beside a real game: it is recorded from start to end, and style changes and replays come again and again.

use super::desktop::{Desktop, Program};
use super::sound_server::{RATE_HZ, SoundServer, heard};
use super::tools::{have_ffmpeg, probe};
use crate::support::desktop::find_tool;
use crate::support::doom::Doom;
use crate::support::style::NAME;
use crate::support::videos::{files, videos_folder};
use std::time::{Duration, Instant};

/// Seconds that the replay keeps.
const REPLAY_SECS: f64 = 10.0;
/// Pictures per second of a recording.
const RECORDED_FPS: f64 = 30.0;
/// Time between two looks at what the program holds.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// So many rounds go through all styles at least once; each network needs memory of its own.
const ROUNDS_PER_CYCLE: usize = 20;
/// The resident memory may grow by this share from an early cycle to the last one.
const MOST_GROWTH: f64 = 0.05;
/// Threads that come and go (a style is loaded, a replay saved) may be seen in one cycle and not in the other.
const PASSING: u64 = 2;

/// What a process holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Holdings {
    resident_kib: u64,
    threads: u64,
    files: u64,
}

impl Holdings {
    fn of(program: &Program) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
        let number = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        let files = std::fs::read_dir(format!("/proc/{}/fd", program.id())).unwrap().count();
        Self { resident_kib: number("VmRSS:"), threads: number("Threads:"), files: files as u64 }
    }

    /// The median of each.
    fn median(held: &[Self]) -> Self {
        let middle = |of: fn(&Self) -> u64| {
            let mut sorted: Vec<u64> = held.iter().map(of).collect();
            sorted.sort_unstable();
            sorted[sorted.len() / 2]
        };
        Self {
            resident_kib: middle(|held| held.resident_kib),
            threads: middle(|held| held.threads),
            files: middle(|held| held.files),
        }
    }
}

/// An hour of minutes where `RUN_SLOW_TESTS` asks for it; otherwise everything happens a few times.
fn rounds() -> (usize, Duration) {
    match std::env::var("RUN_SLOW_TESTS") {
        Ok(_) => (60, Duration::from_secs(60)),
        Err(_) => (3, Duration::from_secs(5)),
    }
}

#[test]
fn recording_replays_and_changes_of_style_neither_leak_nor_drift() {
    let (Some(desktop), Some(xdotool)) = (Desktop::start(), find_tool("xdotool")) else { return };
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let Some(game) = Doom::start_with_sound(&desktop, &server.address) else { return };
    desktop.write_settings("settings.toml", "[hotkeys]\nnext_style = 'Ctrl+Alt+N'\n");
    let videos = videos_folder(desktop.folder());
    let film = desktop.folder().join("film.mp4");
    let stats = desktop.folder().join("stats.json");
    let paint = ["run", "--window", "doom", "--style", NAME, "--size", "240", "--provider", "cpu"];
    let replay = REPLAY_SECS.to_string();
    let [film_text, stats_text] = [&film, &stats].map(|path| path.to_str().unwrap());
    let asked = ["--replay", &replay, "--record", film_text, "--stats", stats_text];
    let mut program = desktop.run_with_sound(&server.address, &[&paint[..], &asked].concat());
    desktop.wait_for("the overlay", || desktop.overlay());
    desktop.wait_for("the recording", || film.exists().then_some(()));
    let started = Instant::now();
    let press = |keys: &str| {
        assert!(desktop.command(&xdotool).args(["key", "--clearmodifiers", keys]).status().unwrap().success());
    };

    let (rounds, round) = rounds();
    let mut held = Vec::new();
    for number in 1..=rounds {
        let mut of_round = Vec::new();
        // On a busy machine the replay of the round before may have taken all of this one's time: look once at least.
        while of_round.is_empty() || started.elapsed() < round * number as u32 {
            std::thread::sleep(LOOK_EVERY);
            assert!(program.is_running(), "the program ended in round {number}");
            of_round.push(Holdings::of(&program));
        }
        held.push(Holdings::median(&of_round));
        assert_eq!(desktop.area(desktop.overlay().unwrap()), desktop.area(game.window), "round {number}");
        press("ctrl+alt+v");
        let saved = desktop.wait_for("the replay", || files(&videos, "mp4").first().cloned());
        let seconds = probe(&saved).seconds;
        // The first one holds what there was.
        assert!(seconds > REPLAY_SECS.min(3.0) && seconds < REPLAY_SECS + 2.0, "round {number}: {seconds} s");
        std::fs::remove_file(saved).unwrap();
        press("ctrl+alt+n");
    }

    let wall = started.elapsed().as_secs_f64();
    program.interrupt();
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    let pictures = probe(&film).pictures as f64 / RECORDED_FPS;
    let sound = heard(&film).len() as f64 / RATE_HZ as f64;
    eprintln!("{wall:.2} s by the clock, {pictures:.2} s of pictures, {sound:.2} s of sound");
    eprintln!("{}", std::fs::read_to_string(&stats).unwrap());
    assert!((pictures - sound).abs() < 0.1, "{pictures} s of pictures, {sound} s of sound");
    // The film begins a little before it is seen here, and ends a little after.
    assert!((pictures - wall).abs() < 5.0, "{pictures} s of pictures in {wall} s");
    if rounds >= 3 * ROUNDS_PER_CYCLE {
        check_for_leaks(&held);
    }
}

/// Compares the cycle of styles after the first one with the last cycle.
fn check_for_leaks(held: &[Holdings]) {
    let early = Holdings::median(&held[ROUNDS_PER_CYCLE..2 * ROUNDS_PER_CYCLE]);
    let late = Holdings::median(&held[held.len() - ROUNDS_PER_CYCLE..]);
    let growth = late.resident_kib as f64 / early.resident_kib as f64 - 1.0;
    let mib = |held: Holdings| held.resident_kib as f64 / 1024.0;
    eprintln!("resident memory {:.1} MiB, then {:.1} MiB ({:+.2} %)", mib(early), mib(late), growth * 100.0);
    eprintln!("threads {}, then {}; files {}, then {}", early.threads, late.threads, early.files, late.files);
    assert!(growth < MOST_GROWTH, "memory leaks");
    assert!(late.threads <= early.threads + PASSING, "threads leak");
    assert!(late.files <= early.files + PASSING, "files leak");
}
