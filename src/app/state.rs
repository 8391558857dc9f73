//! What the person has chosen, and what each command makes of it. Pure: it touches no window, no thread and no file,
//! except that a style may be named by its model's path.

use crate::control::{
    Command, LevelsChoice, Look, ParameterValue, Rate, RecordQuality, ScreenshotKind, SizeRequest, SoundOptions,
};
use crate::settings::{Choices, RecordingSettings};
use crate::stylize::{Style, find_style, style_key};
use std::path::PathBuf;
use std::time::Duration;

/// There is nothing to record; for people.
const NOTHING_PAINTED: &str = "nothing is painted yet: pick a window, then record";
/// There are no last seconds; for people.
const REPLAY_IS_OFF: &str = "the replay is off: switch it on in the panel, or start with --replay SECONDS";
/// There is nothing to take a picture of; for people.
const NOTHING_TO_TAKE: &str = "nothing is painted yet: pick a window, then take a screenshot";

/// What the shell has to do after a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Load this style into the running pipeline.
    LoadStyle(Style),
    SetInputSize(SizeRequest),
    SetFpsCap(Option<f32>),
    SetPace(Option<f32>),
    SetLevels(LevelsChoice),
    SetParameter(ParameterValue),
    SetClickThrough(bool),
    /// Let the network work, or rest while the game itself is shown.
    SetPainting(bool),
    /// Draw the newest picture again, with another look.
    Redraw,
    StartRecording(Option<PathBuf>),
    StopRecording,
    /// Keep the last seconds, or no longer.
    SetReplay(Option<Duration>),
    SaveReplay,
    SetSound(SoundOptions),
    StartFrameRecording,
    StopFrameRecording,
    /// Save the next picture.
    TakeScreenshot(ScreenshotKind),
    ShowPanel(bool),
    /// Show the painting on the whole screen, or in its window again.
    ToggleFullScreen,
    /// Stop painting and paint this window.
    PaintWindow(u32),
    /// Stop painting and paint what the desktop's portal shares.
    PaintPortal,
    /// Stop painting.
    LeaveWindow,
    Quit,
    /// Tell the person.
    Notice(String),
}

/// The choices that outlive a change of window.
#[derive(Debug, Clone)]
pub struct AppState {
    pub look: Look,
    pub size: SizeRequest,
    pub fps_cap: Option<f32>,
    /// Paintings per second to hold, if any.
    pub pace_fps: Option<f32>,
    pub levels: LevelsChoice,
    pub parameters: Vec<ParameterValue>,
    /// Installed styles, and after them those that were loaded from a file.
    pub styles: Vec<Style>,
    /// The style asked for; the one before may still paint while it loads.
    pub style: Option<Style>,
    pub is_panel_shown: bool,
    /// Clicks on an overlay reach the game.
    pub is_click_through: bool,
    /// A recording runs, or starts with the next picture.
    pub is_recording: bool,
    /// Frames are kept to train styles on.
    pub is_recording_frames: bool,
    pub record_quality: RecordQuality,
    /// Recordings get a second file of the plain game.
    pub records_source: bool,
    pub sound: SoundOptions,
    /// This much of what was seen last is kept, to be saved afterwards.
    pub replay: Option<Duration>,
    /// What the screenshot key takes.
    pub screenshot_kind: ScreenshotKind,
    /// A game, a scene or a file is being painted.
    pub is_painting: bool,
}

