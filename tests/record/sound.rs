//! The sound of a film, in step with its pictures: flashes that are shown, and clicks that are played.

use crate::sound_server::{Player, RATE_HZ, SoundServer, Tune, clicks, heard, loudness};
use crate::tools::{colour_at, decoded, finished, have_ffmpeg, plain, probe, settings};
use impasto::control::{SoundChoice, SoundOptions};
use impasto::frame::Size;
use impasto::record::{RecordSettings, Recorder, RecorderEvent, ReplayLimits, SoundSettings};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

pub const SIZE: Size = Size::new(64, 48);
const FPS: u64 = 30;

pub fn start(
    server: &SoundServer,
    options: SoundOptions,
    game_pid: Option<u32>,
) -> (Recorder, Receiver<RecorderEvent>) {
    let sound = SoundSettings { options, game_pid, server: Some(server.address.clone()) };
    let (events, happened) = sync_channel(64);
    let settings = RecordSettings { sound: Some(sound), ..settings(SIZE, FPS as u32) };
    (Recorder::start(&settings, move |event| drop(events.try_send(event))).unwrap(), happened)
}

/// Shows a flash at each half second past a whole one, from one time to another on the recorder's clock.
pub fn flash(recorder: &mut Recorder, seconds: std::ops::Range<u64>) {
    let (black, white) = (plain(SIZE, [0, 0, 0]), plain(SIZE, [255, 255, 255]));
    for number in seconds.start * FPS..seconds.end * FPS {
        let at = Duration::from_nanos(number * 1_000_000_000 / FPS);
        std::thread::sleep(at.saturating_sub(recorder.started_at().elapsed()));
        let is_lit = (FPS / 2..FPS / 2 + 4).contains(&(number % FPS));
        recorder.offer(if is_lit { &white } else { &black }, at);
    }
}

/// Milliseconds by which each click of a film comes later after its flash than it was played after the flash was shown.
/// The film's last flash is that of second `last`; `played` tells when clicks were played.
fn offsets(path: &Path, last: u64, played: &[f64]) -> Vec<f64> {
    let lit: Vec<bool> = decoded(path, SIZE).iter().map(|picture| colour_at(picture, 32, 24)[0] > 128).collect();
    let flashes: Vec<f64> =
        (1..lit.len()).filter(|&at| lit[at] && !lit[at - 1]).map(|at| at as f64 / FPS as f64).collect();
    let heard = clicks(&heard(path));
    let offset = |(flash, second): (&f64, u64)| {
        let shown = second as f64 + 0.5;
        let wanted = played.iter().map(|played| played - shown).find(|late| (-0.1..0.5).contains(late))?;
        let found = heard.iter().map(|heard| heard - flash).find(|late| (-0.2..0.6).contains(late))?;
        Some((found - wanted) * 1000.0)
    };
    flashes.iter().rev().zip((0..=last).rev()).filter_map(offset).collect()
}

fn spread(offsets: &[f64]) -> f64 {
    offsets.iter().copied().fold(f64::MIN, f64::max) - offsets.iter().copied().fold(f64::MAX, f64::min)
}

#[test]
fn clicks_meet_their_flashes() {
    let seconds = if std::env::var("RUN_SLOW_TESTS").is_ok() { 605 } else { 8 };
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, events) = start(&server, SoundOptions::new(SoundChoice::Desktop), None);
    let player = Player::start(&server, Tune::Clicks(recorder.started_at()));
    let path = folder.path().join("film.mp4");
    recorder.record_to(&path, None).unwrap();
    flash(&mut recorder, 0..seconds);
    let report = finished(recorder);
    let probe = probe(&path);
    assert_eq!(probe.pictures, report.recorded);
    assert!((probe.seconds - report.duration.as_secs_f64()).abs() < 0.03, "{probe:?}");
    let offsets = offsets(&path, seconds - 1, &player.clicks());
    eprintln!("{} clicks, newest first: {offsets:.1?}, spread {:.1} ms", offsets.len(), spread(&offsets));
    // A busy machine may leave out a flash, or make the player miss its time.
    assert!(offsets.len() as u64 >= seconds * 3 / 4, "{offsets:?}");
    assert!(offsets.iter().all(|offset| offset.abs() < 40.0), "{offsets:?}");
    assert!(spread(&offsets) < 40.0);
    let troubles: Vec<_> = events.try_iter().filter(|event| matches!(event, RecorderEvent::Sound(_))).collect();
    assert!(troubles.is_empty(), "{troubles:?}");
}

