//! Screenshots, and how recordings are made.

use super::controls::choice;
use super::widgets::{card, slider, switch, text_button, weak};
use super::{PanelView, Request};
use crate::control::{Command, RecordQuality, ScreenshotKind, SoundChoice, SoundOptions};
use egui::Ui;
use std::time::Duration;

/// Lengths of the replay on offer, in seconds.
const REPLAY_SECS: [u64; 4] = [15, 30, 60, 120];

/// The card of the recorder.
pub fn show(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let mut is_taken = false;
    card(
        ui,
        "Recorder",
        |ui| is_taken = text_button(ui, "Take a screenshot").clicked(),
        |ui| {
            let quality = view.state.record_quality;
            choice(ui, "Quality", quality.title(), |ui| {
                for offered in RecordQuality::ALL {
                    if ui.selectable_label(quality == offered, offered.title()).clicked() {
                        requests.push(Command::SetRecordQuality(offered).into());
                    }
                }
            });
            if switch(ui, "Record the plain game, too", view.state.records_source) {
                requests.push(Command::SetRecordSource(!view.state.records_source).into());
            }
            show_sound(ui, view, requests);
            show_replay(ui, view, requests);
            let kind = view.state.screenshot_kind;
            choice(ui, "Screenshots show", kind.title(), |ui| {
                for offered in ScreenshotKind::ALL {
                    if ui.selectable_label(kind == offered, offered.title()).clicked() {
                        requests.push(Command::SetScreenshotKind(offered).into());
                    }
                }
            });
            if let Some(encoder) = view.encoder {
                weak(ui, format!("{encoder} encoded last"));
            }
        },
    );
    if is_taken {
        requests.push(Command::Screenshot(view.state.screenshot_kind).into());
    }
}

/// What is heard, and how loud.
fn show_sound(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let sound = view.state.sound;
    choice(ui, "Sound", sound.choice.title(), |ui| {
        for offered in SoundChoice::ALL {
            if ui.selectable_label(sound.choice == offered, offered.title()).clicked() {
                requests.push(Command::SetSound(SoundOptions { choice: offered, ..sound }).into());
            }
        }
    });
    if sound.choice == SoundChoice::Off {
        return;
    }
    if !cfg!(target_os = "linux") {
        weak(ui, "Sound is recorded on Linux only, so far");
        return;
    }
    if switch(ui, "Mute", sound.is_muted) {
        requests.push(Command::SetSound(SoundOptions { is_muted: !sound.is_muted, ..sound }).into());
    }
    let text = |level: f32| format!("{:.0} %", level * 100.0);
    if !sound.is_muted
        && let Some(level) = slider(ui, "Level", sound.level, 0.0..=SoundOptions::LOUDEST, text)
    {
        requests.push(Command::SetSound(SoundOptions { level, ..sound }).into());
    }
}

/// How much of what was seen last is kept, and the button that saves it.
fn show_replay(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let text =
        |length: Option<Duration>| length.map_or_else(|| "Off".to_owned(), |length| format!("{} s", length.as_secs()));
    let replay = view.state.replay;
    choice(ui, "Keep the last seconds", &text(replay), |ui| {
        for offered in [None].into_iter().chain(REPLAY_SECS.map(|secs| Some(Duration::from_secs(secs)))) {
            if ui.selectable_label(replay == offered, text(offered)).clicked() {
                requests.push(Command::SetReplay(offered).into());
            }
        }
    });
    if replay.is_some() && text_button(ui, "Save the last seconds").clicked() {
        requests.push(Command::SaveReplay.into());
    }
}
