//! `impasto run --headless`.

use crate::program::{Program, assert_keys, have_gpu, limit_files};
use crate::tools::{decoded, have_ffmpeg, probe};
use impasto::frame::{Frame, Size};
use serde_json::{Value, json};

const PAINT_SCENE: [&str; 8] = ["run", "--source", "scene", "--headless", "--style", "plain", "--size", "48"];

fn stats(program: &Program, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(program.path(name)).unwrap()).unwrap()
}

/// Checks that statistics hold every key of the contract, of a run that painted.
fn assert_complete(stats: &Value) {
    assert_keys(
        stats,
        "captured_fps inference_fps presented_fps frames ms latency_ms provider style input_size source_size \
         output_size encoder duration_secs peak_rss_bytes pace notices",
    );
    assert_keys(&stats["frames"], "captured superseded inferred presented recorded skipped");
    assert_keys(&stats["ms"], "capture preprocess inference postprocess compose present");
    assert_keys(&stats["latency_ms"], "capture_to_present");
    assert_keys(&stats["provider"], "requested running reason");
    for times in stats["ms"].as_object().unwrap().values().chain([&stats["latency_ms"]["capture_to_present"]]) {
        assert_keys(times, "p50 p95");
    }
    assert_eq!((&stats["style"], &stats["provider"]["requested"]), (&json!("plain"), &json!("cpu")));
    assert_eq!(stats["input_size"], json!({"width": 64, "height": 48}));
    assert_eq!(stats["source_size"], json!({"width": 640, "height": 480}));
    assert_eq!(stats["output_size"], stats["source_size"]);
    let count = |key: &str| stats["frames"][key].as_u64().unwrap();
    assert!(count("inferred") >= 1 && count("presented") >= 1, "{stats}");
    assert!(count("captured") >= count("inferred"), "{stats}");
    assert!(stats["ms"]["inference"]["p50"].as_f64().unwrap() > 0.0);
    assert!(stats["latency_ms"]["capture_to_present"]["p50"].as_f64().unwrap() > 0.0);
}

#[test]
fn the_figures_of_a_run_are_written() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let more = ["--duration", "1", "--stats", "stats.json", "--provider", "cpu", "--fps-cap", "20"];
    let outcome = program.run(&[&PAINT_SCENE[..], &more].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.starts_with("painted with plain on cpu for "), "{outcome:?}");
    let stats = stats(&program, "stats.json");
    assert_complete(&stats);
    assert!(stats["captured_fps"].as_f64().unwrap() < 21.0, "the cap holds: {stats}");
    assert_eq!(stats["frames"]["recorded"], 0);
    assert_eq!(stats["encoder"], "");
}

#[test]
fn an_encoder_can_be_named_and_an_unknown_one_is_said() {
    let program = Program::new();
    let run = |encoder: &str| program.run(&[&PAINT_SCENE[..], &["--duration", "1", "--encoder", encoder]].concat());
    let outcome = run("divx");
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stderr.contains("choose auto, nvenc"), "{outcome:?}");
    #[cfg(not(target_os = "macos"))]
    run("videotoolbox").assert_failed(&["videotoolbox does not work here", "openh264"]);
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let more = ["--duration", "1", "--stats", "stats.json", "--provider", "cpu", "--encoder", "openh264"];
    let record = ["--record", "film.mkv", "--record-quality", "small"];
    let outcome = program.run(&[&PAINT_SCENE[..], &more, &record].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.contains("openh264 encoded the recording"), "{outcome:?}");
    assert_eq!(stats(&program, "stats.json")["encoder"], "openh264");
    assert_eq!(probe(&program.path("film.mkv")).size, Size::new(640, 480));
}

