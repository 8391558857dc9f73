//! The panel: an ordinary window in which a person picks windows and styles and sees how things go.

mod brush;
mod controls;
mod game;
mod graph;
mod keys;
mod page;
mod recorder;
mod styles;
mod system_fonts;
pub mod theme;
mod train_form;
mod train_progress;
mod welcome;
mod widgets;
mod windows;

pub use page::sentence;

use super::findings::Finding;
use super::graphics::Graphics;
use super::hotkeys::HotkeyRow;
use super::icon::icon_rgba;
use super::state::AppState;
use super::surface::SwapChain;
use super::training::{Training, TrainingOrder};
use super::view::{window_icon, with_names};
use crate::capture::WindowInfo;
use crate::control::Command;
use crate::dataset::Counts;
use crate::frame::Frame;
use crate::pipeline::LiveFigures;
use crate::record::EncoderKind;
use crate::settings::{HotkeyAction, KeyCombination, Profile, Settings};
use anyhow::Context;
use std::sync::Arc;
use std::time::{Duration, Instant};
use winit::dpi::LogicalSize;
use winit::event::WindowEvent;
use winit::event_loop::ActiveEventLoop;
use winit::window::{Window, WindowAttributes};

/// Size of the window in points, and the smallest that it is usable at.
const SIZE: LogicalSize<f64> = LogicalSize::new(400.0, 720.0);
const MIN_SIZE: LogicalSize<f64> = LogicalSize::new(340.0, 420.0);

/// Height in points that the window manager's frame and the desktop's own bars may take.
const OTHERS_HEIGHT: f64 = 80.0;

/// Side of the mark's picture in pixels.
const MARK_PX: u32 = 112;

/// What the person asks for in the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    Command(Command),
    /// Paint the built-in scene.
    PaintScene,
    /// On Wayland, paint at the next start what is shared now.
    ShareAgain(bool),
    /// Paint what a Wayland desktop shares over the whole screen, or into a window.
    CoverScreen(bool),
    StartTraining(TrainingOrder),
    StopTraining,
    /// Change the profile of the game that is painted.
    ChangeProfile(ProfileChange),
    /// The page that greets has been read.
    Welcomed,
    /// Let the hotkeys go while the person presses other keys, or take them again.
    ListenForKeys(bool),
    /// Give an action these keys, or none.
    ChooseKeys(HotkeyAction, Option<KeyCombination>),
    /// Give an action its usual keys.
    ResetKeys(HotkeyAction),
    /// The training has ended, and the person has seen how.
    ForgetTraining,
}

/// What the person wants of the profile of the game that is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileChange {
    /// Paint the game by itself when it starts, or do not.
    Attach(bool),
    Forget,
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

/// A notice as the panel shows it.
#[derive(Debug, Clone)]
pub struct NoticeView {
    pub text: String,
    /// Time since it was said last.
    pub age: Duration,
}

/// What the panel shows of the program.
#[derive(Clone, Copy)]
pub struct PanelView<'a> {
    pub state: &'a AppState,
    /// What is painted; `None` while the person has to choose.
    pub title: Option<&'a str>,
    /// The window that is painted, if it is one.
    pub window: Option<u32>,
    pub figures: Option<&'a LiveFigures>,
    /// Why there is no picture for now.
    pub idle: Option<&'a str>,
    /// Time and bytes of the recording that runs.
    pub recording: Option<(Duration, u64)>,
    /// The encoder that recorded last.
    pub encoder: Option<EncoderKind>,
    /// Training frames that are being kept.
    pub frames: Option<Counts>,
    /// The training that runs, or has ended.
    pub training: Option<&'a Training>,
    /// Oldest first.
    pub notices: &'a [NoticeView],
    /// Every hotkey, with the keys that do it now; empty where there are no hotkeys.
    pub hotkeys: &'a [HotkeyRow],
    /// What there is to know of hotkeys that the panel cannot change.
    pub hotkeys_note: Option<&'a str>,
    /// The desktop's portal can ask which window or screen is to be painted.
    pub has_portal: bool,
    /// What is painted was chosen there.
    pub is_portal: bool,
    /// It is painted over the whole screen.
    pub covers_screen: bool,
    pub settings: &'a Settings,
    /// What was found on this machine; empty while it is looked for, and where it is not.
    pub findings: &'a [Finding],
    /// Whose window is painted, where that is known.
    pub application: Option<&'a str>,
    /// Name and profile of the game that is painted, once it has one.
    pub profile: Option<(&'a str, &'a Profile)>,
    pub tray_missing: Option<&'a str>,
    /// The graphics adapter.
    pub adapter: Option<&'a str>,
}

