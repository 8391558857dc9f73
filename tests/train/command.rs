//! `impasto train` as people start it.

use crate::features::brought;
use crate::program::Program;
use crate::tiny::{picture, write_pictures};
use impasto::frame::{Size, read_picture, write_picture};

/// A program with pictures in `data` and a style picture `glass.png`.
pub fn program() -> Program {
    let program = Program::new();
    write_pictures(&program.path("data"), 9);
    write_picture(&program.path("glass.png"), &picture(Size::new(96, 96), 50)).unwrap();
    program
}

#[test]
fn says_what_is_wrong_before_it_works_for_long() {
    let program = program();
    std::fs::create_dir(program.path("empty")).unwrap();
    write_picture(&program.path("dot.png"), &picture(Size::new(1, 1), 1)).unwrap();
    let model = program.model();
    let train = |style: &str, data: &str, out: &str, more: &[&str]| {
        program.run(&[&["train", "--style-image", style, "--data", data, "--out", out], more].concat())
    };
    train("gone.png", "data", "a.onnx", &[]).assert_failed(&["cannot read the picture", "gone.png"]);
    train("dot.png", "data", "a.onnx", &[]).assert_failed(&["1x1 pixels small", "at least 32"]);
    train("glass.png", "empty", "a.onnx", &[]).assert_failed(&["no picture to train on", "empty"]);
    train("glass.png", "gone", "a.onnx", &[]).assert_failed(&["cannot read the folder", "gone"]);
    train("glass.png", "data", "a.png", &[]).assert_failed(&["must end in .onnx"]);
    let features = ["--features", model.to_str().unwrap()];
    train("glass.png", "data", "a.onnx", &features).assert_failed(&["not VGG-16", "scripts/fetch-features"]);
    let outcome = train("glass.png", "data", "a.onnx", &["--stroke-scale", "-1"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(!program.path("a.onnx").exists() && !program.path("a.checkpoint").exists());
}

#[test]
fn makes_a_style_that_can_be_resumed_and_started_from() {
    let Some(features) = brought() else { return };
    let program = program();
    let train = |more: &[&str]| {
        let features = features.to_str().unwrap();
        let usual = [
            "train",
            "--style-image",
            "glass.png",
            "--data",
            "data",
            "--stroke-scale",
            "0.3",
            "--tier",
            "fast",
            "--features",
            features,
        ];
        program.run(&[&usual, more].concat())
    };
    let outcome = train(&["--out", "cathedral-glass.onnx", "--iterations", "2"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.starts_with("cathedral-glass.onnx: 2 iterations in "), "{outcome:?}");
    let preview = read_picture(&program.path("cathedral-glass.preview.png")).unwrap();
    assert_eq!(preview.size, Size::new(640, 240), "a frame and its painting side by side");
    assert_eq!(read_picture(&program.path("cathedral-glass.png")).unwrap().size, Size::new(256, 192));

    let styles = program.run(&["inspect", "cathedral-glass.onnx", "--json"]).json();
    assert_eq!(styles["manifest"]["name"], "Cathedral glass");
    assert_told(&program, "finished", 1);

    let outcome = train(&["--out", "cathedral-glass.onnx", "--iterations", "3", "--resume"]);
    assert!(outcome.stdout.contains(": 3 iterations in "), "{outcome:?}");
    assert_told(&program, "finished", 2);
    train(&["--out", "cathedral-glass.onnx", "--iterations", "4", "--resume", "--seed", "9"])
        .assert_failed(&["other settings (seed 1, not 9)"]);
    train(&["--out", "new.onnx", "--iterations", "4", "--resume"]).assert_failed(&["cannot read the checkpoint"]);

    let outcome = train(&["--out", "heir.onnx", "--iterations", "1", "--from", "cathedral-glass.onnx"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    train(&["--out", "heir.onnx", "--iterations", "1", "--from", "plain"]).assert_failed(&["same tier"]);

    // A teacher is any style, of another size of network too; it must be there when training goes on.
    let pupil = ["--out", "pupil.onnx", "--teacher", "cathedral-glass.onnx"];
    let outcome = train(&[&pupil[..], &["--iterations", "1"]].concat());
    assert!(outcome.stdout.contains("teacher 0."), "{outcome:?}");
    train(&["--out", "pupil.onnx", "--iterations", "2", "--resume"])
        .assert_failed(&["teacher Cathedral glass, not none"]);
}

/// Checks what is told of `cathedral-glass` beside it, after so many looks at held-out frames.
fn assert_told(program: &Program, state: &str, looks: usize) {
    let read = |ending: &str| std::fs::read_to_string(program.path("cathedral-glass").with_extension(ending)).unwrap();
    let progress: serde_json::Value = serde_json::from_str(&read("progress.json")).unwrap();
    assert_eq!((&progress["state"], &progress["preview"]), (&state.into(), &"cathedral-glass.preview.png".into()));
    assert_eq!((progress["share"].as_f64(), progress["history"].as_array().unwrap().len()), (Some(1.0), looks));
    for value in [&progress["losses"]["style"], &progress["losses"]["total"], &progress["flicker"]["shift"]] {
        assert!(value.as_f64().is_some_and(|value| value > 0.0), "{progress}");
    }
    let report = read("report.html");
    for part in
        ["How cathedral-glass learns", "data:image/png;base64,", "<polyline", "The style loss", "Flicker", "glass.png"]
    {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("http"), "a page that opens without network");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_a_style_and_a_checkpoint() {
    let Some(features) = brought() else { return };
    let program = program();
    let command = program.command(&[
        "train",
        "--style-image",
        "glass.png",
        "--data",
        "data",
        "--out",
        "glass.onnx",
        "--tier",
        "fast",
        "--minutes",
        "60",
        "--stroke-scale",
        "0.3",
        "--features",
        features.to_str().unwrap(),
    ]);
    let mut running = program.start(command);
    running.wait_for_file(&program.path("glass.checkpoint"), 1);
    running.interrupt(false);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("stopped early") && outcome.stderr.contains("--resume"), "{outcome:?}");
    assert!(program.path("glass.onnx").exists());
}
