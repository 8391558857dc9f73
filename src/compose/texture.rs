//! Pictures on the GPU that are made anew only when their size changes.

use super::gpu::{Gpu, PICTURE_FORMAT};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// A texture with its view and size.
pub(super) struct Picture {
    pub texture: wgpu::Texture,
    pub view: wgpu::TextureView,
    pub size: Size,
}

impl Picture {
    /// One pixel, for a binding that is not looked at.
    pub fn placeholder(gpu: &Gpu) -> Self {
        Self::new(gpu, "placeholder", Size::new(1, 1), wgpu::TextureUsages::TEXTURE_BINDING)
    }

    pub fn new(gpu: &Gpu, label: &str, size: Size, usage: wgpu::TextureUsages) -> Self {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some(label),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: PICTURE_FORMAT,
            usage,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Self { texture, view, size }
    }

    /// Uploads `frame`; gives whether the texture was replaced, so that bindings must be made anew.
    pub fn upload(&mut self, gpu: &Gpu, label: &str, frame: &Frame) -> bool {
        let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST;
        let is_replaced = self.size != frame.size || self.texture.usage() != usage;
        if is_replaced {
            *self = Self::new(gpu, label, frame.size, usage);
        }
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(frame.size.width * BYTES_PER_PIXEL as u32),
            rows_per_image: None,
        };
        gpu.queue.write_texture(self.texture.as_image_copy(), &frame.pixels, layout, extent(frame.size));
        is_replaced
    }
}

pub(super) fn extent(size: Size) -> wgpu::Extent3d {
    wgpu::Extent3d { width: size.width, height: size.height, depth_or_array_layers: 1 }
}
