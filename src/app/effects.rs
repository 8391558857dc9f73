//! Carries out what commands ask for.

use super::app_event::RunId;
use super::painting::{Painting, SourceName};
use super::panel::{ProfileChange, Request};
use super::shell::Shell;
use super::state::Effect;
use super::view::View;
use crate::capture::{PortalRequest, SourceRequest, offers_portal};
use crate::control::{Command, RunStats};
use crate::frame::Size;
use crate::pipeline::PipelineConfig;
use crate::settings::portal_token_file;
use anyhow::Context;
use winit::event_loop::ActiveEventLoop;

/// Why there is no overlay on Wayland; said once.
#[cfg(target_os = "linux")]
const WAYLAND_NOTICE: &str = "Wayland tells no program where windows are, so the painting is shown in a window of its own beside \
                              the game: press F11 in it for the full screen, or let it lie over a game that fills the screen, by \
                              the panel or --overlay";

/// The built-in scene as the panel opens it.
const SCENE_SIZE: Size = Size::new(960, 540);
const SCENE_SEED: u64 = 1;

/// What the desktop's portal shares; `asks_again` asks also where it knows the last choice.
fn portal(asks_again: bool) -> SourceRequest {
    let token_file = portal_token_file();
    SourceRequest::Portal(PortalRequest { token_file, asks_again, ..PortalRequest::default() })
}

impl Shell {
    /// Applies a command, whatever its origin.
    pub(super) fn command(&mut self, event_loop: &ActiveEventLoop, command: Command) {
        tracing::debug!("command: {command:?}");
        let run = self.last_run;
        let (before, recording_before) = (self.state.choices(), self.state.recording_settings());
        for effect in self.state.apply(command) {
            self.perform(event_loop, effect);
        }
        // What another window brought with it is no change of the person's.
        if self.last_run == run {
            self.remember(&before);
        }
        self.remember_recording(&recording_before);
        self.redraw_panel();
        self.update_tray();
    }

    /// Does what the panel asks for.
    pub(super) fn request(&mut self, event_loop: &ActiveEventLoop, request: Request) {
        match request {
            Request::Command(command) => self.command(event_loop, command),
            Request::PaintScene => {
                self.paint_or_say(event_loop, SourceRequest::Scene { size: SCENE_SIZE, seed: SCENE_SEED });
            }
            Request::CoverScreen(covers) => self.cover_screen(event_loop, covers),
            Request::ShareAgain(again) => self.memory.change_settings(|settings| settings.shares_again = again),
            Request::StartTraining(order) => self.start_training(order),
            Request::ChangeProfile(change) => match change {
                ProfileChange::Attach(attach) => self.change_profile(|profile| profile.attach = attach),
                ProfileChange::Forget => self.forget_profile(),
            },
            Request::Welcomed => self.memory.change_settings(|settings| settings.is_welcomed = true),
            Request::ListenForKeys(is_listening) => self.listen_for_keys(is_listening),
            Request::ChooseKeys(action, keys) => self.choose_keys(action, keys),
            Request::ResetKeys(action) => self.reset_keys(action),
            Request::StopTraining => self.stop_training(),
            Request::ForgetTraining => self.training = None,
        }
        self.redraw_panel();
    }

    pub(super) fn perform(&mut self, event_loop: &ActiveEventLoop, effect: Effect) {
        let pipeline = self.painting.as_ref().map(|painting| &painting.pipeline);
        match effect {
            Effect::LoadStyle(style) => {
                self.toast.show(&style.name);
                if let Some(pipeline) = pipeline {
                    pipeline.set_style(style);
                }
            }
            Effect::SetInputSize(size) => {
                if let Some(pipeline) = pipeline {
                    pipeline.set_size(size);
                }
            }
            Effect::SetFpsCap(cap) => {
                if let Some(pipeline) = pipeline {
                    pipeline.set_fps_cap(cap);
                }
            }
            Effect::SetPace(fps) => {
                if let Some(pipeline) = pipeline {
                    pipeline.set_pace(fps);
                }
            }
            Effect::SetLevels(levels) => {
                if let Some(pipeline) = pipeline {
                    pipeline.set_levels(levels);
                }
            }
            Effect::SetParameter(value) => {
                if let Some(pipeline) = pipeline {
                    pipeline.set_parameter(value);
                }
            }
            Effect::SetClickThrough(is_click_through) => self.set_click_through(event_loop, is_click_through),
            Effect::SetPainting(is_on) => {
                if let Some(pipeline) = pipeline {
                    pipeline.set_painting(is_on);
                }
            }
            Effect::Redraw => self.redraw_painting(),
            Effect::StartRecording(path) => {
                self.pending_recording = Some(path);
                self.redraw_painting();
            }
            Effect::StopRecording => self.finish_recording(),
            Effect::SetReplay(replay) => self.set_replay(replay),
            Effect::SaveReplay => self.save_replay(),
            Effect::SetSound(sound) => {
                if let Some(recording) = &mut self.recording {
                    recording.set_sound(sound);
                }
            }
            Effect::TakeScreenshot(kind) => self.take_screenshot(kind),
            Effect::StartFrameRecording => self.start_frame_recording(),
            Effect::StopFrameRecording => self.finish_frame_recording(),
            Effect::ShowPanel(is_shown) => self.show_panel(event_loop, is_shown),
            Effect::ToggleFullScreen => self.toggle_full_screen(),
            Effect::PaintWindow(id) => self.paint_or_say(event_loop, SourceRequest::Window(id)),
            // The last choice is given again, but for a person who sees that already and asks for another.
            Effect::PaintPortal => {
                let asks_again = self.painting.as_ref().is_some_and(|painting| painting.is_portal);
                self.paint_or_say(event_loop, portal(asks_again));
            }
            Effect::LeaveWindow => {
                self.waiting.declined = self.painting.as_ref().and_then(|painting| painting.window);
                self.waiting.awaited = None;
                self.end_painting();
            }
            Effect::Quit => event_loop.exit(),
            Effect::Notice(text) => self.notices.add(text),
        }
    }

