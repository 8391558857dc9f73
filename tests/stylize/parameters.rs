//! Further inputs of a network are parameters that count from the next frame on.

use crate::networks::{Body, Network, load, paint, picture};
use impasto::control::ParameterValue;
use impasto::frame::{Frame, Size};
use impasto::stylize::StylizeError;

fn mean(frame: &Frame, channel: usize) -> f64 {
    let values = frame.pixels.chunks_exact(4).map(|pixel| f64::from(pixel[channel]));
    values.sum::<f64>() / frame.size.area() as f64
}

#[test]
fn a_parameter_changes_the_next_frame_and_only_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let network = Network { body: Body::Parameters, ..Network::default() };
    let frame = picture(Size::new(48, 32));
    let mut painter = load(&network.write(folder.path()), frame.size);
    let names: Vec<&str> = painter.parameters().iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["gain", "tint"]);
    assert_eq!(painter.parameters()[0].values, [0.5]);
    assert_eq!(painter.parameters()[1].labels, ["Red", "Green", "Blue"]);
    assert_eq!((painter.parameters()[1].min, painter.parameters()[0].max), (-1.0, 2.0));
    let before = paint(&mut painter, &frame);
    let tint = ParameterValue { name: "tint".to_owned(), values: vec![0.2, 0.4, 0.1] };
    painter.set_parameter(&tint).unwrap();
    assert_eq!(painter.parameters()[1].values, tint.values);
    let after = paint(&mut painter, &frame);
    assert!((mean(&after, 1) - mean(&before, 1) - 0.4 * 255.0).abs() < 2.0, "green rises by 0.4");
    assert!((mean(&after, 2) - mean(&before, 2)).abs() < 0.01, "red stays");
}

#[test]
fn unknown_names_and_wrong_counts_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let network = Network { body: Body::Parameters, ..Network::default() };
    let mut painter = load(&network.write(folder.path()), Size::new(48, 32));
    let unknown = ParameterValue { name: "tnit".to_owned(), values: vec![1.0] };
    let error = painter.set_parameter(&unknown).unwrap_err();
    assert!(matches!(error, StylizeError::UnknownParameter { .. }));
    assert!(error.to_string().contains("gain, tint"), "{error}");
    let short = ParameterValue { name: "tint".to_owned(), values: vec![1.0] };
    assert!(matches!(
        painter.set_parameter(&short).unwrap_err(),
        StylizeError::ParameterCount { expected: 3, given: 1, .. }
    ));
}
