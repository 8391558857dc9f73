//! Encoders through ffmpeg: what they give plays, and one that breaks is replaced without losing a picture.

use crate::tools::{colour_at, decoded, have_ffmpeg, plain, probe, settings, skip};
use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size};
use impasto::record::{
    EncoderChoice, EncoderKind, RecordSettings, Recorder, RecorderEvent, VideoWriter, try_all_encoders, try_encoder,
};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

fn settings_of(kind: EncoderKind, size: Size) -> RecordSettings {
    RecordSettings { encoder: EncoderChoice::Only(kind), ..settings(size, 30) }
}

/// Whether an encoder works here; says loudly where it does not.
pub fn have_encoder(kind: EncoderKind) -> bool {
    match &try_encoder(kind).outcome {
        Ok(_) => true,
        Err(reason) => skip(&format!("the encoder {kind} does not work: {reason}")),
    }
}

/// Mean difference of the channels of two pictures of one size.
fn mean_difference(a: &Frame, b: &Frame) -> f64 {
    let sum: u64 = a.pixels.iter().zip(&b.pixels).map(|(&a, &b)| u64::from(a.abs_diff(b))).sum();
    sum as f64 / a.pixels.len() as f64
}

#[test]
fn every_one_that_works_here_records_into_both_containers() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let size = Size::new(320, 240);
    let scene = Scene::new(3);
    let frames: Vec<Frame> = (0..75u64)
        .map(|index| {
            let mut frame = Frame::new(size);
            scene.render(Duration::from_millis(1_000 + index * 33), &mut frame);
            frame.pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
            frame
        })
        .collect();
    for trial in try_all_encoders() {
        eprintln!("{}: {:?}", trial.kind, trial.outcome);
        if trial.outcome.is_err() {
            continue;
        }
        for ending in ["mp4", "mkv"] {
            let path = folder.path().join(format!("{}.{ending}", trial.kind));
            let mut writer = VideoWriter::create(&path, &settings_of(trial.kind, size)).unwrap();
            frames.iter().for_each(|frame| writer.write(frame).unwrap());
            let report = writer.finish().unwrap();
            assert_eq!((report.recorded, report.encoder), (75, Some(trial.kind)));
            assert_eq!((report.paths.len(), &report.paths[0]), (1, &path));
            let probe = probe(&path);
            assert_eq!((probe.size, probe.pictures, probe.fps.as_str()), (size, 75, "30/1"), "{}", path.display());
            assert!((probe.seconds - 2.5).abs() < 0.04, "{probe:?}");
            assert!(probe.key_pictures >= 3, "{probe:?}");
            assert_eq!(probe.colours, "tv bt709 bt709 bt709");
            let shown = decoded(&path, size);
            for index in [0, 30, 74] {
                let difference = mean_difference(&shown[index], &frames[index]);
                assert!(difference < 6.0, "{}: picture {index} differs by {difference}", path.display());
            }
        }
    }
}

/// Our children whose command line has this word.
#[cfg(target_os = "linux")]
fn children_with(word: &str) -> Vec<i32> {
    let own = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    numbers
        .filter(|id| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            let command = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let is_child = status.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|id| id.trim() == own));
            is_child && command.split(|&byte| byte == 0).any(|argument| argument == word.as_bytes())
        })
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn one_that_is_killed_is_replaced_and_no_picture_is_lost() {
    // A size of its own finds the child among those of other tests.
    assert_replaced_after(libc::SIGKILL, Size::new(146, 98));
}

#[cfg(target_os = "linux")]
#[test]
fn one_that_hangs_is_replaced_and_no_picture_is_lost() {
    assert_replaced_after(libc::SIGSTOP, Size::new(546, 398));
}

