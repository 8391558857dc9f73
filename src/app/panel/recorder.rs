//! Screenshots, and how recordings are made.

use super::controls::choice;
use super::widgets::{card, text_button};
use super::{PanelView, Request};
use crate::control::{Command, ScreenshotKind};
use egui::Ui;

/// The card of the recorder.
pub fn show(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let mut is_taken = false;
    card(
        ui,
        "Recorder",
        |ui| is_taken = text_button(ui, "Take a screenshot").clicked(),
        |ui| {
            let kind = view.state.screenshot_kind;
            choice(ui, "Screenshots show", kind.title(), |ui| {
                for offered in ScreenshotKind::ALL {
                    if ui.selectable_label(kind == offered, offered.title()).clicked() {
                        requests.push(Command::SetScreenshotKind(offered).into());
                    }
                }
            });
        },
    );
    if is_taken {
        requests.push(Command::Screenshot(view.state.screenshot_kind).into());
    }
}
