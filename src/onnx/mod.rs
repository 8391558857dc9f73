//! The parts of the ONNX file format that Impasto reads and writes.
//!
//! The format is protobuf; field numbers are those of `onnx.proto` (<https://github.com/onnx/onnx>, IR version 10).
//! Only the fields that Impasto needs are declared: others are skipped when reading.

mod build;
mod file;
mod message;

pub use build::{GraphBuilder, IR_VERSION, OPSET_VERSION};
pub use file::{MODEL_FILE_LIMIT_BYTES, OnnxError, decode_model, encode_model, read_model, write_model};
pub use message::{
    Attribute, AttributeKind, DataLocation, DataType, Dimension, Function, Graph, KeyValue, Model, Node, OpsetId,
    OtherType, TensorProto, TensorShape, TensorType, TypeProto, ValueInfo,
};
