//! Files read frame by frame.

use crate::tools::{ffmpeg, grey_of, have_ffmpeg, write_grey};
use impasto::capture::CaptureError;
use impasto::capture::files::{Clip, FileError, open_clip};
use impasto::frame::{Frame, FramePool, Size};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

fn all_frames(clip: &mut Clip) -> Vec<Arc<Frame>> {
    let mut pool = FramePool::new();
    std::iter::from_fn(|| clip.next_frame(&mut pool).unwrap()).collect()
}

fn failure(path: &Path) -> FileError {
    match open_clip(path) {
        Err(CaptureError::File(error)) => {
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
            error
        }
        Err(error) => panic!("{error}"),
        Ok(clip) => panic!("opened {} frames", clip.frame_count.unwrap_or_default()),
    }
}

#[test]
fn a_picture_is_a_clip_of_one_frame_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("one.png");
    write_grey(&png, Size::new(5, 3), 77);
    let renamed = folder.path().join("one.mp4");
    fs::rename(&png, &renamed).unwrap();
    let mut clip = open_clip(&renamed).unwrap();
    assert_eq!((clip.size, clip.frame_count), (Size::new(5, 3), Some(1)));
    let frames = all_frames(&mut clip);
    assert_eq!((frames.len(), grey_of(&frames[0]), frames[0].size), (1, 77, Size::new(5, 3)));
    assert_eq!(clip.last_picture_path(), Some(renamed.as_path()));
}

#[test]
fn a_folder_gives_its_pictures_in_natural_order_without_the_broken_ones() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, grey) in [("f10.png", 10), ("f9.PNG", 9), ("f1.bmp", 1), ("f2.png", 2)] {
        let file = at(&name.to_lowercase());
        write_grey(&file, Size::new(4, 4 + u32::from(grey)), grey);
        fs::rename(&file, at(name)).unwrap();
    }
    fs::write(at("f3.png"), b"no picture").unwrap();
    fs::write(at("notes.txt"), b"no picture either").unwrap();
    fs::create_dir(at("f4.png")).unwrap();
    let mut clip = open_clip(folder.path()).unwrap();
    assert_eq!((clip.size, clip.fps, clip.frame_count), (Size::new(4, 5), 30.0, Some(5)));
    assert_eq!(clip.picture_paths().len(), 5);
    let mut pool = FramePool::new();
    let mut seen = Vec::new();
    while let Some(frame) = clip.next_frame(&mut pool).unwrap() {
        let name = clip.last_picture_path().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(frame.size, Size::new(4, 4 + u32::from(grey_of(&frame))));
        seen.push((frame.sequence, grey_of(&frame), name));
    }
    let expected = [(0, 1, "f1.bmp"), (1, 2, "f2.png"), (2, 9, "f9.PNG"), (3, 10, "f10.png")];
    assert_eq!(seen, expected.map(|(sequence, grey, name)| (sequence, grey, name.to_owned())));
    clip.rewind();
    assert_eq!(all_frames(&mut clip).len(), 4);
}

#[test]
fn says_what_is_wrong_with_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(matches!(failure(&at("none.png")), FileError::Missing(_)));
    assert!(matches!(failure(folder.path()), FileError::EmptyFolder(_)));
    fs::write(at("a.png"), b"broken").unwrap();
    fs::write(at("b.jpg"), b"").unwrap();
    let broken = failure(folder.path());
    assert!(matches!(&broken, FileError::BrokenFolder { count: 2, .. }), "{broken}");
    let mut torn = fs::read({
        write_grey(&at("c.png"), Size::new(64, 64), 5);
        at("c.png")
    })
    .unwrap();
    torn.truncate(60);
    fs::write(at("c.png"), torn).unwrap();
    assert!(matches!(failure(&at("c.png")), FileError::Picture(_)));
}

#[test]
fn a_video_gives_every_frame_once_and_in_order() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Each frame has a grey of its own; a lossless codec keeps it. Odd rate, odd size, a name that looks like an option.
    let path = folder.path().join("-v: film%d.mkv");
    ffmpeg("-f lavfi -i color=black:s=34x18:r=24000/1001:d=2,format=gray,geq=lum='N*5' -c:v ffv1", &path);
    let mut clip = open_clip(&path).unwrap();
    assert_eq!(clip.size, Size::new(34, 18));
    assert!((clip.fps - 23.976).abs() < 0.001, "{}", clip.fps);
    let frames = all_frames(&mut clip);
    assert_eq!(clip.frame_count, Some(frames.len() as u64));
    for (index, frame) in frames.iter().enumerate() {
        assert!(grey_of(frame).abs_diff((index * 5) as u8) <= 1, "frame {index} is {}", grey_of(frame));
        assert_eq!(frame.sequence, index as u64);
        assert_eq!(frame.timestamp, Duration::from_secs_f64(index as f64 / clip.fps));
    }
    assert!(frames.len() >= 47, "{}", frames.len());
    assert!(clip.last_picture_path().is_none() && clip.picture_paths().is_empty());
    clip.rewind();
    assert_eq!(all_frames(&mut clip).len(), frames.len());
}

#[test]
fn a_turned_video_is_read_upright() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("turned.mp4");
    ffmpeg("-f lavfi -i testsrc=s=64x32:r=10:d=1 -pix_fmt yuv420p", &path);
    // Versions of ffmpeg disagree about the option that turns a video, so the matrix in its track header is replaced.
    let mut bytes = fs::read(&path).unwrap();
    let header = bytes.windows(4).position(|kind| kind == b"tkhd").unwrap();
    let quarter_turn: [u32; 9] = [0, 0x1_0000, 0, 0xFFFF_0000, 0, 0, 32 << 16, 0, 0x4000_0000];
    for (index, value) in quarter_turn.iter().enumerate() {
        bytes[header + 44 + index * 4..][..4].copy_from_slice(&value.to_be_bytes());
    }
    fs::write(&path, bytes).unwrap();
    let mut clip = open_clip(&path).unwrap();
    assert_eq!(clip.size, Size::new(32, 64));
    assert_eq!(all_frames(&mut clip).len(), 10);
}

#[test]
fn says_what_is_wrong_with_a_video() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text.mp4"), b"this is no video at all").unwrap();
    let error = failure(&at("text.mp4"));
    assert!(matches!(error, FileError::NotAVideo { .. }), "{error}");
    fs::write(at("empty.mp4"), b"").unwrap();
    assert!(matches!(failure(&at("empty.mp4")), FileError::NotAVideo { .. }));
    ffmpeg("-f lavfi -i sine=d=0.2", &at("sound.wav"));
    assert!(matches!(failure(&at("sound.wav")), FileError::NotAVideo { .. }));
}

/// Makes this test binary look for ffmpeg where there is none; holds a file's path.
const WITHOUT_FFMPEG: &str = "IMPASTO_TEST_WITHOUT_FFMPEG";

#[test]
fn names_the_package_where_ffmpeg_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    fs::write(&path, b"any bytes").unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "clips::open_without_ffmpeg", "--test-threads=1"])
        .env(WITHOUT_FFMPEG, &path)
        .env("PATH", folder.path())
        .status()
        .unwrap();
    assert!(status.success());
}

/// Not a test of its own: runs in a process of its own for the test above, because the search path is for a whole
/// process.
#[test]
fn open_without_ffmpeg() {
    let Ok(path) = std::env::var(WITHOUT_FFMPEG) else { return };
    let error = failure(Path::new(&path));
    assert!(matches!(error, FileError::NoFfmpeg(_)) && error.to_string().contains("apt install ffmpeg"), "{error}");
}
