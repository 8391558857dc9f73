//! Providers that come as libraries of their own, which ONNX Runtime registers while it runs: WebGPU for graphics cards
//! of any vendor, TensorRT for NVIDIA's, and OpenVINO for Intel's, and for Intel's processors with vector or matrix
//! units for half precision.

use super::missing::explain;
use super::places::{executable_folder, folders_above_executable};
use super::preload::preload;
use super::runtime::{Runtime, runtime_library};
use ort::memory::DeviceType;
use ort::session::builder::SessionBuilder;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// All WebGPU sessions of a process share one device, and using it from two threads at once has crashed (plugin 0.4.0
/// with ONNX Runtime 1.32 on software Vulkan): every use takes its turn. A style that is loaded while another paints
/// delays it.
pub(super) static TURN: Mutex<()> = Mutex::new(());

/// What brings a plugin, before its name.
const BRINGS: &str = if cfg!(windows) { "scripts\\run.ps1 -Gpu" } else { "scripts/run --gpu" };

/// A provider in a library of its own.
pub(super) struct Plugin {
    /// What `scripts/run --gpu` calls it; the library is brought into a folder of this name.
    name: &'static str,
    /// The environment variable that names the library; it wins over every folder.
    variable: &'static str,
    /// A part of the library's file name.
    library: &'static str,
    /// The name that the library gives its provider.
    provider: &'static str,
    /// Why there may be no device; for people.
    no_device: &'static str,
    /// Beginnings of the names of libraries beside it that it names without a path, each after those that it needs.
    needs: &'static [&'static str],
    /// Whether the library is registered with the environment: a second registration would be an error.
    is_registered: Mutex<bool>,
}

/// For graphics cards of any vendor.
pub(super) static WEBGPU: Plugin = Plugin {
    name: "webgpu",
    variable: "IMPASTO_WEBGPU_EP",
    library: "onnxruntime_providers_webgpu",
    provider: "WebGpuExecutionProvider",
    no_device: "it sees no graphics card with a Vulkan, Direct3D 12 or Metal driver",
    needs: &[],
    is_registered: Mutex::new(false),
};

/// For NVIDIA's cards from Ampere (RTX 30) on: TensorRT for RTX, which needs nothing but their driver.
pub(super) static TENSORRT: Plugin = Plugin {
    name: "tensorrt",
    variable: "IMPASTO_TENSORRT_EP",
    library: "onnxruntime_providers_nv_tensorrt_rtx",
    provider: "NvTensorRTRTXExecutionProvider",
    no_device: "it sees no NVIDIA card that it can use: it wants an RTX 30 or newer, and a recent driver",
    needs: &["libcudart.so.", "libtensorrt_rtx.so.", "libtensorrt_onnxparser_rtx.so."],
    is_registered: Mutex::new(false),
};

/// For Intel's graphics and processors; of others' it sees none.
pub(super) static OPENVINO: Plugin = Plugin {
    name: "openvino",
    variable: "IMPASTO_OPENVINO_EP",
    library: "onnxruntime_providers_openvino_plugin",
    provider: "OpenVINOExecutionProvider",
    no_device: "it sees none of Intel's graphics or processors, and takes no others",
    needs: &[],
    is_registered: Mutex::new(false),
};

impl Plugin {
    /// Whether the library was brought.
    pub(super) fn is_brought(&self) -> bool {
        self.path().is_some()
    }

    /// The library, where it was brought.
    fn path(&self) -> Option<PathBuf> {
        if let Some(named) = std::env::var_os(self.variable).filter(|value| !value.is_empty()) {
            return std::path::absolute(named).ok().filter(|path| path.is_file());
        }
        let brought = format!(".runtime/{}", self.name);
        let beside_runtime = runtime_library().ok().and_then(|path| Some(path.parent()?.parent()?.join(self.name)));
        let beside = executable_folder().map(|folder| folder.join("lib"));
        let above = folders_above_executable().into_iter().map(|folder| folder.join(&brought));
        beside_runtime.into_iter().chain(beside).chain(above).find_map(|folder| self.library_in(&folder))
    }

    fn library_in(&self, folder: &Path) -> Option<PathBuf> {
        let ending = std::env::consts::DLL_SUFFIX;
        let is_library = |name: &str| name.contains(self.library) && name.ends_with(ending);
        std::fs::read_dir(folder)
            .ok()?
            .filter_map(Result::ok)
            .find(|entry| entry.file_name().to_str().is_some_and(is_library))
            .map(|entry| entry.path())
    }

    /// Adds the best of the plugin's devices to session options: one device runs the network. On a processor it works
    /// with so many threads.
    ///
    /// # Errors
    /// There is no plugin, it cannot be loaded, or it sees no device: the text says which.
    pub(super) fn add_to(
        &self,
        runtime: &Runtime,
        options: SessionBuilder,
        threads: usize,
    ) -> Result<SessionBuilder, String> {
        let brings = || format!("its plugin library is not installed; {BRINGS} {} brings it", self.name);
        let plugin = self.path().ok_or_else(brings)?;
        let mut is_registered = self.is_registered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let environment = &runtime.environment;
        if !*is_registered {
            let name = format!("impasto_{}", self.name);
            plugin.parent().inspect(|folder| preload(folder, self.needs));
            environment.register_ep_library(&name, &plugin).map_err(|error| explain(error.message()))?;
            *is_registered = true;
        }
        // Of devices of one kind the first is the one that the plugin prefers.
        let device = environment
            .devices()
            .filter(|device| device.ep().is_ok_and(|name| name == self.provider))
            .min_by_key(|device| device.hardware_device().ty() != DeviceType::GPU)
            .ok_or(self.no_device)?;
        // Read by OpenVINO alone: other plugins are given no such key.
        let settings = (
            format!("{}.load_config", OPENVINO.provider),
            format!("{{\"CPU\":{{\"INFERENCE_NUM_THREADS\":{threads}}}}}"),
        );
        options.with_devices([device], Some(&[settings])).map_err(|error| error.message().to_owned())
    }
}
