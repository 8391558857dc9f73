//! The recorder keeps time and never holds anyone up.

use crate::tools::{colour_at, decoded, distance, finished, have_ffmpeg, plain, probe, recorder};
use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size};
use impasto::record::{RecordError, Recorder, recording_path};
use std::sync::Arc;
use std::time::Duration;

const SIZE: Size = Size::new(64, 48);

fn no_failure(error: RecordError) {
    panic!("{error}");
}

/// Offers until the queue takes it: for tests that are about time, not about a busy encoder.
fn offer(recorder: &mut Recorder, picture: &Arc<Frame>, millis: u64) {
    while !recorder.offer(picture, Duration::from_millis(millis)) {
        std::thread::yield_now();
    }
}

#[test]
fn repeats_and_leaves_out_pictures_to_keep_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("time.mp4");
    let mut recorder = recorder(&path, SIZE, 10, no_failure).unwrap();
    let (red, green, blue) = (plain(SIZE, [220, 30, 30]), plain(SIZE, [30, 220, 30]), plain(SIZE, [30, 30, 220]));
    // Red for 0.4 s, then at 20 times the rate green and blue, then a gap until the end at 1.0 s.
    offer(&mut recorder, &red, 0);
    for millis in (400..500).step_by(5) {
        offer(&mut recorder, if millis < 450 { &green } else { &blue }, millis);
    }
    offer(&mut recorder, &red, 1_000);
    let report = finished(recorder);
    assert_eq!((report.recorded, report.duration), (11, Duration::from_millis(1_100)));
    if !have_ffmpeg() {
        return;
    }
    let shown: Vec<char> = decoded(&path, SIZE)
        .iter()
        .map(|picture| {
            let seen = colour_at(picture, 32, 24);
            let names = [('r', [220, 30, 30]), ('g', [30, 220, 30]), ('b', [30, 30, 220])];
            names.into_iter().min_by_key(|&(_, colour)| distance(seen, colour)).unwrap().0
        })
        .collect();
    assert_eq!(shown.iter().collect::<String>(), "rrrrgbbbbbr");
}

#[test]
fn a_busy_encoder_costs_pictures_but_no_time() {
    let size = Size::new(1280, 720);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("busy.mp4");
    let mut recorder = recorder(&path, size, 240, no_failure).unwrap();
    let mut picture = Frame::new(size);
    Scene::new(1).render(Duration::ZERO, &mut picture);
    let picture = Arc::new(picture);
    let mut refused = 0;
    // All at once: the queue holds four, and no encoder takes the others as fast as they are offered.
    for index in 0..48u64 {
        refused += u64::from(!recorder.offer(&picture, Duration::from_nanos(index * 1_000_000_000 / 240)));
    }
    assert!(refused > 0, "no encoder is that fast");
    assert_eq!(recorder.skipped(), refused);
    let report = finished(recorder);
    assert_eq!(report.skipped, refused);
    assert!(report.recorded >= 4 && report.recorded <= 48, "{report:?}");
}

#[test]
fn tells_progress_and_ends_the_file_when_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dropped.mp4");
    let mut recorder = recorder(&path, SIZE, 30, no_failure).unwrap();
    let picture = plain(SIZE, [90, 90, 90]);
    for index in 0..60 {
        offer(&mut recorder, &picture, index * 1000 / 30);
    }
    while recorder.progress().0 < 55 {
        std::thread::yield_now();
    }
    assert!(recorder.progress().1 > 0);
    drop(recorder);
    if have_ffmpeg() {
        assert_eq!(probe(&path).pictures, 60);
    }
}

#[test]
fn a_recording_without_pictures_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.mp4");
    let report = finished(recorder(&path, SIZE, 30, no_failure).unwrap());
    assert_eq!((report.recorded, report.duration), (0, Duration::ZERO));
}

#[test]
fn a_still_picture_fills_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("still.mp4");
    let mut recorder = recorder(&path, SIZE, 30, no_failure).unwrap();
    offer(&mut recorder, &plain(SIZE, [10, 200, 90]), 0);
    // Only one picture is ever offered; the recorder goes on by itself.
    while recorder.progress().0 < 15 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(finished(recorder).recorded >= 15);
}

#[test]
fn names_new_recordings() {
    let folder = tempfile::tempdir().unwrap();
    let first = recording_path(folder.path(), "chocolate-doom: E1M1");
    let name = first.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with("impasto-chocolate-doom-E1M1-20") && name.ends_with(".mp4"), "{name}");
    let mut seen = Vec::new();
    for _ in 0..4 {
        let path = recording_path(folder.path(), "chocolate-doom: E1M1");
        assert!(!seen.contains(&path));
        std::fs::write(&path, b"").unwrap();
        seen.push(path);
    }
}
