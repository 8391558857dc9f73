//! What is understood of a model that has no manifest.

use crate::networks::{Body, Network};
use impasto::frame::Size;
use impasto::onnx::{Attribute, DataType, GraphBuilder, write_model};
use impasto::stylize::{Channels, Confidence, Element, Fit, Layout, ValueRange, inspect};

#[test]
fn layout_element_and_channels_come_from_the_graph() {
    let folder = tempfile::tempdir().unwrap();
    let network = Network { layout: "nhwc", element: "uint8", channels: "rgba", ..Network::default() };
    let facts = inspect(&network.write_bare(folder.path())).unwrap();
    assert_eq!((facts.input.layout.value, facts.input.layout.confidence), (Layout::Nhwc, Confidence::Certain));
    assert_eq!((facts.input.element, facts.output.element), (Element::Uint8, Element::Uint8));
    assert_eq!(facts.input.channels.value, Channels::Rgba);
    assert_eq!(facts.input.range.value, ValueRange::ZeroTo255);
}

#[test]
fn a_text_in_the_file_tells_bgr() {
    let folder = tempfile::tempdir().unwrap();
    let network = Network { input_name: "image_bgr", ..Network::default() };
    let facts = inspect(&network.write_bare(folder.path())).unwrap();
    assert_eq!((facts.input.channels.value, facts.input.channels.confidence), (Channels::Bgr, Confidence::Likely));
    let silent = inspect(&Network { file: "silent", ..Network::default() }.write_bare(folder.path())).unwrap();
    assert_eq!((silent.input.channels.value, silent.input.channels.confidence), (Channels::Rgb, Confidence::Guess));
}

#[test]
fn multiples_sizes_and_borders_come_from_running() {
    let folder = tempfile::tempdir().unwrap();
    let facts = |network: Network| inspect(&network.write_bare(folder.path())).unwrap();
    let skip = facts(Network { file: "skip", body: Body::Skip4, ..Network::default() });
    assert_eq!(skip.multiple.value, 4, "{}", skip.multiple.reason);
    let valid = facts(Network { file: "valid", body: Body::Valid, ..Network::default() });
    assert_eq!((valid.multiple.value, valid.fit.value), (1, Fit::Border));
    let double = facts(Network { file: "double", body: Body::Double, ..Network::default() });
    assert_eq!(double.fit.value, Fit::Stretch);
    let fixed = facts(Network { file: "fixed", sides: ["64", "96"], ..Network::default() });
    assert_eq!(fixed.input.fixed_size, Some(Size::new(96, 64)));
}

/// A network as trained ones are: offsets and a squashing function make it right for one range only.
fn trained(folder: &std::path::Path, name: &str, black: f32, white: f32, output: ValueRange) -> std::path::PathBuf {
    let mut graph = GraphBuilder::new(name);
    graph
        .input("x", DataType::Float, &["1", "3", "h", "w"])
        .output("y", DataType::Float, &["1", "3", "oh", "ow"])
        .floats("middle", &[], &[(black + white) / 2.0])
        .floats("slope", &[], &[6.0 / (white - black)])
        .node("Sub", &["x", "middle"], "centred", Vec::new())
        .node("Mul", &["centred", "slope"], "scaled", Vec::new());
    match output {
        ValueRange::MinusOneToOne => {
            graph.node("Tanh", &["scaled"], "y", Vec::new());
        }
        ValueRange::ZeroTo255 => {
            graph.floats("white", &[], &[255.0]);
            graph.node("Sigmoid", &["scaled"], "unit", Vec::new());
            graph.node("Mul", &["unit", "white"], "y", Vec::new());
        }
        _ => {
            graph.node("Sigmoid", &["scaled"], "y", Vec::<Attribute>::new());
        }
    }
    let path = folder.join(format!("{name}.onnx"));
    write_model(&path, &graph.build()).unwrap();
    path
}

#[test]
fn ranges_of_trained_networks_come_from_running() {
    let folder = tempfile::tempdir().unwrap();
    for (name, black, white, input, output) in [
        ("a", 0.0, 255.0, ValueRange::ZeroTo255, ValueRange::ZeroTo255),
        ("b", 0.0, 1.0, ValueRange::ZeroToOne, ValueRange::ZeroToOne),
        ("c", -1.0, 1.0, ValueRange::MinusOneToOne, ValueRange::MinusOneToOne),
        ("d", 0.0, 255.0, ValueRange::ZeroTo255, ValueRange::ZeroToOne),
    ] {
        let facts = inspect(&trained(folder.path(), name, black, white, output)).unwrap();
        let said = (facts.input.range.value, facts.output.range.value);
        assert_eq!(said, (input, output), "{name}: {}", facts.input.range.reason);
    }
}

#[test]
fn facts_read_as_text_and_as_json_and_name_a_changed_file() {
    let folder = tempfile::tempdir().unwrap();
    let network = Network { file: "oil", body: Body::Parameters, ..Network::default() };
    let model = network.write(folder.path());
    let manifest = format!("sha256 = \"{}\"\n{}", "0".repeat(64), network.manifest());
    std::fs::write(model.with_extension("toml"), manifest).unwrap();
    let facts = inspect(&model).unwrap();
    assert!(facts.notices.iter().any(|notice| notice.contains("was changed")), "{:?}", facts.notices);
    let text = facts.to_string();
    for word in ["oil", "nchw", "zero_to_one", "certain", "parameter \"tint\"", "Green", "was changed"] {
        assert!(text.contains(word), "{word} is missing in:\n{text}");
    }
    let json = serde_json::to_value(&facts).unwrap();
    assert_eq!(json["input"]["layout"]["value"], "nchw");
}
