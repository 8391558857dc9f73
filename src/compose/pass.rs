//! The one full-screen pass, in its variants.

use super::gpu::{Gpu, PICTURE_FORMAT};
use super::outlines::NO_OUTLINE;
use super::plan::{self, Params, Plan};
use super::steered;
use std::collections::HashMap;

/// Variants are compiled when they are first used, and kept.
pub(super) struct Pass {
    shader: wgpu::ShaderModule,
    bindings: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
    params: wgpu::Buffer,
    pipelines: HashMap<(plan::Mode, bool), wgpu::RenderPipeline>,
}

impl Pass {
    pub fn new(gpu: &Gpu) -> Self {
        let device = &gpu.device;
        let shader = device.create_shader_module(wgpu::include_wgsl!("compose.wgsl"));
        let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty,
            count: None,
        };
        let texture = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let uniform = wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: wgpu::BufferSize::new(size_of::<Params>() as u64),
        };
        let bindings = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("compose"),
            entries: &[entry(0, uniform), entry(1, texture), entry(2, texture), entry(3, texture)],
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("compose"),
            bind_group_layouts: &[Some(&bindings)],
            immediate_size: 0,
        });
        let params = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("compose parameters"),
            size: size_of::<Params>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { shader, bindings, layout, params, pipelines: HashMap::new() }
    }

    /// Binds the three pictures; needed again only when one of the textures was replaced.
    pub fn bind(&self, gpu: &Gpu, [frame, painting, guide]: [&wgpu::TextureView; 3]) -> wgpu::BindGroup {
        let texture = wgpu::BindingResource::TextureView;
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("compose"),
            layout: &self.bindings,
            entries: &[
                entry(0, self.params.as_entire_binding()),
                entry(1, texture(frame)),
                entry(2, texture(painting)),
                entry(3, texture(guide)),
            ],
        })
    }

    /// Draws the picture into `target`.
    pub fn draw(&mut self, gpu: &Gpu, plan: &Plan, pictures: &wgpu::BindGroup, target: &wgpu::TextureView) {
        gpu.queue.write_buffer(&self.params, 0, bytemuck::bytes_of(&plan.params));
        let (shader, layout) = (&self.shader, &self.layout);
        let pipeline = self
            .pipelines
            .entry((plan.mode, plan.frame_is_scaled))
            .or_insert_with(|| build(gpu, shader, layout, plan.mode, plan.frame_is_scaled));
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("compose") });
        {
            let attachment = wgpu::RenderPassColorAttachment {
                view: target,
                depth_slice: None,
                resolve_target: None,
                // Every pixel is written, so clearing only tells tiled GPUs not to load the old picture.
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store },
            };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("compose"),
                color_attachments: &[Some(attachment)],
                ..wgpu::RenderPassDescriptor::default()
            });
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, pictures, &[]);
            pass.draw(0..3, 0..1);
        }
        gpu.queue.submit([encoder.finish()]);
    }
}

fn build(
    gpu: &Gpu,
    shader: &wgpu::ShaderModule,
    layout: &wgpu::PipelineLayout,
    mode: plan::Mode,
    frame_is_scaled: bool,
) -> wgpu::RenderPipeline {
    let constants = [
        ("MODE", f64::from(mode as u32)),
        ("FRAME_IS_SCALED", f64::from(u8::from(frame_is_scaled))),
        ("RANGE_VARIANCE", f64::from(plan::RANGE_VARIANCE)),
        ("DETAIL_DEAD_ZONE", f64::from(plan::DETAIL_DEAD_ZONE)),
        ("DETAIL_LIMIT", f64::from(plan::DETAIL_LIMIT)),
        ("STRETCH", f64::from(steered::STRETCH)),
        ("FLAT_ENERGY", f64::from(steered::FLAT_ENERGY)),
        ("RANGE_SLOPE", f64::from(steered::RANGE_SLOPE)),
        ("STEERING_GAIN", f64::from(steered::STEERING_GAIN)),
        ("NO_OUTLINE", f64::from(NO_OUTLINE)),
        ("SNAP", f64::from(plan::SNAP)),
        ("STRANGE_FROM", f64::from(plan::STRANGE[0])),
        ("STRANGE_TO", f64::from(plan::STRANGE[1])),
        ("UNMOVED_WEIGHT", f64::from(plan::UNMOVED_WEIGHT)),
        ("UNSEEN_FROM", f64::from(plan::UNSEEN[0])),
        ("UNSEEN_TO", f64::from(plan::UNSEEN[1])),
        ("UNSEEN_SHARE", f64::from(plan::UNSEEN_SHARE)),
        ("DIVIDER_HALF_PX", f64::from(plan::DIVIDER_HALF_PX)),
        ("DIVIDER_BRIGHTNESS", f64::from(plan::DIVIDER_BRIGHTNESS)),
    ];
    gpu.device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("compose"),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module: shader,
            entry_point: Some("cover"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: shader,
            entry_point: Some("compose"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                ..wgpu::PipelineCompilationOptions::default()
            },
            targets: &[Some(PICTURE_FORMAT.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}
