//! Style loss and content loss of `impasto flicker`: VGG-16 is there where training is tested.

use crate::features::brought;
use crate::networks::{Body, Network};
use crate::program::{Program, assert_keys};
use crate::tiny::picture;
use impasto::frame::{BYTES_PER_PIXEL, Frame, Size, write_picture};
use serde_json::Value;

/// Side of the frames, and of what is judged of them: the border of 32 pixels is not.
const SIDE_PX: u32 = 144;
const JUDGED_PX: u32 = 80;

/// A program with the styles `plain`, which blurs, and `negative`, with a clip of two equal frames, and with the picture of
/// what `negative` makes of their middle.
fn program() -> Program {
    let program = Program::new();
    let negative = Network { file: "negative", body: Body::Negative, ..Network::default() };
    negative.write(&program.path("styles"));
    let manifest =
        negative.manifest() + &format!("[training]\nstyle_picture = 'negative.png'\nstyle_px = {JUDGED_PX}\n");
    std::fs::write(program.path("styles/negative.toml"), manifest).unwrap();
    let frame = picture(Size::new(SIDE_PX, SIDE_PX), 5);
    std::fs::create_dir(program.path("clip")).unwrap();
    for name in ["clip/0.png", "clip/1.png"] {
        write_picture(&program.path(name), &frame).unwrap();
    }
    let mut style = Frame::new(Size::new(JUDGED_PX, JUDGED_PX));
    let border = (SIDE_PX - JUDGED_PX) / 2;
    for (index, pixel) in style.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
        let (x, y) = (index as u32 % JUDGED_PX + border, index as u32 / JUDGED_PX + border);
        let from = &frame.pixels[(y * SIDE_PX + x) as usize * BYTES_PER_PIXEL..][..3];
        pixel[..3].iter_mut().zip(from).for_each(|(to, from)| *to = 255 - from);
    }
    write_picture(&program.path("styles/negative.png"), &style).unwrap();
    program
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[test]
fn losses_tell_how_far_a_painting_is_from_its_frame_and_its_style() {
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
    assert_keys(&found["losses"], "features judged");
    assert_eq!(found["losses"]["judged"]["width"], JUDGED_PX);
    let [negative, plain] = [&found["styles"][0], &found["styles"][1]];
    assert!(number(&negative["style_loss"]) < 1e-6, "its picture is what it paints: {negative}");
    assert!(plain["style_loss"].is_null(), "nothing tells which picture it is to be like: {plain}");
    let content = [plain, negative].map(|style| number(&style["content_loss"]));
    assert!(0.0 < content[0] && content[0] < 0.5 * content[1], "blur shows more than a negative: {content:?}");

    let outcome = flicker(&["--style-image", "styles/negative.png", "--report", "page.html"]);
    let line = outcome.stdout.lines().find(|line| line.trim_start().starts_with("plain")).unwrap();
    let [style, shown] = [11, 12].map(|cell| line.split_whitespace().nth(cell - 1).unwrap().parse::<f64>().unwrap());
    assert!(style > 0.01, "blur is not like a negative: {line}");
    assert!((shown - content[0]).abs() < 1e-3, "{line}: {content:?}");
    let page = std::fs::read_to_string(program.path("page.html")).unwrap();
    assert!(page.contains("<th>style</th><th>content</th>") && page.contains("VGG-16"), "{page}");
}
