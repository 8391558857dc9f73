//! Loads libraries that others name without a path.

use std::path::Path;

/// Loads, from a folder, the first library of each beginning of a file name, in this order, for the whole process. What
/// is missing or cannot be loaded is left to whoever needs it: the system may have it elsewhere.
pub(super) fn preload(folder: &Path, beginnings: &[&str]) {
    let names: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| {
            entries.filter_map(Result::ok).filter_map(|entry| entry.file_name().into_string().ok()).collect()
        })
        .unwrap_or_default();
    for beginning in beginnings {
        let Some(name) = names.iter().find(|name| name.starts_with(beginning)) else { continue };
        if let Err(error) = load(&folder.join(name)) {
            tracing::debug!("{name} cannot be loaded: {error}");
        }
    }
}

/// Loads a library and keeps it for the rest of the process, its symbols seen by libraries that are loaded later.
#[cfg(unix)]
fn load(path: &Path) -> Result<(), String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY};
    // SAFETY: the libraries are NVIDIA's, brought by `scripts/run` with a checked sum; their initializers only prepare
    // themselves. The library is never closed.
    let library = unsafe { Library::open(Some(path), RTLD_LAZY | RTLD_GLOBAL) }.map_err(|error| error.to_string())?;
    std::mem::forget(library);
    Ok(())
}

/// Windows looks beside the library that needs another, where they are brought: there is nothing to load before.
#[cfg(not(unix))]
fn load(_path: &Path) -> Result<(), String> {
    Ok(())
}
