//! How the panel is laid out: header, cards, and the buttons that are always in reach.

use super::widgets::{card, pill, tabs, text_button, weak, wide_button};
use super::{
    PanelContents, PanelView, Request, controls, game, graph, keys, recorder, styles, theme, train_form,
    train_progress, welcome, windows,
};
use crate::control::Command;
use crate::dataset::Counts;
use egui::{Align, Layout, Margin, RichText, Ui, vec2};
use std::time::Duration;

/// A notice stands above the buttons for this long; all of them stay in their card.
const FRESH_NOTICE: Duration = Duration::from_secs(12);

/// Side of the program's mark in points.
const MARK_SIDE: f32 = 28.0;

/// What the panel shows below its header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Page {
    /// Windows, styles, and how the painting goes.
    #[default]
    Paint,
    /// Styles of one's own.
    Train,
}

/// Draws the panel and collects what the person asks for.
pub fn show(ui: &mut Ui, view: &PanelView, contents: &mut PanelContents, requests: &mut Vec<Request>) {
    let margin = Margin::symmetric(theme::PAGE_MARGIN, 12);
    let bar = egui::Frame::new().fill(theme::BACKGROUND).inner_margin(margin);
    egui::Panel::top("header").frame(bar).show_separator_line(false).show(ui, |ui| header(ui, view, contents));
    if contents.train_form.take_dropped(ui.ctx()) {
        contents.page = Page::Train;
    }
    if view.title.is_some() || has_fresh_notice(view) {
        egui::Panel::bottom("buttons").frame(bar).show_separator_line(true).show(ui, |ui| {
            footer(ui, view, contents, requests);
        });
    }
    egui::CentralPanel::no_frame().frame(egui::Frame::new().fill(theme::BACKGROUND)).show(ui, |ui| {
        // Each page is where it was left, not where the other is.
        egui::ScrollArea::vertical().id_salt(contents.page).auto_shrink(false).show(ui, |ui| {
            egui::Frame::new().inner_margin(Margin::symmetric(theme::PAGE_MARGIN, 0)).show(ui, |ui| {
                match (contents.page, view.training) {
                    (Page::Paint, _) if !view.settings.is_welcomed && view.title.is_none() => {
                        if welcome::show(ui, view, requests) {
                            requests.push(Request::Welcomed);
                        }
                    }
                    (Page::Paint, _) => show_painting(ui, view, contents, requests),
                    (Page::Train, None) => train_form::show(ui, view, &mut contents.train_form, requests),
                    (Page::Train, Some(training)) => {
                        train_progress::show(ui, view, training, &mut contents.train_preview, requests);
                    }
                }
                ui.add_space(theme::GAP);
            });
        });
    });
}

fn show_painting(ui: &mut Ui, view: &PanelView, contents: &mut PanelContents, requests: &mut Vec<Request>) {
    windows::show(ui, view, &contents.windows, &mut contents.is_picker_open, requests);
    styles::show(ui, view, &contents.styles, requests);
    if view.title.is_some() {
        controls::show_look(ui, view, requests);
    }
    show_speed(ui, view, contents, requests);
    if view.title.is_some() {
        recorder::show(ui, view, requests);
        show_training(ui, view, requests);
        game::show(ui, view, requests);
    }
    show_notices(ui, view);
    keys::show(ui, view, &mut contents.keys, requests);
}

fn header(ui: &mut Ui, view: &PanelView, contents: &mut PanelContents) {
    ui.horizontal(|ui| {
        if let Some(mark) = &contents.mark {
            ui.add(egui::Image::new((mark.id(), vec2(MARK_SIDE, MARK_SIDE))));
        }
        ui.label(RichText::new("Impasto").size(theme::TITLE_PT).color(theme::TEXT));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let figures = view.figures.filter(|_| view.title.is_some());
            let (text, dot) = match figures {
                None => ("Ready".to_owned(), theme::TEXT_WEAK),
                Some(_) if view.idle.is_some() => (view.idle.unwrap_or_default().to_owned(), theme::TEXT_WEAK),
                Some(_) if view.state.look.bypass => ("Original".to_owned(), theme::SECOND),
                Some(figures) if figures.style.is_none() && figures.is_loading => {
                    ("Loading the style".to_owned(), theme::SECOND)
                }
                Some(figures) if figures.style.is_none() => ("No style".to_owned(), theme::TEXT_WEAK),
                Some(figures) => (format!("Painting · {:.0} fps", figures.presented_fps), theme::ACCENT),
            };
            pill(ui, &text, dot);
        });
    });
    ui.add_space(4.0);
    let train = view.training.filter(|training| !training.has_ended()).map_or_else(
        || "Train".to_owned(),
        |training| {
            let share = training.progress().and_then(|progress| progress.share).unwrap_or_default();
            format!("Train · {:.0} %", share * 100.0)
        },
    );
    const PAGES: [Page; 2] = [Page::Paint, Page::Train];
    let chosen = PAGES.iter().position(|page| *page == contents.page).unwrap_or_default();
    if let Some(index) = tabs(ui, &["Paint".to_owned(), train], chosen) {
        contents.page = PAGES[index];
    }
}

