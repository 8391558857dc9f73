//! ONNX Runtime's WebGPU provider: a plugin library of its own, for graphics cards of any vendor.

use super::places::{executable_folder, folders_above_executable};
use super::runtime::{Runtime, runtime_library};
use ort::session::builder::SessionBuilder;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The environment variable that names the plugin library; it wins over every folder.
const PLUGIN_VARIABLE: &str = "IMPASTO_WEBGPU_EP";

/// Where `scripts/run --gpu webgpu` unpacks the plugin, below the program's folder.
const BROUGHT_FOLDER: &str = ".runtime/webgpu";

/// The name that the plugin gives its provider.
const PROVIDER_NAME: &str = "WebGpuExecutionProvider";

/// All WebGPU sessions of a process share one device, and using it from two threads at once has crashed (plugin 0.4.0 with
/// ONNX Runtime 1.32 on software Vulkan): every use takes its turn. A style that is loaded while another paints delays it.
pub(super) static TURN: Mutex<()> = Mutex::new(());

/// Whether the plugin is registered with the environment; a second registration would be an error.
static IS_REGISTERED: Mutex<bool> = Mutex::new(false);

/// The plugin library, where it was brought.
pub(super) fn webgpu_plugin() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(PLUGIN_VARIABLE).filter(|value| !value.is_empty()) {
        return std::path::absolute(named).ok().filter(|path| path.is_file());
    }
    let beside_runtime = runtime_library().ok().and_then(|path| Some(path.parent()?.parent()?.join("webgpu")));
    let beside = executable_folder().map(|folder| folder.join("lib"));
    let brought = folders_above_executable().into_iter().map(|folder| folder.join(BROUGHT_FOLDER));
    beside_runtime.into_iter().chain(beside).chain(brought).find_map(|folder| plugin_in(&folder))
}

fn plugin_in(folder: &Path) -> Option<PathBuf> {
    let ending = std::env::consts::DLL_SUFFIX;
    let is_plugin = |name: &str| name.contains("onnxruntime_providers_webgpu") && name.ends_with(ending);
    std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_str().is_some_and(is_plugin))
        .map(|entry| entry.path())
}

/// Adds the plugin's devices to session options.
///
/// # Errors
/// There is no plugin, it cannot be loaded, or it sees no graphics card: the text says which.
pub(super) fn with_webgpu(runtime: &Runtime, options: SessionBuilder) -> Result<SessionBuilder, String> {
    let plugin = webgpu_plugin().ok_or("its plugin library is not installed; scripts/run --gpu webgpu brings it")?;
    let mut is_registered = IS_REGISTERED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !*is_registered {
        let environment = &runtime.environment;
        environment.register_ep_library("impasto_webgpu", &plugin).map_err(|error| error.message().to_owned())?;
        *is_registered = true;
    }
    let mut devices: Vec<_> =
        runtime.environment.devices().filter(|device| device.ep().is_ok_and(|name| name == PROVIDER_NAME)).collect();
    // One device runs the network; the first is the one that the plugin prefers.
    devices.truncate(1);
    if devices.is_empty() {
        return Err("it sees no graphics card with a Vulkan, Direct3D 12 or Metal driver".to_owned());
    }
    options.with_devices(devices, None).map_err(|error| error.message().to_owned())
}
