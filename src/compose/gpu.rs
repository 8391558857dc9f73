//! Finds and opens a graphics adapter.

use super::ComposeError;
use super::fault;
use super::health::Health;
use std::sync::Arc;

/// Narrows the graphics backends: `vulkan`, `gl`, `metal` or `dx12`.
const BACKEND_VARIABLE: &str = "IMPASTO_GPU";

/// The format of every picture here: the byte order of [`Frame`](crate::frame::Frame), sRGB-encoded bytes as they are.
pub(super) const PICTURE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Bgra8Unorm;

/// Instance, adapter, device and queue, shared by compositor and window.
pub struct Gpu {
    pub instance: wgpu::Instance,
    pub adapter: wgpu::Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub(super) health: Arc<Health>,
}

impl Gpu {
    /// The backends that may be used: all, or the one that the environment variable `IMPASTO_GPU` names.
    ///
    /// # Errors
    /// The variable names no backend.
    pub fn backends() -> Result<wgpu::Backends, ComposeError> {
        let value = std::env::var(BACKEND_VARIABLE).unwrap_or_default();
        match value.to_ascii_lowercase().as_str() {
            "" => Ok(wgpu::Backends::all()),
            "vulkan" => Ok(wgpu::Backends::VULKAN),
            "gl" => Ok(wgpu::Backends::GL),
            "metal" => Ok(wgpu::Backends::METAL),
            "dx12" => Ok(wgpu::Backends::DX12),
            _ => Err(ComposeError::UnknownBackend { value }),
        }
    }

    /// A GPU without a window: the most capable adapter, and a software one where there is no other.
    ///
    /// # Errors
    /// There is no usable adapter, not even a software one, or none opens.
    pub fn headless() -> Result<Self, ComposeError> {
        let descriptor = wgpu::InstanceDescriptor {
            backends: Self::backends()?,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        };
        Self::open(wgpu::Instance::new(descriptor), None)
    }

    /// A GPU that can present to `surface`, made from `instance`.
    ///
    /// # Errors
    /// No adapter can present there, or none opens.
    pub fn for_surface(instance: wgpu::Instance, surface: &wgpu::Surface<'_>) -> Result<Self, ComposeError> {
        Self::open(instance, Some(surface))
    }

    /// The adapter's name and backend, for people; says when it is a software adapter.
    pub fn description(&self) -> String {
        let info = self.adapter.get_info();
        let software = if self.is_software() { ", software" } else { "" };
        format!("{} ({}{software})", info.name, info.backend)
    }

    /// Whether the adapter draws on the processor, and so shares its cores with the network.
    pub fn is_software(&self) -> bool {
        is_software(&self.adapter.get_info())
    }

    /// Whether the device stopped working; a new one must then be opened.
    pub fn is_lost(&self) -> bool {
        self.health.is_lost()
    }

    /// What the device reported since the last call, if anything. Drawing itself never fails: an error that arises in
    /// it is kept here, and the picture stays as it was.
    pub fn take_error(&self) -> Option<ComposeError> {
        self.health.take_error()
    }

    fn open(instance: wgpu::Instance, surface: Option<&wgpu::Surface<'_>>) -> Result<Self, ComposeError> {
        let mut adapters = pollster::block_on(instance.enumerate_adapters(Self::backends()?));
        adapters.retain(|adapter| {
            let uses = adapter.get_texture_format_features(PICTURE_FORMAT).allowed_usages;
            uses.contains(wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC)
                && surface.is_none_or(|surface| adapter.is_surface_supported(surface))
        });
        adapters.sort_by_key(|adapter| rank(&adapter.get_info()));
        let mut reasons = Vec::new();
        for (place, adapter) in adapters.into_iter().enumerate() {
            let descriptor = wgpu::DeviceDescriptor {
                label: Some("impasto"),
                // The least that any backend offers is enough, except for the size of pictures.
                required_limits: wgpu::Limits::downlevel_webgl2_defaults().using_resolution(adapter.limits()),
                memory_hints: wgpu::MemoryHints::MemoryUsage,
                ..wgpu::DeviceDescriptor::default()
            };
            let opened = pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| error.to_string());
            let opened = opened.and_then(|opened| match fault::is_unusable(place) {
                true => Err("it does not open, as a test asked for".to_owned()),
                false => Ok(opened),
            });
            match opened {
                Ok((device, queue)) => {
                    let health = Health::watch(&device);
                    return Ok(Self { instance, adapter, device, queue, health });
                }
                Err(error) => {
                    let name = adapter.get_info().name;
                    tracing::warn!("cannot open the graphics adapter {name}: {error}");
                    reasons.push(format!("{name}: {error}"));
                }
            }
        }
        if reasons.is_empty() {
            return Err(ComposeError::NoAdapter);
        }
        Err(ComposeError::NoDevice { reasons: reasons.join("; ") })
    }
}

/// Real GPUs before software, fast ones before frugal ones, modern backends before OpenGL.
fn rank(info: &wgpu::AdapterInfo) -> (bool, u8, bool) {
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        // OpenGL cannot tell what it draws on.
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    };
    (is_software(info), kind, info.backend == wgpu::Backend::Gl)
}

fn is_software(info: &wgpu::AdapterInfo) -> bool {
    const SOFTWARE_NAMES: [&str; 5] = ["llvmpipe", "lavapipe", "softpipe", "swiftshader", "basic render"];
    let name = info.name.to_ascii_lowercase();
    info.device_type == wgpu::DeviceType::Cpu || SOFTWARE_NAMES.iter().any(|software| name.contains(software))
}
