//! Writes a trained network as a style: the ONNX file, its manifest, and its thumbnail.

use super::checkpoint::write_whole;
use super::layer::{Border, Convolution, Layer, NORM_EPSILON};
use super::network::MULTIPLE_PX;
use super::{Network, Parameter, TrainError, Trainer};
use crate::frame::{Frame, write_picture};
use crate::onnx::{Attribute, DataType, GraphBuilder, Model, encode_model, read_model};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

/// Names of the picture input and output of exported networks.
const INPUT: &str = "frame";
const OUTPUT: &str = "painting";

/// What a style's manifest says of its origin.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The style's name.
    pub name: String,
    /// File name of the style picture.
    pub style_picture: String,
    /// Where the style picture comes from, and what its licence is.
    pub style_source: Option<String>,
    pub style_licence: Option<String>,
    /// Names of the folders of pictures.
    pub data: Vec<String>,
}

/// The network as an ONNX model: opset 17, `frame` to `painting`, both `[1, 3, height, width]` floats, RGB 0..=1.
pub fn export_model(network: &Network) -> Model {
    let mut builder = GraphBuilder::new("impasto_style");
    builder.input(INPUT, DataType::Float, &["1", "3", "height", "width"]);
    // Axes of their own names: ONNX Runtime's WebGPU provider reuses buffers between axes of the same name.
    builder.output(OUTPUT, DataType::Float, &["1", "3", "painted_height", "painted_width"]);
    for parameter in network.parameters() {
        let shape: Vec<i64> = parameter.shape.iter().map(|&side| side as i64).collect();
        builder.floats(&parameter.name, &shape, &parameter.values);
    }
    let mut writer = GraphWriter { builder, values: 0 };
    writer.layers(network.layers(), INPUT.to_owned());
    let graph = writer.builder.graph_mut();
    if let Some(last) = graph.nodes.last_mut() {
        last.outputs = vec![OUTPUT.to_owned()];
    }
    writer.builder.build()
}

/// The float weights of a style's model file, to start another training from.
///
/// # Errors
/// The file cannot be read.
pub fn read_parameters(path: &Path) -> Result<Vec<Parameter>, TrainError> {
    let graph = read_model(path)?.graph.unwrap_or_default();
    let parameter = |tensor: crate::onnx::TensorProto| {
        let values = tensor.floats()?;
        let shape = tensor.dims.iter().map(|&side| usize::try_from(side).ok()).collect::<Option<_>>()?;
        Some(Parameter { name: tensor.name, shape, values })
    };
    Ok(graph.initializers.into_iter().filter_map(parameter).collect())
}

/// Writes a style: `out` is the model file, beside which its manifest (`.toml`) and thumbnail (`.png`) lie.
///
/// # Errors
/// A file cannot be written.
pub fn write_style(
    out: &Path,
    model: &Model,
    trainer: &Trainer,
    provenance: &Provenance,
    thumbnail: &Frame,
) -> Result<(), TrainError> {
    let bytes = encode_model(model);
    write_picture(&out.with_extension("png"), thumbnail)?;
    let manifest = manifest(&bytes, trainer, provenance);
    write_whole(&out.with_extension("toml"), |file| file.write_all(manifest.as_bytes()))?;
    write_whole(out, |file| file.write_all(&bytes))
}

struct GraphWriter {
    builder: GraphBuilder,
    /// Values named so far.
    values: usize,
}

impl GraphWriter {
    /// Adds layers that work on the value `x`; returns the name of their result.
    fn layers(&mut self, layers: &[Layer], x: String) -> String {
        layers.iter().fold(x, |x, layer| self.layer(layer, x))
    }

    fn layer(&mut self, layer: &Layer, x: String) -> String {
        match layer {
            Layer::Convolution(convolution) => self.convolution(convolution, &x),
            Layer::InstanceNorm { name, .. } => {
                let (scale, offset) = parameter_names(name);
                let attributes = vec![Attribute::float("epsilon", NORM_EPSILON)];
                self.node("InstanceNormalization", &[&x, &scale, &offset], attributes)
            }
            Layer::Relu => self.node("Relu", &[&x], Vec::new()),
            Layer::Sigmoid => self.node("Sigmoid", &[&x], Vec::new()),
            Layer::Shuffle => {
                let attributes = vec![Attribute::int("blocksize", 2), Attribute::text("mode", "CRD")];
                self.node("DepthToSpace", &[&x], attributes)
            }
            Layer::Nearest => {
                let scales = self.name("scales");
                self.builder.floats(&scales, &[4], &[1.0, 1.0, 2.0, 2.0]);
                let attributes = vec![
                    Attribute::text("mode", "nearest"),
                    Attribute::text("coordinate_transformation_mode", "asymmetric"),
                    Attribute::text("nearest_mode", "floor"),
                ];
                self.node("Resize", &[&x, "", &scales], attributes)
            }
            Layer::Scale(factor) => {
                let name = self.name("factor");
                self.builder.floats(&name, &[], &[*factor]);
                self.node("Mul", &[&x, &name], Vec::new())
            }
            Layer::Residual(inner) => {
                let added = self.layers(inner, x.clone());
                self.node("Add", &[&x, &added], Vec::new())
            }
        }
    }

