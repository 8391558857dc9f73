//! NVIDIA's libraries, which `scripts/run --gpu cuda` brings into a folder of ours.
//!
//! ONNX Runtime's own libraries name them without a path. The system finds them where CUDA is installed, and else where
//! this process has loaded them before.

use super::places::{BROUGHT_CUDA, folders_above_executable};
use super::runtime::runtime_library;
use std::path::PathBuf;
use std::sync::Once;

/// Beginnings of the file names, each after those that it needs itself. Of cuDNN only the part that finds the others.
const LIBRARIES: [&str; 6] =
    ["libcudart.so.", "libnvrtc.so.", "libcublasLt.so.", "libcublas.so.", "libcurand.so.", "libcudnn.so."];

/// Loads NVIDIA's libraries from the folder that they were brought into, once; without it the system's own serve. What
/// cannot be loaded is told by the provider that needs it.
pub(super) fn preload() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(folder) = brought_folder() {
            super::preload::preload(&folder, &LIBRARIES);
        }
    });
}

/// The folder, where it is there.
fn brought_folder() -> Option<PathBuf> {
    let beside_runtime = runtime_library().ok().and_then(|path| path.parent().map(PathBuf::from));
    let above = folders_above_executable().into_iter().map(|folder| folder.join(BROUGHT_CUDA));
    beside_runtime.into_iter().chain(above).find(|folder| folder.join("libcudart.so.13").is_file())
}
