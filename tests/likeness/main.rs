//! The measures of paintings give the numbers of the losses by which `scripts/train_style.py` trains.

use impasto::frame::{BYTES_PER_PIXEL, Frame, Size};
use impasto::likeness::{ContentFeatures, FeatureStatistics, Palette, StyleStatistics};

/// What reference.py prints.
const STYLE: f64 = 1.145800;
const CONTENT: f64 = 2.028990;
const PALETTE: f64 = 0.020929;

/// Channels and pixels of what the four layers see.
const LAYERS: [(usize, usize); 4] = [(4, 256), (6, 64), (8, 16), (10, 16)];

fn close(found: f64, wanted: f64) {
    assert!((found / wanted - 1.0).abs() < 1e-4, "{found} for {wanted}");
}

/// What a layer sees in picture number `picture` of a batch.
fn features(seed: usize, layer: usize, picture: usize) -> Vec<f32> {
    let (channels, pixels) = LAYERS[layer];
    let first = picture * channels * pixels;
    let value = |at: usize| (((at + 1) * (seed * 31 + 17) + at * at * (layer + 3)) % 23) as f32 / 4.0;
    (first..first + channels * pixels).map(value).collect()
}

fn layers(seed: usize, picture: usize) -> Vec<FeatureStatistics> {
    (0..4).map(|layer| FeatureStatistics::of(LAYERS[layer].0, &features(seed, layer, picture))).collect()
}

fn picture(seed: usize, width: usize, height: usize) -> Frame {
    let mut frame = Frame::new(Size::new(width as u32, height as u32));
    for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
        let (x, y) = (index % width, index / width);
        let smooth = (x * (seed + 2) + y * 3) % 130 + 20 * seed;
        let value = |channel: usize| (smooth + (channel * width * height + index) * 7 % 41) as u8;
        pixel.copy_from_slice(&[value(2), value(1), value(0), 255]);
    }
    frame
}

#[test]
fn the_style_distance_is_the_trainers() {
    let style = StyleStatistics::new(layers(1, 0), layers(2, 0));
    let mut paintings = StyleStatistics::new(layers(3, 0), layers(4, 0));
    paintings.add(&StyleStatistics::new(layers(3, 1), layers(4, 1)));
    close(paintings.distance(&style).unwrap(), STYLE);
}

#[test]
fn the_content_distance_is_the_trainers() {
    let of = |seed: usize| ContentFeatures::of(LAYERS[2].0, &features(seed, 2, 0));
    close(of(5).distance(&of(6)), CONTENT);
}

#[test]
fn the_palette_distance_is_the_trainers() {
    let directions = [[1.0, 0.0, 0.0], [0.0, 0.6, 0.8], [0.48, 0.6, -0.64]];
    let mut paintings = Palette::of(&picture(1, 64, 48));
    paintings.add(&picture(3, 64, 48));
    close(paintings.distance_along(&Palette::of(&picture(2, 80, 72)), &directions).unwrap(), PALETTE);
}
