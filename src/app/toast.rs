//! A line over the painting that says what has just happened, for a moment. It is drawn into the window only:
//! recordings and screenshots are without it.

use super::graphics::Graphics;
use super::panel::{sentence, theme};
use crate::frame::Size;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a toast is seen.
const DURATION: Duration = Duration::from_millis(2600);

/// The share of the window's width that a toast may take, and its distance from the upper edge in points.
const WIDEST_SHARE: f32 = 0.86;
const TOP: f32 = 18.0;

/// Letters of a toast; longer texts are in the panel in full.
const LONGEST: usize = 160;

/// Draws toasts. Lives on the main thread.
#[derive(Default)]
pub struct Toast {
    text: String,
    until: Option<Instant>,
    renderer: Option<Renderer>,
}

struct Renderer {
    context: egui::Context,
    egui: egui_wgpu::Renderer,
    format: wgpu::TextureFormat,
    /// What was laid out last, for which text, size and scale.
    drawn: Option<(String, Size, f32, Vec<egui::ClippedPrimitive>)>,
}

impl Toast {
    /// Shows a text from now on, instead of one that is still seen.
    pub fn show(&mut self, text: &str) {
        let text = sentence(&without_folders(text));
        let short: String = text.chars().take(LONGEST).collect();
        self.text = if short.len() < text.len() { format!("{short}…") } else { short };
        self.until = Some(Instant::now() + DURATION);
    }

    /// Whether the window must be drawn again because a toast has just gone.
    pub fn has_just_ended(&mut self, now: Instant) -> bool {
        self.until.take_if(|until| *until <= now).is_some()
    }

    /// Whether one is to be seen.
    pub fn is_shown(&self) -> bool {
        self.until.is_some()
    }

    /// The graphics device is another one.
    pub fn forget_device(&mut self) {
        self.renderer = None;
    }

    /// Draws the toast, if there is one, over what `target` shows. `scale` is pixels per point.
    pub fn draw(
        &mut self,
        graphics: &Graphics,
        target: &wgpu::TextureView,
        format: wgpu::TextureFormat,
        size: Size,
        scale: f32,
    ) {
        if self.until.is_none() {
            return;
        }
        if self.renderer.as_ref().is_none_or(|renderer| renderer.format != format) {
            self.renderer = Some(Renderer::new(graphics, format));
        }
        if let Some(renderer) = &mut self.renderer {
            renderer.draw(graphics, target, &self.text, size, scale);
        }
    }
}

/// A text with the name of a file in place of its whole path, which stands last: who plays has no time to read folders.
fn without_folders(text: &str) -> String {
    let mut starts = text.match_indices(' ').map(|(at, _)| at + 1);
    let path = starts.find(|start| Path::new(&text[*start..]).is_absolute());
    let name = path.and_then(|start| Some((start, Path::new(&text[start..]).file_name()?)));
    name.map_or_else(|| text.to_owned(), |(start, name)| format!("{}{}", &text[..start], name.display()))
}

impl Renderer {
    fn new(graphics: &Graphics, format: wgpu::TextureFormat) -> Self {
        let context = egui::Context::default();
        theme::apply(&context);
        let options = egui_wgpu::RendererOptions { dithering: false, ..egui_wgpu::RendererOptions::default() };
        let egui = egui_wgpu::Renderer::new(&graphics.gpu.device, format, options);
        Self { context, egui, format, drawn: None }
    }

    fn draw(&mut self, graphics: &Graphics, target: &wgpu::TextureView, text: &str, size: Size, scale: f32) {
        let gpu = &graphics.gpu;
        if self
            .drawn
            .as_ref()
            .is_none_or(|(known, at, scaled, _)| (known.as_str(), *at, *scaled) != (text, size, scale))
        {
            let primitives = self.lay_out(graphics, text, size, scale);
            self.drawn = Some((text.to_owned(), size, scale, primitives));
        }
        let Some((.., primitives)) = &self.drawn else { return };
        let screen = egui_wgpu::ScreenDescriptor { size_in_pixels: [size.width, size.height], pixels_per_point: scale };
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("toast") });
        let mut buffers = self.egui.update_buffers(&gpu.device, &gpu.queue, &mut encoder, primitives, &screen);
        {
            let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("toast"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: target,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations { load: wgpu::LoadOp::Load, store: wgpu::StoreOp::Store },
                })],
                ..wgpu::RenderPassDescriptor::default()
            });
            self.egui.render(&mut pass.forget_lifetime(), primitives, &screen);
        }
        buffers.push(encoder.finish());
        gpu.queue.submit(buffers);
    }

    /// The shapes of a text at the middle of the upper edge.
    fn lay_out(&mut self, graphics: &Graphics, text: &str, size: Size, scale: f32) -> Vec<egui::ClippedPrimitive> {
        let points = egui::vec2(size.width as f32, size.height as f32) / scale;
        let input = || egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, points)),
            ..egui::RawInput::default()
        };
        self.context.set_pixels_per_point(scale);
        // The first pass measures, the second places in the middle.
        let mut primitives = Vec::new();
        for _ in 0..2 {
            let mut output = self.context.run_ui(input(), |ui| show(ui.ctx(), text, points.x * WIDEST_SHARE));
            for (id, deltas) in output.textures_delta.set.drain() {
                for delta in &deltas {
                    self.egui.update_texture(&graphics.gpu.device, &graphics.gpu.queue, id, delta);
                }
            }
            for id in output.textures_delta.free.drain() {
                self.egui.free_texture(&id);
            }
            primitives = self.context.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        }
        primitives
    }
}

fn show(context: &egui::Context, text: &str, widest: f32) {
    let frame = egui::Frame::new()
        .fill(theme::BACKGROUND.gamma_multiply(0.92))
        .corner_radius(egui::CornerRadius::same(theme::CARD_RADIUS))
        .inner_margin(egui::Margin::symmetric(theme::CARD_PADDING, 10));
    egui::Area::new(egui::Id::unique("toast"))
        .anchor(egui::Align2::CENTER_TOP, egui::vec2(0.0, TOP))
        .interactable(false)
        .fade_in(false)
        .show(context, |ui| {
            ui.set_max_width(widest);
            frame.show(ui, |ui| {
                ui.label(egui::RichText::new(text).size(theme::BODY_PT + 1.5).color(theme::TEXT));
            });
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_file_without_its_folders() {
        let folder = std::env::temp_dir().join("a folder");
        let said = |name: &str| format!("saved a recording of 8.7 s: {}", folder.join(name).display());
        assert_eq!(without_folders(&said("doom 1.mp4")), "saved a recording of 8.7 s: doom 1.mp4");
        assert_eq!(without_folders("clicks reach the game and/or the panel"), "clicks reach the game and/or the panel");
        let mut toast = Toast::default();
        toast.show(&said("doom.mp4"));
        assert_eq!(toast.text, "Saved a recording of 8.7 s: doom.mp4");
    }
}
