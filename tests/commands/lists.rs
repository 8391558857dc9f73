//! Commands that list and explain, and command lines that are wrong.

use crate::program::{Program, assert_keys};

#[test]
fn styles_are_listed_with_their_manifests() {
    let program = Program::new();
    let found = program.run(&["styles", "--json"]).json();
    let plain = found.as_array().unwrap().iter().find(|style| style["name"] == "plain").unwrap();
    assert_keys(plain, "name model thumbnail manifest");
    assert_eq!(plain["model"], program.model().to_str().unwrap());
    assert_eq!(plain["manifest"]["input"]["range"], "zero_to_one");
    let text = program.run(&["styles"]);
    assert!(text.code == Some(0) && text.stdout.contains("plain\n"), "{text:?}");
}

#[test]
fn where_nobody_reads_what_is_left_is_not_said() {
    let program = Program::new();
    for (arguments, code) in [(&["styles"][..], 0), (&["doctor"], 0), (&["inspect", "none.onnx"], 1)] {
        let mut command = program.command(arguments);
        let (_, closed) = std::io::pipe().unwrap();
        command.stdout(closed.try_clone().unwrap()).stderr(closed);
        assert_eq!(command.status().unwrap().code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_model_is_inspected_or_refused() {
    let program = Program::new();
    let found = program.run(&["inspect", "styles/plain.onnx", "--json"]).json();
    assert_eq!(found["input"]["layout"]["value"], "nchw");
    assert_eq!(found["multiple"]["value"], 1);
    let text = program.run(&["inspect", "styles/plain.onnx"]);
    assert!(text.code == Some(0) && !text.stdout.is_empty(), "{text:?}");
    std::fs::write(program.path("letter.onnx"), "Dear model").unwrap();
    program.run(&["inspect", "letter.onnx", "--json"]).assert_failed(&["letter.onnx", "not a complete ONNX model"]);
    program.run(&["inspect", "none.onnx"]).assert_failed(&["none.onnx", "does not exist"]);
}

#[cfg(target_os = "linux")]
#[test]
fn windows_without_a_display_say_what_to_do() {
    let program = Program::new();
    for arguments in [&["windows"][..], &["windows", "--json"], &["run", "--window", "game", "--style", "plain"]] {
        program.run(arguments).assert_failed(&["error: there is no display", "DISPLAY"]);
    }
}

#[test]
fn the_doctor_tries_everything_and_prints_nothing_but_json() {
    let found = Program::new().run(&["doctor", "--json"]).json();
    assert_keys(&found, "runtime library providers graphics capture encoders style_folders");
    assert_eq!(found["runtime"]["is_working"], true);
    assert!(found["providers"].as_array().unwrap().iter().any(|probe| probe["is_working"] == true));
}

#[test]
fn an_unknown_style_lists_the_installed_ones() {
    let program = Program::new();
    for arguments in [
        &["run", "--source", "scene", "--headless", "--style", "no-such-style"][..],
        &["bench", "--style", "no-such-style"],
        &["stylize", "in.png", "out.png", "--style", "no-such-style"],
    ] {
        let outcome = program.run(arguments);
        outcome.assert_failed(&["no style is named \"no-such-style\"", "installed styles: "]);
        assert!(outcome.stderr.contains("plain"), "{outcome:?}");
    }
    program.run(&["bench", "--style", "none.onnx"]).assert_failed(&["model file does not exist", "none.onnx"]);
}

#[test]
fn wrong_command_lines_exit_with_2() {
    let program = Program::new();
    for (arguments, word) in [
        (&["paint"][..], "paint"),
        (&["run", "--strenght", "1"], "--strength"),
        (&["run", "--strength", "2"], "from 0 to 1"),
        (&["run", "--clarity", "1.5"], "from 0 to 1"),
        (&["run", "--window", "game", "--source", "scene"], "cannot be used with"),
        (&["run", "--duration", "1e30"], "too long"),
        (&["run", "--size", "4"], "16 to 8192"),
        (&["run", "--size", "auto"], "WIDTHxHEIGHT"),
        (&["run", "--brush", "0.5"], "from 1 to 6, or auto"),
        (&["stylize", "in.png", "out.png", "--brush", "large"], "from 1 to 6, or auto"),
        (&["bench", "--brush", "2", "--size", "480"], "cannot be used with"),
        (&["bench", "--baseline-brush", "1"], "--baseline"),
        (&["flicker", "--style", "plain", "--brush", "6.5"], "from 1 to 6, or auto"),
        (&["bench", "--seconds", "0"], "above 0"),
        (&["bench", "--provider", "magic"], "webgpu"),
        (&["stylize", "in.png"], "<OUTPUT>"),
        (&["stylize", "in.png", "out.png", "--param", "gain"], "NAME=VALUE"),
    ] {
        let outcome = program.run(arguments);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}: {outcome:?}");
        assert!(outcome.stderr.contains(word), "{arguments:?}: {outcome:?}");
    }
    let help = program.run(&["--help"]);
    assert!(help.code == Some(0) && help.stdout.contains("Exit codes"), "{help:?}");
}

#[cfg(not(feature = "train"))]
#[test]
fn without_the_trainer_the_command_says_how_to_get_it() {
    let outcome = Program::new().run(&["train", "--style-image", "glass.png", "--help"]);
    outcome.assert_failed(&["built without the trainer", "scripts/run train --style-image glass.png"]);
}
