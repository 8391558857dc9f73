//! The sound of a real game in the recording of its painting, and not that of others.

use super::desktop::Desktop;
use super::sound_server::{Player, RATE_HZ, SoundServer, Tune, heard, loudness};
use super::tools::{have_ffmpeg, probe};
use crate::support::doom::Doom;
use crate::support::style::NAME;

/// How loud the players' tone of 440 Hz is in a piece of sound.
fn tone(sound: &[i16]) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (at, &sample) in sound.iter().enumerate() {
        let angle = at as f64 * 440.0 * std::f64::consts::TAU / RATE_HZ as f64;
        sine += f64::from(sample) * angle.sin();
        cosine += f64::from(sample) * angle.cos();
    }
    f64::hypot(sine, cosine) * 2.0 / sound.len() as f64
}

#[test]
fn only_the_painted_game_is_heard_by_itself() {
    let Some(desktop) = Desktop::start().filter(|_| have_ffmpeg()) else { return };
    let Some(server) = SoundServer::start() else { return };
    let _music = Player::start(&server, Tune::Tone);
    let Some(_game) = Doom::start_with_sound(&desktop, &server.address) else { return };
    let film = desktop.folder().join("film.mp4");
    let record = |more: &[&str]| {
        let paint = ["run", "--window", "doom", "--style", NAME, "--size", "240", "--provider", "cpu"];
        let asked = ["--duration", "12", "--record", film.to_str().unwrap()];
        let program = desktop.run_with_sound(&server.address, &[&paint[..], &asked, more].concat());
        let (code, errors) = program.wait();
        assert_eq!(code, Some(0), "{errors}");
        let (probe, sound) = (probe(&film), heard(&film));
        let seconds = sound.len() as f64 / RATE_HZ as f64;
        assert!((probe.pictures as f64 / 30.0 - seconds).abs() < 0.1, "{seconds} s of sound, {probe:?}");
        let end = sound.len() - RATE_HZ;
        // The tone keeps its phase for a short while only, as the sound is held in step; the game has quiet moments.
        (tone(&sound[end - 2 * RATE_HZ..end]), loudness(&sound[end - 6 * RATE_HZ..end]))
    };
    let (tone, loud) = record(&[]);
    eprintln!("the game: loudness {loud:.0}, of it the other's tone {tone:.0}");
    assert!(loud > 50.0 && tone < 300.0, "{loud}, {tone}");
    let (tone, loud) = record(&["--sound", "desktop"]);
    eprintln!("the desktop: loudness {loud:.0}, of it the other's tone {tone:.0}");
    assert!(tone > 2_000.0, "{loud}, {tone}");
    let (tone, loud) = record(&["--sound", "game", "--sound-level", "0"]);
    assert!(loud < 5.0, "{loud}, {tone}");
}

#[test]
fn a_sound_encoder_that_is_killed_is_replaced() {
    let Some(desktop) = Desktop::start().filter(|_| have_ffmpeg()) else { return };
    let Some(server) = SoundServer::start() else { return };
    let _music = Player::start(&server, Tune::Tone);
    let film = desktop.folder().join("film.mp4");
    let paint = ["run", "--source", "scene", "--headless", "--style", NAME, "--size", "120", "--provider", "cpu"];
    let asked = ["--duration", "9", "--sound", "desktop", "--record", film.to_str().unwrap()];
    let program = desktop.run_with_sound(&server.address, &[&paint[..], &asked].concat());
    let parent = format!("PPid:\t{}", program.id());
    let find = || {
        let numbers = std::fs::read_dir("/proc").unwrap().flatten();
        let mut numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        numbers.find(|id| {
            let read = |name| std::fs::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
            read("status").lines().any(|line| line == parent) && read("cmdline").contains("adts")
        })
    };
    let first = desktop.wait_for("the sound encoder", find);
    std::thread::sleep(std::time::Duration::from_secs(3));
    // SAFETY: the call takes no pointers; the process is the program's child, which is not waited for before it ends.
    assert_eq!(unsafe { libc::kill(first, libc::SIGKILL) }, 0);
    desktop.wait_for("another sound encoder", || find().filter(|id| *id != first));
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
    let (probe, sound) = (probe(&film), heard(&film));
    let seconds = sound.len() as f64 / RATE_HZ as f64;
    assert!((probe.pictures as f64 / 30.0 - seconds).abs() < 0.1, "{seconds} s of sound, {probe:?}");
    assert!(loudness(&sound[sound.len() - RATE_HZ..]) > 1_500.0);
}
