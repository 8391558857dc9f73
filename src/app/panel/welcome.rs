//! The page that greets who starts the program for the first time.

use super::widgets::{card, one_line, text_button, weak, wide_button};
use super::{PanelView, Request, theme};
use crate::app::findings::Finding;
use crate::app::hotkeys::HotkeyRow;
use crate::settings::HotkeyAction;
use egui::{Align, Layout, RichText, Ui};

/// The hotkeys that one needs first.
const FIRST_KEYS: usize = 5;

/// The guided page: what to do, the first hotkeys, and what was found on this machine. Gives whether it has been read.
pub fn show(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) -> bool {
    ui.add_space(2.0);
    ui.label(RichText::new("Play any game as a painting").size(theme::TITLE_PT).color(theme::TEXT));
    weak(
        ui,
        "Impasto lays a painting over your game. It does not touch the game, and your clicks and keys go through.",
    );
    ui.add_space(6.0);
    step(ui, "1", "Start your game, then pick its window on the next page.");
    step(ui, "2", "Pick a style. It can be changed while you play.");
    step(ui, "3", "Play. Record what you see, if you like.");
    ui.add_space(6.0);
    let mut is_read = false;
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - theme::GAP) / 2.0).floor();
        if wide_button(ui, "Pick a game", width, theme::ACCENT, theme::ON_ACCENT).clicked() {
            is_read = true;
        }
        if wide_button(ui, "Try the built-in scene", width, theme::RAISED, theme::TEXT).clicked() {
            requests.push(Request::PaintScene);
            is_read = true;
        }
    });
    ui.add_space(6.0);
    show_keys(ui, view);
    show_findings(ui, view.findings);
    is_read
}

fn step(ui: &mut Ui, number: &str, text: &str) {
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(number).color(theme::ACCENT).strong());
        ui.vertical(|ui| ui.label(text));
    });
}

fn show_keys(ui: &mut Ui, view: &PanelView) {
    if view.hotkeys.is_empty() {
        return;
    }
    card(
        ui,
        "While you play",
        |_| {},
        |ui| {
            ui.spacing_mut().interact_size.y = theme::ROW_HEIGHT;
            for row in view.hotkeys.iter().filter(|row| is_of_use(view, row)).take(FIRST_KEYS) {
                line(ui, row.action.meaning(), row.keys.clone().unwrap_or_else(|| "off".to_owned()));
            }
        },
    );
}

/// Without a replay there is nothing to save of it.
fn is_of_use(view: &PanelView, row: &HotkeyRow) -> bool {
    row.action != HotkeyAction::SaveReplay || view.state.replay.is_some()
}

fn show_findings(ui: &mut Ui, findings: &[Finding]) {
    card(
        ui,
        "On this machine",
        |_| {},
        |ui| {
            ui.spacing_mut().interact_size.y = theme::ROW_HEIGHT;
            if findings.is_empty() {
                weak(ui, "Looking what is there…");
            }
            for finding in findings {
                line(ui, finding.role, finding.found.clone());
            }
            for (reason, command) in findings.iter().filter_map(|finding| finding.advice) {
                ui.add_space(4.0);
                weak(ui, reason);
                ui.horizontal(|ui| {
                    ui.label(RichText::new(command).monospace().color(theme::TEXT));
                    if text_button(ui, "Copy").clicked() {
                        ui.ctx().copy_text(command.to_owned());
                    }
                });
            }
        },
    );
}

fn line(ui: &mut Ui, left: &str, right: String) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(left).size(theme::SMALL_PT));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let galley = one_line(ui, &right, theme::SMALL_PT, theme::TEXT_WEAK, ui.available_width());
            ui.label(galley);
        });
    });
}
