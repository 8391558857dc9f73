//! `impasto keyframes pick`.

use crate::networks::picture;
use crate::program::{Program, have_gpu};
use crate::tools::have_ffmpeg;
use impasto::frame::{Frame, Size, read_picture, write_picture};
use std::path::Path;
use std::process::Command;

const SIZE: Size = Size::new(120, 90);

/// A view, lit in a colour.
fn lit(blue: u8, green: u8, red: u8) -> Frame {
    let mut frame = picture(SIZE);
    for pixel in frame.pixels.chunks_exact_mut(4) {
        for (byte, light) in pixel[..3].iter_mut().zip([blue, green, red]) {
            *byte = (u16::from(*byte) * u16::from(light) / 255) as u8;
        }
    }
    frame
}

/// A folder `play` with three kinds of view, nine pictures, and two black ones and a broken one.
fn program() -> Program {
    let program = Program::new();
    std::fs::create_dir(program.path("play")).unwrap();
    for index in 0..9u8 {
        let light = [[255, 60, 60], [60, 255, 60], [60, 60, 255]][usize::from(index) % 3];
        let [blue, green, red] = light.map(|value: u8| value - index);
        write_picture(&program.path(&format!("play/{index}.png")), &lit(blue, green, red)).unwrap();
    }
    for name in ["black", "dark"] {
        write_picture(&program.path(&format!("play/{name}.png")), &lit(0, 0, 0)).unwrap();
    }
    std::fs::write(program.path("play/broken.png"), b"no picture").unwrap();
    program
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn picks_one_frame_of_each_kind_the_same_each_time_and_says_what_is_next() {
    let program = program();
    let pick = |out: &str, count: &str| program.run(&["keyframes", "pick", "play", "--count", count, "--out", out]);
    let outcome = pick("keys", "3");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for words in ["picked 3 of 9 frames (2 blank, 1 broken)", "is empty", "next: paint", "--keyframes keys --data play"]
    {
        assert!(outcome.stdout.contains(words), "\"{words}\" is not said: {outcome:?}");
    }
    assert!(outcome.stderr.contains("broken.png"), "{outcome:?}");
    let picked = names(&program.path("keys/input"));
    let mut kinds: Vec<u32> = picked.iter().map(|name| name[..1].parse::<u32>().unwrap() % 3).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [0, 1, 2], "one of each kind: {picked:?}");
    assert_eq!(names(&program.path("keys/output")), Vec::<String>::new());
    pick("again", "3");
    assert_eq!(names(&program.path("again/input")), picked);
    let outcome = pick("all", "100");
    assert_eq!(names(&program.path("all/input")).len(), 9);
    assert!(outcome.stderr.contains("only 9 different frames"), "{outcome:?}");
    assert_eq!(pick("none", "0").code, Some(2));
}

#[test]
fn what_exists_is_left_as_it_is() {
    let program = program();
    let pick = || program.run(&["keyframes", "pick", "play", "--count", "2", "--out", "keys"]);
    pick();
    let first = program.path("keys/input").join(&names(&program.path("keys/input"))[0]);
    std::fs::write(&first, b"mine").unwrap();
    let outcome = pick();
    assert!(outcome.code == Some(0) && outcome.stderr.contains("2 of them were there already"), "{outcome:?}");
    assert_eq!(std::fs::read(&first).unwrap(), b"mine");
}

#[test]
fn a_style_paints_first_versions_but_never_over_what_was_painted() {
    if !have_gpu() {
        return;
    }
    let program = program();
    let pick = |count: &str| {
        let arguments = ["keyframes", "pick", "play", "--count", count, "--out", "keys", "--style", "plain"];
        program.run(&[&arguments[..], &["--provider", "cpu"]].concat())
    };
    let outcome = pick("2");
    assert!(outcome.code == Some(0) && outcome.stdout.contains("painted 2 first versions"), "{outcome:?}");
    let picked = names(&program.path("keys/input"));
    assert_eq!(names(&program.path("keys/output")), picked);
    for name in &picked {
        let [input, output] =
            ["input", "output"].map(|kind| read_picture(&program.path("keys").join(kind).join(name)).unwrap());
        assert_eq!(input.size, output.size);
        assert_ne!(input.pixels, output.pixels, "it is painted");
    }
    let mine = program.path("keys/output").join(&picked[0]);
    std::fs::write(&mine, b"mine").unwrap();
    let outcome = pick("3");
    assert!(outcome.code == Some(0) && outcome.stdout.contains("painted 1 first versions"), "{outcome:?}");
    assert_eq!(std::fs::read(&mine).unwrap(), b"mine");
    assert_eq!(names(&program.path("keys/output")).len(), 3);
}

#[test]
fn a_video_is_looked_at_twice_a_second() {
    if !have_ffmpeg() {
        return;
    }
    let program = program();
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=4", "clip.mp4"])
        .current_dir(program.path(""))
        .status();
    assert!(made.unwrap().success());
    let outcome = program.run(&["keyframes", "pick", "clip.mp4", "--count", "2", "--out", "keys"]);
    assert!(outcome.code == Some(0) && outcome.stdout.contains("picked 2 of 8 frames"), "{outcome:?}");
    for name in names(&program.path("keys/input")) {
        let number: u32 = name.strip_prefix("frame-").unwrap().strip_suffix(".png").unwrap().parse().unwrap();
        assert!(number.is_multiple_of(5) && number < 40, "{name}");
        assert_eq!(read_picture(&program.path("keys/input").join(name)).unwrap().size, Size::new(160, 120));
    }
}

#[test]
fn says_what_is_wrong() {
    let program = program();
    std::fs::create_dir(program.path("dark")).unwrap();
    write_picture(&program.path("dark/1.png"), &lit(0, 0, 0)).unwrap();
    let pick =
        |input: &str, more: &[&str]| program.run(&[&["keyframes", "pick", input, "--out", "keys"], more].concat());
    pick("gone", &[]).assert_failed(&["gone"]);
    pick("dark", &[]).assert_failed(&["no frame shows anything (1 blank, 0 broken)", "dark"]);
    pick("play", &["--style", "nosuch"]).assert_failed(&["nosuch"]);
    std::fs::write(program.path("file"), b"").unwrap();
    let outcome = program.run(&["keyframes", "pick", "play", "--out", "file"]);
    outcome.assert_failed(&["cannot make the folder", "file"]);
    assert!(!program.path("keys").exists(), "nothing is made before something is picked");
}
