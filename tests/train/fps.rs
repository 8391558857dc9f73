//! `impasto train --fps`: the network is chosen by measuring.

use crate::command::program;
use crate::features::brought;

#[test]
fn asks_for_one_size_of_network_only() {
    let program = program();
    let usual = ["train", "--style-image", "glass.png", "--data", "data", "--out", "a.onnx"];
    for (more, words) in [
        (&["--fps", "30", "--tier", "fast"][..], "cannot be used with"),
        (&["--size", "640x480"], "--fps"),
        (&["--brush", "2"], "--fps"),
        (&["--fps", "30", "--brush", "2", "--size", "480"], "cannot be used with"),
        (&["--fps", "0"], "is not a number above 0"),
    ] {
        let outcome = program.run(&[&usual, more].concat());
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        assert!(outcome.stderr.contains(words), "{words}: {outcome:?}");
    }
}

#[test]
fn trains_the_largest_network_that_holds_and_goes_on_with_it() {
    let Some(features) = brought() else { return };
    let program = program();
    let features = features.to_str().unwrap();
    let train = |out: &str, more: &[&str]| {
        let usual = ["train", "--style-image", "glass.png", "--data", "data", "--stroke-scale", "0.3"];
        program.run(&[&usual[..], &["--features", features, "--out", out], more].concat())
    };
    let impossible = train("none.onnx", &["--fps", "1000000", "--size", "64x48", "--iterations", "1"]);
    impossible.assert_failed(&["no network holds 1000000 fps at 64x48", "fewer frames per second"]);
    assert!(!program.path("none.onnx").exists() && !program.path("none.checkpoint").exists());

    let outcome = train("fitted.onnx", &["--fps", "0.5", "--shown", "128x96", "--brush", "2", "--iterations", "1"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let name = "24-64-32-d1.2.1.4.1.2.1.2";
    let note = format!("{name} is the largest network that holds 0.5 fps at 128x96 shown, 64x48 painted (brush 2)");
    assert!(outcome.stderr.contains(&note), "{outcome:?}");
    let inspected = program.run(&["inspect", "fitted.onnx", "--json"]).json();
    assert_eq!(inspected["manifest"]["tier"], name);

    // It is not measured again: the second time could choose another network.
    let outcome = train("fitted.onnx", &["--fps", "0.5", "--size", "64x48", "--iterations", "2", "--resume"]);
    assert!(outcome.stdout.contains(": 2 iterations in ") && !outcome.stderr.contains("largest"), "{outcome:?}");
    train("fitted.onnx", &["--tier", "fast", "--iterations", "3", "--resume"])
        .assert_failed(&["other settings", &format!("tier {name}, not fast")]);
    train("heir.onnx", &["--tier", "fast", "--iterations", "1", "--from", "fitted.onnx"])
        .assert_failed(&["do not fit the tier fast", "same tier"]);
}
