//! Folders in which the program's own files may lie.

use std::path::PathBuf;

/// Where `scripts/run` unpacks ONNX Runtime's library, below the program's folder.
pub(super) const BROUGHT_RUNTIME: &str = ".runtime/onnxruntime";

/// Where `scripts/run --gpu cuda` unpacks the library with CUDA in it, and what that needs of NVIDIA's. It counts
/// before the other: it was brought because it is wanted.
pub(super) const BROUGHT_CUDA: &str = ".runtime/onnxruntime-cuda";

/// The folder of the running executable.
pub(super) fn executable_folder() -> Option<PathBuf> {
    let executable = std::env::current_exe().ok()?;
    let executable = executable.canonicalize().unwrap_or(executable);
    Some(executable.parent()?.to_owned())
}

/// The folders above the executable's, nearest first, then the folder that the program was built in.
pub fn folders_above_executable() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        executable_folder().map(|folder| folder.ancestors().skip(1).map(PathBuf::from).collect()).unwrap_or_default();
    let built_in = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    if !folders.contains(&built_in) {
        folders.push(built_in);
    }
    folders
}

/// The data folder of this user for this program.
pub(super) fn user_data_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "impasto").map(|folders| folders.data_dir().to_owned())
}
