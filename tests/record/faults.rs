//! Each fault has its own clear sentence, and what was written stays playable.

use crate::tools::{have_ffmpeg, on_small_disk, plain, probe, recorder, writer};
use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size};
use impasto::record::RecordError;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::time::Duration;

const SIZE: Size = Size::new(64, 48);

fn refusal(path: &Path) -> RecordError {
    let error = writer(path, SIZE, 30).err().expect("the recording must be refused");
    let text = error.to_string();
    assert!(text.ends_with(&path.display().to_string()) || text.contains("does not exist"), "{text}");
    error
}

#[test]
fn refuses_bad_paths() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refusal(folder.path()), RecordError::IsFolder(_)));
    assert!(
        matches!(refusal(&folder.path().join("none/film.mp4")), RecordError::NoFolder(path) if path.ends_with("none"))
    );
    std::fs::write(folder.path().join("file"), b"").unwrap();
    assert!(matches!(refusal(&folder.path().join("file/film.mp4")), RecordError::NoFolder(_)));
    let long = folder.path().join("x".repeat(300));
    assert!(matches!(refusal(&long), RecordError::Open { .. }));
}

/// Makes this test binary give up root's rights, which know no forbidden folder; holds the folder's path.
const FORBIDDEN: &str = "IMPASTO_TEST_RECORD_WITHOUT_RIGHTS";
const NOBODY: u32 = 65_534;

#[cfg(unix)]
#[test]
fn refuses_a_folder_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::record_without_rights", "--test-threads=1"])
        .env(FORBIDDEN, &locked)
        .status()
        .unwrap();
    assert!(status.success());
}

/// Not a test of its own: runs in a process of its own for the test above, because rights are given up for good.
#[cfg(unix)]
#[test]
fn record_without_rights() {
    let Ok(path) = std::env::var(FORBIDDEN) else { return };
    // SAFETY: the calls take no pointers. For anyone but root they fail, and the folder is locked anyway.
    unsafe {
        libc::setgid(NOBODY);
        libc::setuid(NOBODY);
    }
    assert!(matches!(refusal(&Path::new(&path).join("film.mp4")), RecordError::NoPermission(_)));
    assert!(matches!(refusal(&Path::new(&path).join("deeper/film.mp4")), RecordError::NoPermission(_)));
}

#[test]
fn refuses_sizes_and_rates_that_no_encoder_takes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let start = |size, fps: i32| writer(&path, size, fps).err();
    for size in [Size::new(14, 64), Size::new(64, 1), Size::new(4000, 1000), Size::new(3000, 3000), Size::new(0, 0)] {
        assert!(matches!(start(size, 30), Some(RecordError::Size { .. })), "{size}");
    }
    assert!(matches!(start(SIZE, 0), Some(RecordError::Rate { .. })));
    assert!(matches!(start(SIZE, 1000), Some(RecordError::Rate { .. })));
    assert!(!path.exists(), "a refused recording must leave no file");
}

#[cfg(target_os = "linux")]
#[test]
fn says_so_once_when_the_disk_is_full() {
    // Everything that is written to this device finds a full disk.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.mp4");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let (failures, failed) = mpsc::sync_channel(4);
    let on_failure = move |error| failures.send(error).unwrap();
    let mut recorder = recorder(&path, SIZE, 30, on_failure).unwrap();
    let picture = plain(SIZE, [1, 2, 3]);
    let mut millis = 0;
    let error = loop {
        recorder.offer(&picture, Duration::from_millis(millis));
        millis += 33;
        match failed.recv_timeout(Duration::from_millis(1)) {
            Ok(error) => break error,
            Err(_) => assert!(millis < 1_000_000, "no failure was reported"),
        }
    };
    assert!(matches!(error, RecordError::DiskFull(_)), "{error}");
    assert!(error.to_string().contains("disk is full"));
    assert!(!recorder.offer(&picture, Duration::from_millis(millis)), "a stopped recording takes no pictures");
    assert!(matches!(recorder.finish(), Err(RecordError::Stopped(_))));
    assert!(failed.try_recv().is_err(), "reported twice");
}

#[test]
fn stops_when_its_file_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone.mp4");
    let mut writer = writer(&path, SIZE, 30).unwrap();
    let picture = plain(SIZE, [1, 2, 3]);
    (0..40).for_each(|_| writer.write(&picture).unwrap());
    drop(folder);
    let failure = (0..40).find_map(|_| writer.write(&picture).err());
    assert!(matches!(failure, Some(RecordError::FileGone(_))), "{failure:?}");
}

/// Makes this test binary write under a limit; holds the file's path.
const LIMITED: &str = "IMPASTO_TEST_RECORD_UNDER_LIMIT";
const LIMIT_BYTES: u64 = 300_000;

#[cfg(unix)]
#[test]
fn keeps_what_fitted_when_the_file_may_not_grow() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("limited.mp4");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::record_under_a_limit", "--test-threads=1"])
        .env(LIMITED, &path)
        .status()
        .unwrap();
    assert!(status.success());
    assert!(std::fs::metadata(&path).unwrap().len() <= LIMIT_BYTES);
    let probe = probe(&path);
    assert!(probe.pictures >= 10, "{probe:?}");
}

/// Not a test of its own: runs in a process of its own for the test above, because the limit is for a whole process.
#[cfg(unix)]
#[test]
fn record_under_a_limit() {
    let Ok(path) = std::env::var(LIMITED) else { return };
    let limit = libc::rlimit { rlim_cur: LIMIT_BYTES, rlim_max: LIMIT_BYTES };
    // SAFETY: both calls only read their arguments, and no other thread of this process writes files.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit), 0);
    }
    record_until_failure(Path::new(&path), |error| matches!(error, RecordError::FileTooLarge(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn keeps_what_fitted_on_a_full_disk() {
    if !have_ffmpeg() {
        return;
    }
    // Where no disk may be mounted, the two tests above still hold the same promises.
    on_small_disk("300k", |folder| {
        let path = folder.join("film.mp4");
        record_until_failure(&path, |error| matches!(error, RecordError::DiskFull(_)));
        assert!(probe(&path).pictures >= 10);
    });
}

#[cfg(unix)]
fn record_until_failure(path: &Path, is_right: fn(&RecordError) -> bool) {
    let size = Size::new(320, 240);
    let scene = Scene::new(1);
    let (failures, failed) = mpsc::sync_channel(4);
    let on_failure = move |error| failures.send(error).unwrap();
    let mut recorder = recorder(path, size, 10, on_failure).unwrap();
    for step in 0..2_000 {
        let elapsed = Duration::from_millis(step * 100);
        let mut picture = Frame::new(size);
        scene.render(elapsed, &mut picture);
        recorder.offer(&Arc::new(picture), elapsed);
        if let Ok(error) = failed.try_recv() {
            assert!(is_right(&error), "{error}");
            assert!(recorder.finish().is_err());
            return;
        }
    }
    panic!("the disk never became full");
}
