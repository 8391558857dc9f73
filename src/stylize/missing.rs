//! Says in plain words what an execution provider lacks, and how to get it.

use super::ProviderChoice;
use super::session::first_line;

/// How the system's loader says that it has not found a library.
const NOT_FOUND: &str = ": cannot open shared object file";

/// How Windows says the same, without the name.
const NOT_FOUND_ON_WINDOWS: &str = "error 126";

/// How ONNX Runtime begins what CUDA says; a semicolon ends it.
const CUDA_SIGN: &str = "CUDA failure";

/// How the system's loader says that a library is older than another that uses it.
const TOO_OLD: &str = "undefined symbol: ";

/// What ONNX Runtime says of a provider that does not start, in plain words.
pub(super) fn explain(message: &str) -> String {
    if let Some(name) = missing_library(message) {
        return format!("{name} was not found: {}", remedy(name));
    }
    if let Some(at) = message.find(TOO_OLD) {
        let symbol = message[at + TOO_OLD.len()..].split_whitespace().next().unwrap_or_default();
        if symbol.starts_with("cu") || symbol.starts_with("nvml") {
            return format!("NVIDIA's driver is too old (it lacks {symbol}): update the driver");
        }
    }
    if let Some(at) = message.find(CUDA_SIGN) {
        let said = message[at..].split(';').next().unwrap_or_default().trim();
        return format!("{said}: look whether nvidia-smi lists the card, and update the driver");
    }
    if message.contains(NOT_FOUND_ON_WINDOWS) {
        return "a library that it needs was not found: install NVIDIA's driver, and run scripts\\run.ps1 -Gpu cuda, \
                which brings CUDA 13 and cuDNN 9"
            .to_owned();
    }
    first_line(message)
}

/// Why a provider is not in the library, and how to get one that has it.
pub(super) fn not_built_in(choice: ProviderChoice) -> String {
    let brings = match (choice, std::env::consts::OS) {
        (ProviderChoice::DirectMl, "windows") => "scripts\\run.ps1 -Gpu directml brings one that has it",
        (ProviderChoice::DirectMl, _) => return "it is part of Windows only".to_owned(),
        (ProviderChoice::CoreMl, "macos") => "use the library of the package onnxruntime",
        (ProviderChoice::CoreMl, _) => return "it is part of macOS only".to_owned(),
        (ProviderChoice::Cuda | ProviderChoice::TensorRt, "macos") => {
            return "NVIDIA has no driver for macOS".to_owned();
        }
        (ProviderChoice::Cuda, "windows") => "scripts\\run.ps1 -Gpu cuda brings one that has it",
        (ProviderChoice::Cuda, _) => "scripts/run --gpu cuda brings one that has it",
        (ProviderChoice::TensorRt, "windows") => "scripts\\run.ps1 -Gpu tensorrt brings it",
        (ProviderChoice::TensorRt, _) => "scripts/run --gpu tensorrt brings it",
        _ => "another has it",
    };
    format!("the installed ONNX Runtime library was built without {choice}; {brings}")
}

/// The library that the system's loader has not found, if that is what a message says.
fn missing_library(message: &str) -> Option<&str> {
    let before = &message[..message.find(NOT_FOUND)?];
    before.rsplit(|letter: char| letter.is_whitespace() || letter == '/').next().filter(|name| !name.is_empty())
}

/// How to get a library.
fn remedy(name: &str) -> &'static str {
    if name.starts_with("libcuda.so") || name.starts_with("libnvidia-") {
        "it comes with NVIDIA's driver, so install that (on Debian: nvidia-driver), and restart the machine"
    } else if name.starts_with("libnvinfer") || name.starts_with("libnvonnxparser") || name.starts_with("libtensorrt") {
        "it is part of TensorRT, which scripts/run --gpu tensorrt brings"
    } else {
        "it is part of CUDA or cuDNN, which scripts/run --gpu cuda brings"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_library_is_named_with_what_brings_it() {
        let told = explain(
            "Failed to load library /a b/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open \
             shared object file: No such file or directory",
        );
        assert_eq!(
            told,
            "libcublasLt.so.13 was not found: it is part of CUDA or cuDNN, which scripts/run --gpu cuda brings"
        );
        let told = explain("Error in dlopen: libcuda.so.1: cannot open shared object file: No such file or directory");
        assert!(told.starts_with("libcuda.so.1 was not found: it comes with NVIDIA's driver"), "{told}");
        let told = explain("/x/libnvinfer.so.10: cannot open shared object file");
        assert!(told.starts_with("libnvinfer.so.10 was not found") && told.contains("--gpu tensorrt"), "{told}");
    }

    #[test]
    fn a_driver_that_cannot_be_used_is_told_without_the_source_code() {
        let told = explain("a.so: undefined symbol: cuTensorMapEncodeTiled");
        assert_eq!(told, "NVIDIA's driver is too old (it lacks cuTensorMapEncodeTiled): update the driver");
        let told =
            explain("/x.cc:154 T = void] CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; line=355");
        assert!(told.starts_with("CUDA failure 100: no CUDA-capable device is detected: look whether"), "{told}");
    }

    #[test]
    fn other_words_are_left_as_they_are() {
        assert_eq!(explain("the model has no nodes.\nat line 3"), "the model has no nodes");
        assert_eq!(explain(": cannot open shared object file"), ": cannot open shared object file");
    }
}
