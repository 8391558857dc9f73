//! The style that the tests paint with: a negative, so that a painted pixel cannot be mistaken for the game's own.

use super::client::COLOR;
use impasto::onnx::{DataType, GraphBuilder, write_model};
use std::path::{Path, PathBuf};

/// The game's colour as this style paints it.
pub const PAINTED: [u8; 3] = [255 - COLOR[0], 255 - COLOR[1], 255 - COLOR[2]];

/// The name puts it before the styles that come with the program, so it is the one that the program starts with.
pub const NAME: &str = "a negative";

/// Writes the style into a folder and gives the folder.
pub fn write_style(folder: &Path) -> PathBuf {
    let styles = folder.join("styles");
    std::fs::create_dir_all(&styles).unwrap();
    let mut graph = GraphBuilder::new(NAME);
    graph.input("frame", DataType::Float, &["1", "3", "height", "width"]);
    graph.output("painting", DataType::Float, &["1", "3", "painted_height", "painted_width"]);
    graph.floats("one", &[], &[1.0]);
    graph.node("Sub", &["one", "frame"], "painting", Vec::new());
    let model = styles.join(format!("{NAME}.onnx"));
    write_model(&model, &graph.build()).unwrap();
    let picture = "layout = 'nchw'\nelement = 'float32'\nchannels = 'rgb'\nrange = 'zero_to_one'\n";
    let text = format!("name = '{NAME}'\n[input]\n{picture}multiple = 1\n[output]\n{picture}fit = 'stretch'\n");
    std::fs::write(model.with_extension("toml"), text).unwrap();
    styles
}
