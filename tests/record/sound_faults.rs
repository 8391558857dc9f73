//! Sound that cannot be, or ends: the film goes on.

use crate::sound::{SIZE, flash, start};
use crate::sound_server::{Player, RATE_HZ, SoundServer, Tune, clicks, heard, loudness};
use crate::tools::{finished, have_ffmpeg, probe, settings};
use impasto::control::{SoundChoice, SoundOptions};
use impasto::record::{RecordSettings, Recorder, RecorderEvent, RepairedFile, SoundSettings, repair};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

fn troubles(events: &Receiver<RecorderEvent>) -> Vec<String> {
    let text = |event| if let RecorderEvent::Sound(text) = event { Some(text) } else { None };
    events.try_iter().filter_map(text).collect()
}

fn has_sound(path: &Path) -> bool {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    output.stdout.starts_with(b"aac")
}

#[test]
fn without_a_server_the_film_has_no_sound_and_says_so_once() {
    let (events, happened) = sync_channel(64);
    let sound = SoundSettings {
        server: Some("unix:/nonexistent/native".to_owned()),
        ..SoundSettings::new(SoundOptions::new(SoundChoice::Auto))
    };
    let settings = RecordSettings { sound: Some(sound), ..settings(SIZE, 30) };
    let mut recorder = Recorder::start(&settings, move |event| drop(events.try_send(event))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    recorder.record_to(&path, None).unwrap();
    flash(&mut recorder, 0..4);
    let report = finished(recorder);
    let troubles = troubles(&happened);
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert!(troubles[0].starts_with("the recording has no sound: "), "{troubles:?}");
    if have_ffmpeg() {
        assert_eq!(probe(&path).pictures, report.recorded);
        assert!(!has_sound(&path));
    }
}

#[test]
fn a_server_that_dies_leaves_silence() {
    let Some(mut server) = SoundServer::start_own().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, events) = start(&server, SoundOptions::new(SoundChoice::Desktop), None);
    let _player = Player::start(&server, Tune::Tone);
    let path = folder.path().join("film.mp4");
    recorder.record_to(&path, None).unwrap();
    flash(&mut recorder, 0..3);
    server.kill();
    flash(&mut recorder, 3..7);
    let report = finished(recorder);
    assert_eq!(probe(&path).pictures, report.recorded);
    let sound = heard(&path);
    let seconds = sound.len() as f64 / RATE_HZ as f64;
    assert!((6.9..7.1).contains(&seconds), "{seconds} s of sound in 7");
    assert!(loudness(&sound[2 * RATE_HZ..5 * RATE_HZ / 2]) > 1_500.0);
    assert!(loudness(&sound[4 * RATE_HZ..6 * RATE_HZ]) < 5.0);
    let troubles = troubles(&events);
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert!(troubles[0].starts_with("the recording goes on in silence: "), "{troubles:?}");
}

#[test]
fn a_server_that_stands_still_costs_silence_and_no_time() {
    let Some(server) = SoundServer::start_own().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, events) = start(&server, SoundOptions::new(SoundChoice::Desktop), None);
    let clock = recorder.started_at();
    let player = Player::start(&server, Tune::Clicks(clock));
    let path = folder.path().join("film.mp4");
    recorder.record_to(&path, None).unwrap();
    flash(&mut recorder, 0..3);
    drop(player);
    server.send(libc::SIGSTOP);
    flash(&mut recorder, 3..5);
    server.send(libc::SIGCONT);
    flash(&mut recorder, 5..6);
    let later = Player::start(&server, Tune::Clicks(clock));
    flash(&mut recorder, 6..12);
    let report = finished(recorder);
    assert_eq!(probe(&path).pictures, report.recorded);
    let (heard, played) = (clicks(&heard(&path)), later.clicks());
    eprintln!("clicks at {heard:.3?}, {:?}", troubles(&events));
    let late: Vec<f64> = heard.iter().copied().filter(|click| *click > 8.0).collect();
    let is_in_time = |click: &f64| played.iter().any(|played| (click - played).abs() < 0.04);
    assert!(late.len() >= 2 && late.iter().all(is_in_time), "{late:.3?}, played at {played:.3?}");
}

#[test]
fn a_game_that_starts_again_is_heard_again_in_time() {
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    // The test itself is the game: its players are its children.
    let (mut recorder, events) = start(&server, SoundOptions::new(SoundChoice::Game), Some(std::process::id()));
    let path = folder.path().join("film.mkv");
    recorder.record_to(&path, None).unwrap();
    let clock = recorder.started_at();
    flash(&mut recorder, 0..1);
    let player = Player::start(&server, Tune::Clicks(clock));
    flash(&mut recorder, 1..5);
    let mut played = player.clicks();
    drop(player);
    flash(&mut recorder, 5..7);
    let later = Player::start(&server, Tune::Clicks(clock));
    flash(&mut recorder, 7..11);
    finished(recorder);
    let clicks = clicks(&heard(&path));
    eprintln!("clicks at {clicks:.3?}, {:?}", troubles(&events));
    played.extend(later.clicks());
    // The film begins with the recorder's clock.
    let is_in_time = |click: &f64| played.iter().any(|played| (click - played).abs() < 0.04);
    assert!(clicks.iter().all(is_in_time), "{clicks:.3?}, played at {played:.3?}");
    let count = |range: std::ops::Range<f64>| clicks.iter().filter(|click| range.contains(click)).count();
    assert!(count(0.0..5.0) >= 2 && count(5.0..7.0) == 0 && count(7.0..11.0) >= 2, "{clicks:?}");
}

#[test]
fn a_film_with_sound_that_breaks_off_anywhere_is_repaired() {
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let _player = Player::start(&server, Tune::Clicks(Instant::now()));
    for ending in ["mp4", "mkv"] {
        let (mut recorder, _events) = start(&server, SoundOptions::new(SoundChoice::Desktop), None);
        let whole = folder.path().join(format!("whole.{ending}"));
        recorder.record_to(&whole, None).unwrap();
        flash(&mut recorder, 0..4);
        finished(recorder);
        assert_eq!(repair(&whole).unwrap(), RepairedFile::Untouched);
        let bytes = std::fs::read(&whole).unwrap();
        let torn = folder.path().join(format!("torn.{ending}"));
        let mut longest = Duration::ZERO;
        for part in 1..12 {
            std::fs::write(&torn, &bytes[..bytes.len() * part / 12]).unwrap();
            if let RepairedFile::Whole(duration) = repair(&torn).unwrap() {
                let probe = probe(&torn);
                assert_eq!(probe.pictures, (duration.as_secs_f64() * 30.0).round() as u64, "{part}/12");
                assert!((probe.seconds - duration.as_secs_f64()).abs() < 0.04, "{probe:?}");
                let seconds = heard(&torn).len() as f64 / RATE_HZ as f64;
                let is_near = (duration.as_secs_f64() - 0.3..duration.as_secs_f64() + 0.05).contains(&seconds);
                assert!(is_near, "{ending}: {seconds} s of sound in {duration:?}");
                longest = longest.max(duration);
            }
        }
        assert!(longest >= Duration::from_secs(2), "{ending}: {longest:?}");
    }
}
