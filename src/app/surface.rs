//! A window's swap chain, and the pass that puts the finished picture into it.

use crate::compose::Gpu;
use crate::frame::Size;
use anyhow::Context;
use std::sync::Arc;
use winit::raw_window_handle::{HasDisplayHandle, HasWindowHandle};
use winit::window::Window;

/// Pictures that may wait for the screen: one, so that what is shown is new.
const FRAME_LATENCY: u32 = 1;

/// Draws a texture into a rectangle of the target, bilinearly; the texture's bytes are taken as they are.
const BLIT_SHADER: &str = "
@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var linear: sampler;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) at: vec2<f32>,
}

@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    // One triangle that covers the viewport.
    let at = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    return Corner(vec4<f32>(at.x * 2.0 - 1.0, 1.0 - at.y * 2.0, 0.0, 1.0), at);
}

@fragment
fn texel(corner: Corner) -> @location(0) vec4<f32> {
    return vec4<f32>(textureSample(picture, linear, corner.at).rgb, 1.0);
}
";

/// How the picture fills the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It covers the window.
    Stretch,
    /// It keeps its aspect, with black bars.
    Letterbox,
}

/// What is drawn to: a window, or a surface of another kind.
pub trait Canvas: HasWindowHandle + HasDisplayHandle + Send + Sync {
    /// Width and height in pixels now; zeros where nothing can be drawn.
    fn size_px(&self) -> (u32, u32);
}

impl Canvas for Window {
    fn size_px(&self) -> (u32, u32) {
        self.inner_size().into()
    }
}

/// The pictures that a canvas shows one after the other. The surface comes first, so that it goes first.
pub struct SwapChain {
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    canvas: Arc<dyn Canvas>,
}

impl SwapChain {
    /// The swap chain of a further canvas.
    ///
    /// # Errors
    /// The adapter cannot present there.
    pub fn open(gpu: &Gpu, canvas: Arc<dyn Canvas>) -> anyhow::Result<Self> {
        let surface =
            gpu.instance.create_surface(Arc::clone(&canvas)).context("the window gives no drawing surface")?;
        Self::configured(gpu, surface, canvas)
    }

    /// Configures a surface that was made for `canvas`.
    ///
    /// # Errors
    /// The adapter cannot present there.
    pub fn configured(gpu: &Gpu, surface: wgpu::Surface<'static>, canvas: Arc<dyn Canvas>) -> anyhow::Result<Self> {
        let offers = surface.get_capabilities(&gpu.adapter);
        let (width, height) = canvas.size_px();
        let config = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format: plain_format(&offers.formats).context("the graphics adapter cannot present to this window")?,
            color_space: wgpu::SurfaceColorSpace::Auto,
            width: width.max(1),
            height: height.max(1),
            present_mode: newest_wins(&offers.present_modes),
            desired_maximum_frame_latency: FRAME_LATENCY,
            alpha_mode: wgpu::CompositeAlphaMode::Auto,
            view_formats: Vec::new(),
        };
        surface.configure(&gpu.device, &config);
        Ok(Self { surface, config, canvas })
    }

    /// The format that is drawn into.
    pub fn format(&self) -> wgpu::TextureFormat {
        self.config.format
    }

    /// Width and height in pixels.
    pub fn size(&self) -> Size {
        Size::new(self.config.width, self.config.height)
    }

    /// The next picture to draw into, at the window's current size; `None` where there is none now (the window is
    /// covered, or being changed): whoever draws tries again with the next picture.
    pub fn next(&mut self, gpu: &Gpu) -> Option<wgpu::SurfaceTexture> {
        let (width, height) = self.canvas.size_px();
        if width == 0 || height == 0 || gpu.is_lost() {
            return None;
        }
        if (width, height) != (self.config.width, self.config.height) {
            (self.config.width, self.config.height) = (width, height);
            self.surface.configure(&gpu.device, &self.config);
        }
        for _ in 0..2 {
            match self.surface.get_current_texture() {
                wgpu::CurrentSurfaceTexture::Success(texture) | wgpu::CurrentSurfaceTexture::Suboptimal(texture) => {
                    return Some(texture);
                }
                wgpu::CurrentSurfaceTexture::Lost => {
                    let surface = gpu.instance.create_surface(Arc::clone(&self.canvas)).ok()?;
                    self.surface = surface;
                }
                wgpu::CurrentSurfaceTexture::Outdated => {}
                wgpu::CurrentSurfaceTexture::Timeout
                | wgpu::CurrentSurfaceTexture::Occluded
                | wgpu::CurrentSurfaceTexture::Validation => return None,
            }
            self.surface.configure(&gpu.device, &self.config);
        }
        None
    }
}

