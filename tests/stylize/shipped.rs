//! The styles that come with the program.

use crate::networks::{load, paint};
use impasto::capture::scene::SceneSource;
use impasto::capture::{Captured, FrameSource};
use impasto::frame::{Frame, Size, read_picture};
use impasto::stylize::Manifest;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SIZE: Size = Size::new(320, 240);
/// Pixels along each edge that are compared with the rest.
const BAND: usize = 12;

fn models() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let models: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "onnx")).collect();
    assert!(!models.is_empty());
    models
}

fn scene_frame() -> Frame {
    let mut source = SceneSource::new(SIZE, 1);
    match source.poll(Duration::from_secs(5)) {
        Captured::Frame(frame) => Frame::clone(&frame),
        other => panic!("the scene gave {other:?}"),
    }
}

/// Mean and standard deviation of the green channel of some pixels.
fn spread(values: impl Iterator<Item = u8> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().map(f64::from).sum::<f64>() / count;
    let variance = values.map(|value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[test]
fn say_who_made_them_from_what_and_are_what_they_say() {
    for model in models() {
        let manifest = Manifest::read_beside(&model).unwrap().expect("a manifest");
        assert!(manifest.notices.is_empty(), "{:?}", manifest.notices);
        for (key, value) in [
            ("name", &manifest.name),
            ("author", &manifest.author),
            ("licence", &manifest.licence),
            ("source", &manifest.source),
        ] {
            assert!(value.as_ref().is_some_and(|text| !text.is_empty()), "{} lacks {key}", model.display());
        }
        let sum = manifest.sha256.expect("a checksum");
        assert_eq!(sum, hex(&std::fs::read(&model).unwrap()), "{}", model.display());
        let thumbnail = read_picture(&model.with_extension("png")).unwrap();
        assert!(thumbnail.size.width >= 128 && thumbnail.size.height >= 96, "{}", thumbnail.size);
    }
}

fn hex(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn paint_the_scene_with_contrast_and_without_a_band_along_the_border() {
    let frame = scene_frame();
    for model in models() {
        let painting = paint(&mut load(&model, SIZE), &frame);
        let (width, height) = (SIZE.width as usize, SIZE.height as usize);
        let greens = |inside: bool| {
            let pixels = painting.pixels.chunks_exact(4).enumerate().filter(move |(index, _)| {
                let (x, y) = (index % width, index / width);
                let is_inside = x >= BAND && y >= BAND && x < width - BAND && y < height - BAND;
                is_inside == inside
            });
            pixels.map(|(_, pixel)| pixel[1])
        };
        let ((inner_mean, inner_spread), (border_mean, _)) = (spread(greens(true)), spread(greens(false)));
        assert!(inner_spread > 25.0, "{} is flat: {inner_spread:.1}", model.display());
        let gap = (inner_mean - border_mean).abs();
        assert!(gap < 1.2 * inner_spread, "{} has a band: {inner_mean:.0} and {border_mean:.0}", model.display());
    }
}

#[test]
fn differ_from_the_game_yet_keep_its_shapes() {
    let frame = scene_frame();
    let luma = |picture: &Frame| -> Vec<f64> {
        picture
            .pixels
            .chunks_exact(4)
            .map(|pixel| (f64::from(pixel[0]) + f64::from(pixel[1]) * 2.0 + f64::from(pixel[2])) / 4.0)
            .collect()
    };
    // Where the game has strong edges, the painting has stronger ones than elsewhere.
    let edges = |values: &[f64]| -> Vec<f64> { values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect() };
    let game = edges(&luma(&frame));
    for model in models() {
        let painting = paint(&mut load(&model, SIZE), &frame);
        let painted = edges(&luma(&painting));
        let mean = |is_edge: bool| {
            let chosen: Vec<f64> = game
                .iter()
                .zip(&painted)
                .filter(|(edge, _)| (**edge > 40.0) == is_edge)
                .map(|(_, value)| *value)
                .collect();
            chosen.iter().sum::<f64>() / chosen.len() as f64
        };
        assert!(mean(true) > 1.5 * mean(false), "{}: {:.1} and {:.1}", model.display(), mean(true), mean(false));
        let change = frame.pixels.iter().zip(&painting.pixels).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>();
        assert!(change / frame.pixels.len() as f64 > 15.0, "{} hardly changes the picture", model.display());
    }
}
