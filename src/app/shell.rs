//! The event loop: every event of windows and threads arrives here, on the main thread.

use super::AppOptions;
use super::app_event::{AppEvent, Mailer, RecorderId, RunId};
use super::camera::Camera;
use super::findings::{self, Finding};
use super::frame_recording::FrameRecording;
use super::graphics::Graphics;
use super::hotkeys::Hotkeys;
use super::instance::FirstInstance;
use super::keys::HeldOriginal;
use super::memory::Memory;
use super::notices::Notices;
use super::painting::Painting;
use super::panel::{Panel, PanelView};
use super::read_backs::ReadBacks;
use super::recall::Waiting;
use super::recording::{Ending, RecorderChoices, Recording};
use super::state::{AppState, Effect};
use super::style_watch::StyleWatch;
use super::thumbnails::Thumbnails;
use super::toast::Toast;
use super::training::Training;
use super::tray::Tray;
use crate::capture::{is_wayland_session, offers_portal};
use crate::control::{Command, IdleReason, Look, RunStats, ScreenshotKind};
use crate::record::EncoderKind;
use crate::settings::{AskedChoices, Choices};
use crate::stylize::{default_style, installed_styles};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use winit::application::ApplicationHandler;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy};
use winit::window::WindowId;

/// Time between two looks at what sends no events: Ctrl-C, the end of the run, copies for the recording.
const TICK: Duration = Duration::from_millis(50);

/// Time between two points of the panel's graph.
const FIGURES_INTERVAL: Duration = Duration::from_millis(500);

/// Everything that the main thread owns.
pub struct Shell {
    pub(super) options: AppOptions,
    pub(super) mailer: Mailer,
    pub(super) state: AppState,
    pub(super) notices: Notices,
    pub(super) graphics: Option<Graphics>,
    pub(super) painting: Option<Painting>,
    pub(super) panel: Option<Panel>,
    pub(super) recording: Option<Recording>,
    /// How recordings are made; what the panel changes of it is in the state.
    pub(super) recorder: RecorderChoices,
    pub(super) last_recorder: RecorderId,
    /// The encoder that recorded last.
    pub(super) encoder: Option<EncoderKind>,
    /// The game has had another size than the replay since.
    pub(super) other_size_since: Option<Instant>,
    pub(super) read_backs: ReadBacks,
    pub(super) camera: Option<Camera>,
    /// Screenshots of the next picture that is drawn.
    pub(super) pending_screenshots: Vec<ScreenshotKind>,
    pub(super) frame_recording: Option<FrameRecording>,
    pub(super) training: Option<Training>,
    pub(super) style_watch: StyleWatch,
    pub(super) memory: Memory,
    pub(super) waiting: Waiting,
    /// What the command line asked for, until the first picture of it.
    pub(super) asked: Option<AskedChoices>,
    /// The choices when nothing was painted last: what differs was changed meanwhile.
    pub(super) resting_choices: Choices,
    /// A recording that starts with the next picture, into this file or a new one.
    pub(super) pending_recording: Option<Option<PathBuf>>,
    /// Recordings that are being ended.
    pub(super) endings: Vec<Ending>,
    pub(super) last_run: RunId,
    pub(super) last_stats: Option<RunStats>,
    /// The program is about to end.
    pub(super) is_ending: bool,
    pub(super) thumbnails: Option<Thumbnails>,
    pub(super) hotkeys: Option<Hotkeys>,
    pub(super) held_original: HeldOriginal,
    pub(super) toast: Toast,
    pub(super) findings: Vec<Finding>,
    /// The person was told how things are on Wayland.
    #[cfg(target_os = "linux")]
    pub(super) knows_wayland: bool,
    first_instance: Option<FirstInstance>,
    pub(super) tray: Option<Tray>,
    pub(super) tray_missing: Option<String>,
    error: Option<anyhow::Error>,
    has_started: bool,
    ends_at: Option<Instant>,
    next_tick: Instant,
    next_figures: Instant,
}