/// The pass that copies the finished picture into a swap chain.
pub struct Blit {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    /// The texture that is bound, and its binding.
    bound: Option<(wgpu::Texture, wgpu::BindGroup)>,
}

impl Blit {
    /// Builds the pass for targets of this format.
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> Self {
        let device = &gpu.device;
        let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("blit"),
            source: wgpu::ShaderSource::Wgsl(BLIT_SHADER.into()),
        });
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty,
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("blit"),
            entries: &[
                entry(
                    0,
                    wgpu::BindingType::Texture {
                        sample_type: wgpu::TextureSampleType::Float { filterable: true },
                        view_dimension: wgpu::TextureViewDimension::D2,
                        multisampled: false,
                    },
                ),
                entry(1, wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering)),
            ],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("blit"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("blit"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("corner"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("texel"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(format.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("blit"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..wgpu::SamplerDescriptor::default()
        });
        Self { pipeline, layout, sampler, bound: None }
    }

    /// Draws `picture` into `target`, which is `target_size` pixels large.
    pub fn draw(
        &mut self,
        gpu: &Gpu,
        picture: &wgpu::Texture,
        target: &wgpu::TextureView,
        target_size: Size,
        fit: Fit,
    ) {
        if self.bound.as_ref().is_none_or(|(bound, _)| bound != picture) {
            self.bound = Some((picture.clone(), self.bind(gpu, picture)));
        }
        let Some((_, binding)) = &self.bound else { return };
        let picture_size = Size::new(picture.width(), picture.height());
        let [x, y, width, height] = fitted(picture_size, target_size, fit);
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("blit") });
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("blit"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: target,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..wgpu::RenderPassDescriptor::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, binding, &[]);
            pass.set_viewport(x, y, width, height, 0.0, 1.0);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }

    fn bind(&self, gpu: &Gpu, picture: &wgpu::Texture) -> wgpu::BindGroup {
        let view = picture.create_view(&wgpu::TextureViewDescriptor::default());
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("blit"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        })
    }
}

/// Left, top, width and height of the picture in the target, in pixels.
fn fitted(picture: Size, target: Size, fit: Fit) -> [f32; 4] {
    let (width, height) = (target.width as f32, target.height as f32);
    if fit == Fit::Stretch {
        return [0.0, 0.0, width, height];
    }
    let scale = (width / picture.width as f32).min(height / picture.height as f32);
    let inner = [(picture.width as f32 * scale).round(), (picture.height as f32 * scale).round()];
    let inner = [inner[0].clamp(1.0, width), inner[1].clamp(1.0, height)];
    [((width - inner[0]) / 2.0).floor(), ((height - inner[1]) / 2.0).floor(), inner[0], inner[1]]
}

/// A format that takes sRGB-encoded bytes as they are; the compositor has encoded them already.
fn plain_format(offered: &[wgpu::TextureFormat]) -> Option<wgpu::TextureFormat> {
    const PLAIN: [wgpu::TextureFormat; 2] = [wgpu::TextureFormat::Bgra8Unorm, wgpu::TextureFormat::Rgba8Unorm];
    PLAIN.into_iter().find(|format| offered.contains(format)).or_else(|| offered.first().copied())
}

/// The present mode in which a newer picture replaces one that waits, where the platform has it.
fn newest_wins(offered: &[wgpu::PresentMode]) -> wgpu::PresentMode {
    [wgpu::PresentMode::Mailbox, wgpu::PresentMode::Immediate]
        .into_iter()
        .find(|mode| offered.contains(mode))
        .unwrap_or(wgpu::PresentMode::Fifo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letterboxes_in_the_middle_and_stretches_over_everything() {
        let picture = Size::new(640, 480);
        assert_eq!(fitted(picture, Size::new(1280, 480), Fit::Letterbox), [320.0, 0.0, 640.0, 480.0]);
        assert_eq!(fitted(picture, Size::new(320, 480), Fit::Letterbox), [0.0, 120.0, 320.0, 240.0]);
        assert_eq!(fitted(picture, Size::new(320, 480), Fit::Stretch), [0.0, 0.0, 320.0, 480.0]);
    }

    #[test]
    fn prefers_formats_and_modes_that_keep_bytes_and_drop_old_pictures() {
        use wgpu::{PresentMode, TextureFormat};
        let formats = [TextureFormat::Bgra8UnormSrgb, TextureFormat::Bgra8Unorm];
        assert_eq!(plain_format(&formats), Some(TextureFormat::Bgra8Unorm));
        assert_eq!(plain_format(&[]), None);
        assert_eq!(newest_wins(&[PresentMode::Fifo, PresentMode::Mailbox]), PresentMode::Mailbox);
        assert_eq!(newest_wins(&[PresentMode::Fifo]), PresentMode::Fifo);
    }
}
