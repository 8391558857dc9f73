//! The last seconds, saved afterwards, also while a recording runs from the same encoder.

use crate::encoders::have_encoder;
use crate::tools::{colour_at, decoded, distance, have_ffmpeg, plain, probe, settings};
use impasto::control::Look;
use impasto::frame::Size;
use impasto::record::{
    About, EncoderChoice, EncoderKind, PaintedWith, RecordError, RecordSettings, Recorder, RecorderEvent,
    RecordingReport, ReplayLimits, Sidecar,
};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

const SIZE: Size = Size::new(160, 120);
const FPS: u64 = 30;

fn start(kind: EncoderKind) -> (Recorder, Receiver<RecorderEvent>) {
    let (events, happened) = sync_channel(64);
    let settings = RecordSettings { encoder: EncoderChoice::Only(kind), ..settings(SIZE, FPS as u32) };
    (Recorder::start(&settings, move |event| events.send(event).unwrap()).unwrap(), happened)
}

/// The colour of each picture: its green tells its number, up to 200.
fn colour(number: u64) -> [u8; 3] {
    [40, 20 + number as u8, 200]
}

fn offer(recorder: &mut Recorder, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let (picture, at) = (plain(SIZE, colour(number)), Duration::from_nanos(number * 1_000_000_000 / FPS));
        while !recorder.offer(&picture, at) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn wait<T>(events: &Receiver<RecorderEvent>, take: impl Fn(RecorderEvent) -> Option<T>) -> T {
    loop {
        if let Some(found) = take(events.recv_timeout(Duration::from_secs(60)).expect("an event")) {
            return found;
        }
    }
}

fn saved(events: &Receiver<RecorderEvent>) -> Result<RecordingReport, RecordError> {
    wait(events, |event| match event {
        RecorderEvent::ReplaySaved(saved) => Some(saved),
        _ => None,
    })
}

fn assert_newest(path: &Path, number: u64) {
    let last = decoded(path, SIZE).pop().unwrap();
    let seen = colour_at(&last, 80, 60);
    assert!(distance(seen, colour(number)) <= 6, "the last picture is {seen:?} and not that of number {number}");
}

#[test]
fn saves_the_last_seconds_to_within_a_key_interval() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in [EncoderKind::OpenH264, EncoderKind::X264] {
        if !have_encoder(kind) {
            continue;
        }
        let (mut recorder, events) = start(kind);
        recorder.save_replay(folder.path().join("none.mp4"));
        assert!(matches!(saved(&events), Err(RecordError::EmptyReplay)));
        recorder.set_replay(Some(ReplayLimits::of_length(Duration::from_secs(3))));
        offer(&mut recorder, 0..170);
        let path = folder.path().join(format!("{kind} replay.mp4"));
        recorder.save_replay(path.clone());
        let report = saved(&events).unwrap();
        assert_eq!((&report.path, report.encoder), (&path, Some(kind)));
        let probe = probe(&path);
        eprintln!("{kind}: {:.2} s of the last 3", probe.seconds);
        assert!((3.0..=4.05).contains(&probe.seconds), "{probe:?}");
        // The very last picture is repeated for as long as it stands still.
        assert_newest(&path, 169);
        assert!(!folder.path().join("none.mp4").exists());
        assert_eq!(recorder.finish().unwrap(), None);
    }
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_str().unwrap().starts_with('.')), "{names:?}");
}

#[test]
fn one_encoder_serves_recording_and_replay() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in [EncoderKind::OpenH264, EncoderKind::X264] {
        if !have_encoder(kind) {
            continue;
        }
        let film = folder.path().join(format!("{kind}.mp4"));
        let replay = folder.path().join(format!("{kind} replay.mkv"));
        let (mut recorder, events) = start(kind);
        recorder.set_replay(Some(ReplayLimits::of_length(Duration::from_secs(2))));
        offer(&mut recorder, 0..75);
        recorder.record_to(&film, None).unwrap();
        offer(&mut recorder, 75..120);
        recorder.save_replay(replay.clone());
        let kept = saved(&events).unwrap();
        assert!((2.0..=3.05).contains(&probe(&replay).seconds), "{kept:?}");
        offer(&mut recorder, 120..150);
        recorder.stop_file();
        offer(&mut recorder, 150..180);
        let report = wait(&events, |event| match event {
            RecorderEvent::Finished(report) => Some(report),
            RecorderEvent::Failed(error) | RecorderEvent::FileFailed(error) => panic!("{error}"),
            _ => None,
        });
        let film_probe = probe(&film);
        assert_eq!((film_probe.pictures, &report.path), (report.recorded, &film));
        // It begins with the key picture before the order, at most a second earlier, and ends where it was told to.
        let pictures = report.recorded;
        assert!((75..=135).contains(&pictures), "{kind}: {pictures}");
        let first = colour_at(&decoded(&film, SIZE)[0], 80, 60)[1] - 20;
        assert!((44..=76).contains(&first), "{kind}: begins with picture {first}");
        assert_eq!(recorder.finish().unwrap(), None);
    }
}

#[test]
fn a_sidecar_tells_what_was_painted_when() {
    let folder = tempfile::tempdir().unwrap();
    let (film, plain_film) = (folder.path().join("film.mp4"), folder.path().join("film source.mp4"));
    let (mut recorder, _events) = start(EncoderKind::OpenH264);
    let painted = |style: &str| PaintedWith { style: style.to_owned(), ..PaintedWith::default() };
    recorder.note_painted(Duration::ZERO, painted("mosaic"));
    let about = About { title: "Doom".to_owned(), source: Some((plain_film, Duration::from_millis(250))) };
    recorder.record_to(&film, Some(about)).unwrap();
    offer(&mut recorder, 0..40);
    std::thread::sleep(Duration::from_millis(100));
    // It is there while the recording runs: a kill would not take it away.
    let sidecar = Sidecar::read(&folder.path().join("film.json")).unwrap();
    assert_eq!((sidecar.title.as_str(), sidecar.files.len()), ("Doom", 1));
    let look = Look { strength: 0.5, ..Look::default() };
    recorder.note_painted(Duration::from_millis(1400), PaintedWith { look, ..painted("woodcut") });
    offer(&mut recorder, 40..60);
    recorder.finish().unwrap();
    let sidecar = Sidecar::read(&folder.path().join("film.json")).unwrap();
    let changes: Vec<_> =
        sidecar.changes.iter().map(|change| (change.at_secs, change.painted.style.as_str())).collect();
    assert_eq!(changes, [(0.0, "mosaic"), (1.4, "woodcut")]);
    assert_eq!(sidecar.at(Duration::from_secs(2)).look, look);
    let source = sidecar.source.unwrap();
    assert_eq!((source.file.to_str(), source.starts_at_secs), (Some("film source.mp4"), 0.25));
}
