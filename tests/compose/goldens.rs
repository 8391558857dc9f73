//! Small pictures that people have looked at. `IMPASTO_BLESS=1` writes them anew.

use crate::pictures::{fresh, paint, room, stale, strokes};
use crate::studio::{Studio, largest_difference, mean_difference};
use impasto::compose::Layers;
use impasto::control::Look;
use impasto::frame::{Frame, Size, read_picture, write_picture};
use std::path::Path;

const SIZE: Size = Size::new(64, 48);
/// Adapters differ in rounding and in the precision of bilinear sampling.
const LARGEST_DIFFERENCE: u8 = 4;
const MEAN_DIFFERENCE: f64 = 0.5;

fn check(name: &str, finished: &Frame) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose/goldens").join(format!("{name}.png"));
    if std::env::var_os("IMPASTO_BLESS").is_some() {
        write_picture(&path, finished).unwrap();
        return;
    }
    let golden = read_picture(&path).unwrap();
    let (largest, mean) = (largest_difference(finished, &golden), mean_difference(finished, &golden));
    if largest > LARGEST_DIFFERENCE || mean > MEAN_DIFFERENCE {
        let actual = std::env::temp_dir().join(format!("impasto-{name}.png"));
        write_picture(&actual, finished).unwrap();
        panic!("{name} is {largest} (mean {mean:.2}) away from its golden; see {}", actual.display());
    }
}

#[test]
fn looks_are_as_they_were() {
    let Some(mut studio) = Studio::open() else { return };
    let frame = room(SIZE, 0);
    let painting = paint(&frame, Size::new(32, 24));
    let layers = fresh(frame.clone(), painting.clone());
    let carried = stale(room(SIZE, 6), frame, painting);
    let look = Look::default();
    let as_painted = Look { clarity: 0.0, ..look };
    let strokes_of = |divisor: u32| fresh(room(SIZE, 0), strokes(Size::new(64 / divisor, 48 / divisor)));
    let (by_two, by_three) = (strokes_of(2), strokes_of(3));
    let cases: [(&str, &Layers, Look); 9] = [
        ("guided", &layers, look),
        ("half-strength", &layers, Look { strength: 0.5, ..look }),
        ("keep-colors", &layers, Look { keep_colors: 1.0, ..look }),
        ("split", &layers, Look { split: Some(0.5), ..look }),
        ("carried", &carried, look),
        ("no-clarity", &layers, as_painted),
        ("strokes-x2", &by_two, as_painted),
        ("strokes-x3", &by_three, as_painted),
        ("strokes-x2-clear", &by_two, Look { clarity: 1.0, ..look }),
    ];
    for (name, layers, look) in cases {
        check(name, &studio.compose(layers, &look, SIZE));
    }
}
