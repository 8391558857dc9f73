//! Graphics devices and execution providers that are lost in the middle of the work: the work goes on.

use crate::openvino_support;
use crate::program::{Outcome, Program, have_gpu};
use crate::tools::{decoded, have_ffmpeg, probe};
use impasto::frame::Size;
use serde_json::Value;
use std::path::Path;

const PAINT_SCENE: [&str; 8] = ["run", "--source", "scene", "--headless", "--style", "plain", "--size", "48"];

/// Runs the program with a fault.
fn run_with(program: &Program, (variable, fault): (&str, &str), arguments: &[&str]) -> Outcome {
    let mut command = program.command(arguments);
    command.env(variable, fault);
    program.start(command).wait()
}

fn stats(program: &Program) -> Value {
    serde_json::from_slice(&std::fs::read(program.path("stats.json")).unwrap()).unwrap()
}

/// Checks that a film of the scene has no gap: it lasts as long as the run, and its pictures differ one from the next.
fn assert_unbroken(film: &Path, seconds: f64) {
    let told = probe(film);
    // On a busy machine the first painting, with which it begins, comes late.
    assert!((seconds / 2.0..=seconds + 2.0).contains(&told.seconds), "{told:?}");
    assert!((told.seconds - told.pictures as f64 / 30.0).abs() < 0.1, "{told:?}");
    let pictures = decoded(film, Size::new(640, 480));
    let mut still = 0;
    for pair in pictures.windows(2) {
        still = if pair[0].pixels == pair[1].pixels { still + 1 } else { 0 };
        assert!(still < 60, "the film stands still for {still} pictures");
    }
}

#[test]
fn a_lost_graphics_device_interrupts_no_recording() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    let more = ["--provider", "cpu", "--duration", "6", "--record", "film.mp4", "--stats", "stats.json"];
    let outcome = run_with(&program, ("IMPASTO_GRAPHICS_FAULT", "lost@8,15"), &[&PAINT_SCENE[..], &more].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(outcome.stderr.matches("the graphics device was lost").count(), 2, "{outcome:?}");
    assert!(outcome.stdout.contains("recorded "), "{outcome:?}");
    assert_unbroken(&program.path("film.mp4"), 6.0);
}

#[test]
fn a_provider_that_is_lost_while_painting_gives_way_and_the_recording_goes_on() {
    if !have_gpu() || !have_ffmpeg() || !openvino_support::is_usable() {
        return;
    }
    let program = Program::new();
    let more = ["--provider", "openvino", "--duration", "6", "--record", "film.mp4", "--stats", "stats.json"];
    let outcome = run_with(&program, ("IMPASTO_PROVIDER_FAULT", "lost@12"), &[&PAINT_SCENE[..], &more].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for words in ["openvino stopped painting, so another provider is tried", "cpu paints, after openvino had stopped"] {
        assert!(outcome.stderr.contains(words), "{words}: {outcome:?}");
    }
    let stats = stats(&program);
    assert_eq!((&stats["provider"]["requested"], &stats["provider"]["running"]), (&"openvino".into(), &"cpu".into()));
    let told = stats["notices"].to_string();
    assert!(told.contains("openvino stopped painting"), "{told}");
    assert!(stats["frames"]["inferred"].as_u64().unwrap() > 15, "it painted before and after: {stats}");
    assert_unbroken(&program.path("film.mp4"), 6.0);
}

#[test]
fn pictures_are_painted_to_the_last_although_the_provider_is_lost() {
    if !have_gpu() || !openvino_support::is_usable() {
        return;
    }
    let program = Program::new();
    std::fs::create_dir(program.path("in")).unwrap();
    let picture = crate::networks::picture(Size::new(120, 90));
    for number in 0..8 {
        impasto::frame::write_picture(&program.path(&format!("in/{number}.png")), &picture).unwrap();
    }
    // The race and the proof take a few runs before the first picture.
    let arguments = ["stylize", "in", "out", "--style", "plain", "--provider", "openvino", "--size", "60"];
    let outcome = run_with(&program, ("IMPASTO_PROVIDER_FAULT", "lost@4"), &arguments);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("openvino stopped painting"), "{outcome:?}");
    assert!(outcome.stderr.contains("cpu paints from here on"), "{outcome:?}");
    let painted: Vec<_> = (0..8)
        .map(|number| impasto::frame::read_picture(&program.path(&format!("out/{number}.png"))).unwrap())
        .collect();
    for other in &painted[1..] {
        let worst = painted[0].pixels.iter().zip(&other.pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst <= 6, "the CPU's picture differs from OpenVINO's by {worst}/255");
    }
}

#[test]
fn an_adapter_that_is_listed_but_does_not_open_leaves_the_work_to_the_next() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let graphics = |fault: &str| {
        let found = run_with(&program, ("IMPASTO_GRAPHICS_FAULT", fault), &["doctor", "--json"]).json();
        found["graphics"].clone()
    };
    let (best, next) = (graphics(""), graphics("unusable"));
    assert_eq!(best["is_working"], true, "{best}");
    if next["is_working"] == true {
        assert_ne!(next["detail"], best["detail"]);
    } else {
        let detail = next["detail"].as_str().unwrap();
        assert!(detail.contains("no graphics adapter could be opened: update the graphics driver"), "{detail}");
    }
}
