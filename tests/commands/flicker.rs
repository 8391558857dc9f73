//! `impasto flicker`.

use crate::networks::{Body, Network};
use crate::program::{Program, assert_keys};
use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size, write_picture};
use serde_json::{Value, json};
use std::time::Duration;

const SIZE: Size = Size::new(96, 72);

/// The program with a style `negative` besides.
fn program() -> Program {
    let program = Program::new();
    Network { file: "negative", body: Body::Negative, ..Network::default() }.write(&program.path("styles"));
    program
}

fn flicker(program: &Program, more: &[&str]) -> crate::program::Outcome {
    program.run(&[&["flicker", "--style", "negative,plain", "--provider", "cpu", "--size", "96x72"], more].concat())
}

/// A folder with successive pictures of the scene.
fn write_frames(program: &Program, name: &str, count: u32) {
    write_frames_at(program, name, 8_000, count);
}

fn write_frames_at(program: &Program, name: &str, start_ms: u64, count: u32) {
    let folder = program.path(name);
    std::fs::create_dir_all(&folder).unwrap();
    let scene = Scene::new(3);
    for index in 0..count {
        let mut frame = Frame::new(SIZE);
        scene.render(Duration::from_millis(start_ms) + Duration::from_secs(1) * index / 30, &mut frame);
        write_picture(&folder.join(format!("{index:02}.png")), &frame).unwrap();
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// Checks that the negative has the raw video's figures, and that `plain`, which blurs, changes less.
fn assert_figures(found: &Value) {
    let (raw, negative, plain) = (&found["raw"], &found["styles"][0], &found["styles"][1]);
    let same = |a: &Value, b: &Value| {
        let (a, b) = (number(a), number(b));
        assert!((a - b).abs() <= 1e-4 * b, "{a} for {b}: {found}");
    };
    same(&negative["warping_error"], &raw["warping_error"]);
    same(&negative["warping_error_of_raw"], &json!(1.0));
    let pairs = negative["warping_errors"].as_array().unwrap().iter().zip(raw["warping_errors"].as_array().unwrap());
    pairs.for_each(|(own, floor)| same(own, floor));
    for noise in ["one_level", "sigma_0_01"] {
        same(&negative["noise_response"][noise], &raw["noise_response"][noise]);
        assert!(number(&plain["noise_response"][noise]) < number(&raw["noise_response"][noise]), "{found}");
    }
    let one_level = number(&raw["noise_response"]["one_level"]);
    assert!((0.8..=1.0).contains(&(one_level * 255.0)), "nearly all pixels can move by one level: {found}");
    for (shift, of_plain) in plain["shift_response"].as_object().unwrap() {
        assert_eq!((number(&raw["shift_response"][shift]), number(&negative["shift_response"][shift])), (0.0, 0.0));
        assert!(number(of_plain) < 0.003, "a convolution follows its frame: {found}");
    }
    assert_eq!((number(&raw["color_pumping"]), number(&negative["color_pumping"])), (0.0, 0.0));
    assert!(number(&plain["color_pumping"]) < 0.001, "it looks no further than a pixel: {found}");
    assert!(number(&plain["warping_error"]) < number(&raw["warping_error"]), "blur changes less: {found}");
    assert!(number(&plain["detail"]) < number(&raw["detail"]), "and says so: {found}");
}

#[test]
fn on_the_scene_a_negative_is_as_steady_as_the_scene() {
    let found = flicker(&program(), &["--frames", "5", "--json"]).json();
    assert_keys(&found, "source size fps frames probes flow judged_frames features raw styles");
    let figures = "warping_error noise_response shift_response color_pumping detail warping_errors";
    assert_keys(&found["raw"], figures);
    let of_style = format!("{figures} style model provider input_size warping_error_of_raw likeness ms_per_frame");
    assert_keys(&found["styles"][1], &of_style);
    assert_keys(
        &found["styles"][1]["likeness"],
        "style palette content legibility lattice lattice_period_px style_picture_lattice plain_style_distance \
         plain_palette_distance gram_style_loss painted_size judged_size",
    );
    assert_keys(&found["raw"]["noise_response"], "one_level sigma_0_01");
    assert_keys(&found["raw"]["shift_response"], "px_1 px_2 px_4");
    assert_keys(&found["flow"], "kind occluded");
    assert_eq!((&found["source"], &found["flow"]["kind"]), (&json!("scene"), &json!("exact")));
    assert_eq!((&found["frames"], &found["probes"]), (&json!(5), &json!(3)));
    assert_eq!(found["size"], json!({"width": 96, "height": 72}));
    assert_eq!((&found["styles"][0]["style"], &found["styles"][1]["style"]), (&json!("negative"), &json!("plain")));
    assert!(number(&found["styles"][0]["ms_per_frame"]) > 0.0, "{found}");
    assert_eq!(found["raw"]["warping_errors"].as_array().unwrap().len(), 4);
    assert_figures(&found);
}

#[test]
fn frames_are_measured_at_the_shown_size_and_painted_by_the_brush() {
    let arguments = ["flicker", "--style", "plain", "--provider", "cpu", "--shown", "96x72", "--frames", "2", "--json"];
    for (brush, painted) in [("2", json!({"width": 48, "height": 36})), ("1", json!({"width": 96, "height": 72}))] {
        let found = program().run(&[&arguments[..], &["--brush", brush]].concat()).json();
        assert_eq!(found["size"], json!({"width": 96, "height": 72}));
        assert_eq!(found["styles"][0]["input_size"], painted);
    }
}

#[test]
fn on_a_clip_the_flow_is_estimated_and_its_error_is_said() {
    let program = program();
    write_frames(&program, "frames", 4);
    let found = flicker(&program, &["--input", "frames", "--json"]).json();
    assert_eq!((&found["source"], &found["frames"]), (&json!("frames"), &json!(4)));
    assert_keys(&found["flow"], "kind occluded endpoint_error_on_scene");
    assert_eq!(found["flow"]["kind"], "estimated");
    let error = &found["flow"]["endpoint_error_on_scene"];
    assert_keys(error, "mean_px median_px p95_px compared");
    assert!(number(&error["mean_px"]) < 2.0 && number(&error["median_px"]) <= number(&error["p95_px"]), "{error}");
    assert!(number(&found["flow"]["occluded"]) < 0.8, "{found}");
    assert_figures(&found);
}

#[test]
fn the_bursts_of_a_dataset_are_measured_each_by_itself() {
    let program = program();
    write_frames_at(&program, "data/bursts/0001", 2_000, 3);
    write_frames_at(&program, "data/bursts/0002", 21_000, 3);
    let found = flicker(&program, &["--input", "data", "--json"]).json();
    assert_eq!(found["frames"], 6);
    let errors: Vec<bool> = found["raw"]["warping_errors"].as_array().unwrap().iter().map(Value::is_null).collect();
    assert_eq!(errors, [false, false, true, false, false], "the bursts do not follow each other");
    assert!(number(&found["flow"]["occluded"]) < 0.8, "{found}");
    write_frames(&program, "single/frames", 3);
    flicker(&program, &["--input", "single"]).assert_failed(&["only single pictures", "single"]);
}

#[test]
fn parameters_reach_the_networks_that_have_them() {
    let program = program();
    Network { file: "adjustable", body: Body::Parameters, ..Network::default() }.write(&program.path("styles"));
    let measure = |more: &[&str]| {
        let usual =
            ["flicker", "--style", "negative,adjustable", "--provider", "cpu", "--size", "96x72", "--frames", "2"];
        program.run(&[&usual, more].concat())
    };
    let found = measure(&["--param", "gain=0", "--json"]).json();
    let [negative, adjustable] = [&found["styles"][0], &found["styles"][1]];
    assert_eq!(number(&adjustable["noise_response"]["one_level"]), 0.0, "nothing of the frame is left: {found}");
    assert!(number(&negative["noise_response"]["one_level"]) > 0.0, "{found}");
    measure(&["--param", "loudness=1"]).assert_failed(&["none of the networks", "\"loudness\""]);
    measure(&["--param", "gain=1,2"]).assert_failed(&["\"gain\" takes 1 values, not 2"]);
}

#[test]
fn what_paints_nothing_has_the_frames_own_likeness() {
    let program = program();
    for (file, body) in [("same", Body::Identity), ("double", Body::Double), ("board", Body::Checkerboard)] {
        Network { file, body, ..Network::default() }.write(&program.path("styles"));
    }
    for style in ["same", "negative", "double", "board"] {
        let manifest = program.path(&format!("styles/{style}.toml"));
        let text = std::fs::read_to_string(&manifest).unwrap() + "[training]\nstyle_px = 60\n";
        std::fs::write(manifest, text).unwrap();
    }
    let picture = program.path("picture.png");
    write_picture(&picture, &crate::networks::picture(Size::new(80, 60))).unwrap();
    let arguments =
        ["flicker", "--style", "same,negative,double,board", "--provider", "cpu", "--size", "96x72", "--frames", "4"];
    let image = ["--style-image", "picture.png", "--judged-frames", "2"];
    let found = program.run(&[&arguments[..], &image, &["--json"]].concat()).json();
    assert_eq!(found["judged_frames"], 2);
    let [same, negative, double, board] = [0, 1, 2, 3].map(|index| &found["styles"][index]["likeness"]);
    let is_near = |value: &Value, wanted: f64| assert!((number(value) - wanted).abs() < 1e-6, "{value} for {wanted}");
    is_near(&same["palette"], 1.0);
    is_near(&same["legibility"], 1.0);
    is_near(&negative["legibility"], 1.0);
    assert!(number(&same["plain_palette_distance"]) > 0.01, "{same}");
    assert!((number(&negative["palette"]) - 1.0).abs() > 0.05, "{negative}");
    assert_eq!(same["painted_size"], json!({"width": 96, "height": 72}));
    assert_eq!(double["painted_size"], json!({"width": 192, "height": 144}), "judged as it was painted");
    for even in [same, negative] {
        assert!(number(&even["lattice"]) < 5e-4, "rounding to bytes, and no grid: {even}");
    }
    assert!((number(&board["lattice"]) - 0.02).abs() < 0.001, "{board}");
    assert_eq!(board["lattice_period_px"], 2);
    assert!(number(&same["style_picture_lattice"]) > 0.0, "{same}");
    // With the features, which need not be there.
    for (measure, wanted) in [("style", 1.0), ("content", 0.0)] {
        assert!(same[measure].is_null() == found["features"].is_null(), "{found}");
        if found["features"].is_string() {
            is_near(&same[measure], wanted);
        }
    }
}

#[test]
fn people_get_a_table() {
    let outcome = flicker(&program(), &["--frames", "2"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for part in [
        "scene at 96x72, 2 frames",
        "exact flow",
        "E_warp",
        "raw video",
        "negative",
        "plain",
        "pumping",
        "legibility",
        "lattice",
    ] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
    let line = outcome.stdout.lines().find(|line| line.trim_start().starts_with("negative")).unwrap();
    assert_eq!(line.split_whitespace().nth(2), Some("1.00"), "of raw: {line}");
    assert!(!outcome.stderr.contains("measuring"), "progress is for terminals: {}", outcome.stderr);
}

#[test]
fn the_page_needs_nothing_else() {
    let program = program();
    let outcome = flicker(&program, &["--frames", "4", "--report", "page.html"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("page.html") && outcome.stdout.contains("E_warp"), "{outcome:?}");
    let page = std::fs::read_to_string(program.path("page.html")).unwrap();
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 6, "two pictures of three subjects");
    assert_eq!(page.matches("<polyline").count(), 3);
    for part in ["<td>1.00</td>", "negative", "exact flow", "raw video", "</html>"] {
        assert!(page.contains(part), "{part}");
    }
    for reference in ["http:", "https:", "//", "<script", "<link", "url("] {
        let outside = page.split("base64,").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest));
        assert!(outside.skip(1).all(|part| !part.contains(reference)), "{reference}");
    }
}

#[test]
fn what_cannot_be_measured_is_said() {
    let program = program();
    write_frames(&program, "one", 1);
    flicker(&program, &["--input", "one"]).assert_failed(&["between frames"]);
    flicker(&program, &["--input", "none.mp4"]).assert_failed(&["no such file", "none.mp4"]);
    flicker(&program, &["--report", "none/page.html"]).assert_failed(&["does not exist", "none"]);
    flicker(&program, &["--report", "one"]).assert_failed(&["folder", "one"]);
    let model = program.model();
    flicker(&program, &["--features", model.to_str().unwrap()])
        .assert_failed(&["not VGG-16", "scripts/fetch-features"]);
    flicker(&program, &["--features", "gone.onnx"]).assert_failed(&["gone.onnx"]);
    let pictures = ["--style-image", "a.png,b.png,c.png"];
    flicker(&program, &pictures).assert_failed(&["3 style pictures for 2 styles"]);
    program.run(&["flicker", "--style", "plain,missing"]).assert_failed(&["missing"]);
    for wrong in
        [&["--frames", "1"][..], &["--input", "one", "--source", "scene"], &["--frames", "9", "--seconds", "1"]]
    {
        assert_eq!(flicker(&program, wrong).code, Some(2), "{wrong:?}");
    }
}
