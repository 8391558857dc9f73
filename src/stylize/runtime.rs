//! Finds and loads the ONNX Runtime library, once per process.

use super::StylizeError;
use super::places::{BROUGHT_CUDA, BROUGHT_RUNTIME, executable_folder, folders_above_executable};
use ort::environment::Environment;
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// The environment variable that names the library; it wins over every folder.
const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// The loaded library.
pub(super) struct Runtime {
    pub environment: Environment,
    pub path: PathBuf,
    pub version: String,
}

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Loading is tried by one thread at a time; a failure may be tried again (the library may have been brought since).
static LOADING: Mutex<()> = Mutex::new(());

/// The runtime, loaded on the first call.
///
/// # Errors
/// The library is missing, too old, or broken.
pub(super) fn runtime() -> Result<&'static Runtime, StylizeError> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let _one_at_a_time = LOADING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let loaded = load(&runtime_library()?)?;
    Ok(RUNTIME.get_or_init(|| loaded))
}

/// Version of the ONNX Runtime library, loading it if need be.
///
/// # Errors
/// The library is missing, too old, or broken.
pub fn runtime_version() -> Result<String, StylizeError> {
    Ok(runtime()?.version.clone())
}

/// Where the ONNX Runtime library is: the one in use, or the one that would be used. Always an absolute path, because
/// Windows has an old library of the same name among its own that would win a search.
///
/// # Errors
/// It is nowhere: the error says how to bring it.
pub fn runtime_library() -> Result<PathBuf, StylizeError> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime.path.clone());
    }
    if let Some(named) = std::env::var_os(LIBRARY_VARIABLE).filter(|value| !value.is_empty()) {
        let path = std::path::absolute(&named).unwrap_or_else(|_| PathBuf::from(&named));
        return if path.is_file() {
            Ok(path)
        } else {
            Err(StylizeError::RuntimeMissing { looked_in: format!("{LIBRARY_VARIABLE}={}", path.display()) })
        };
    }
    let mut folders = Vec::new();
    if let Some(beside) = executable_folder() {
        folders.push(beside.join("lib"));
        folders.push(beside);
    }
    let brought = |folder: PathBuf| [folder.join(BROUGHT_CUDA), folder.join(BROUGHT_RUNTIME)];
    folders.extend(folders_above_executable().into_iter().flat_map(brought));
    folders.iter().find_map(|folder| library_in(folder)).ok_or_else(|| StylizeError::RuntimeMissing {
        looked_in: folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "),
    })
}

/// The library in a folder; of several versions the newest by name.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let is_library = |name: &str| match std::env::consts::OS {
        "windows" => name.eq_ignore_ascii_case("onnxruntime.dll"),
        "macos" => name.starts_with("libonnxruntime.") && name.ends_with(".dylib"),
        _ => name == "libonnxruntime.so" || name.starts_with("libonnxruntime.so."),
    };
    std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_library))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .max_by_key(|path| version_in_name(path))
}

/// The numbers of `libonnxruntime.so.1.32.0`, for ordering.
fn version_in_name(path: &Path) -> Vec<u32> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').filter_map(|part| part.parse().ok()).collect()
}

fn load(path: &Path) -> Result<Runtime, StylizeError> {
    let broken = |reason: String| StylizeError::RuntimeBroken { path: path.to_owned(), reason };
    let builder = ort::init_from(path).map_err(|error| match error {
        ort::LoadDynamicError::BadVersion { version_str, path } => {
            StylizeError::RuntimeTooOld { path, found: version_str, needed: ort::MINOR_VERSION }
        }
        other => broken(other.to_string()),
    })?;
    let environment = builder
        .with_name("impasto")
        .with_telemetry(false)
        .with_logger(Arc::new(log))
        .build()
        .map_err(|error| broken(error.to_string()))?;
    environment.set_log_level(ort::logging::LogLevel::Warning);
    let version = library_version(path).map_err(broken)?;
    Ok(Runtime { environment, path: path.to_owned(), version })
}

/// Hands the library's messages to our log. Its errors come back as results too, so they are no more than warnings
/// here.
fn log(level: ort::logging::LogLevel, category: &str, _session: &str, location: &str, message: &str) {
    use ort::logging::LogLevel;
    match level {
        LogLevel::Error | LogLevel::Fatal => tracing::debug!(category, location, "ONNX Runtime error: {message}"),
        LogLevel::Warning => tracing::debug!(category, location, "ONNX Runtime warning: {message}"),
        _ => tracing::trace!(category, location, "ONNX Runtime: {message}"),
    }
}

/// The version that the library at `path` gives of itself. It is loaded already: this only asks it once more.
fn library_version(path: &Path) -> Result<String, String> {
    type GetApiBase = unsafe extern "C" fn() -> *const ort::sys::OrtApiBase;
    // SAFETY: the library is in use already, so that its initializers have run; the symbol has the type that ONNX
    // Runtime's C header gives it, and `GetVersionString` returns a static text that ends in a null byte.
    unsafe {
        let library = libloading::Library::new(path).map_err(|error| error.to_string())?;
        let get_api_base = library.get::<GetApiBase>(b"OrtGetApiBase").map_err(|error| error.to_string())?;
        let base = get_api_base().as_ref().ok_or("it gives no API")?;
        Ok(CStr::from_ptr((base.GetVersionString)()).to_string_lossy().into_owned())
    }
}
