//! A file that is not VGG-16 is refused.

use crate::tiny::Tiny;
use crate::tools::skip;
use impasto::network::{Random, Tier, to_onnx};
use impasto::onnx::{DataType, GraphBuilder, write_model};
use impasto::train::{Features, Trainer};
use std::path::{Path, PathBuf};

/// The file that `scripts/fetch-features` brings, where it was brought.
pub fn brought() -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".runtime/features/vgg16.onnx");
    if file.is_file() { Some(file) } else { skip("scripts/fetch-features has not been run").then_some(file) }
}

fn refusal(file: &Path) -> String {
    let error = Features::read(file, &Trainer::device()).err().unwrap().to_string();
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
fn the_brought_file_passes() {
    if let Some(file) = brought() {
        Features::read(&file, &Trainer::device()).unwrap();
    }
}
