//! The curve of a still picture is that of `levels` in `scripts/style_trainer/light.py`, by which networks are trained.

use impasto::frame::{Frame, Size};
use impasto::light::{Leveller, Levels, level_alike};
use std::time::Duration;

const SIZE: Size = Size::new(24, 16);

/// Pixels (x, y) whose values were written down.
const AT: [[u32; 2]; 6] = [[0, 0], [5, 3], [11, 7], [17, 2], [23, 15], [9, 13]];

/// What the Python function, run in single precision on these pictures, makes of blue, green and red there, times 255.
#[rustfmt::skip]
const EXPECTED: [(&str, [[f32; 3]; 6]); 7] = [
    ("dark", [[12.75, 12.75, 12.75], [57.66, 22.18, 234.06], [188.99, 157.57, 195.35], [170.05, 17.79, 12.75], [114.91, 145.21, 120.90], [188.99, 195.35, 221.06]]),
    ("bright", [[12.75, 12.75, 17.51], [12.75, 131.64, 63.62], [47.86, 14.68, 242.25], [89.24, 12.75, 125.07], [191.40, 79.58, 32.41], [47.86, 115.24, 118.51]]),
    ("whole range", [[12.75, 12.75, 12.75], [219.31, 78.91, 22.53], [12.75, 12.75, 176.97], [23.38, 203.59, 181.12], [171.46, 105.66, 182.51], [242.25, 67.32, 31.51]]),
    ("mostly dark", [[12.75, 12.75, 12.75], [43.85, 58.34, 60.71], [69.22, 87.80, 12.75], [71.16, 35.62, 78.32], [232.00, 241.91, 242.25], [76.61, 12.75, 69.22]]),
    ("narrow", [[12.75, 12.75, 12.75], [12.75, 77.02, 77.02], [65.23, 49.86, 49.86], [77.02, 49.86, 65.23], [65.23, 49.86, 49.86], [65.23, 77.02, 49.86]]),
    ("black", [[12.75; 3]; 6]),
    ("white", [[12.75; 3]; 6]),
];

/// Blue, green and red of a pixel.
fn pixel(name: &str, x: u32, y: u32) -> [u32; 3] {
    match name {
        "dark" => [(x * y) % 40, (x * 5 + y * 11) % 50, (x * 7 + y * 3) % 60],
        "bright" => [140 + (x * 3 + y) % 90, 160 + (x * 5 + y * 7) % 95, 170 + (x * y) % 85],
        "whole range" => [(x * 37 + y * 91) % 256, (x * 53 + y * 29) % 256, (x * 17 + y * 71) % 256],
        "mostly dark" if x >= 20 => [220, 240, 250],
        "mostly dark" => [(x + y) % 30, (x * 2 + y) % 30, (x + y * 3) % 30],
        "narrow" => [100 + (x + y) % 4, 100 + (x + 2 * y) % 4, 100 + (x * y) % 4],
        "black" => [0; 3],
        "white" => [255; 3],
        other => panic!("no picture {other}"),
    }
}

fn picture(name: &str) -> Frame {
    let mut frame = Frame::new(SIZE);
    for (index, bytes) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index as u32 % SIZE.width, index as u32 / SIZE.width);
        bytes[..3].copy_from_slice(&pixel(name, x, y).map(|value| value as u8));
    }
    frame
}

#[test]
fn a_still_picture_is_levelled_as_the_trainer_levels_it() {
    for (name, expected) in EXPECTED {
        let frame = picture(name);
        let table = Levels::of(&frame).table();
        let mut levelled = [frame.clone()];
        level_alike(&mut levelled);
        for ([x, y], wanted) in AT.into_iter().zip(expected) {
            let at = ((y * SIZE.width + x) * 4) as usize;
            for (channel, wanted) in wanted.into_iter().enumerate() {
                let value = table.of_byte(frame.pixels[at + channel]);
                assert!((value - wanted).abs() < 0.1, "{name} at {x}, {y}: {value}, not {wanted}");
                assert!((f32::from(levelled[0].pixels[at + channel]) - wanted).abs() <= 0.6, "{name} at {x}, {y}");
            }
        }
    }
}

#[test]
fn successive_pictures_to_train_on_share_the_first_ones_curve() {
    let mut pictures = [picture("dark"), picture("bright")];
    let levels = Levels::of(&pictures[0]);
    let mut expected = pictures.clone();
    expected.iter_mut().for_each(|picture| levels.apply(picture));
    level_alike(&mut pictures);
    assert!(pictures.iter().zip(&expected).all(|(a, b)| a.pixels == b.pixels));
}

#[test]
fn pictures_without_times_are_levelled_each_on_its_own() {
    let mut leveller = Leveller::default();
    for name in ["dark", "bright", "whole range", "mostly dark", "dark"] {
        let frame = picture(name);
        assert_eq!(leveller.table(&frame, frame.timestamp), Levels::of(&frame).table(), "{name}");
    }
}

#[test]
fn a_screen_that_is_black_or_white_stays_what_it_is() {
    for (name, range) in [("black", 0.0..20.0), ("white", 235.0..255.0)] {
        let frame = picture(name);
        let table = Leveller::default().table(&frame, Duration::ZERO);
        assert!(range.contains(&table.of_byte(frame.pixels[0])), "{name}: {}", table.of_byte(frame.pixels[0]));
    }
}