#[cfg(target_os = "linux")]
fn assert_replaced_after(signal: libc::c_int, size: Size) {
    if !have_ffmpeg() || !have_encoder(EncoderKind::X264) {
        return;
    }
    let name = size.to_string();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.mp4");
    let mut writer = VideoWriter::create(&path, &settings_of(EncoderKind::X264, size)).unwrap();
    let shade = |index: u64| (20 + index * 2) as u8;
    for index in 0..100 {
        if index == 50 {
            let children = children_with(&name);
            assert_eq!(children.len(), 1);
            // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
            assert_eq!(unsafe { libc::kill(children[0], signal) }, 0);
        }
        writer.write(&plain(size, [shade(index); 3])).unwrap();
    }
    let report = writer.finish().unwrap();
    assert_eq!(report.paths, [path.clone(), folder.path().join("killed-2.mp4")]);
    assert_eq!(report.recorded, 100);
    assert_ne!(report.encoder, Some(EncoderKind::X264));
    let mut shown = Vec::new();
    for path in &report.paths {
        assert!(probe(path).pictures > 10);
        shown.extend(decoded(path, size));
    }
    assert_eq!(shown.len(), 100);
    for (index, picture) in shown.iter().enumerate() {
        let seen = colour_at(picture, size.width / 2, size.height / 2)[1];
        assert!(seen.abs_diff(shade(index as u64)) <= 4, "picture {index}: {seen}");
    }
    assert!(children_with(&name).is_empty(), "a child is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_recorder_tells_of_a_killed_encoder_and_of_the_next_file() {
    if !have_ffmpeg() || !have_encoder(EncoderKind::X264) {
        return;
    }
    let size = Size::new(150, 98);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    let (events, happened) = mpsc::sync_channel(16);
    let on_event = move |event| events.send(event).unwrap();
    let mut recorder = Recorder::start(&settings_of(EncoderKind::X264, size), on_event).unwrap();
    recorder.record_to(&path, None).unwrap();
    for index in 0..90u64 {
        if index == 45 {
            for child in children_with("150x98") {
                // SAFETY: as in the test above.
                unsafe { libc::kill(child, libc::SIGKILL) };
            }
        }
        while !recorder.offer(&plain(size, [index as u8 * 2; 3]), Duration::from_millis(index * 1000 / 30)) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let report = recorder.finish().unwrap().unwrap();
    assert_eq!((report.recorded, report.paths.len()), (90, 2));
    let mut told = String::new();
    while let Ok(event) = happened.try_recv() {
        match event {
            RecorderEvent::Notice(text) => told += &format!("{text}\n"),
            RecorderEvent::Encoder(kind) => told += &format!("encoder {kind}\n"),
            other => panic!("{other:?}"),
        }
    }
    assert!(told.starts_with("encoder x264\n"), "{told}");
    assert!(told.contains("the video encoder x264 stopped") && told.contains("film-2.mkv"), "{told}");
}

/// Makes this test binary record with the `ffmpeg` of a folder; holds the folder's path.
const WITH_FFMPEG: &str = "IMPASTO_TEST_RECORD_WITH_FFMPEG";

/// Runs a recording in a process of its own whose search path has only this folder.
fn record_with_ffmpeg_of(folder: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "encoders::record_with_another_ffmpeg", "--nocapture", "--test-threads=1"])
        .env(WITH_FFMPEG, folder)
        .env("PATH", folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

/// Not a test of its own: runs in a process of its own for the tests below, because it needs another search path.
#[test]
fn record_with_another_ffmpeg() {
    let Ok(folder) = std::env::var(WITH_FFMPEG) else { return };
    let path = PathBuf::from(folder).join("film.mp4");
    let size = Size::new(64, 48);
    let settings = RecordSettings { encoder: EncoderChoice::Auto, ..settings(size, 30) };
    let mut writer = VideoWriter::create(&path, &settings).unwrap();
    for index in 0..45 {
        writer.write(&plain(size, [index * 4, 80, 160])).unwrap();
    }
    let report = writer.finish().unwrap();
    assert_eq!((report.recorded, report.encoder), (45, Some(EncoderKind::OpenH264)));
    eprintln!("x264: {:?}", try_encoder(EncoderKind::X264).outcome);
}

#[test]
fn without_ffmpeg_it_is_recorded_in_process() {
    let folder = tempfile::tempdir().unwrap();
    let said = record_with_ffmpeg_of(folder.path());
    assert!(said.contains("ffmpeg is not installed"), "{said}");
    if have_ffmpeg() {
        assert_eq!(probe(&folder.path().join("film.mp4")).pictures, 45);
    }
}

#[cfg(unix)]
#[test]
fn an_ffmpeg_that_hangs_is_killed_and_not_waited_for() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let fake = folder.path().join("ffmpeg");
    std::fs::write(&fake, "#!/bin/sh\nexec /bin/sleep 321\n").unwrap();
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    let started = Instant::now();
    let said = record_with_ffmpeg_of(folder.path());
    assert!(said.contains("it hangs"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

/// Not a test of behaviour: prints what encoders cost on a film, `IMPASTO_MEASURE_FILM`, of 640x480 pixels or more.
/// Each is to be run alone, under `time`, with its name in `IMPASTO_MEASURE_ENCODER`.
#[cfg(unix)]
#[test]
fn measure() {
    let (Ok(film), Ok(kind)) = (std::env::var("IMPASTO_MEASURE_FILM"), std::env::var("IMPASTO_MEASURE_ENCODER")) else {
        return;
    };
    let choice: EncoderChoice = kind.parse().unwrap();
    let quality = std::env::var("IMPASTO_MEASURE_QUALITY").map_or_else(|_| Ok(Default::default()), |text| text.parse());
    let size = probe(Path::new(&film)).size;
    let frames: Vec<Arc<Frame>> = decoded(Path::new(&film), size).into_iter().map(Arc::new).collect();
    let path = std::env::temp_dir().join(format!("impasto-measure-{kind}.mp4"));
    let settings = RecordSettings { encoder: choice, quality: quality.unwrap(), ..settings(size, 30) };
    let times = || {
        // SAFETY: the call only fills the structure that it is given.
        unsafe {
            let mut times = std::mem::zeroed::<libc::tms>();
            libc::times(&raw mut times);
            let ticks = libc::sysconf(libc::_SC_CLK_TCK) as f64;
            (times.tms_utime + times.tms_stime + times.tms_cutime + times.tms_cstime) as f64 / ticks
        }
    };
    let (started, before) = (Instant::now(), times());
    let mut writer = VideoWriter::create(&path, &settings).unwrap();
    frames.iter().for_each(|frame| writer.write(frame).unwrap());
    let report = writer.finish().unwrap();
    let (wall, processor) = (started.elapsed().as_secs_f64(), times() - before);
    let count = report.recorded as f64;
    let bytes = std::fs::metadata(&path).unwrap().len() as f64;
    eprintln!(
        "{kind}: {:.1} ms processor, {:.1} ms wall each, {:.2} Mbit/s, {}",
        processor * 1000.0 / count,
        wall * 1000.0 / count,
        bytes * 8.0 / report.duration.as_secs_f64() / 1e6,
        path.display()
    );
}
