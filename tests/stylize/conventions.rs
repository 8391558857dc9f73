//! Networks of ten conventions, compared with ONNX Runtime in Python, whose pictures are prepared by other code.

use crate::networks::{Body, Network, load, paint, picture};
use impasto::frame::{Frame, Size};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How far a painting may be from the reference, in steps of 1/255.
const TOLERANCE: u8 = 2;

const SIZE: Size = Size::new(96, 64);

fn networks() -> Vec<Network> {
    let plain = Network::default();
    vec![
        Network { file: "nchw_f32_rgb_01", ..plain.clone() },
        Network { file: "nhwc_f32_bgr_255", layout: "nhwc", channels: "bgr", range: "zero_to_255", ..plain.clone() },
        Network { file: "nchw_f16_rgb_11", element: "float16", range: "minus_one_to_one", ..plain.clone() },
        Network {
            file: "nhwc_u8_rgba",
            layout: "nhwc",
            element: "uint8",
            channels: "rgba",
            range: "zero_to_255",
            ..plain.clone()
        },
        Network { file: "nchw_f32_rgb_imagenet", range: "imagenet", ..plain.clone() },
        Network {
            file: "nchw_u8_bgra_fixed",
            element: "uint8",
            channels: "bgra",
            range: "zero_to_255",
            sides: ["64", "96"],
            ..plain.clone()
        },
        Network { file: "nchw_f32_valid", body: Body::Valid, range: "zero_to_255", ..plain.clone() },
        Network { file: "nchw_f32_double", body: Body::Double, ..plain.clone() },
        Network {
            file: "nchw_f16_skip4",
            body: Body::Skip4,
            element: "float16",
            channels: "bgr",
            multiple: 4,
            ..plain.clone()
        },
        Network { file: "nhwc_f16_half", layout: "nhwc", element: "float16", body: Body::Half, ..plain.clone() },
        Network {
            file: "nchw_parameters",
            body: Body::Parameters,
            input_name: "serving_default:0/The Picture",
            output_name: "1847",
            ..plain
        },
    ]
}

#[test]
fn every_convention_gives_the_picture_of_a_reference_run_in_python() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let frame = picture(SIZE);
    std::fs::write(folder.path().join("frame.bgra"), &frame.pixels).unwrap();
    let mut paintings: Vec<(Network, Frame)> = Vec::new();
    for network in networks() {
        let model = network.write(folder.path());
        let mut painter = load(&model, SIZE);
        paintings.push((network, paint(&mut painter, &frame)));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stylize/reference.py");
    let status = Command::new(&python)
        .arg(script)
        .arg(folder.path())
        .args([SIZE.width.to_string(), SIZE.height.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    assert!(paintings.len() >= 10);
    for (network, painting) in paintings {
        let reference = std::fs::read(folder.path().join(format!("{}.bgr", network.file))).unwrap();
        assert_eq!(reference.len(), painting.size.area() * 3, "{}: size {}", network.file, painting.size);
        let worst = reference
            .chunks_exact(3)
            .zip(painting.pixels.chunks_exact(4))
            .flat_map(|(reference, pixel)| (0..3).map(|channel| reference[channel].abs_diff(pixel[channel])))
            .max()
            .unwrap();
        assert!(worst <= TOLERANCE, "{}: differs by {worst}/255", network.file);
        let spread = painting.pixels.chunks_exact(4).map(|pixel| pixel[1]);
        assert!(spread.clone().max() > spread.min().map(|low| low + 50), "{}: the picture is flat", network.file);
    }
}

/// A Python that has onnxruntime and numpy; says so loudly where there is none.
pub fn python() -> Option<PathBuf> {
    let brought = Path::new(env!("CARGO_MANIFEST_DIR")).join(".runtime/python/bin/python");
    let python = std::env::var_os("IMPASTO_PYTHON").map_or(brought, PathBuf::from);
    let works = Command::new(&python).args(["-c", "import onnxruntime, numpy"]).output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let advice = "set IMPASTO_PYTHON to a Python that has the packages onnxruntime and numpy";
    assert!(std::env::var_os("IMPASTO_TEST_ALL").is_none(), "no Python for the reference: {advice}");
    eprintln!("SKIPPED: the comparison with ONNX Runtime in Python: {advice}");
    None
}

#[test]
fn a_negative_is_exact_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let model = Network { body: Body::Negative, ..Network::default() }.write(folder.path());
    let frame = picture(Size::new(60, 41));
    let painting = paint(&mut load(&model, frame.size), &frame);
    for (painted, pixel) in painting.pixels.chunks_exact(4).zip(frame.pixels.chunks_exact(4)) {
        assert_eq!(painted[..3], [255 - pixel[0], 255 - pixel[1], 255 - pixel[2]]);
    }
}