#[test]
fn a_recording_is_painted_again_from_the_plain_game() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    let more = ["--duration", "4", "--provider", "cpu", "--record", "film.mp4", "--record-source"];
    let outcome = program.run(&[&PAINT_SCENE[..], &more].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let (film, source) = (probe(&program.path("film.mp4")), probe(&program.path("film source.mp4")));
    assert_eq!((film.size, film.fps.as_str()), (source.size, source.fps.as_str()));
    // A busy machine may start the two a moment apart.
    assert!(film.pictures.abs_diff(source.pictures) <= 15, "{film:?} {source:?}");

    // As if the style had been switched on after a second.
    let sidecar = program.path("film.json");
    let mut script: Value = serde_json::from_slice(&std::fs::read(&sidecar).unwrap()).unwrap();
    assert_eq!((&script["changes"][0]["style"], &script["files"][0]), (&json!("plain"), &json!("film.mp4")));
    assert_eq!(script["changes"][0]["size"], "48");
    let mut change = script["changes"][0].clone();
    script["changes"][0]["bypass"] = json!(true);
    change["at_secs"] = json!(1.0);
    script["changes"].as_array_mut().unwrap().push(change);
    std::fs::write(&sidecar, script.to_string()).unwrap();
    let paint_again = |output: &str, more: &[&str]| {
        let like = ["stylize", "film source.mp4", output, "--like", "film.json", "--provider", "cpu"];
        let outcome = program.run(&[&like[..], more].concat());
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    };
    paint_again("again.mp4", &[]);
    let (plain, again) = (program.path("film source.mp4"), program.path("again.mp4"));
    let (plain, again) = (decoded(&plain, source.size), decoded(&again, source.size));
    assert_eq!(again.len() as u64, source.pictures);
    let difference = |index: usize| {
        let pairs = plain[index].pixels.iter().zip(&again[index].pixels);
        pairs.map(|(&a, &b)| f64::from(a.abs_diff(b))).sum::<f64>() / plain[index].pixels.len() as f64
    };
    assert!(difference(10) < 6.0, "the game itself: {}", difference(10));
    assert!(difference(45) > 12.0, "painted: {}", difference(45));

    // The list says the size that was painted at, and the command line comes first.
    paint_again("named.mp4", &["--size", "48"]);
    paint_again("fine.mp4", &["--brush", "1"]);
    let [named, fine] = ["named.mp4", "fine.mp4"].map(|name| decoded(&program.path(name), source.size).swap_remove(45));
    let from_again = |frame: &Frame| {
        let pairs = again[45].pixels.iter().zip(&frame.pixels);
        pairs.map(|(&a, &b)| f64::from(a.abs_diff(b))).sum::<f64>() / frame.pixels.len() as f64
    };
    assert!(from_again(&named) < 0.5 && from_again(&fine) > 1.0, "{}, {}", from_again(&named), from_again(&fine));

    std::fs::write(program.path("none.json"), "{}").unwrap();
    program.run(&["stylize", "film source.mp4", "x.mp4", "--like", "none.json"]).assert_failed(&["none.json"]);
}

#[cfg(unix)]
#[test]
fn a_recording_that_was_killed_is_repaired_by_the_next_run() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    let record = ["--provider", "cpu", "--record", "film.mp4"];
    let mut running = program.start(program.command(&[&PAINT_SCENE[..], &record].concat()));
    running.wait_for_file(&program.path("film.mp4"), 400_000);
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    let outcome = program.run(&[&PAINT_SCENE[..], &["--duration", "0.5", "--provider", "cpu"]].concat());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("note: repaired a recording of"), "{outcome:?}");
    let film = probe(&program.path("film.mp4"));
    assert!((film.seconds - film.pictures as f64 / 30.0).abs() < 0.04, "{film:?}");
    let outcome = program.run(&[&PAINT_SCENE[..], &["--duration", "0.5", "--provider", "cpu"]].concat());
    assert!(!outcome.stderr.contains("repaired"), "once is enough: {outcome:?}");
}

