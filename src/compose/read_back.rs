//! Brings finished pictures back from the GPU: one at a time with a wait, or through a ring without any.

use super::ComposeError;
use super::gpu::Gpu;
use super::texture::{Picture, extent};
use crate::frame::{BYTES_PER_PIXEL, Frame, FramePool, Size};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// Copies that may be under way at once; more only make the recording later.
const RING_LENGTH: usize = 3;
/// After this long, a device that does not answer counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);

const PENDING: u8 = 0;
const READY: u8 = 1;
const FAILED: u8 = 2;

/// Time and number of the frame that a finished picture shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    captured_at: Instant,
    timestamp: Duration,
    sequence: u64,
}

impl Stamp {
    pub fn of(frame: &Frame) -> Self {
        Self { captured_at: frame.captured_at, timestamp: frame.timestamp, sequence: frame.sequence }
    }
}

/// Staging buffers, reused while the size of the picture stays.
#[derive(Debug, Default)]
pub(super) struct ReadBack {
    free: Vec<Staging>,
    under_way: VecDeque<Copying>,
}

#[derive(Debug)]
struct Staging {
    buffer: wgpu::Buffer,
    size: Size,
    state: Arc<AtomicU8>,
}

#[derive(Debug)]
struct Copying {
    staging: Staging,
    stamp: Stamp,
}

impl ReadBack {
    /// Copies `picture` and waits for it. Copies of the ring that are under way stay in it.
    pub fn blocking(
        &mut self,
        gpu: &Gpu,
        picture: &Picture,
        stamp: Stamp,
        pool: &mut FramePool,
    ) -> Result<Arc<Frame>, ComposeError> {
        if let Some(error) = gpu.take_error() {
            return Err(error);
        }
        if gpu.is_lost() {
            return Err(ComposeError::DeviceLost { reason: "it was lost earlier".to_owned() });
        }
        let copying = Copying { staging: self.copy(gpu, picture), stamp };
        let wait = wgpu::PollType::Wait { submission_index: None, timeout: Some(PATIENCE) };
        let polled = gpu.device.poll(wait);
        let frame = copying.frame(pool);
        self.free.push(copying.staging);
        match (gpu.take_error(), polled, frame) {
            (Some(error), _, _) => Err(error),
            (None, Err(error), _) => Err(ComposeError::ReadBack { reason: error.to_string() }),
            (None, Ok(_), Ok(Some(frame))) => Ok(frame),
            (None, Ok(_), Ok(None)) => Err(ComposeError::ReadBack { reason: "the copy is still pending".to_owned() }),
            (None, Ok(_), Err(error)) => Err(error),
        }
    }

    /// Starts a copy, unless the ring is full.
    pub fn begin(&mut self, gpu: &Gpu, picture: &Picture, stamp: Stamp) -> bool {
        if self.under_way.len() >= RING_LENGTH || gpu.is_lost() {
            return false;
        }
        let staging = self.copy(gpu, picture);
        self.under_way.push_back(Copying { staging, stamp });
        true
    }

    /// The oldest copy that has arrived, if the oldest has.
    pub fn take(&mut self, gpu: &Gpu, pool: &mut FramePool) -> Option<Arc<Frame>> {
        // An error of polling also reaches the device's health, where it is asked for.
        gpu.device.poll(wgpu::PollType::Poll).ok();
        loop {
            let frame = self.under_way.front()?.frame(pool);
            if matches!(frame, Ok(None)) {
                return None;
            }
            let done = self.under_way.pop_front()?;
            self.free.push(done.staging);
            match frame {
                Ok(frame) => return frame,
                Err(error) => tracing::debug!("a finished picture is left out of the recording: {error}"),
            }
        }
    }

    fn copy(&mut self, gpu: &Gpu, picture: &Picture) -> Staging {
        // Buffers of an earlier size, and of failed copies, are let go of.
        self.free.retain(|staging| staging.size == picture.size && staging.state.load(Ordering::Acquire) == READY);
        let staging = self.free.pop().unwrap_or_else(|| Staging::new(gpu, picture.size));
        staging.state.store(PENDING, Ordering::Release);
        let mut encoder =
            gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("read back") });
        encoder.copy_texture_to_buffer(
            picture.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &staging.buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded_row_bytes(picture.size)),
                    rows_per_image: None,
                },
            },
            extent(picture.size),
        );
        gpu.queue.submit([encoder.finish()]);
        let state = Arc::clone(&staging.state);
        staging.buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            state.store(if result.is_ok() { READY } else { FAILED }, Ordering::Release);
        });
        staging
    }
}

impl Staging {
    fn new(gpu: &Gpu, size: Size) -> Self {
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read back"),
            size: u64::from(padded_row_bytes(size)) * u64::from(size.height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        Self { buffer, size, state: Arc::new(AtomicU8::new(PENDING)) }
    }
}

impl Copying {
    /// The picture, once it is here.
    fn frame(&self, pool: &mut FramePool) -> Result<Option<Arc<Frame>>, ComposeError> {
        match self.staging.state.load(Ordering::Acquire) {
            READY => {}
            PENDING => return Ok(None),
            _ => return Err(ComposeError::ReadBack { reason: "the device could not map the copy".to_owned() }),
        }
        let size = self.staging.size;
        let mapped = self.staging.buffer.get_mapped_range(..);
        let mapped = mapped.map_err(|error| ComposeError::ReadBack { reason: error.to_string() })?;
        let row_bytes = size.width as usize * BYTES_PER_PIXEL;
        let filled = pool.fill(size, |frame| {
            let rows = mapped.chunks_exact(padded_row_bytes(size) as usize);
            for (to, from) in frame.pixels.chunks_exact_mut(row_bytes).zip(rows) {
                to.copy_from_slice(&from[..row_bytes]);
            }
            frame.captured_at = self.stamp.captured_at;
            frame.timestamp = self.stamp.timestamp;
            frame.sequence = self.stamp.sequence;
            Ok::<_, Infallible>(())
        });
        drop(mapped);
        self.staging.buffer.unmap();
        match filled {
            Ok(frame) => Ok(Some(frame)),
        }
    }
}

/// Rows of a copy start at multiples of 256 bytes.
fn padded_row_bytes(size: Size) -> u32 {
    (size.width * BYTES_PER_PIXEL as u32).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
}
