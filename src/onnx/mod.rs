//! The parts of the ONNX file format that Impasto reads and writes.
