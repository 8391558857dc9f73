//! A file that is not VGG-16 is refused, and ONNX Runtime sees what training sees.

use crate::tiny::{Tiny, convolutions, features};
use crate::tools::skip;
use burn_tensor::{Tensor, TensorData};
use impasto::frame::Size;
use impasto::network::{Random, Tier, features_to_onnx, to_onnx};
use impasto::onnx::{DataType, GraphBuilder, write_model};
use impasto::stylize::FeatureSession;
use impasto::train::{Features, TrainDevice};
use std::path::{Path, PathBuf};

/// The file that `scripts/fetch-features` brings, where it was brought.
pub fn brought() -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".runtime/features/vgg16.onnx");
    if file.is_file() { Some(file) } else { skip("scripts/fetch-features has not been run").then_some(file) }
}

fn refusal(file: &Path) -> String {
    let error = Features::read(file, &TrainDevice::processor()).err().unwrap().to_string();
    assert!(error.contains("scripts/fetch-features"), "{error}");
    error
}

#[test]
fn another_network_is_refused() {
    let tiny = Tiny::new();
    let file = tiny.path("style.onnx");
    write_model(&file, &to_onnx(tiny.trainer(Tier::Fast, 1).network())).unwrap();
    assert!(refusal(&file).contains("not VGG-16: it holds no 3x3 convolution block1_conv1"), "{}", refusal(&file));
}

#[test]
fn other_weights_of_the_same_shape_are_refused() {
    let tiny = Tiny::new();
    let mut builder = GraphBuilder::new("untrained");
    builder.input("x", DataType::Float, &["1"]).output("y", DataType::Float, &["1"]).node(
        "Identity",
        &["x"],
        "y",
        vec![],
    );
    let mut random = Random::new(1);
    let mut inputs = 3;
    for (block, (count, outputs)) in [(2, 64), (2, 128), (3, 256), (3, 512)].into_iter().enumerate() {
        for index in 0..count {
            let name = format!("vgg/block{}_conv{}/", block + 1, index + 1);
            let weights: Vec<f32> = (0..outputs * inputs * 9).map(|_| random.between(-0.05, 0.05)).collect();
            builder.floats(&format!("{name}kernel"), &[outputs, inputs, 3, 3], &weights);
            builder.floats(&format!("{name}bias"), &[outputs], &vec![0.0; outputs as usize]);
            inputs = outputs;
        }
    }
    let file = tiny.path("untrained.onnx");
    write_model(&file, &builder.build()).unwrap();
    assert!(refusal(&file).contains("not its weights"), "{}", refusal(&file));
}

#[test]
fn onnx_runtime_sees_what_training_sees() {
    // Sides that halving has to round.
    let size = Size::new(37, 26);
    let mut random = Random::new(8);
    let values: Vec<f32> = (0..3 * size.area()).map(|_| random.unit()).collect();
    let shape = [1, 3, size.height as usize, size.width as usize];
    let picture = Tensor::from_data(TensorData::new(values.clone(), shape), TrainDevice::processor().tensors());
    let wanted = features(1.0).see(picture, 4);
    let found = FeatureSession::open(&features_to_onnx(&convolutions(1.0))).unwrap().run_on(size, &values).unwrap();
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        let [_, channels, height, width] = wanted.dims();
        assert_eq!((found.channels, found.size), (channels, Size::new(width as u32, height as u32)));
        let wanted: Vec<f32> = wanted.into_data().try_into_vec().unwrap();
        let largest = wanted.iter().copied().fold(0.0, f32::max);
        assert!(largest > 1.0, "the features see something");
        for (found, wanted) in found.values.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-5 * largest, "{found}, {wanted}");
        }
    }
}

#[test]
fn the_brought_file_passes() {
    if let Some(file) = brought() {
        Features::read(&file, &TrainDevice::processor()).unwrap();
    }
}
