//! The disk is watched: a recording ends in order before it is full.

use crate::tools::{have_ffmpeg, on_small_disk, probe, settings};
use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size};
use impasto::record::{RecordError, RecordSettings, Recorder, RecorderEvent, RepairedFile, VideoWriter, repair};
use std::sync::{Arc, mpsc};
use std::time::Duration;

const SIZE: Size = Size::new(320, 240);
const KEEP_FREE_BYTES: u64 = 1_500_000;

#[cfg(unix)]
#[test]
fn without_room_no_recording_begins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let settings = RecordSettings { keep_free_bytes: u64::MAX, ..settings(SIZE, 30) };
    let error = VideoWriter::create(&path, &settings).err().unwrap();
    assert!(matches!(error, RecordError::DiskNearlyFull { .. }), "{error}");
    assert!(error.to_string().contains("MB are left"), "{error}");
    assert!(!path.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_recording_ends_in_order_before_the_disk_is_full() {
    if !have_ffmpeg() {
        return;
    }
    on_small_disk("3m", |folder| {
        for ending in ["mp4", "mkv"] {
            let path = folder.join(format!("film.{ending}"));
            let (failures, failed) = mpsc::sync_channel(4);
            let on_event = move |event| {
                if let RecorderEvent::Failed(error) = event {
                    failures.send(error).unwrap();
                }
            };
            let settings = RecordSettings { keep_free_bytes: KEEP_FREE_BYTES, ..settings(SIZE, 10) };
            let mut recorder = Recorder::start(&settings, on_event).unwrap();
            recorder.record_to(&path, None).unwrap();
            let scene = Scene::new(1);
            let error = (0..3_000u64).find_map(|step| {
                let elapsed = Duration::from_millis(step * 100);
                let mut picture = Frame::new(SIZE);
                scene.render(elapsed, &mut picture);
                recorder.offer(&Arc::new(picture), elapsed);
                failed.try_recv().ok()
            });
            let error = error.expect("the disk never became nearly full");
            assert!(matches!(error, RecordError::DiskNearlyFull { .. }), "{error}");
            drop(recorder);
            // Its end is there: nothing is left to repair.
            assert_eq!(repair(&path).unwrap(), RepairedFile::Untouched);
            let probe = probe(&path);
            assert!(probe.pictures >= 20, "{probe:?}");
            assert!((probe.seconds - probe.pictures as f64 / 10.0).abs() < 0.06, "{probe:?}");
            std::fs::remove_file(&path).unwrap();
        }
    });
}
