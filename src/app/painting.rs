//! One run: a pipeline, the window that shows its pictures, and the thread that follows the game's window.

use super::app_event::{AppEvent, Mailer, RunId};
use super::graphics::Graphics;
use super::toast::Toast;
use super::tracker_thread::TrackerThread;
use super::view::View;
use crate::capture::{SourceRequest, list_windows};
use crate::compose::{Compositor, Gpu, Layers};
use crate::control::{Event, IdleReason, Look};
use crate::frame::Size;
use crate::pipeline::{Pipeline, PipelineConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What a person calls a source, and whose it is.
pub struct SourceName {
    pub title: String,
    /// The application whose window it is, where that is known.
    pub application: Option<String>,
    /// The process whose window it is, where that is known.
    pub pid: Option<u32>,
}

impl SourceName {
    /// Looks up what a source is called.
    pub fn of(source: &SourceRequest) -> Self {
        let title = match source {
            SourceRequest::Window(id) => return Self::of_window(*id),
            SourceRequest::Portal(_) | SourceRequest::Scap(_) => "What you shared".to_owned(),
            SourceRequest::Scene { .. } => "Built-in scene".to_owned(),
            SourceRequest::File { path, .. } => {
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
            }
        };
        Self { title, application: None, pid: None }
    }

    fn of_window(id: u32) -> Self {
        let window = list_windows().ok().and_then(|windows| windows.into_iter().find(|window| window.id == id));
        let pid = window.as_ref().and_then(|window| window.pid);
        let (title, application) = window.map(|window| (window.title, window.application)).unwrap_or_default();
        let title = [&title, &application].into_iter().find(|name| !name.is_empty()).cloned();
        Self {
            title: title.unwrap_or_else(|| format!("Window {id:#x}")),
            application: Some(application).filter(|application| !application.is_empty()),
            pid,
        }
    }
}

/// A run from the choice of a source to its end. Lives on the main thread.
pub struct Painting {
    pub id: RunId,
    pub pipeline: Pipeline,
    pub view: View,
    /// What is painted, for people.
    pub title: String,
    /// The window that is painted, if it is one.
    pub window: Option<u32>,
    /// The person chose it in the dialog of the desktop's portal.
    pub is_portal: bool,
    /// Whose window it is, where that is known.
    pub application: Option<String>,
    /// The process whose window it is, where that is known.
    pub pid: Option<u32>,
    pub idle: Option<IdleReason>,
    /// The name of the style that paints.
    pub live_style: Option<String>,
    /// A picture could not be presented: try again soon, also when no newer one comes.
    pub is_behind: bool,
    /// A picture has come that was not drawn yet.
    pub is_due: bool,
    /// A wake-up for a picture is on its way to the event loop.
    picture_pending: Arc<AtomicBool>,
    _tracker: Option<TrackerThread>,
}

impl Painting {
    /// Starts to paint `source` into `view`.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(
        id: RunId,
        source: &SourceRequest,
        name: SourceName,
        view: View,
        config: impl FnOnce(Box<dyn Fn(Event) + Send + Sync>) -> PipelineConfig,
        mailer: &Mailer,
    ) -> std::io::Result<Self> {
        let window = match source {
            SourceRequest::Window(id) => Some(*id),
            _ => None,
        };
        let tracker = window.map(|window| TrackerThread::spawn(window, id, mailer.clone())).transpose()?;
        let picture_pending = Arc::new(AtomicBool::new(false));
        let (pending, mailer) = (Arc::clone(&picture_pending), mailer.clone());
        let on_event = move |event| {
            // One wake-up is enough, however many pictures come before it is answered.
            if event != Event::PictureReady || !pending.swap(true, Ordering::AcqRel) {
                mailer.send(AppEvent::Pipeline(id, event));
            }
        };
        let pipeline = Pipeline::start(config(Box::new(on_event)));
        Ok(Self {
            id,
            pipeline,
            view,
            title: name.title,
            window,
            is_portal: matches!(source, SourceRequest::Portal(_)),
            application: name.application,
            pid: name.pid,
            idle: None,
            live_style: None,
            is_behind: false,
            is_due: false,
            picture_pending,
            _tracker: tracker,
        })
    }

    /// A wake-up for a picture arrived: the next one may be sent.
    pub fn take_wake_up(&self) {
        self.picture_pending.store(false, Ordering::Release);
    }

    /// Size of the picture that would be drawn now.
    pub fn picture_size(&self) -> Option<Size> {
        self.pipeline.newest().map(|layers| layers.frame.size)
    }

    /// Composes the newest picture, lets `on_composed` have it, and presents it.
    ///
    /// # Errors
    /// The display was lost.
    pub fn draw(
        &mut self,
        graphics: &mut Graphics,
        look: &Look,
        on_composed: impl FnOnce(&Gpu, &mut Compositor, &Layers),
        toast: &mut Toast,
    ) -> anyhow::Result<()> {
        self.is_due = false;
        if !self.view.can_be_seen() {
            return Ok(());
        }
        let Some(layers) = self.pipeline.newest() else { return Ok(()) };
        let output = layers.frame.size;
        self.view.prepare(output);
        let fit = self.view.fit();
        let Some(swap_chain) = &mut self.view.swap_chain else { return Ok(()) };
        let (gpu, compositor, blit) = graphics.parts(swap_chain.format());

        let composing_since = Instant::now();
        let picture = compositor.compose(gpu, &layers, look, output).clone();
        let composed_at = Instant::now();
        on_composed(gpu, compositor, &layers);

        let presenting_since = Instant::now();
        let Some(target) = swap_chain.next(gpu) else {
            self.is_behind = true;
            return Ok(());
        };
        let target_view = target.texture.create_view(&wgpu::TextureViewDescriptor::default());
        blit.draw(gpu, &picture, &target_view, swap_chain.size(), fit);
        let (format, size) = (swap_chain.format(), swap_chain.size());
        toast.draw(graphics, &target_view, format, size, self.view.window.scale_factor() as f32);
        let gpu = &graphics.gpu;
        gpu.queue.present(target);
        let presented_at = Instant::now();

        self.is_behind = false;
        let compose = composed_at - composing_since;
        self.pipeline.note_presented(&layers, output, compose, presented_at - presenting_since);
        self.view.note_presented()
    }
}
