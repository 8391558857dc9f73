//! ONNX Runtime on any graph of float tensors, on the CPU.

use super::StylizeError;
use super::provider::{cpu_options, thread_count};
use super::session::first_line;
use crate::onnx::{Model, encode_model};
use ort::session::{Session, SessionInputValue};
use ort::value::TensorRef;

/// A tensor of floats that a graph is fed with.
#[derive(Debug, Clone, Copy)]
pub struct GraphInput<'v> {
    pub shape: &'v [i64],
    pub values: &'v [f32],
}

/// A tensor of floats that a graph gave.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphOutput {
    pub name: String,
    pub shape: Vec<i64>,
    pub values: Vec<f32>,
}

/// A graph that ONNX Runtime computes on the CPU, at any size that it takes. What it computes is the same in every run
/// on one machine.
#[derive(Debug)]
pub struct GraphSession {
    session: Session,
}

impl GraphSession {
    /// Opens a model, which need not be in a file.
    ///
    /// # Errors
    /// The ONNX Runtime library is missing, or refuses the model.
    pub fn open(model: &Model) -> Result<Self, StylizeError> {
        let mut options = cpu_options(thread_count(0))?;
        let session = options.commit_from_memory(&encode_model(model)).map_err(|error| failed(&error))?;
        Ok(Self { session })
    }

    /// Feeds the graph's inputs in their order, and gives its outputs in theirs.
    ///
    /// # Errors
    /// The inputs do not fit, the graph fails, or an output holds no floats.
    pub fn run(&mut self, inputs: &[GraphInput<'_>]) -> Result<Vec<GraphOutput>, StylizeError> {
        let mut tensors: Vec<SessionInputValue<'_>> = Vec::with_capacity(inputs.len());
        for GraphInput { shape, values } in inputs.iter().copied() {
            let tensor = TensorRef::from_array_view((shape.to_vec(), values)).map_err(|error| failed(&error))?;
            tensors.push(tensor.into());
        }
        let outputs = self.session.run(tensors.as_slice()).map_err(|error| failed(&error))?;
        outputs
            .iter()
            .map(|(name, output)| {
                let (shape, values) = output.try_extract_tensor::<f32>().map_err(|error| failed(&error))?;
                Ok(GraphOutput { name: name.to_owned(), shape: shape.to_vec(), values: values.to_vec() })
            })
            .collect()
    }
}

fn failed<R>(error: &ort::Error<R>) -> StylizeError {
    StylizeError::Features(first_line(error.message()))
}