impl Shell {
    pub fn new(options: AppOptions, proxy: EventLoopProxy<AppEvent>, first_instance: Option<FirstInstance>) -> Self {
        let now = Instant::now();
        let styles = installed_styles();
        let (memory, mut troubles) = Memory::open();
        let usual = Choices::default();
        let recorder = options.recorder.over(&memory.settings().recording);
        let mut state = AppState {
            look: Look::default(),
            size: usual.size,
            fps_cap: usual.fps_cap.fps(),
            pace_fps: usual.pace.fps(),
            levels: usual.levels,
            parameters: options.parameters.clone(),
            style: default_style(&styles).cloned(),
            styles,
            is_panel_shown: options.source.is_none() || options.shows_panel,
            is_click_through: true,
            is_recording: options.record.is_some(),
            is_recording_frames: false,
            record_quality: recorder.quality,
            records_source: recorder.records_source,
            sound: recorder.sound,
            replay: recorder.replay,
            screenshot_kind: memory.settings().recording.screenshot,
            is_painting: false,
        };
        for effect in state.choose(&options.asked.over(memory.choices(None))) {
            if let Effect::Notice(text) = effect {
                troubles.push(text);
            }
        }
        let mut notices = Notices::default();
        troubles.into_iter().for_each(|text| notices.add(text));
        Self {
            asked: Some(options.asked.clone()),
            waiting: Waiting::new(options.awaited.clone(), now),
            resting_choices: state.choices(),
            memory,
            pending_recording: options.record.clone().map(Some),
            ends_at: options.duration.and_then(|duration| now.checked_add(duration)),
            camera: options.virtual_camera.clone().map(Camera::new),
            options,
            mailer: Mailer::new(proxy),
            state,
            notices,
            graphics: None,
            painting: None,
            panel: None,
            recording: None,
            recorder,
            last_recorder: 0,
            encoder: None,
            other_size_since: None,
            read_backs: ReadBacks::default(),
            pending_screenshots: Vec::new(),
            frame_recording: None,
            training: None,
            style_watch: StyleWatch::new(now),
            endings: Vec::new(),
            last_run: 0,
            last_stats: None,
            is_ending: false,
            thumbnails: None,
            hotkeys: None,
            held_original: HeldOriginal::default(),
            toast: Toast::default(),
            findings: Vec::new(),
            #[cfg(target_os = "linux")]
            knows_wayland: false,
            first_instance,
            tray: None,
            tray_missing: None,
            error: None,
            has_started: false,
            next_tick: now,
            next_figures: now,
        }
    }

    /// Stops everything in order, after the event loop.
    ///
    /// # Errors
    /// What ended the program, if it was an error.
    pub fn finish(mut self) -> anyhow::Result<Option<RunStats>> {
        for ending in self.endings.drain(..) {
            // The thread has reported by itself how it went.
            let _ = ending.join();
        }
        let stats = self.take_stats();
        self.error.take().map_or(Ok(stats), Err)
    }

    /// Ends the program with an error.
    pub(super) fn fail(&mut self, event_loop: &ActiveEventLoop, error: anyhow::Error) {
        self.error.get_or_insert(error);
        event_loop.exit();
    }

    pub(super) fn redraw_painting(&self) {
        if let Some(painting) = &self.painting {
            painting.view.window.request_redraw();
        }
    }

    /// Has the painting drawn with the next redraw of its window, or now where none would come.
    pub(super) fn draw_soon(&mut self, event_loop: &ActiveEventLoop) {
        if self.painting.as_ref().is_some_and(|painting| painting.view.gets_no_redraws()) {
            self.draw_painting(event_loop);
        } else {
            self.redraw_painting();
        }
    }

    pub(super) fn redraw_panel(&self) {
        if let Some(panel) = self.panel.as_ref().filter(|_| self.state.is_panel_shown) {
            panel.window().request_redraw();
        }
    }

    pub(super) fn show_panel(&mut self, event_loop: &ActiveEventLoop, is_shown: bool) {
        if is_shown
            && self.panel.is_none()
            && let Err(error) = self.open_panel(event_loop)
        {
            self.fail(event_loop, error);
            return;
        }
        if !is_shown && is_wayland_session() {
            // A window cannot be hidden there.
            self.panel = None;
        }
        if let Some(panel) = &self.panel {
            panel.window().set_visible(is_shown);
        }
        self.redraw_panel();
    }

    fn open_panel(&mut self, event_loop: &ActiveEventLoop) -> anyhow::Result<()> {
        let mut panel = Panel::open(event_loop)?;
        let window = Arc::clone(panel.window());
        let swap_chain = self.swap_chain(event_loop, &window)?;
        if let Some(graphics) = &self.graphics {
            panel.set_swap_chain(graphics, swap_chain);
        }
        self.panel = Some(panel);
        self.show_thumbnails();
        Ok(())
    }