    /// Paints a source, or says why not and goes back to the picker.
    pub(super) fn paint_or_say(&mut self, event_loop: &ActiveEventLoop, source: SourceRequest) {
        if let Err(error) = self.paint(event_loop, source) {
            self.notices.add(format!("{error:#}"));
            self.command(event_loop, Command::LeaveWindow);
        }
        self.redraw_panel();
        self.update_tray();
    }

    /// Paints at the start what was asked for, or on Wayland what was shared last, where the person wants that.
    ///
    /// # Errors
    /// What was asked for cannot be painted.
    pub(super) fn paint_first(&mut self, event_loop: &ActiveEventLoop) -> anyhow::Result<()> {
        match self.options.source.clone() {
            Some(source) => self.paint(event_loop, source)?,
            None if self.options.awaited.is_some() => {}
            None if self.memory.settings().shares_again && offers_portal() => {
                self.paint_or_say(event_loop, portal(false));
            }
            None => {}
        }
        Ok(())
    }

    /// Stops what is painted and paints this source.
    ///
    /// # Errors
    /// No window can be opened, or no adapter can present.
    pub(super) fn paint(&mut self, event_loop: &ActiveEventLoop, source: SourceRequest) -> anyhow::Result<()> {
        self.end_painting();
        let name = SourceName::of(&source);
        self.recall(name.application.as_deref());
        let mut view = self.open_view(event_loop, &source, &name.title)?;
        if view.swap_chain.is_none() {
            view.swap_chain = self.swap_chain_for(event_loop, &view.target())?;
        }
        self.last_run += 1;
        let id: RunId = self.last_run;
        let state = &self.state;
        let opener = source.clone().opener();
        let provider = self.options.provider;
        let config = |on_event| PipelineConfig {
            source: opener,
            style: state.style.clone(),
            provider,
            size: state.size,
            fps_cap: state.fps_cap,
            pace_fps: state.pace_fps,
            levels: state.levels,
            parameters: state.parameters.clone(),
            on_event,
        };
        let painting = Painting::start(id, &source, name, view, config, &self.mailer)
            .context("the system gives no more threads: close other programs and try again")?;
        if !self.state.needs_painting() {
            painting.pipeline.set_painting(false);
        }
        painting.view.set_click_through(self.state.is_click_through)?;
        self.painting = Some(painting);
        self.state.is_painting = true;
        Ok(())
    }

    /// Lets clicks on the painting reach the game, or keeps them from it.
    fn set_click_through(&mut self, event_loop: &ActiveEventLoop, is_click_through: bool) {
        let Some(painting) = &self.painting else { return };
        match painting.view.set_click_through(is_click_through) {
            Err(error) => self.fail(event_loop, error),
            Ok(()) if is_click_through => self.toast.show("clicks reach the game"),
            Ok(()) => self.toast.show("clicks stay with the painting"),
        }
    }

    fn open_view(&mut self, event_loop: &ActiveEventLoop, source: &SourceRequest, title: &str) -> anyhow::Result<View> {
        #[cfg(target_os = "linux")]
        if matches!(source, SourceRequest::Window(_)) && !self.options.is_clone {
            use winit::platform::x11::ActiveEventLoopExtX11;
            if event_loop.is_x11() {
                return View::overlay(event_loop);
            }
            if !std::mem::replace(&mut self.knows_wayland, true) {
                self.notices.tell(WAYLAND_NOTICE);
            }
        }
        #[cfg(windows)]
        if matches!(source, SourceRequest::Window(_)) && !self.options.is_clone {
            return View::overlay(event_loop);
        }
        #[cfg(target_os = "linux")]
        if matches!(source, SourceRequest::Portal(_)) {
            if !self.covers_screen() && !std::mem::replace(&mut self.knows_wayland, true) {
                self.notices.tell(WAYLAND_NOTICE);
            }
            return self.open_portal_view(event_loop, title);
        }
        View::clone_window(event_loop, title, self.options.is_full_screen)
    }

    /// Ends the run, if there is one, and keeps its figures.
    pub(super) fn end_painting(&mut self) {
        self.finish_frame_recording();
        let ending = self.take_recording();
        let Some(painting) = self.painting.take() else { return };
        match ending {
            // The last pictures are encoded by then, so the figures are complete.
            Some(ending) if self.is_ending => {
                if let Ok(Some(report)) = ending.join() {
                    painting.pipeline.note_recorded(report.recorded, report.skipped);
                }
            }
            Some(ending) => self.keep_ending(ending),
            None => {}
        }
        self.resting_choices = self.state.choices();
        self.state.is_painting = false;
        self.state.is_recording = false;
        self.pending_recording = None;
        self.pending_screenshots.clear();
        self.last_stats = Some(painting.pipeline.stats());
        if let Some(panel) = &mut self.panel {
            panel.forget_run();
        }
    }

    /// The figures of the last run, with what the person was told.
    pub(super) fn take_stats(&mut self) -> Option<RunStats> {
        let mut stats = self.last_stats.take()?;
        for text in self.notices.texts() {
            if !stats.notices.contains(text) {
                stats.notices.push(text.clone());
            }
        }
        Some(stats)
    }
}