    fn convolution(&mut self, convolution: &Convolution, x: &str) -> String {
        let padding = convolution.padding() as i64;
        let (x, padding) = match convolution.border {
            Border::Zero => (x.to_owned(), padding),
            Border::Reflect => {
                let pads = self.name("pads");
                self.builder.integers(&pads, &[0, 0, padding, padding, 0, 0, padding, padding]);
                (self.node("Pad", &[x, &pads], vec![Attribute::text("mode", "reflect")]), 0)
            }
        };
        let attributes = vec![
            Attribute::ints("kernel_shape", &[convolution.kernel as i64; 2]),
            Attribute::ints("strides", &[convolution.stride as i64; 2]),
            Attribute::ints("dilations", &[convolution.dilation as i64; 2]),
            Attribute::ints("pads", &[padding; 4]),
        ];
        let (weights, biases) = parameter_names(&convolution.name);
        self.node("Conv", &[&x, &weights, &biases], attributes)
    }

    fn node(&mut self, operation: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let output = self.name("value");
        self.builder.node(operation, inputs, &output, attributes);
        output
    }

    fn name(&mut self, kind: &str) -> String {
        self.values += 1;
        format!("{kind}_{}", self.values)
    }
}

fn parameter_names(layer: &str) -> (String, String) {
    (format!("{layer}.weight"), format!("{layer}.bias"))
}

/// A manifest, in the format that `stylize` reads.
#[derive(Serialize)]
struct Written<'p> {
    name: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<&'p str>,
    source: String,
    sha256: String,
    tier: &'static str,
    input: WrittenPicture,
    output: WrittenPicture,
    training: WrittenTraining<'p>,
}

#[derive(Serialize)]
struct WrittenPicture {
    layout: &'static str,
    element: &'static str,
    channels: &'static str,
    range: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    multiple: Option<u32>,
}

/// How the style was made, and what was measured in the end: running means over the last iterations.
#[derive(Serialize)]
struct WrittenTraining<'p> {
    style_picture: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_source: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_licence: Option<&'p str>,
    data: &'p [String],
    pictures: usize,
    iterations: u64,
    minutes: f64,
    seed: u64,
    crop_px: u32,
    style_px: u32,
    style_weight: f64,
    content_weight: f64,
    steadiness: f64,
    style_loss: f64,
    content_loss: f64,
    steadiness_loss: f64,
}

fn manifest(model: &[u8], trainer: &Trainer, provenance: &Provenance) -> String {
    let (settings, means) = (trainer.settings(), trainer.means());
    let picture = |multiple| WrittenPicture {
        layout: "nchw",
        element: "float32",
        channels: "rgb",
        range: "zero_to_one",
        multiple,
    };
    let written = Written {
        name: &provenance.name,
        licence: provenance.style_licence.as_deref(),
        source: format!("trained by impasto train from {}", provenance.style_picture),
        sha256: Sha256::digest(model).iter().map(|byte| format!("{byte:02x}")).collect(),
        tier: settings.tier.name(),
        input: picture(Some(MULTIPLE_PX)),
        output: picture(None),
        training: WrittenTraining {
            style_picture: &provenance.style_picture,
            style_source: provenance.style_source.as_deref(),
            style_licence: provenance.style_licence.as_deref(),
            data: &provenance.data,
            pictures: trainer.crops().len(),
            iterations: trainer.steps(),
            minutes: rounded(trainer.spent().as_secs_f32() / 60.0),
            seed: settings.seed,
            crop_px: settings.crop_px,
            style_px: settings.style_px,
            style_weight: rounded(settings.weights.style),
            content_weight: rounded(settings.weights.content),
            steadiness: rounded(settings.weights.steadiness),
            style_loss: rounded(means.style),
            content_loss: rounded(means.content),
            steadiness_loss: rounded(means.steadiness),
        },
    };
    toml::to_string(&written).expect("texts, numbers and tables of them are TOML")
}

/// A number with five digits after the point.
fn rounded(number: f32) -> f64 {
    (f64::from(number) * 1e5).round() / 1e5
}
