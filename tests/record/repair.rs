//! Recordings that were cut off are made whole.

use crate::tools::{have_ffmpeg, plain, probe, settings};
use impasto::frame::Size;
use impasto::record::{
    EncoderChoice, EncoderKind, RecordSettings, Recorder, Repaired, RepairedFile, VideoWriter, repair,
    repair_unfinished, try_encoder,
};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SIZE: Size = Size::new(160, 120);

/// Makes this test binary the program that is to be killed; holds folder, ending and encoder, separated by `|`.
const CHILD: &str = "IMPASTO_TEST_REPAIR_UNTIL_KILLED";

#[test]
fn a_killed_program_s_recording_is_repaired_at_the_next_start() {
    if !have_ffmpeg() {
        return;
    }
    for (ending, encoder) in
        [("mp4", EncoderKind::OpenH264), ("mkv", EncoderKind::OpenH264), ("mp4", EncoderKind::X264)]
    {
        if try_encoder(encoder).outcome.is_err() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let (path, markers) = (folder.path().join(format!("film.{ending}")), folder.path().join("markers"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "repair::record_until_killed", "--nocapture", "--test-threads=1"])
            .env(CHILD, format!("{}|{ending}|{encoder}", folder.path().display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut millis = 0;
        for line in lines.map_while(Result::ok) {
            millis = line.strip_prefix("offered ").and_then(|millis| millis.parse::<u64>().ok()).unwrap_or(millis);
            if millis == 2_500 {
                assert!(repair_unfinished(&markers).is_empty(), "a recording that runs is left alone");
            }
            if millis >= 4_000 {
                child.kill().unwrap();
                break;
            }
        }
        child.wait().unwrap();
        assert!(millis >= 4_000, "the child ended by itself");

        let repaired = repair_unfinished(&markers);
        let [Repaired::Whole { path: found, duration }] = &repaired[..] else { panic!("{repaired:?}") };
        assert_eq!(found, &path);
        let seconds = duration.as_secs_f64();
        assert!((2.0..4.2).contains(&seconds), "{ending} by {encoder}: killed at 4 s, {seconds} s are left");
        let probe = probe(&path);
        assert!((probe.seconds - seconds).abs() < 0.04, "{probe:?}");
        assert_eq!(probe.pictures, (seconds * 30.0).round() as u64);
        assert_eq!(repair(&path).unwrap(), RepairedFile::Untouched);
        assert_eq!(std::fs::read_dir(&markers).unwrap().count(), 0);
        assert!(repair_unfinished(&markers).is_empty());
    }
}

/// Not a test of its own: the program that the test above kills.
#[test]
fn record_until_killed() {
    let Ok(what) = std::env::var(CHILD) else { return };
    let [folder, ending, encoder]: [&str; 3] = what.split('|').collect::<Vec<_>>().try_into().unwrap();
    let folder = PathBuf::from(folder);
    let settings = RecordSettings {
        encoder: encoder.parse().unwrap(),
        markers: Some(folder.join("markers")),
        ..settings(SIZE, 30)
    };
    let mut recorder = Recorder::start(&settings, |event| eprintln!("{event:?}")).unwrap();
    recorder.record_to(&folder.join(format!("film.{ending}")), None).unwrap();
    let started = Instant::now();
    for step in 0..4_000u64 {
        // In steps that the test can wait for, on a clock of their own.
        let millis = step * 20;
        recorder.offer(&plain(SIZE, [millis as u8, 80, 160]), Duration::from_millis(millis));
        let mut out = std::io::stdout().lock();
        writeln!(out, "offered {millis}").unwrap();
        out.flush().unwrap();
        std::thread::sleep(Duration::from_millis(millis + 20).saturating_sub(started.elapsed()));
    }
}

#[test]
fn a_recording_that_runs_keeps_its_note_and_one_that_ended_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let (path, markers) = (folder.path().join("film.mp4"), folder.path().join("markers"));
    let settings = RecordSettings { markers: Some(markers.clone()), ..settings(SIZE, 30) };
    let mut writer = VideoWriter::create(&path, &settings).unwrap();
    (0..40).for_each(|_| writer.write(&plain(SIZE, [1, 2, 3])).unwrap());
    assert_eq!(std::fs::read_dir(&markers).unwrap().count(), 1);
    assert!(repair_unfinished(&markers).is_empty());
    assert_eq!(std::fs::read_dir(&markers).unwrap().count(), 1);
    writer.finish().unwrap();
    assert_eq!(std::fs::read_dir(&markers).unwrap().count(), 0);
}

#[test]
fn a_file_that_breaks_off_anywhere_is_cut_to_its_last_whole_second() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for ending in ["mp4", "mkv"] {
        let whole = folder.path().join(format!("whole.{ending}"));
        let settings = RecordSettings { encoder: EncoderChoice::Only(EncoderKind::OpenH264), ..settings(SIZE, 30) };
        let mut writer = VideoWriter::create(&whole, &settings).unwrap();
        for index in 0..100 {
            writer.write(&plain(SIZE, [index * 2, 80, 160])).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(repair(&whole).unwrap(), RepairedFile::Untouched);
        let bytes = std::fs::read(&whole).unwrap();
        let torn = folder.path().join(format!("torn.{ending}"));
        let mut lengths = Vec::new();
        for part in 0..23 {
            let length = bytes.len() * part / 23;
            std::fs::write(&torn, &bytes[..length]).unwrap();
            let repaired = repair(&torn).unwrap_or_else(|error| panic!("{length} bytes of {}: {error}", bytes.len()));
            match repaired {
                RepairedFile::Empty => assert!(!torn.exists()),
                RepairedFile::Whole(duration) => {
                    let probe = probe(&torn);
                    assert_eq!(probe.pictures, (duration.as_secs_f64() * 30.0).round() as u64, "{length} bytes");
                    assert!((probe.seconds - duration.as_secs_f64()).abs() < 0.04, "{probe:?}");
                    assert_eq!(repair(&torn).unwrap(), RepairedFile::Untouched);
                    lengths.push(probe.pictures);
                }
                RepairedFile::Untouched => panic!("{length} bytes of {} seem whole", bytes.len()),
            }
        }
        assert!(lengths.contains(&30) && lengths.contains(&90) && lengths.is_sorted(), "{ending}: {lengths:?}");
    }
}

#[test]
fn what_is_no_recording_of_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"a letter to my dear aunt, which is longer than any header of a film is, and none".repeat(3);
    for name in ["film.mp4", "film.mkv"] {
        let path = folder.path().join(name);
        std::fs::write(&path, &text).unwrap();
        assert!(repair(&path).unwrap_err().to_string().contains("no recording of this program"));
        assert_eq!(std::fs::read(&path).unwrap(), text);
    }
    assert!(repair(Path::new("/none/film.mp4")).is_err());
}
