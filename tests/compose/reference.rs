//! The GPU does what the definition says, within two steps of 255.

use crate::pictures::{field, fresh, noise, paint, plain, room, stale};
use crate::studio::{Studio, largest_difference};
use impasto::compose::{Layers, reference};
use impasto::control::Look;
use impasto::frame::Size;

const TOLERANCE: u8 = 2;

fn agree(studio: &mut Studio, name: &str, layers: &Layers, look: &Look, output: Size) {
    let finished = studio.compose(layers, look, output);
    let wanted = reference::compose(layers, look, output);
    let difference = largest_difference(&finished, &wanted);
    assert!(difference <= TOLERANCE, "{name} at {output} with {look:?} is {difference} away");
    assert!(finished.pixels.chunks_exact(4).all(|pixel| pixel[3] == 255), "{name} is not opaque");
}

fn looks() -> [Look; 11] {
    let look = Look::default();
    [
        look,
        Look { strength: 0.0, ..look },
        Look { strength: 0.4, ..look },
        Look { keep_colors: 1.0, ..look },
        Look { keep_colors: 0.5, strength: 0.8, ..look },
        Look { clarity: 0.0, ..look },
        Look { clarity: 1.0, keep_colors: 0.3, ..look },
        Look { split: Some(0.37), ..look },
        Look { split: Some(0.0), keep_colors: 0.2, ..look },
        Look { region: "0.13,0.2,0.9,0.77".parse().unwrap(), split: Some(0.3), ..look },
        Look { bypass: true, split: Some(0.5), ..look },
    ]
}

#[test]
fn every_look_agrees() {
    let Some(mut studio) = Studio::open() else { return };
    let size = Size::new(64, 48);
    let (older, newer, small) = (room(size, 0), room(size, 5), Size::new(32, 24));
    let cases = [
        ("no painting", plain(room(size, 0))),
        ("same size", fresh(room(size, 0), paint(&older, size))),
        ("fresh", fresh(room(size, 0), paint(&older, small))),
        ("carried", stale(newer, room(size, 0), paint(&older, small))),
        ("cut", stale(field(size), room(size, 0), paint(&older, small))),
    ];
    for (name, layers) in &cases {
        for look in &looks() {
            agree(&mut studio, name, layers, look, size);
        }
    }
}

#[test]
fn every_size_agrees() {
    let Some(mut studio) = Studio::open() else { return };
    let frames = [Size::new(64, 48), Size::new(61, 37), Size::new(1, 1)];
    let paintings = [Size::new(64, 48), Size::new(20, 15), Size::new(33, 9), Size::new(80, 50), Size::new(1, 1)];
    let outputs = [Size::new(64, 48), Size::new(97, 65), Size::new(31, 24), Size::new(1, 3)];
    for frame in frames {
        for painting in paintings {
            for output in outputs {
                let source = room(frame, 0);
                let painted = paint(&source, painting);
                agree(&mut studio, "fresh", &fresh(source.clone(), painted.clone()), &Look::default(), output);
                agree(&mut studio, "carried", &stale(room(frame, 3), source, painted), &Look::default(), output);
            }
        }
    }
}

#[test]
fn noise_agrees() {
    let Some(mut studio) = Studio::open() else { return };
    let (size, small) = (Size::new(63, 49), Size::new(21, 17));
    for seed in 0..4 {
        let layers = fresh(noise(size, seed), noise(small, seed + 100));
        agree(&mut studio, "fresh noise", &layers, &Look::default(), size);
        let layers = stale(noise(size, seed), noise(size, seed + 50), noise(small, seed + 100));
        agree(&mut studio, "carried noise", &layers, &Look { strength: 0.9, ..Look::default() }, size);
    }
}