    fn start(&mut self, event_loop: &ActiveEventLoop) {
        if let Err(error) = self.paint_first(event_loop) {
            self.fail(event_loop, error);
            return;
        }
        if self.state.is_panel_shown {
            self.show_panel(event_loop, true);
        }
        self.prepare_recordings();
        self.open_hotkeys();
        if !self.memory.settings().is_welcomed {
            match findings::look(self.mailer.clone()) {
                Ok(looking) => self.endings.push(looking),
                Err(error) => tracing::warn!("cannot look what is there: {error}"),
            }
        }
        if let Some(first) = &mut self.first_instance
            && let Err(error) = first.listen(self.mailer.clone())
        {
            tracing::warn!("a second start will not be heard: {error}");
        }
        self.open_tray();
    }

    fn tick(&mut self, event_loop: &ActiveEventLoop, now: Instant) {
        if self.options.stop.load(Ordering::Acquire) || self.ends_at.is_some_and(|at| at <= now) {
            event_loop.exit();
            return;
        }
        if self.graphics.as_ref().is_some_and(|graphics| graphics.gpu.is_lost()) {
            self.replace_graphics(event_loop);
        }
        if let Some(error) = self.graphics.as_ref().and_then(|graphics| graphics.gpu.take_error()) {
            self.notices.add(error.to_string());
        }
        self.hand_on_pictures();
        let has_pending = !self.pending_screenshots.is_empty();
        if self.painting.as_ref().is_some_and(|painting| painting.is_behind || has_pending) {
            self.draw_soon(event_loop);
        }
        self.watch_held_original(event_loop, now);
        if let Some(text) = self.notices.take_fresh() {
            self.toast.show(&text);
        }
        if self.toast.has_just_ended(now) || self.toast.is_shown() {
            self.redraw_painting();
        }
        self.watch_frame_recording();
        self.watch_styles(now);
        self.attach(event_loop, now);
        self.arrange_layer(event_loop);
        for text in self.memory.save_if_due(now) {
            self.notices.add(text);
        }
        let is_panel_shown = self.state.is_panel_shown;
        if let (Some(thumbnails), Some(panel)) = (&self.thumbnails, &self.panel) {
            thumbnails.set_wanted(is_panel_shown && panel.shows_picker(self.painting.is_some()));
        }
        if self.next_figures <= now {
            self.next_figures = now + FIGURES_INTERVAL;
            self.watch_training();
            self.update_tray();
            if let (Some(panel), Some(painting)) = (self.panel.as_mut().filter(|_| is_panel_shown), &self.painting) {
                panel.push_figures(&painting.pipeline.figures());
            }
        }
    }

    /// The graphics device is gone (a driver was reset, a graphics card unplugged): everything that belongs to it is
    /// made anew. Recording and replay go on, for their pictures are no longer on the device.
    fn replace_graphics(&mut self, event_loop: &ActiveEventLoop) {
        if let Some(painting) = &mut self.painting {
            painting.view.swap_chain = None;
        }
        self.panel = None;
        self.toast.forget_device();
        self.graphics = None;
        for wanted in self.read_backs.forget() {
            if let Some(recording) = self.recording.as_mut().filter(|_| wanted.is_for_recording) {
                recording.note_skipped();
            }
            self.pending_screenshots.extend(wanted.screenshots);
        }
        let target = self.painting.as_ref().map(|painting| painting.view.target());
        let chain = target.map(|target| self.swap_chain_for(event_loop, &target)).transpose();
        match chain {
            Ok(chain) => {
                if let Some(painting) = &mut self.painting {
                    painting.view.swap_chain = chain.flatten();
                    painting.is_behind = true;
                }
                if self.state.is_panel_shown {
                    self.show_panel(event_loop, true);
                }
                self.notices.add("the graphics device was lost and opened again");
            }
            Err(error) => {
                self.fail(event_loop, error.context("the graphics device was lost, and no other can be used"))
            }
        }
    }

    fn draw_painting(&mut self, event_loop: &ActiveEventLoop) {
        self.start_pending_recording(event_loop);
        self.note_painted();
        let (Some(painting), Some(graphics)) = (&mut self.painting, &mut self.graphics) else { return };
        let (recording, pending) = (self.recording.as_mut(), &mut self.pending_screenshots);
        let is_for_camera = self.camera.as_ref().is_some_and(Camera::is_wanted);
        let on_composed = self.read_backs.taker(recording, pending, is_for_camera);
        if let Err(error) = painting.draw(graphics, &self.state.look, on_composed, &mut self.toast) {
            self.fail(event_loop, error);
        }
        self.hand_on_pictures();
    }

