//! Every way in which a model cannot be used is its own sentence.

use crate::networks::{Network, paint, picture, try_load};
use impasto::control::{ParameterValue, SizeRequest};
use impasto::frame::{FramePool, Size};
use impasto::onnx::{Attribute, DataLocation, DataType, GraphBuilder, KeyValue, Model, write_model};
use impasto::stylize::{StylizeError, inspect};
use std::path::{Path, PathBuf};

const SIZE: Size = Size::new(48, 32);

fn write(folder: &Path, name: &str, model: &Model) -> PathBuf {
    let path = folder.join(name);
    write_model(&path, model).unwrap();
    path
}

/// A model of one operation.
fn one_node(op: &str, inputs: &[&str], attributes: Vec<Attribute>) -> GraphBuilder {
    let mut graph = GraphBuilder::new("test");
    graph
        .input("x", DataType::Float, &["1", "3", "h", "w"])
        .output("y", DataType::Float, &["1", "3", "oh", "ow"])
        .node(op, inputs, "y", attributes);
    graph
}

#[test]
fn a_missing_file_and_a_broken_one_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(inspect(&folder.path().join("none.onnx")), Err(StylizeError::Missing(_))));
    let path = Network::default().write_bare(folder.path());
    let bytes = std::fs::read(&path).unwrap();
    for content in [&b"not a model"[..], &[], &bytes[..bytes.len() / 2]] {
        std::fs::write(&path, content).unwrap();
        let error = inspect(&path).unwrap_err();
        assert!(error.to_string().contains("not a complete ONNX model"), "{error}");
    }
}

#[test]
fn networks_that_are_no_image_to_image_networks_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut classifier = GraphBuilder::new("classifier");
    classifier
        .input("x", DataType::Float, &["1", "3", "224", "224"])
        .output("classes", DataType::Float, &["1", "1000"])
        .node("Flatten", &["x"], "classes", Vec::new());
    let mut text = GraphBuilder::new("text");
    text.input("words", DataType::Int64, &["1", "n"]).output("y", DataType::Float, &["1", "3", "h", "w"]);
    text.node("Cast", &["words"], "y", vec![Attribute::int("to", 1)]);
    let mut batch = GraphBuilder::new("batch");
    batch.input("x", DataType::Float, &["4", "3", "h", "w"]).output("y", DataType::Float, &["4", "3", "h", "w"]);
    batch.node("Relu", &["x"], "y", Vec::new());
    for (graph, word) in [(classifier, "[1, 1000]"), (text, "int64"), (batch, "4 pictures at once")] {
        let error = inspect(&write(folder.path(), "m.onnx", &graph.build())).unwrap_err();
        assert!(matches!(error, StylizeError::NotAPictureNetwork { .. }), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn an_operation_that_the_runtime_lacks_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let model = one_node("ImpressionistBrush", &["x"], Vec::new()).build();
    let error = inspect(&write(folder.path(), "m.onnx", &model)).unwrap_err();
    assert!(matches!(error, StylizeError::UnsupportedOperator { .. }), "{error}");
    assert!(error.to_string().contains("ImpressionistBrush"), "{error}");
}

#[test]
fn a_network_that_computes_no_numbers_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut graph = one_node("Mul", &["x", "nan"], Vec::new());
    graph.floats("nan", &[], &[f32::NAN]);
    let path = write(folder.path(), "nan.onnx", &graph.build());
    assert!(matches!(inspect(&path), Err(StylizeError::NotANumber)));
    // Numbers while it is loaded, none once a parameter turns negative: the square root of -1.
    let mut graph = one_node("Mul", &["x", "root"], Vec::new());
    graph.input("gain", DataType::Float, &[]).node("Sqrt", &["gain"], "root", Vec::new());
    graph.graph_mut().nodes.reverse();
    let mut painter = try_load(&write(folder.path(), "late.onnx", &graph.build()), SIZE).unwrap();
    let frame = picture(SIZE);
    paint(&mut painter, &frame);
    painter.set_parameter(&ParameterValue { name: "gain".to_owned(), values: vec![-1.0] }).unwrap();
    let outcome = painter.paint(&frame, SizeRequest::Exact(SIZE), &mut FramePool::new());
    assert!(matches!(outcome, Err(StylizeError::NotANumber)));
    painter.set_parameter(&ParameterValue { name: "gain".to_owned(), values: vec![1.0] }).unwrap();
    paint(&mut painter, &frame);
}