impl AppState {
    /// Applies one command, whatever its origin, and says what is to be done.
    pub fn apply(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::SetStyle(name) => self.set_style_named(&name),
            Command::NextStyle => self.step_style(1),
            Command::PreviousStyle => self.step_style(-1),
            Command::SetStrength(strength) => {
                self.change_look(|look| look.strength = fraction(strength, look.strength))
            }
            Command::SetKeepColors(keep) => {
                self.change_look(|look| look.keep_colors = fraction(keep, look.keep_colors))
            }
            Command::SetClarity(clarity) => self.change_look(|look| look.clarity = fraction(clarity, look.clarity)),
            Command::SetSplit(split) => self.change_look(|look| look.split = split.map(|at| fraction(at, 0.5))),
            Command::SetRegion(region) => self.change_look(|look| look.region = region),
            Command::SetClickThrough(is_click_through) => {
                self.is_click_through = is_click_through;
                vec![Effect::SetClickThrough(is_click_through)]
            }
            Command::Bypass(bypass) => self.change_look(|look| look.bypass = bypass),
            Command::SetInputSize(size) if size != self.size => {
                self.size = size;
                vec![Effect::SetInputSize(size)]
            }
            Command::SetFpsCap(cap) => {
                let cap = cap.filter(|cap| cap.is_finite() && *cap > 0.0);
                if cap == self.fps_cap {
                    return Vec::new();
                }
                self.fps_cap = cap;
                vec![Effect::SetFpsCap(cap)]
            }
            Command::SetPace(fps) => {
                let fps = fps.filter(|fps| fps.is_finite() && *fps >= 1.0);
                if fps == self.pace_fps {
                    return Vec::new();
                }
                self.pace_fps = fps;
                vec![Effect::SetPace(fps)]
            }
            Command::SetLevels(levels) if levels != self.levels => {
                self.levels = levels;
                vec![Effect::SetLevels(levels)]
            }
            Command::SetParameter(value) => {
                self.parameters.retain(|known| known.name != value.name);
                self.parameters.push(value.clone());
                vec![Effect::SetParameter(value)]
            }
            Command::StartRecording(path) if !self.is_recording => self.start_recording(path),
            Command::ToggleRecording if !self.is_recording => self.start_recording(None),
            Command::StopRecording | Command::ToggleRecording if self.is_recording => {
                self.is_recording = false;
                vec![Effect::StopRecording]
            }
            Command::ToggleFrameRecording if self.is_recording_frames => {
                self.is_recording_frames = false;
                vec![Effect::StopFrameRecording]
            }
            Command::ToggleFrameRecording if self.is_painting => {
                self.is_recording_frames = true;
                vec![Effect::StartFrameRecording]
            }
            Command::ToggleFrameRecording => vec![Effect::Notice(NOTHING_PAINTED.to_owned())],
            Command::SetRecordQuality(quality) => {
                self.record_quality = quality;
                Vec::new()
            }
            Command::SetRecordSource(records_source) => {
                self.records_source = records_source;
                Vec::new()
            }
            Command::SetSound(sound) if sound != self.sound => {
                self.sound = sound;
                vec![Effect::SetSound(sound)]
            }
            Command::SetReplay(replay) if replay != self.replay => {
                self.replay = replay;
                vec![Effect::SetReplay(replay)]
            }
            Command::SaveReplay if self.replay.is_none() => vec![Effect::Notice(REPLAY_IS_OFF.to_owned())],
            Command::SaveReplay if self.is_painting => vec![Effect::SaveReplay],
            Command::SaveReplay => vec![Effect::Notice(NOTHING_PAINTED.to_owned())],
            Command::Screenshot(kind) if self.is_painting => vec![Effect::TakeScreenshot(kind)],
            Command::Screenshot(_) => vec![Effect::Notice(NOTHING_TO_TAKE.to_owned())],
            Command::SetScreenshotKind(kind) => {
                self.screenshot_kind = kind;
                Vec::new()
            }
            Command::TogglePanel => self.show_panel(!self.is_panel_shown),
            Command::ToggleFullScreen => vec![Effect::ToggleFullScreen],
            Command::PickWindow(id) => vec![Effect::PaintWindow(id)],
            Command::PickOnDesktop => vec![Effect::PaintPortal],
            Command::LeaveWindow => {
                let mut effects = vec![Effect::LeaveWindow];
                effects.extend(self.show_panel(true));
                effects
            }
            Command::Quit => vec![Effect::Quit],
            // Nothing changes.
            Command::SetInputSize(_)
            | Command::SetLevels(_)
            | Command::SetReplay(_)
            | Command::SetSound(_)
            | Command::StartRecording(_)
            | Command::StopRecording
            | Command::ToggleRecording => Vec::new(),
        }
    }

    /// What of it is remembered.
    pub fn choices(&self) -> Choices {
        Choices {
            style: self.style.as_ref().map(style_key).unwrap_or_default(),
            strength: self.look.strength,
            keep_colors: self.look.keep_colors,
            clarity: self.look.clarity,
            region: self.look.region,
            levels: self.levels,
            size: self.size,
            fps_cap: Rate::from(self.fps_cap),
            pace: Rate::from(self.pace_fps),
        }
    }

    /// Takes over what was remembered. A style that is there no more is a notice, and the one before stays.
    pub fn choose(&mut self, choices: &Choices) -> Vec<Effect> {
        let mut commands = vec![
            Command::SetStrength(choices.strength),
            Command::SetKeepColors(choices.keep_colors),
            Command::SetClarity(choices.clarity),
            Command::SetRegion(choices.region),
            Command::SetLevels(choices.levels),
            Command::SetInputSize(choices.size),
            Command::SetFpsCap(choices.fps_cap.fps()),
            Command::SetPace(choices.pace.fps()),
        ];
        if !choices.style.is_empty() {
            commands.push(Command::SetStyle(choices.style.clone()));
        }
        commands.into_iter().flat_map(|command| self.apply(command)).collect()
    }

    /// How recordings are made, without what a person does not change here.
    pub fn recording_settings(&self) -> RecordingSettings {
        RecordingSettings {
            quality: self.record_quality,
            replay_secs: self.replay.map_or(0, |length| length.as_secs().clamp(1, u64::from(u32::MAX)) as u32),
            source: self.records_source,
            sound: self.sound.choice,
            sound_level: self.sound.level,
            screenshot: self.screenshot_kind,
            ..RecordingSettings::default()
        }
    }

    /// Whether the network has to work for what is shown.
    pub fn needs_painting(&self) -> bool {
        !self.look.bypass && self.look.strength > 0.0
    }

    /// Shows or hides the panel; a program that paints nothing always shows it.
    fn show_panel(&mut self, is_shown: bool) -> Vec<Effect> {
        self.is_panel_shown = is_shown;
        vec![Effect::ShowPanel(is_shown)]
    }

    fn start_recording(&mut self, path: Option<PathBuf>) -> Vec<Effect> {
        if !self.is_painting {
            return vec![Effect::Notice(NOTHING_PAINTED.to_owned())];
        }
        self.is_recording = true;
        vec![Effect::StartRecording(path)]
    }

    fn change_look(&mut self, change: impl FnOnce(&mut Look)) -> Vec<Effect> {
        let before = (self.look, self.needs_painting());
        change(&mut self.look);
        let mut effects = Vec::new();
        if self.needs_painting() != before.1 {
            effects.push(Effect::SetPainting(self.needs_painting()));
        }
        if self.look != before.0 {
            effects.push(Effect::Redraw);
        }
        effects
    }

    fn set_style_named(&mut self, name: &str) -> Vec<Effect> {
        let known = self.styles.iter().find(|style| style.name.eq_ignore_ascii_case(name)).cloned();
        match known.map_or_else(|| find_style(name), Ok) {
            Ok(style) => self.set_style(style),
            Err(error) => vec![Effect::Notice(error.to_string())],
        }
    }

    fn set_style(&mut self, style: Style) -> Vec<Effect> {
        if self.style.as_ref() == Some(&style) {
            return Vec::new();
        }
        if !self.styles.contains(&style) {
            self.styles.push(style.clone());
        }
        self.style = Some(style.clone());
        vec![Effect::LoadStyle(style)]
    }

    fn step_style(&mut self, step: isize) -> Vec<Effect> {
        let count = self.styles.len() as isize;
        if count == 0 {
            return vec![Effect::Notice("no style is installed: put an .onnx model into the styles folder".to_owned())];
        }
        let current = self.styles.iter().position(|style| Some(style) == self.style.as_ref());
        let next = match current {
            Some(index) => (index as isize + step).rem_euclid(count),
            None if step > 0 => 0,
            None => count - 1,
        };
        let style = self.styles[next as usize].clone();
        self.set_style(style)
    }
}