    fn draw_panel(&mut self, event_loop: &ActiveEventLoop) {
        let covers_screen = self.covers_screen();
        let (Some(panel), Some(graphics)) = (&mut self.panel, &self.graphics) else { return };
        if !self.state.is_panel_shown {
            return;
        }
        let painting = self.painting.as_ref();
        let figures = painting.map(|painting| painting.pipeline.figures());
        let notices = self.notices.view();
        let adapter = graphics.gpu.description();
        let view = PanelView {
            state: &self.state,
            title: painting.map(|painting| painting.title.as_str()),
            window: painting.and_then(|painting| painting.window),
            figures: figures.as_ref(),
            idle: painting.and_then(|painting| painting.idle).map(IdleReason::name),
            recording: self.recording.as_ref().and_then(Recording::progress),
            encoder: self.encoder,
            frames: self.frame_recording.as_ref().map(FrameRecording::counts),
            training: self.training.as_ref(),
            notices: &notices,
            hotkeys: self.hotkeys.as_ref().map_or(&[], Hotkeys::rows),
            hotkeys_note: self.hotkeys.as_ref().and_then(Hotkeys::note),
            has_portal: offers_portal(),
            covers_screen,
            is_portal: painting.is_some_and(|painting| painting.is_portal),
            settings: self.memory.settings(),
            findings: &self.findings,
            profile: self.memory.profile(painting.and_then(|painting| painting.application.as_deref())),
            application: painting.and_then(|painting| painting.application.as_deref()),
            tray_missing: self.tray_missing.as_deref(),
            adapter: Some(&adapter),
        };
        for request in panel.draw(graphics, &view) {
            self.request(event_loop, request);
        }
    }

    fn on_close(&mut self, event_loop: &ActiveEventLoop, is_panel: bool) {
        let command = match (is_panel, self.painting.is_some()) {
            // Without the panel nobody could stop the painting of a window that was given on the command line, except
            // by the hotkey, which brings it back.
            (true, true) => Command::TogglePanel,
            (true, false) => Command::Quit,
            (false, _) if self.state.is_panel_shown => Command::LeaveWindow,
            (false, _) => Command::Quit,
        };
        self.command(event_loop, command);
    }
}

impl ApplicationHandler<AppEvent> for Shell {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if !self.has_started {
            self.has_started = true;
            self.start(event_loop);
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, event: AppEvent) {
        self.on_app_event(event_loop, event);
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        let is_panel = self.panel.as_ref().is_some_and(|panel| panel.window().id() == id);
        if let (true, Some(panel)) = (is_panel, &mut self.panel) {
            panel.on_window_event(&event);
        } else if self.painting.as_ref().is_none_or(|painting| painting.view.window.id() != id) {
            return;
        }
        match event {
            WindowEvent::CloseRequested => self.on_close(event_loop, is_panel),
            WindowEvent::RedrawRequested if is_panel => {
                // Windows lets a panel that is slow to draw keep the window behind it from being drawn at all.
                if cfg!(windows) && self.painting.as_ref().is_some_and(|painting| painting.is_due) {
                    self.draw_painting(event_loop);
                }
                self.draw_panel(event_loop);
            }
            WindowEvent::RedrawRequested => self.draw_painting(event_loop),
            WindowEvent::KeyboardInput { event, .. } if !is_panel => self.on_painting_key(event_loop, &event),
            WindowEvent::Resized(_) if is_panel => self.redraw_panel(),
            WindowEvent::Resized(_) => self.redraw_painting(),
            WindowEvent::Occluded(_) if !is_panel => {
                let kept = self.painting.as_ref().map_or(Ok(()), |painting| painting.view.keep_place());
                if let Err(error) = kept {
                    self.fail(event_loop, error);
                }
            }
            _ => {}
        }
    }

    fn exiting(&mut self, _event_loop: &ActiveEventLoop) {
        // Windows may not be used after the event loop: winit panics when one is asked to redraw.
        self.is_ending = true;
        self.panel = None;
        self.thumbnails = None;
        // A training that runs is told to stop.
        self.training = None;
        self.end_painting();
        for text in self.memory.save() {
            self.notices.add(text);
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        let now = Instant::now();
        if self.next_tick <= now {
            self.next_tick = now + TICK;
            self.tick(event_loop, now);
        }
        let mut wake_at = self.next_tick;
        if let Some(panel) = self.panel.as_mut().filter(|_| self.state.is_panel_shown) {
            panel.wake(now);
            wake_at = panel.repaint_at().map_or(wake_at, |at| at.min(wake_at));
        }
        event_loop.set_control_flow(ControlFlow::WaitUntil(wake_at));
    }
}
