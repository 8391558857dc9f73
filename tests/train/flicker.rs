//! Style and content distances of `impasto flicker`: VGG-16 is there where training is tested.

use crate::features::brought;
use crate::networks::{Body, Network};
use crate::program::Program;
use crate::tiny::picture;
use impasto::frame::{BYTES_PER_PIXEL, Size, write_picture};
use serde_json::Value;

/// Side of the frames.
const SIDE_PX: u32 = 144;

/// A program with the styles `plain`, which blurs, and `negative`, with a clip of two equal frames, and with the picture of
/// what `negative` makes of them.
fn program() -> Program {
    let program = Program::new();
    let negative = Network { file: "negative", body: Body::Negative, ..Network::default() };
    negative.write(&program.path("styles"));
    let manifest = negative.manifest() + &format!("[training]\nstyle_picture = 'negative.png'\nstyle_px = {SIDE_PX}\n");
    std::fs::write(program.path("styles/negative.toml"), manifest).unwrap();
    let frame = picture(Size::new(SIDE_PX, SIDE_PX), 5);
    std::fs::create_dir(program.path("clip")).unwrap();
    for name in ["clip/0.png", "clip/1.png"] {
        write_picture(&program.path(name), &frame).unwrap();
    }
    let mut style = frame;
    style
        .pixels
        .chunks_exact_mut(BYTES_PER_PIXEL)
        .flat_map(|pixel| &mut pixel[..3])
        .for_each(|byte| *byte = 255 - *byte);
    write_picture(&program.path("styles/negative.png"), &style).unwrap();
    program
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[test]
fn distances_tell_how_far_a_painting_is_from_its_frame_and_its_style() {
    let Some(features) = brought() else { return };
    let program = program();
    let usual = [
        "flicker",
        "--style",
        "negative,plain",
        "--provider",
        "cpu",
        "--input",
        "clip",
        "--size",
        "144x144",
        "--features",
    ];
    let flicker = |more: &[&str]| program.run(&[&usual[..], &[features.to_str().unwrap()][..], more].concat());

    let found = flicker(&["--json"]).json();
    assert!(found["features"].is_string(), "{found}");
    let [negative, plain] = [0, 1].map(|index| &found["styles"][index]["likeness"]);
    assert_eq!(negative["judged_size"]["width"], SIDE_PX);
    for measure in ["style", "palette", "gram_style_loss"] {
        // Quantiles of two equal frames are interpolated a little differently from those of one.
        assert!(number(&negative[measure]) < 0.005, "its picture is what it paints: {negative}");
        assert!(plain[measure].is_null(), "nothing tells which picture it is to be like: {plain}");
    }
    assert!(number(&negative["plain_style_distance"]) > 0.1, "{negative}");
    let content = [plain, negative].map(|style| number(&style["content"]));
    assert!(0.0 < content[0] && content[0] < 0.5 * content[1], "blur shows more than a negative: {content:?}");

    let outcome = flicker(&["--style-image", "styles/negative.png", "--report", "page.html"]);
    let line = outcome.stdout.lines().filter(|line| line.trim_start().starts_with("plain")).nth(1).unwrap();
    let [style, shown] = [1, 3].map(|cell| line.split_whitespace().nth(cell).unwrap().parse::<f64>().unwrap());
    assert!(style > 0.1, "blur is not like a negative: {line}");
    assert!((shown - content[0]).abs() < 1e-3, "{line}: {content:?}");
    let page = std::fs::read_to_string(program.path("page.html")).unwrap();
    assert!(page.contains("<th>style</th><th>palette</th><th>content</th>") && page.contains("VGG-16"), "{page}");
}