#[test]
fn absurd_memory_is_refused_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut wide = one_node("Conv", &["x", "w"], Vec::new());
    wide.graph_mut().outputs[0] = {
        let mut graph = GraphBuilder::new("");
        graph.output("y", DataType::Float, &["1", "3", "oh", "ow"]);
        graph.graph_mut().outputs[0].clone()
    };
    wide.constant("w", &[3_000_000, 3, 3, 3], DataType::Float, Vec::new());
    let mut tiled = one_node("Tile", &["x", "times"], Vec::new());
    tiled.integers("times", &[1, 1, 4000, 4000]);
    let mut resized = one_node("Resize", &["x", "", "scales"], Vec::new());
    resized.floats("scales", &[4], &[1.0, 1.0, 900.0, 900.0]);
    let mut huge = GraphBuilder::new("huge");
    huge.input("x", DataType::Float, &["1", "3", "60000", "60000"])
        .output("y", DataType::Float, &["1", "3", "60000", "60000"])
        .node("Relu", &["x"], "y", Vec::new());
    for (name, graph) in [("wide", wide), ("tiled", tiled), ("resized", resized), ("huge", huge)] {
        let error = inspect(&write(folder.path(), "m.onnx", &graph.build())).unwrap_err();
        assert!(matches!(error, StylizeError::TooMuchMemory { .. }), "{name}: {error}");
    }
}

/// A model whose weights lie in the named file.
fn with_external_data(location: &str, length: &str) -> Model {
    let mut graph = one_node("Mul", &["x", "w"], Vec::new());
    graph.constant("w", &[1], DataType::Float, Vec::new());
    let weight = &mut graph.graph_mut().initializers[0];
    weight.data_location = DataLocation::External as i32;
    for (key, value) in [("location", location), ("offset", "0"), ("length", length)] {
        weight.external_data.push(KeyValue { key: key.to_owned(), value: value.to_owned() });
    }
    graph.build()
}

#[test]
fn weights_may_come_from_the_models_folder_and_from_nowhere_else() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("models");
    std::fs::create_dir(&folder).unwrap();
    let secret = outer.path().join("secret.bin");
    std::fs::write(&secret, 1.0f32.to_le_bytes()).unwrap();
    std::fs::write(folder.join("weights.bin"), 1.0f32.to_le_bytes()).unwrap();
    let verdict = |location: &str, length: &str| {
        inspect(&write(&folder, "m.onnx", &with_external_data(location, length))).map(|_| ())
    };
    verdict("weights.bin", "4").unwrap();
    verdict("./weights.bin", "4").unwrap();
    let absolute = secret.to_str().unwrap();
    for attack in ["../secret.bin", "sub/../../secret.bin", absolute, "..\\secret.bin", "C:\\secret.bin", ""] {
        let error = verdict(attack, "4").unwrap_err();
        assert!(matches!(error, StylizeError::ForeignExternalData { .. }), "{attack}: {error}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, folder.join("link.bin")).unwrap();
        let error = verdict("link.bin", "4").unwrap_err();
        assert!(matches!(error, StylizeError::ForeignExternalData { .. }), "{error}");
    }
    assert!(matches!(verdict("absent.bin", "4").unwrap_err(), StylizeError::MissingExternalData { .. }));
    assert!(matches!(verdict("weights.bin", "400").unwrap_err(), StylizeError::ShortExternalData { .. }));
}

#[test]
fn a_wrong_manifest_value_names_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = Network::default().write_bare(folder.path());
    std::fs::write(path.with_extension("toml"), "[input]\nrange = 'percent'\n").unwrap();
    let error = try_load(&path, SIZE).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("input.range") && error.contains("percent"), "{error}");
    std::fs::write(path.with_extension("toml"), "[input]\nlayout = 'nhwc'\n").unwrap();
    let error = inspect(&path).unwrap_err().to_string();
    assert!(error.contains("its manifest says nhwc"), "{error}");
}