/// A number from `0` to `1`; one that is not a number leaves things as they were.
fn fraction(value: f32, otherwise: f32) -> f32 {
    if value.is_finite() { value.clamp(0.0, 1.0) } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(name: &str) -> Style {
        Style { name: name.to_owned(), model: format!("{name}.onnx").into(), thumbnail: None, manifest: None }
    }

    fn state() -> AppState {
        AppState {
            look: Look::default(),
            size: SizeRequest::AUTOMATIC,
            fps_cap: None,
            pace_fps: None,
            levels: LevelsChoice::Auto,
            parameters: Vec::new(),
            styles: vec![style("a"), style("b"), style("c")],
            style: Some(style("a")),
            is_panel_shown: false,
            is_click_through: true,
            is_recording: false,
            is_recording_frames: false,
            record_quality: RecordQuality::default(),
            records_source: false,
            sound: SoundOptions::default(),
            replay: None,
            screenshot_kind: ScreenshotKind::default(),
            is_painting: true,
        }
    }

    #[test]
    fn steps_through_the_styles_in_a_ring() {
        let mut state = state();
        assert_eq!(state.apply(Command::PreviousStyle), [Effect::LoadStyle(style("c"))]);
        assert_eq!(state.apply(Command::NextStyle), [Effect::LoadStyle(style("a"))]);
        assert_eq!(state.apply(Command::SetStyle("B".to_owned())), [Effect::LoadStyle(style("b"))]);
        assert_eq!(state.apply(Command::SetStyle("b".to_owned())), []);
        state.style = None;
        assert_eq!(state.apply(Command::PreviousStyle), [Effect::LoadStyle(style("c"))]);
        state.styles.clear();
        state.style = None;
        assert!(matches!(state.apply(Command::NextStyle)[..], [Effect::Notice(_)]));
    }

    #[test]
    fn a_style_that_does_not_exist_is_a_notice_and_the_current_one_stays() {
        let mut state = state();
        assert!(matches!(state.apply(Command::SetStyle("/no/such.onnx".to_owned()))[..], [Effect::Notice(_)]));
        assert_eq!(state.style, Some(style("a")));
    }

    #[test]
    fn the_network_rests_while_nothing_of_it_is_seen() {
        let mut state = state();
        assert_eq!(state.apply(Command::Bypass(true)), [Effect::SetPainting(false), Effect::Redraw]);
        assert_eq!(state.apply(Command::Bypass(true)), []);
        assert_eq!(state.apply(Command::SetStrength(0.0)), [Effect::Redraw]);
        assert_eq!(state.apply(Command::Bypass(false)), [Effect::Redraw]);
        assert_eq!(state.apply(Command::SetStrength(7.0)), [Effect::SetPainting(true), Effect::Redraw]);
        assert_eq!(state.look.strength, 1.0);
        assert_eq!(state.apply(Command::SetStrength(f32::NAN)), []);
    }

    #[test]
    fn records_only_what_is_painted_and_only_once() {
        let mut state = state();
        state.is_painting = false;
        assert!(matches!(state.apply(Command::ToggleRecording)[..], [Effect::Notice(_)]));
        state.is_painting = true;
        assert_eq!(state.apply(Command::ToggleRecording), [Effect::StartRecording(None)]);
        assert_eq!(state.apply(Command::StartRecording(Some("a.mp4".into()))), []);
        assert_eq!(state.apply(Command::ToggleRecording), [Effect::StopRecording]);
        assert_eq!(state.apply(Command::StopRecording), []);
    }

    #[test]
    fn takes_screenshots_only_of_what_is_painted() {
        let mut state = state();
        let taken = state.apply(Command::Screenshot(ScreenshotKind::Both));
        assert_eq!(taken, [Effect::TakeScreenshot(ScreenshotKind::Both)]);
        assert_eq!(state.apply(Command::SetScreenshotKind(ScreenshotKind::Original)), []);
        assert_eq!(state.screenshot_kind, ScreenshotKind::Original);
        state.is_painting = false;
        assert!(matches!(state.apply(Command::Screenshot(ScreenshotKind::Both))[..], [Effect::Notice(_)]));
    }

    #[test]
    fn saves_a_replay_only_where_one_is_kept() {
        let mut state = state();
        assert!(matches!(state.apply(Command::SaveReplay)[..], [Effect::Notice(_)]));
        let kept = Some(Duration::from_secs(30));
        assert_eq!(state.apply(Command::SetReplay(kept)), [Effect::SetReplay(kept)]);
        assert_eq!(state.apply(Command::SetReplay(kept)), []);
        assert_eq!(state.apply(Command::SaveReplay), [Effect::SaveReplay]);
        state.is_painting = false;
        assert!(matches!(state.apply(Command::SaveReplay)[..], [Effect::Notice(_)]));
    }

    #[test]
    fn sound_changes_at_once_and_a_mute_is_not_remembered() {
        let mut state = state();
        let muted = SoundOptions { level: 0.5, is_muted: true, ..state.sound };
        assert_eq!(state.apply(Command::SetSound(muted)), [Effect::SetSound(muted)]);
        assert_eq!(state.apply(Command::SetSound(muted)), []);
        assert_eq!(state.recording_settings().sound_level, 0.5);
    }

    #[test]
    fn keeps_frames_only_of_what_is_painted() {
        let mut state = state();
        assert_eq!(state.apply(Command::ToggleFrameRecording), [Effect::StartFrameRecording]);
        assert_eq!(state.apply(Command::ToggleFrameRecording), [Effect::StopFrameRecording]);
        state.is_painting = false;
        assert!(matches!(state.apply(Command::ToggleFrameRecording)[..], [Effect::Notice(_)]));
        assert!(!state.is_recording_frames);
    }

    #[test]
    fn leaving_a_window_brings_the_picker_and_keeps_the_choices() {
        let mut state = state();
        state.apply(Command::SetParameter("w=1".parse().unwrap()));
        state.apply(Command::SetParameter("w=2".parse().unwrap()));
        assert_eq!(state.apply(Command::LeaveWindow), [Effect::LeaveWindow, Effect::ShowPanel(true)]);
        assert_eq!(state.parameters, ["w=2".parse().unwrap()]);
        assert_eq!(state.apply(Command::SetFpsCap(Some(f32::INFINITY))), []);
        assert_eq!(state.apply(Command::SetPace(Some(0.2))), []);
        assert_eq!(state.apply(Command::SetPace(Some(30.0))), [Effect::SetPace(Some(30.0))]);
        assert_eq!(state.apply(Command::SetPace(None)), [Effect::SetPace(None)]);
        assert_eq!(state.apply(Command::SetFpsCap(Some(30.0))), [Effect::SetFpsCap(Some(30.0))]);
        assert_eq!(state.apply(Command::SetLevels(LevelsChoice::Off)), [Effect::SetLevels(LevelsChoice::Off)]);
        assert_eq!(state.apply(Command::SetLevels(LevelsChoice::Off)), []);
        assert_eq!(state.choices().levels, LevelsChoice::Off);
        assert_eq!(state.apply(Command::TogglePanel), [Effect::ShowPanel(false)]);
    }
}