#[test]
fn a_rate_that_cannot_be_held_is_painted_less_often_and_told() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let run = |pace: &str| {
        let more = ["--duration", "3", "--stats", "stats.json", "--provider", "cpu", "--pace", pace];
        let outcome = program.run(&[&PAINT_SCENE[..], &more].concat());
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let stats = stats(&program, "stats.json");
        (stats["input_size"]["height"].as_u64().unwrap(), stats["pace"].clone(), outcome.stdout)
    };
    let (height, pace, told) = run("1000");
    assert!((36..=48).contains(&height), "strokes keep their size but for a quarter: {height}");
    assert!(pace[0].as_str().unwrap().starts_with("paints less often"), "{pace}");
    assert!(told.contains("pace: "), "{told}");
    let (height, pace, _) = run("off");
    assert_eq!((height, pace), (48, json!([])));
}

#[test]
fn the_brush_decides_the_size_where_none_is_named() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let run = |more: &[&str]| {
        let usual = ["run", "--source", "scene", "--headless", "--style", "plain", "--provider", "cpu"];
        let outcome = program.run(&[&usual[..], &["--duration", "0.3", "--stats", "stats.json"], more].concat());
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let size = &stats(&program, "stats.json")["input_size"];
        (size["width"].as_u64().unwrap(), size["height"].as_u64().unwrap())
    };
    assert_eq!(run(&[]), (320, 240));
    assert_eq!(run(&["--brush", "4"]), (160, 120));
    assert_eq!(run(&["--size", "120x90"]), (120, 90));
    // What is remembered counts, and the command line comes first.
    std::fs::create_dir_all(program.path("settings")).unwrap();
    std::fs::write(program.path("settings/settings.toml"), "[paint]\nsize = \"brush 5\"\n").unwrap();
    assert_eq!(run(&[]), (128, 96));
    assert_eq!(run(&["--brush", "auto"]), (320, 240));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_recording_and_tells_the_figures() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    let more = ["--stats", "stats.json", "--provider", "cpu", "--record", "film.mp4"];
    let mut running = program.start(program.command(&[&PAINT_SCENE[..], &more].concat()));
    running.wait_for_file(&program.path("film.mp4"), 1);
    running.interrupt(false);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.contains("painted with plain") && outcome.stdout.contains("film.mp4"), "{outcome:?}");
    let stats = stats(&program, "stats.json");
    assert_complete(&stats);
    let film = probe(&program.path("film.mp4"));
    assert_eq!((film.size, film.fps.as_str()), (Size::new(640, 480), "30/1"));
    assert_eq!(json!(film.pictures), stats["frames"]["recorded"]);
}

#[cfg(unix)]
#[test]
fn a_file_size_limit_fails_the_recording_and_kills_nothing() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    // A second of the scene takes about 450 kB: some fit, and ten do not.
    let more = ["--duration", "10", "--stats", "stats.json", "--provider", "cpu", "--record", "film.mp4"];
    let mut command = program.command(&[&PAINT_SCENE[..], &more].concat());
    limit_files(&mut command, 1_200_000);
    let outcome = program.start(command).wait();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stderr.contains("largest file size"), "{outcome:?}");
    assert_complete(&stats(&program, "stats.json"));
    assert!(probe(&program.path("film.mp4")).pictures >= 10);
}

#[test]
fn what_cannot_be_painted_is_said() {
    let program = Program::new();
    program.run(&["run", "--headless", "--style", "plain"]).assert_failed(&["nothing to paint", "--source scene"]);
    if !have_gpu() {
        return;
    }
    let mut missing = PAINT_SCENE;
    missing[2] = "none.png";
    program.run(&missing).assert_failed(&["no such file or folder: ", "none.png"]);
    std::fs::write(program.path("styles/broken.onnx"), "Dear model").unwrap();
    let mut broken = PAINT_SCENE;
    broken[5] = "broken";
    program.run(&broken).assert_failed(&["broken cannot paint", "not a complete ONNX model"]);
    let record = ["--duration", "1", "--record", "none/film.mp4"];
    let outcome = program.run(&[&PAINT_SCENE[..], &record].concat());
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stderr.contains("folder for the recording does not exist"), "{outcome:?}");
}
