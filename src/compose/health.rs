//! Keeps what a device reports on its own account, so that nothing panics and nothing is lost.

use super::ComposeError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Loss and errors of one device, written by wgpu's callbacks on any thread.
#[derive(Debug, Default)]
pub(super) struct Health {
    lost: AtomicBool,
    /// The first error since the last look; later ones are consequences more often than not.
    error: Mutex<Option<ComposeError>>,
}

impl Health {
    /// Listens to the device: without this, wgpu panics on an error that no scope catches.
    pub fn watch(device: &wgpu::Device) -> Arc<Self> {
        let health = Arc::new(Self::default());
        let on_error = Arc::clone(&health);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            tracing::error!("the graphics device reported: {error}");
            on_error.keep(ComposeError::Device { reason: error.to_string() });
        }));
        let on_loss = Arc::clone(&health);
        device.set_device_lost_callback(move |reason, message| {
            on_loss.lost.store(true, Ordering::Release);
            // Dropping or destroying a device on purpose also arrives here, and is nobody's surprise.
            if reason != wgpu::DeviceLostReason::Destroyed {
                tracing::warn!("the graphics device was lost: {message}");
            }
            on_loss.keep(ComposeError::DeviceLost { reason: message });
        });
        health
    }

    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    pub fn take_error(&self) -> Option<ComposeError> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, error: ComposeError) {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}
