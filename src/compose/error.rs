//! What can go wrong while composing.

/// Pictures could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Not even a software adapter was found.
    #[error("no graphics adapter can be used: install a Vulkan or OpenGL driver (on Debian: mesa-vulkan-drivers)")]
    NoAdapter,
    /// `IMPASTO_GPU` names no backend.
    #[error("IMPASTO_GPU is \"{value}\", which is no graphics backend: use vulkan, gl, metal or dx12, or unset it")]
    UnknownBackend { value: String },
    /// Adapters were found, but none gave a device.
    #[error("no graphics adapter could be opened: update the graphics driver, or set IMPASTO_GPU=gl ({reasons})")]
    NoDevice { reasons: String },
    /// The device stopped working: the driver was reset or updated, or the GPU was removed.
    #[error("the graphics device was lost: the picture must be set up again ({reason})")]
    DeviceLost { reason: String },
    /// The device refused an operation.
    #[error("the graphics device refused to draw: update the graphics driver, or set IMPASTO_GPU=gl ({reason})")]
    Device { reason: String },
    /// The finished picture did not come back in time.
    #[error("the finished picture could not be read back from the graphics device ({reason})")]
    ReadBack { reason: String },
    /// There is nothing to read back before the first picture.
    #[error("nothing was composed yet: compose a picture before it is read back")]
    NothingComposed,
}
