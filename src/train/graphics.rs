//! Opens graphics cards for training; only with the feature `train-gpu`.

use super::{Adapter, Backend, TrainError};
use burn_tensor::Device;
use burn_tensor::wgpu::{WgpuBackend, wgpu};

/// Parts of the names of adapters that compute on the processor.
const SOFTWARE_NAMES: [&str; 6] = ["llvmpipe", "lavapipe", "softpipe", "swiftshader", "basic render", "warp"];

/// Opens the best adapter of a backend; `None` for the processor.
///
/// # Errors
/// There is none, or it cannot be opened.
pub fn open(backend: Backend) -> Result<Option<(Device, Adapter)>, TrainError> {
    let interface = match backend {
        Backend::Processor => return Ok(None),
        Backend::Vulkan => WgpuBackend::Vulkan,
        Backend::Metal => WgpuBackend::Metal,
        Backend::Dx12 => WgpuBackend::Dx12,
        Backend::Gl => WgpuBackend::Gl,
    };
    let opened = Device::wgpu_options().graphics_api(interface).init_with_setup();
    let (device, setup) = opened.map_err(|error| TrainError::Device { reason: error.to_string() })?;
    let info = setup.adapter.get_info();
    let name = info.name.to_ascii_lowercase();
    let is_software =
        info.device_type == wgpu::DeviceType::Cpu || SOFTWARE_NAMES.iter().any(|software| name.contains(software));
    Ok(Some((device, Adapter { name: info.name, is_software })))
}