#[test]
fn only_the_game_is_heard_and_matroska_holds_it_too() {
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let _other = Player::start(&server, Tune::Tone);
    let game = Player::start(&server, Tune::Clicks(Instant::now()));
    for (choice, ending) in [(SoundChoice::Auto, "mkv"), (SoundChoice::Game, "mp4"), (SoundChoice::Desktop, "mkv")] {
        let (mut recorder, events) = start(&server, SoundOptions::new(choice), Some(game.pid()));
        let path = folder.path().join(format!("{}.{ending}", choice.name()));
        recorder.record_to(&path, None).unwrap();
        flash(&mut recorder, 0..4);
        let report = finished(recorder);
        assert_eq!(probe(&path).pictures, report.recorded);
        let sound = heard(&path);
        let clicks = clicks(&sound);
        assert!(clicks.len() >= 2, "{choice:?}: {clicks:?}, {:?}", events.try_iter().collect::<Vec<_>>());
        let at = (clicks[clicks.len() - 1] * RATE_HZ as f64) as usize;
        let between = loudness(&sound[at - RATE_HZ / 2..at - RATE_HZ / 4]);
        eprintln!("{choice:?}: {:.0} between clicks", between);
        assert!(
            if choice == SoundChoice::Desktop { between > 1_000.0 } else { between < 20.0 },
            "{choice:?}: {between}"
        );
    }
}

#[test]
fn level_and_mute_work_while_it_is_recorded() {
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let _player = Player::start(&server, Tune::Tone);
    let options = SoundOptions::new(SoundChoice::Desktop);
    let (mut recorder, _events) = start(&server, options, None);
    let path = folder.path().join("film.mp4");
    recorder.record_to(&path, None).unwrap();
    let set = |recorder: &Recorder, options| {
        let server = Some(server.address.clone());
        recorder.set_sound(SoundSettings { server, ..SoundSettings::new(options) });
    };
    flash(&mut recorder, 0..3);
    set(&recorder, SoundOptions { level: 0.25, ..options });
    flash(&mut recorder, 3..5);
    set(&recorder, SoundOptions { is_muted: true, ..options });
    flash(&mut recorder, 5..7);
    finished(recorder);
    let sound = heard(&path);
    let at = |seconds: f64| {
        let start = (seconds * RATE_HZ as f64) as usize;
        loudness(&sound[start..start + RATE_HZ / 2])
    };
    let (full, quarter, mute) = (at(2.2), at(4.0), at(6.0));
    eprintln!("loudness {full:.0}, {quarter:.0}, {mute:.0}");
    assert!(full > 1_500.0 && (0.2..0.3).contains(&(quarter / full)) && mute < 5.0);
}

#[test]
fn the_replay_and_a_file_that_begins_in_it_have_sound() {
    let Some(server) = SoundServer::start().filter(|_| have_ffmpeg()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, events) = start(&server, SoundOptions::new(SoundChoice::Desktop), None);
    let player = Player::start(&server, Tune::Clicks(recorder.started_at()));
    recorder.set_replay(Some(ReplayLimits::of_length(Duration::from_secs(3))));
    flash(&mut recorder, 0..6);
    let (replay, film) = (folder.path().join("replay.mp4"), folder.path().join("film.mkv"));
    recorder.save_replay(replay.clone());
    recorder.record_to(&film, None).unwrap();
    flash(&mut recorder, 6..9);
    recorder.stop_file();
    flash(&mut recorder, 9..10);
    recorder.finish().unwrap();
    let told: Vec<_> = events.try_iter().collect();
    assert!(told.iter().any(|event| matches!(event, RecorderEvent::ReplaySaved(Ok(_)))), "{told:?}");
    for (path, last) in [(replay, 5), (film, 8)] {
        let (probe, offsets) = (probe(&path), offsets(&path, last, &player.clicks()));
        eprintln!("{}: {:.2} s, {offsets:.1?}", path.display(), probe.seconds);
        assert!((2.9..4.1).contains(&probe.seconds));
        assert!(offsets.len() >= 2 && offsets.iter().all(|offset| offset.abs() < 40.0), "{offsets:?}");
    }
}