/// What the panel remembers between two pictures of itself.
#[derive(Default)]
pub struct PanelContents {
    windows: windows::WindowTiles,
    styles: styles::StylePictures,
    history: graph::History,
    mark: Option<egui::TextureHandle>,
    page: page::Page,
    train_form: train_form::TrainForm,
    train_preview: train_progress::Preview,
    keys: keys::KeyListener,
    is_picker_open: bool,
    is_held: bool,
    bypass_before_hold: bool,
}

/// The panel's window. Lives on the main thread.
pub struct Panel {
    window: Arc<Window>,
    context: egui::Context,
    input: egui_winit::State,
    swap_chain: Option<SwapChain>,
    renderer: Option<egui_wgpu::Renderer>,
    /// Changes of textures that no renderer has taken yet.
    textures: egui::TexturesDelta,
    contents: PanelContents,
    repaint_at: Option<Instant>,
}

impl Panel {
    /// Opens the window.
    ///
    /// # Errors
    /// The display refuses the window.
    pub fn open(event_loop: &ActiveEventLoop) -> anyhow::Result<Self> {
        let attributes = with_names(WindowAttributes::default().with_title("Impasto"))
            .with_inner_size(first_size(screen_height(event_loop)))
            .with_min_inner_size(MIN_SIZE)
            .with_window_icon(window_icon());
        let window = Arc::new(event_loop.create_window(attributes).context("the panel's window cannot be opened")?);
        let context = egui::Context::default();
        theme::apply(&context);
        let scale = window.scale_factor() as f32;
        let input = egui_winit::State::new(context.clone(), egui::ViewportId::ROOT, &*window, Some(scale), None, None);
        let mark = egui::ColorImage::from_rgba_unmultiplied([MARK_PX as usize; 2], &icon_rgba(MARK_PX));
        let contents = PanelContents {
            mark: Some(context.load_texture("mark", mark, egui::TextureOptions::LINEAR)),
            ..PanelContents::default()
        };
        Ok(Self {
            window,
            context,
            input,
            swap_chain: None,
            renderer: None,
            textures: egui::TexturesDelta::default(),
            contents,
            repaint_at: None,
        })
    }

    pub fn window(&self) -> &Arc<Window> {
        &self.window
    }

    /// Whether window thumbnails are on screen.
    pub fn shows_picker(&self, is_painting: bool) -> bool {
        !is_painting || self.contents.is_picker_open
    }

    pub fn set_windows(&mut self, windows: Vec<(WindowInfo, Option<Frame>)>) {
        self.contents.windows.set(&self.context, windows);
        self.window.request_redraw();
    }

    pub fn set_windows_failure(&mut self, text: String) {
        self.contents.windows.set_failure(text);
        self.window.request_redraw();
    }

    pub fn set_style_pictures(&mut self, pictures: Vec<(String, Frame)>) {
        self.contents.styles.set(&self.context, pictures);
        self.window.request_redraw();
    }

    /// Takes a small picture of the built-in scene.
    pub fn set_scene_picture(&mut self, picture: &Frame) {
        let image = image_of(picture);
        self.contents.windows.scene = Some(self.context.load_texture("scene", image, egui::TextureOptions::LINEAR));
        self.window.request_redraw();
    }

    /// Adds a point to the graph.
    pub fn push_figures(&mut self, figures: &LiveFigures) {
        self.contents.history.push(figures);
        self.window.request_redraw();
    }

    /// Another window is painted now, or none.
    pub fn forget_run(&mut self) {
        self.contents.history.clear();
        self.contents.is_picker_open = false;
        self.window.request_redraw();
    }

    /// Takes an event of the window.
    pub fn on_window_event(&mut self, event: &WindowEvent) {
        if self.input.on_window_event(&self.window, event).repaint {
            self.window.request_redraw();
        }
    }

    /// When the panel wants to be drawn again by itself.
    pub fn repaint_at(&self) -> Option<Instant> {
        self.repaint_at
    }

    /// Draws the panel if its time has come.
    pub fn wake(&mut self, now: Instant) {
        if self.repaint_at.is_some_and(|at| at <= now) {
            self.repaint_at = None;
            self.window.request_redraw();
        }
    }

