//! What training computes on: the processor, or a graphics card.

use super::TrainError;
use burn_tensor::Device;
use std::fmt;

/// The processor, or the interface through which a graphics card computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Processor,
    Vulkan,
    Metal,
    Dx12,
    /// OpenGL; slow, and made for tests.
    Gl,
}

/// Where nothing is said, graphics cards are looked for through these, the best first. Not through OpenGL, which has no
/// memory that is good for computing.
const USUAL: &[Backend] = if cfg!(target_os = "macos") {
    &[Backend::Metal]
} else if cfg!(windows) {
    &[Backend::Vulkan, Backend::Dx12]
} else {
    &[Backend::Vulkan]
};

impl Backend {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processor => "cpu",
            Self::Vulkan => "vulkan",
            Self::Metal => "metal",
            Self::Dx12 => "dx12",
            Self::Gl => "gl",
        }
    }

    /// Where graphics cards are looked for when nobody says where; none in a build that has no graphics.
    pub fn usual() -> &'static [Self] {
        if Self::has_graphics() { USUAL } else { &[] }
    }

    /// Whether this build can train on graphics cards: whether it has the feature `train-gpu`.
    pub fn has_graphics() -> bool {
        cfg!(feature = "train-gpu")
    }
}

/// A device that was opened. Copies are the same device.
#[derive(Debug, Clone)]
pub struct TrainDevice {
    tensors: Device,
    backend: Backend,
    adapter: Option<Adapter>,
}

/// A graphics card, or a program that stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// As its driver calls it.
    pub name: String,
    /// Whether it computes on the processor after all.
    pub is_software: bool,
}

impl TrainDevice {
    /// The processor. What is computed there is the same in every run.
    pub fn processor() -> Self {
        Self { tensors: Device::flex().autodiff(), backend: Backend::Processor, adapter: None }
    }

    /// Opens a device; each only once in a process. A driver may end the process at any time after this: see
    /// [`self_test`](super::self_test()), which a process of its own should do first.
    ///
    /// # Errors
    /// There is no such device, it cannot be opened, or this build knows the processor only.
    #[cfg(feature = "train-gpu")]
    pub fn open(backend: Backend) -> Result<Self, TrainError> {
        let Some((tensors, adapter)) = super::graphics::open(backend)? else { return Ok(Self::processor()) };
        Ok(Self { tensors: tensors.autodiff(), backend, adapter: Some(adapter) })
    }

    /// Opens a device, in a build that knows the processor only.
    ///
    /// # Errors
    /// It is another one.
    #[cfg(not(feature = "train-gpu"))]
    pub fn open(backend: Backend) -> Result<Self, TrainError> {
        match backend {
            Backend::Processor => Ok(Self::processor()),
            _ => {
                let reason = "this impasto was built without training on graphics cards".to_owned();
                Err(TrainError::Device { reason })
            }
        }
    }

    /// The device of tensors that learn.
    pub fn tensors(&self) -> &Device {
        &self.tensors
    }

    /// What it is, or how it is reached.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The graphics card; `None` for the processor.
    pub fn adapter(&self) -> Option<&Adapter> {
        self.adapter.as_ref()
    }
}

/// "processor", or the graphics card's name and how it is reached.
impl fmt::Display for TrainDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.adapter {
            None => f.pad("processor"),
            Some(adapter) => f.pad(&format!("{}, through {}", adapter.name, self.backend.name())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_always_there() {
        let device = TrainDevice::open(Backend::Processor).unwrap();
        assert_eq!((device.to_string().as_str(), device.adapter()), ("processor", None));
        assert!(device.tensors().is_autodiff());
    }

    #[cfg(not(feature = "train-gpu"))]
    #[test]
    fn a_build_without_graphics_says_so() {
        let error = TrainDevice::open(Backend::Vulkan).unwrap_err().to_string();
        assert!(error.contains("built without"), "{error}");
        assert!(Backend::usual().is_empty());
    }
}
