//! Networks as ONNX graphs.

use super::layer::{Border, Convolution, LEAK, Layer, NORM_EPSILON};
use super::weights::{RUNNING_MEAN, RUNNING_VARIANCE};
use super::{Network, NetworkError, Parameter};
use crate::onnx::{Attribute, DataType, GraphBuilder, Model, read_model};
use std::path::Path;

/// Names of the picture input and output of exported networks.
const INPUT: &str = "frame";
const OUTPUT: &str = "painting";

/// The network as an ONNX model: opset 17, `frame` to `painting`, both `[1, 3, height, width]` floats, RGB 0..=1.
pub fn to_onnx(network: &Network) -> Model {
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
pub fn read_parameters(path: &Path) -> Result<Vec<Parameter>, NetworkError> {
    let graph = read_model(path)?.graph.unwrap_or_default();
    let parameter = |tensor: crate::onnx::TensorProto| {
        let values = tensor.floats()?;
        let shape = tensor.dims.iter().map(|&side| usize::try_from(side).ok()).collect::<Option<_>>()?;
        Some(Parameter { name: tensor.name, shape, values })
    };
    Ok(graph.initializers.into_iter().filter_map(parameter).collect())
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
            Layer::BatchNorm { name, .. } => {
                let (scale, offset) = parameter_names(name);
                let [mean, variance] = [RUNNING_MEAN, RUNNING_VARIANCE].map(|kind| format!("{name}.{kind}"));
                let attributes = vec![Attribute::float("epsilon", NORM_EPSILON)];
                self.node("BatchNormalization", &[&x, &scale, &offset, &mean, &variance], attributes)
            }
            Layer::LeakyRelu => self.node("LeakyRelu", &[&x], vec![Attribute::float("alpha", LEAK)]),
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
            Layer::Concatenation(inner) => {
                let further = self.layers(inner, x.clone());
                self.node("Concat", &[&x, &further], vec![Attribute::int("axis", 1)])
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
