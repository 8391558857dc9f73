//! `impasto train --keyframes` as people start it.

use crate::features::brought;
use crate::program::Program;
use crate::tiny::{picture, write_pictures};
use impasto::frame::{Size, read_picture, write_picture};

const SIZE: Size = Size::new(120, 90);

/// A program with pictures in `data`, and a key frame in `keys`.
fn program() -> Program {
    let program = Program::new();
    write_pictures(&program.path("data"), 9);
    for kind in ["input", "output"] {
        std::fs::create_dir_all(program.path("keys").join(kind)).unwrap();
    }
    write_picture(&program.path("keys/input/hall.png"), &picture(SIZE, 50)).unwrap();
    program
}

fn paint_by_hand(program: &Program) {
    write_picture(&program.path("keys/output/hall.png"), &picture(SIZE, 51)).unwrap();
}

#[test]
fn says_what_is_wrong_before_it_works_for_long() {
    let program = program();
    let train = |more: &[&str]| {
        program.run(&[&["train", "--keyframes", "keys", "--data", "data", "--out", "a.onnx"], more].concat())
    };
    train(&[]).assert_failed(&["\"hall\" has no painted version", "keys"]);
    paint_by_hand(&program);
    train(&["--paint-mask-only"]).assert_failed(&["no masks"]);
    for wrong in [&["--style-image", "glass.png"][..], &["--style-weight", "3"], &["--stroke-scale", "2"]] {
        let outcome = train(wrong);
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
    }
    let outcome = program.run(&["train", "--data", "data", "--out", "a.onnx"]);
    assert!(outcome.code == Some(2) && outcome.stderr.contains("--style-image"), "{outcome:?}");
    assert!(!program.path("a.onnx").exists() && !program.path("a.checkpoint").exists());
}

#[test]
fn makes_a_style_that_can_be_resumed_and_started_from() {
    let Some(features) = brought() else { return };
    let program = program();
    paint_by_hand(&program);
    let train = |out: &str, more: &[&str]| {
        let features = features.to_str().unwrap();
        let usual = ["train", "--keyframes", "keys", "--data", "data", "--tier", "fast", "--features", features];
        program.run(&[&usual, &["--out", out][..], more].concat())
    };
    let outcome = train("old-hall.onnx", &["--iterations", "2"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.starts_with("old-hall.onnx: 1 key frames, 2 iterations in "), "{outcome:?}");
    let preview = read_picture(&program.path("old-hall.preview.png")).unwrap();
    assert_eq!(preview.size, Size::new(640, 480), "a frame beside its painting, and a key frame beside its");
    assert_eq!(read_picture(&program.path("old-hall.png")).unwrap().size, Size::new(256, 192));
    let inspected = program.run(&["inspect", "old-hall.onnx", "--json"]).json();
    assert_eq!(inspected["manifest"]["name"], "Old hall");

    let outcome = train("old-hall.onnx", &["--iterations", "3", "--resume"]);
    assert!(outcome.stdout.contains(" 3 iterations in "), "{outcome:?}");
    train("old-hall.onnx", &["--iterations", "4", "--resume", "--seed", "9"])
        .assert_failed(&["other settings (seed 1, not 9)"]);
    let outcome = train("heir.onnx", &["--iterations", "1", "--from", "old-hall.onnx"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_a_style_and_a_checkpoint() {
    let Some(features) = brought() else { return };
    let program = program();
    paint_by_hand(&program);
    let features = features.to_str().unwrap();
    let mut arguments = vec!["train", "--keyframes", "keys", "--data", "data", "--out", "hall.onnx"];
    arguments.extend(["--tier", "fast", "--minutes", "60", "--features", features]);
    let mut running = program.start(program.command(&arguments));
    running.wait_for_file(&program.path("hall.checkpoint"), 1);
    running.interrupt(false);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("stopped early") && outcome.stderr.contains("--resume"), "{outcome:?}");
    assert!(program.path("hall.onnx").exists());
}
