//! Everything that can go wrong with a style.

use std::path::PathBuf;

/// A style could not be found, loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum StylizeError {
    #[error("the model file does not exist: {}", .0.display())]
    Missing(PathBuf),
    #[error("no style is named \"{name}\" and no such model file exists; installed styles: {installed}")]
    UnknownStyle { name: String, installed: String },
    #[error(transparent)]
    Model(#[from] crate::onnx::OnnxError),
    #[error("the model is not an image-to-image network: {reason}; Impasto needs one picture in and one picture out: {}", path.display())]
    NotAPictureNetwork { path: PathBuf, reason: String },
    #[error("the model's weights are in a file that is missing: put \"{data}\" beside the model {}", path.display())]
    MissingExternalData { path: PathBuf, data: String },
    #[error(
        "the model wants to read \"{data}\", which lies outside its own folder; this is refused, because a model file must not reach other files: {}",
        path.display()
    )]
    ForeignExternalData { path: PathBuf, data: String },
    #[error("the model's weights are truncated: \"{data}\" is too short, fetch it again: {}", path.display())]
    ShortExternalData { path: PathBuf, data: String },
    #[error(
        "the installed ONNX Runtime lacks an operation of this model ({reason}); export the model with a common operator set, or use a newer ONNX Runtime: {}",
        path.display()
    )]
    UnsupportedOperator { path: PathBuf, reason: String },
    #[error("ONNX Runtime refuses the model ({reason}); export it again or use another: {}", path.display())]
    Refused { path: PathBuf, reason: String },
    #[error(
        "the model would need about {} MiB of memory at {size}, more than the limit of {} MiB; choose a smaller --size or another model: {}",
        needed_bytes >> 20, limit_bytes >> 20, path.display()
    )]
    TooMuchMemory { path: PathBuf, size: String, needed_bytes: u64, limit_bytes: u64 },
    #[error(
        "the network computed no numbers (NaN): its value range is not understood, or float16 overflowed; try another provider or size"
    )]
    NotANumber,
    #[error("the network failed to paint ({0}); try another size or provider")]
    Inference(String),
    #[error("the perceptual features cannot be computed ({0}); fetch them again with scripts/fetch-features")]
    Features(String),
    #[error("{key} in the manifest is wrong: {problem}: {}", path.display())]
    Manifest { path: PathBuf, key: String, problem: String },
    #[error("cannot read the manifest ({reason}): {}", path.display())]
    ManifestFile { path: PathBuf, reason: String },
    #[error("the network has no parameter \"{name}\"; its parameters: {known}")]
    UnknownParameter { name: String, known: String },
    #[error("the parameter \"{name}\" takes {expected} values, not {given}")]
    ParameterCount { name: String, expected: usize, given: usize },
    #[error(
        "the ONNX Runtime library was not found (looked in {looked_in}); run scripts/run, which brings it, or set ORT_DYLIB_PATH to its full path"
    )]
    RuntimeMissing { looked_in: String },
    #[error(
        "the ONNX Runtime library is version {found}, but 1.{needed} or newer is needed; run scripts/run, which brings it: {}",
        path.display()
    )]
    RuntimeTooOld { path: PathBuf, found: String, needed: u32 },
    #[error("the ONNX Runtime library cannot be loaded ({reason}); run scripts/run, which brings a working one: {}", path.display())]
    RuntimeBroken { path: PathBuf, reason: String },
}
