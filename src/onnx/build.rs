//! Builds small graphs, for exporters and tests.

use super::{
    Attribute, AttributeKind, DataType, Dimension, Graph, Model, Node, OpsetId, TensorProto, TensorShape, TensorType,
    TypeProto, ValueInfo,
};

/// The ONNX operator set that built graphs use.
pub const OPSET_VERSION: i64 = 17;

/// The file format version that goes with [`OPSET_VERSION`].
pub const IR_VERSION: i64 = 8;

/// Collects nodes, weights, inputs and outputs, and makes a model of them. Nodes must be added in the order they run.
#[derive(Debug, Default, Clone)]
pub struct GraphBuilder {
    graph: Graph,
}

impl GraphBuilder {
    /// An empty graph.
    pub fn new(name: &str) -> Self {
        Self { graph: Graph { name: name.to_owned(), ..Graph::default() } }
    }

    /// Adds an input. Dimensions are numbers (`"3"`) or names (`"height"`).
    pub fn input(&mut self, name: &str, element: DataType, dimensions: &[&str]) -> &mut Self {
        self.graph.inputs.push(value_info(name, element, dimensions));
        self
    }

    /// Adds an output. Dimensions as in [`Self::input`]; give computed sides names of their own.
    pub fn output(&mut self, name: &str, element: DataType, dimensions: &[&str]) -> &mut Self {
        self.graph.outputs.push(value_info(name, element, dimensions));
        self
    }

    /// Adds float weights of the given shape.
    pub fn floats(&mut self, name: &str, shape: &[i64], values: &[f32]) -> &mut Self {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, shape, DataType::Float, raw_data)
    }

    /// Adds an integer vector, such as the axes of an operation.
    pub fn integers(&mut self, name: &str, values: &[i64]) -> &mut Self {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, &[values.len() as i64], DataType::Int64, raw_data)
    }

    /// Adds a constant tensor from its little-endian bytes.
    pub fn constant(&mut self, name: &str, shape: &[i64], element: DataType, raw_data: Vec<u8>) -> &mut Self {
        self.graph.initializers.push(TensorProto {
            dims: shape.to_vec(),
            data_type: element as i32,
            name: name.to_owned(),
            raw_data,
            ..TensorProto::default()
        });
        self
    }

    /// Adds an operation with one output.
    pub fn node(&mut self, op_type: &str, inputs: &[&str], output: &str, attributes: Vec<Attribute>) -> &mut Self {
        self.graph.nodes.push(Node {
            inputs: inputs.iter().map(|&input| input.to_owned()).collect(),
            outputs: vec![output.to_owned()],
            name: format!("{op_type}_{output}"),
            op_type: op_type.to_owned(),
            attributes,
            domain: String::new(),
        });
        self
    }

    /// The graph so far, to change what the methods above cannot.
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// The finished model.
    pub fn build(&self) -> Model {
        Model {
            ir_version: IR_VERSION,
            producer_name: "impasto".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(self.graph.clone()),
            opset_import: vec![OpsetId { domain: String::new(), version: OPSET_VERSION }],
            ..Model::default()
        }
    }
}

impl Attribute {
    /// An integer attribute.
    pub fn int(name: &str, value: i64) -> Self {
        Self { name: name.to_owned(), i: Some(value), kind: AttributeKind::Int as i32, ..Self::default() }
    }

    /// A float attribute.
    pub fn float(name: &str, value: f32) -> Self {
        Self { name: name.to_owned(), f: Some(value), kind: AttributeKind::Float as i32, ..Self::default() }
    }

    /// An attribute of several integers.
    pub fn ints(name: &str, values: &[i64]) -> Self {
        Self { name: name.to_owned(), ints: values.to_vec(), kind: AttributeKind::Ints as i32, ..Self::default() }
    }

    /// A text attribute.
    pub fn text(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            s: Some(value.as_bytes().to_vec()),
            kind: AttributeKind::String as i32,
            ..Self::default()
        }
    }
}

fn value_info(name: &str, element: DataType, dimensions: &[&str]) -> ValueInfo {
    let dims = dimensions
        .iter()
        .map(|&dimension| match dimension.parse::<i64>() {
            Ok(value) => Dimension { value: Some(value), param: None },
            Err(_) => Dimension { value: None, param: Some(dimension.to_owned()) },
        })
        .collect();
    let tensor = TensorType { elem_type: element as i32, shape: Some(TensorShape { dims }) };
    ValueInfo {
        name: name.to_owned(),
        r#type: Some(TypeProto { tensor: Some(tensor), ..TypeProto::default() }),
        doc_string: String::new(),
    }
}
