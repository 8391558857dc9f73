//! The Train page while a training runs, and when it has ended.

use super::widgets::{card, problem, progress_bar, text_button, weak, wide_button};
use super::{PanelView, Request, theme};
use crate::app::training::{Stage, Training, TrainingProgress};
use crate::control::Command;
use crate::frame::Frame;
use egui::{RichText, TextureHandle, TextureOptions, Ui};
use std::sync::Arc;

/// How the trainer's refusal is told from others: the program was built without it.
const WITHOUT_TRAINER: &str = "built without the trainer";

/// The preview as a texture.
#[derive(Default)]
pub struct Preview {
    shown: Option<(Arc<Frame>, TextureHandle)>,
}

impl Preview {
    /// The texture of a preview; it is made anew for a newer one.
    fn texture(&mut self, context: &egui::Context, preview: &Arc<Frame>) -> &TextureHandle {
        let is_same = |(shown, _): &(Arc<Frame>, TextureHandle)| Arc::ptr_eq(shown, preview);
        let current = self.shown.take().filter(is_same).unwrap_or_else(|| {
            let image = super::image_of(preview);
            (Arc::clone(preview), context.load_texture("preview", image, TextureOptions::LINEAR))
        });
        &self.shown.insert(current).1
    }
}

/// Draws how the training goes, and what can be done about it.
pub fn show(ui: &mut Ui, view: &PanelView, training: &Training, preview: &mut Preview, requests: &mut Vec<Request>) {
    card(
        ui,
        &training.order.name,
        |ui| {
            let (text, color) = stage_words(training.stage());
            ui.label(RichText::new(text).size(theme::SMALL_PT).color(color));
        },
        |ui| {
            let progress = training.progress();
            match training.stage() {
                Stage::Failed(why) => show_failure(ui, training, why),
                Stage::Finished => progress_bar(ui, 1.0),
                _ => progress_bar(ui, progress.and_then(|progress| progress.share).unwrap_or_default()),
            }
            if let Some(progress) = progress {
                show_figures(ui, progress, training.has_ended());
            }
        },
    );
    show_buttons(ui, view, training, requests);
    if let Some(picture) = training.preview() {
        let texture = preview.texture(ui.ctx(), picture);
        card(
            ui,
            "Preview",
            |ui| {
                weak(ui, "frame · painting");
            },
            |ui| {
                let scale = ui.available_width() / texture.size_vec2().x;
                let image = egui::Image::new((texture.id(), texture.size_vec2() * scale));
                ui.add(image.corner_radius(egui::CornerRadius::same(theme::TILE_RADIUS)));
            },
        );
    }
}

fn stage_words(stage: &Stage) -> (&'static str, egui::Color32) {
    match stage {
        Stage::Starting => ("Starting…", theme::TEXT_WEAK),
        Stage::Running => ("Training", theme::ACCENT),
        Stage::Stopping => ("Stopping…", theme::TEXT_WEAK),
        Stage::Finished => ("Done", theme::ACCENT),
        Stage::Stopped => ("Stopped", theme::TEXT_WEAK),
        Stage::Failed(_) => ("Failed", theme::ALARM),
    }
}

fn show_figures(ui: &mut Ui, progress: &TrainingProgress, has_ended: bool) {
    let pace = progress.pace();
    if !pace.is_empty() && !has_ended {
        ui.label(RichText::new(pace).size(theme::SMALL_PT));
    }
    for (heading, figures) in [("Losses", progress.losses()), ("Flicker", progress.flicker())] {
        if figures.is_empty() {
            continue;
        }
        ui.add_space(4.0);
        weak(ui, heading);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = 20.0;
            for (name, value) in figures {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(name).size(theme::SMALL_PT));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        ui.label(RichText::new(value).size(theme::SMALL_PT));
                    });
                });
            }
        });
    }
    if let Some(device) = progress.tried_device() {
        ui.add_space(4.0);
        weak(ui, device);
    }
    if let Some(message) = progress.message.as_ref().filter(|message| !message.is_empty()) {
        weak(ui, message.clone());
    }
}

fn show_failure(ui: &mut Ui, training: &Training, why: &str) {
    if !why.contains(WITHOUT_TRAINER) {
        problem(ui, why.to_owned());
        return;
    }
    ui.label(RichText::new("This Impasto was built without the trainer.").color(theme::TEXT));
    weak(ui, "This command, in the folder that Impasto was built in, builds it and trains the style:");
    let command = training.order.shell_command();
    egui::Frame::new()
        .fill(theme::BACKGROUND)
        .corner_radius(egui::CornerRadius::same(theme::TILE_RADIUS))
        .inner_margin(egui::Margin::same(10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(&command).monospace());
        });
    ui.vertical_centered(|ui| {
        if text_button(ui, "Copy the command").clicked() {
            ui.ctx().copy_text(command);
        }
    });
}

fn show_buttons(ui: &mut Ui, view: &PanelView, training: &Training, requests: &mut Vec<Request>) {
    let style = view.state.styles.iter().find(|style| style.model == training.order.out);
    match (training.stage(), style) {
        (Stage::Finished | Stage::Stopped, Some(style)) => {
            let is_chosen = view.state.style.as_ref() == Some(style);
            ui.horizontal(|ui| {
                let width = ((ui.available_width() - theme::GAP) / 2.0).floor();
                ui.add_enabled_ui(!is_chosen, |ui| {
                    let text = if is_chosen { "It paints" } else { "Paint with it" };
                    if wide_button(ui, text, width, theme::ACCENT, theme::ON_ACCENT).clicked() {
                        requests.push(Command::SetStyle(style.name.clone()).into());
                    }
                });
                if wide_button(ui, "Train another", width, theme::RAISED, theme::TEXT).clicked() {
                    requests.push(Request::ForgetTraining);
                }
            });
        }
        (Stage::Finished | Stage::Stopped | Stage::Failed(_), _) => {
            if wide_button(ui, "Back", ui.available_width(), theme::RAISED, theme::TEXT).clicked() {
                requests.push(Request::ForgetTraining);
            }
        }
        (Stage::Starting | Stage::Running, _) => {
            if wide_button(ui, "Stop and keep the style", ui.available_width(), theme::RAISED, theme::TEXT).clicked() {
                requests.push(Request::StopTraining);
            }
            weak(
                ui,
                "It trains beside the game, at low priority. Closing Impasto stops it; what it has learnt is kept.",
            );
        }
        (Stage::Stopping, _) => {
            weak(ui, "It writes the style; this takes a few seconds.");
            if text_button(ui, "End it at once")
                .on_hover_text("The style is not written; its last checkpoint stays.")
                .clicked()
            {
                requests.push(Request::StopTraining);
            }
        }
    }
}