fn footer(ui: &mut Ui, view: &PanelView, contents: &mut PanelContents, requests: &mut Vec<Request>) {
    if let Some(notice) = view.notices.last().filter(|notice| notice.age < FRESH_NOTICE) {
        ui.label(RichText::new(sentence(&notice.text)).size(theme::SMALL_PT).color(theme::ACCENT));
    }
    if view.title.is_none() {
        return;
    }
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - theme::GAP) / 2.0).floor();
        let record = match view.recording {
            None if view.state.is_recording => wide_button(ui, "Starting…", width, theme::ALARM, theme::TEXT),
            None => wide_button(ui, "Record", width, theme::ACCENT, theme::ON_ACCENT),
            Some((elapsed, bytes)) => {
                wide_button(ui, &recording_text(elapsed, bytes), width, theme::ALARM, theme::TEXT)
                    .on_hover_text("Finish the recording")
            }
        };
        if record.clicked() {
            requests.push(Command::ToggleRecording.into());
        }
        let hold = wide_button(ui, "Hold to see original", width, theme::RAISED, theme::TEXT);
        let is_held = hold.is_pointer_button_down_on()
            || (hold.has_focus() && ui.input(|input| input.key_down(egui::Key::Space)));
        if is_held != contents.is_held {
            contents.is_held = is_held;
            if is_held {
                contents.bypass_before_hold = view.state.look.bypass;
            }
            requests.push(Command::Bypass(is_held || contents.bypass_before_hold).into());
        }
    });
}

fn show_speed(ui: &mut Ui, view: &PanelView, contents: &PanelContents, requests: &mut Vec<Request>) {
    card(
        ui,
        "Speed",
        |_| {},
        |ui| {
            controls::show_speed(ui, view, requests);
            let Some(figures) = view.figures.filter(|_| view.title.is_some()) else { return };
            ui.add_space(4.0);
            graph::show_history(ui, &contents.history, figures);
            ui.add_space(4.0);
            graph::show_stages(ui, figures);
            ui.add_space(4.0);
            let provider = &figures.provider;
            if !provider.running.is_empty() {
                let line = format!("{} runs the network", provider.running);
                let response = ui.label(RichText::new(line).size(theme::SMALL_PT));
                if !provider.reason.is_empty() {
                    response.on_hover_text(&provider.reason);
                    egui::CollapsingHeader::new(
                        RichText::new("Why not another provider").size(theme::SMALL_PT).color(theme::TEXT_WEAK),
                    )
                    .id_salt("provider")
                    .show(ui, |ui| weak(ui, sentence(&provider.reason)));
                }
            }
            if let Some(adapter) = view.adapter {
                weak(ui, format!("{adapter} draws the picture"));
            }
        },
    );
}

/// The button that keeps frames to train on, with what was kept so far.
fn show_training(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let label = if view.state.is_recording_frames { "Stop" } else { "Record" };
    let mut is_clicked = false;
    card(
        ui,
        "Training frames",
        |ui| is_clicked = text_button(ui, label).clicked(),
        |ui| {
            let text = view.frames.as_ref().map_or_else(
                || "Keep pictures of this game, to train a style of your own on them.".to_owned(),
                frames_text,
            );
            weak(ui, text);
        },
    );
    if is_clicked {
        requests.push(Command::ToggleFrameRecording.into());
    }
}

fn show_notices(ui: &mut Ui, view: &PanelView) {
    if view.notices.is_empty() {
        return;
    }
    card(
        ui,
        "Notices",
        |_| {},
        |ui| {
            for notice in view.notices.iter().rev() {
                ui.label(RichText::new(sentence(&notice.text)).size(theme::SMALL_PT));
            }
        },
    );
}

fn has_fresh_notice(view: &PanelView) -> bool {
    view.notices.last().is_some_and(|notice| notice.age < FRESH_NOTICE)
}

/// `0:42 · 3.1 MB`
fn recording_text(elapsed: Duration, bytes: u64) -> String {
    let seconds = elapsed.as_secs();
    format!("Stop · {}:{:02} · {:.1} MB", seconds / 60, seconds % 60, bytes as f64 / 1e6)
}

/// `12 kept · 8 in bursts · 340 left out`
fn frames_text(counts: &Counts) -> String {
    format!("{} kept · {} in bursts · {} left out", counts.kept, counts.in_bursts, counts.skipped.total())
}

/// Notices are written without capital and period, as errors are; a person reads a sentence.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_figures_of_recordings() {
        assert_eq!(recording_text(Duration::from_secs(62), 3_140_000), "Stop · 1:02 · 3.1 MB");
        let counts = Counts { seen: 20, kept: 12, in_bursts: 8, ..Counts::default() };
        assert_eq!(frames_text(&counts), "12 kept · 8 in bursts · 0 left out");
        assert_eq!(sentence("the disk is full"), "The disk is full");
    }
}
