//! Files as sources in real time.

use crate::tools::{ffmpeg, grey_of, have_ffmpeg, write_grey};
use impasto::capture::{Captured, FrameSource, SourceRequest};
use impasto::control::EndReason;
use impasto::frame::{Frame, Size};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);

fn open(path: &Path, repeat: bool) -> Box<dyn FrameSource> {
    SourceRequest::File { path: path.to_owned(), repeat }.opener()().unwrap()
}

/// The next frame, or why there is none.
fn next(source: &mut dyn FrameSource) -> Result<Arc<Frame>, EndReason> {
    let started = Instant::now();
    loop {
        match source.poll(Duration::from_millis(50)) {
            Captured::Frame(frame) => return Ok(frame),
            Captured::Ended(reason) => return Err(reason),
            Captured::Unchanged => assert!(started.elapsed() < PATIENCE, "no frame comes"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_picture_is_shown_once_and_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("still.png");
    write_grey(&path, Size::new(3, 2), 200);
    let mut source = open(&path, false);
    assert_eq!(grey_of(&next(source.as_mut()).unwrap()), 200);
    let started = Instant::now();
    for _ in 0..3 {
        assert!(matches!(source.poll(Duration::from_millis(10)), Captured::Unchanged));
    }
    assert!(started.elapsed() >= Duration::from_millis(30), "it must sleep, not spin");
}

#[test]
fn a_folder_plays_at_its_pace_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..6u8 {
        write_grey(&folder.path().join(format!("{index}.png")), Size::new(8, 8), index * 40);
    }
    let mut source = open(folder.path(), false);
    let started = Instant::now();
    let mut greys = Vec::new();
    let reason = loop {
        match next(source.as_mut()) {
            Ok(frame) => greys.push(grey_of(&frame)),
            Err(reason) => break reason,
        }
    };
    assert_eq!(reason, EndReason::EndOfFile);
    // A loaded machine may leave out some, but not the first and not the last.
    assert!(greys.is_sorted() && greys[0] == 0 && *greys.last().unwrap() == 200, "{greys:?}");
    assert!(started.elapsed() >= Duration::from_millis(160), "five intervals of 1/30 s lie between");
}

#[test]
fn a_repeated_folder_goes_on_with_growing_timestamps() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..2u8 {
        write_grey(&folder.path().join(format!("{index}.png")), Size::new(8, 8), index);
    }
    let mut source = open(folder.path(), true);
    let frames: Vec<_> = (0..7).map(|_| next(source.as_mut()).unwrap()).collect();
    assert!(frames.windows(2).all(|pair| pair[0].timestamp < pair[1].timestamp));
    assert!(frames.iter().any(|frame| grey_of(frame) == 0) && frames.iter().any(|frame| grey_of(frame) == 1));
}

#[test]
fn a_video_plays_by_its_timestamps_and_ends() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    ffmpeg("-f lavfi -i color=black:s=32x16:r=20:d=0.5,format=gray,geq=lum='N*20' -c:v ffv1", &path);
    let mut source = open(&path, false);
    let first = next(source.as_mut()).unwrap();
    let started = Instant::now();
    let mut last = Arc::clone(&first);
    let reason = loop {
        match next(source.as_mut()) {
            Ok(frame) => {
                assert!(frame.timestamp > last.timestamp);
                last = frame;
            }
            Err(reason) => break reason,
        }
    };
    assert_eq!(reason, EndReason::EndOfFile);
    assert_eq!((first.sequence, last.sequence, last.timestamp), (0, 9, Duration::from_millis(450)));
    // The first frame may have been shown late, never early.
    assert!(started.elapsed() >= Duration::from_millis(300), "{:?}", started.elapsed());
}

#[test]
fn a_video_repeats_and_its_ffmpeg_ends_with_the_source() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    ffmpeg("-f lavfi -i testsrc=s=640x480:r=25:d=0.2 -c:v ffv1", &path);
    let mut source = open(&path, true);
    let mut last = next(source.as_mut()).unwrap();
    while last.sequence < 12 {
        last = next(source.as_mut()).unwrap();
    }
    drop(source);
    if Path::new("/proc/self/cmdline").exists() {
        let name = path.display().to_string();
        let running = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).any(|process| {
            std::fs::read(process.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&name))
        });
        assert!(!running, "ffmpeg is still running");
    }
}

#[test]
fn an_unreadable_file_is_refused_when_it_is_opened() {
    let request = SourceRequest::File { path: "/nowhere/film.mp4".into(), repeat: false };
    let error = request.opener()().err().unwrap();
    assert_eq!(error.to_string(), "there is no such file or folder: /nowhere/film.mp4");
}

#[test]
fn the_scene_opens_by_request() {
    let mut source = SourceRequest::Scene { size: Size::new(40, 30), seed: 1 }.opener()().unwrap();
    assert_eq!(next(source.as_mut()).unwrap().size, Size::new(40, 30));
}
