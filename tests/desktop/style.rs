//! A style whose paintings are known by their colours: it turns every colour into its opposite.

use impasto::onnx::{DataType, GraphBuilder, write_model};
use std::path::{Path, PathBuf};

const MANIFEST: &str = r#"name = "opposite"
[input]
layout = "nchw"
element = "float32"
channels = "rgb"
range = "zero_to_one"
[output]
layout = "nchw"
element = "float32"
channels = "rgb"
range = "zero_to_one"
"#;

/// Writes the style's model and manifest into a folder; gives the model's path.
pub fn write(folder: &Path) -> PathBuf {
    let mut graph = GraphBuilder::new("opposite");
    graph.input("input", DataType::Float, &["1", "3", "height", "width"]);
    graph.output("output", DataType::Float, &["1", "3", "out_height", "out_width"]);
    graph.floats("one", &[], &[1.0]);
    graph.node("Sub", &["one", "input"], "output", Vec::new());
    let path = folder.join("opposite.onnx");
    write_model(&path, &graph.build()).unwrap();
    std::fs::write(path.with_extension("toml"), MANIFEST).unwrap();
    path
}

/// What becomes of a colour.
pub fn painted(color: [u8; 3]) -> [u8; 3] {
    color.map(|part| 255 - part)
}