    /// Gives the panel its swap chain.
    pub fn set_swap_chain(&mut self, graphics: &Graphics, swap_chain: SwapChain) {
        let options = egui_wgpu::RendererOptions { dithering: false, ..egui_wgpu::RendererOptions::default() };
        self.renderer = Some(egui_wgpu::Renderer::new(&graphics.gpu.device, swap_chain.format(), options));
        self.input.set_max_texture_side(graphics.gpu.device.limits().max_texture_dimension_2d as usize);
        self.swap_chain = Some(swap_chain);
    }

    /// Runs the panel and draws it; gives what the person asked for.
    pub fn draw(&mut self, graphics: &Graphics, view: &PanelView) -> Vec<Request> {
        let mut requests = Vec::new();
        let raw_input = self.input.take_egui_input(&self.window);
        let contents = &mut self.contents;
        let mut output = self.context.run_ui(raw_input, |ui| page::show(ui, view, contents, &mut requests));
        self.textures.append(std::mem::take(&mut output.textures_delta));
        self.input.handle_platform_output(&self.window, std::mem::take(&mut output.platform_output));
        let delay = output.viewport_output.get(&egui::ViewportId::ROOT).map(|viewport| viewport.repaint_delay);
        self.repaint_at = delay.filter(|delay| *delay < Duration::from_secs(60)).map(|delay| Instant::now() + delay);
        let primitives = self.context.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        self.present(graphics, &primitives, output.pixels_per_point);
        requests
    }

    fn present(&mut self, graphics: &Graphics, primitives: &[egui::ClippedPrimitive], pixels_per_point: f32) {
        let gpu = &graphics.gpu;
        let (Some(renderer), Some(swap_chain)) = (&mut self.renderer, &mut self.swap_chain) else { return };
        for (id, deltas) in self.textures.set.drain() {
            for delta in &deltas {
                renderer.update_texture(&gpu.device, &gpu.queue, id, delta);
            }
        }
        if let Some(target) = swap_chain.next(gpu) {
            let size = swap_chain.size();
            let screen = egui_wgpu::ScreenDescriptor { size_in_pixels: [size.width, size.height], pixels_per_point };
            let view = target.texture.create_view(&wgpu::TextureViewDescriptor::default());
            let mut encoder =
                gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("panel") });
            let mut buffers = renderer.update_buffers(&gpu.device, &gpu.queue, &mut encoder, primitives, &screen);
            {
                let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    label: Some("panel"),
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        view: &view,
                        depth_slice: None,
                        resolve_target: None,
                        ops: wgpu::Operations {
                            load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                            store: wgpu::StoreOp::Store,
                        },
                    })],
                    ..wgpu::RenderPassDescriptor::default()
                });
                renderer.render(&mut pass.forget_lifetime(), primitives, &screen);
            }
            buffers.push(encoder.finish());
            gpu.queue.submit(buffers);
            gpu.queue.present(target);
        }
        for id in self.textures.free.drain() {
            renderer.free_texture(&id);
        }
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        // What was never uploaded needs no upload any more; egui insists on being told.
        self.textures.clear();
    }
}

/// The size of a new window on a screen of this height in points: the buttons at its lower edge are to be in reach.
fn first_size(screen_height: Option<f64>) -> LogicalSize<f64> {
    let room = screen_height.map_or(SIZE.height, |height| height - OTHERS_HEIGHT);
    LogicalSize::new(SIZE.width, room.clamp(MIN_SIZE.height, SIZE.height))
}

/// Height in points of the screen where a new window is likely to be; `None` where that is not known.
fn screen_height(event_loop: &ActiveEventLoop) -> Option<f64> {
    let monitor = event_loop.primary_monitor().or_else(|| event_loop.available_monitors().next())?;
    Some(monitor.size().to_logical::<f64>(monitor.scale_factor()).height).filter(|height| *height > 0.0)
}

/// A frame as egui takes it: the fourth byte is not an alpha.
fn image_of(frame: &Frame) -> egui::ColorImage {
    let pixels = frame.pixels.chunks_exact(4).map(|bgrx| egui::Color32::from_rgb(bgrx[2], bgrx[1], bgrx[0])).collect();
    egui::ColorImage::new([frame.size.width as usize, frame.size.height as usize], pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_no_higher_than_the_screen() {
        assert_eq!(first_size(None), SIZE);
        assert_eq!(first_size(Some(1080.0)), SIZE);
        assert_eq!(first_size(Some(768.0)).height, 688.0);
        assert_eq!(first_size(Some(384.0)), LogicalSize::new(SIZE.width, MIN_SIZE.height));
    }
}
