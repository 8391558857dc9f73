//! A graph of losses that grows: what its parts have in common.

use crate::onnx::{Attribute, DataType, GraphBuilder};

/// Numbers that the formulas need, by name; `tiny` keeps divisions by a deviation of 0 finite.
const NUMBERS: [(&str, f32); 5] = [("zero", 0.0), ("one", 1.0), ("two", 2.0), ("four", 4.0), ("tiny", 1e-20)];

pub(super) struct LossGraph {
    pub builder: GraphBuilder,
}

impl LossGraph {
    pub fn new(name: &str) -> Self {
        let mut graph = Self { builder: GraphBuilder::new(name) };
        for (name, value) in NUMBERS {
            graph.number(name, value);
        }
        graph
    }

    /// Adds a constant.
    pub fn number(&mut self, name: &str, value: f32) {
        self.builder.floats(name, &[], &[value]);
    }

    /// Adds an operation; returns the name of its result.
    pub fn node(&mut self, operation: &str, inputs: &[&str], output: &str) -> String {
        self.node_with(operation, inputs, output, Vec::new())
    }

    pub fn node_with(&mut self, operation: &str, inputs: &[&str], output: &str, attributes: Vec<Attribute>) -> String {
        self.builder.node(operation, inputs, output, attributes);
        output.to_owned()
    }

    /// Adds a reduction over some axes, which stay with one value each.
    pub fn reduced(&mut self, operation: &str, x: &str, output: &str, axes: &[i64]) -> String {
        let attributes = vec![Attribute::ints("axes", axes), Attribute::int("keepdims", 1)];
        self.node_with(operation, &[x], output, attributes)
    }

    /// Adds the sum of the squares of all values, `[]`.
    pub fn sum_of_squares(&mut self, x: &str, output: &str) -> String {
        let squares = self.node("Mul", &[x, x], &format!("{output}_of"));
        self.node_with("ReduceSum", &[&squares], output, vec![Attribute::int("keepdims", 0)])
    }

    /// Adds the number of all values, `[]`.
    pub fn size(&mut self, x: &str, output: &str) -> String {
        let size = self.node("Size", &[x], &format!("{output}_whole"));
        self.node_with("Cast", &[&size], output, vec![to_floats()])
    }
}

/// The attribute of a cast to floats.
pub(super) fn to_floats() -> Attribute {
    Attribute::int("to", DataType::Float as i64)
}
