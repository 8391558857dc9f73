//! The Train page before a training: what is to be learnt, from which pictures, and for how long.

use super::controls::choice;
use super::styles::display_name;
use super::widgets::{card, problem, slider, switch, text_button, text_field, weak, wide_button};
use super::{PanelView, Request, theme};
use crate::app::training::{TrainingOrder, TrainingPlan, picture_at, typed_path};
use crate::frame::{Frame, read_picture, resize_bilinear};
use crate::network::Tier;
use crate::stylize::{Style, own_styles_folder};
use egui::{RichText, TextureHandle, TextureOptions, Ui, vec2};
use std::path::{Path, PathBuf};

/// Height of the style picture on the page in pixels, at most, and in points.
const PICTURE_PX: u32 = 320;
const PICTURE_HEIGHT: f32 = 132.0;

/// Minutes on offer.
const MINUTES: std::ops::RangeInclusive<f32> = 1.0..=120.0;

/// Width of small buttons at the right of a line, in points.
const SIDE_BUTTON_WIDTH: f32 = 64.0;

/// What the form remembers.
#[derive(Default)]
pub struct TrainForm {
    /// Made when the page is first seen.
    plan: Option<TrainingPlan>,
    typed_folder: String,
    picture: ChosenPicture,
}

/// The style picture that was looked at last.
#[derive(Default)]
struct ChosenPicture {
    typed: String,
    problem: Option<String>,
    texture: Option<TextureHandle>,
}

impl TrainForm {
    fn plan(&mut self) -> &mut TrainingPlan {
        self.plan.get_or_insert_with(TrainingPlan::suggested)
    }

    /// Takes files that were dropped on the window: a picture is the style, a folder is to be learnt on. Tells whether
    /// there were any.
    pub fn take_dropped(&mut self, context: &egui::Context) -> bool {
        let dropped = context.input(|input| input.raw.dropped_files.clone());
        let paths: Vec<PathBuf> = dropped.iter().map(|file| file.path().to_owned()).collect();
        for path in &paths {
            if path.is_dir() {
                self.add_folder(path.clone());
            } else {
                self.plan().style_picture = path.display().to_string();
            }
        }
        !paths.is_empty()
    }

    fn add_folder(&mut self, folder: PathBuf) {
        let plan = self.plan();
        if !plan.data.contains(&folder) {
            plan.data.push(folder);
        }
    }
}

impl ChosenPicture {
    /// Looks at the picture again if another path was typed; gives the path if there is a picture now.
    fn follow(&mut self, context: &egui::Context, typed: &str) -> Option<PathBuf> {
        if self.typed == typed {
            return None;
        }
        typed.clone_into(&mut self.typed);
        (self.texture, self.problem) = (None, None);
        let read = picture_at(typed)
            .and_then(|path| read_picture(&path).map(|picture| (path, picture)).map_err(|error| error.to_string()));
        match read {
            Ok((path, picture)) => {
                let image = super::image_of(&shrunk(&picture));
                self.texture = Some(context.load_texture("style picture", image, TextureOptions::LINEAR));
                Some(path)
            }
            Err(problem) => {
                self.problem = Some(problem).filter(|_| !typed.trim().is_empty());
                None
            }
        }
    }
}

fn shrunk(picture: &Frame) -> Frame {
    let mut small = Frame::new(picture.size.with_height(picture.size.height.min(PICTURE_PX)));
    resize_bilinear(picture, &mut small);
    small
}

/// Draws the form.
pub fn show(ui: &mut Ui, view: &PanelView, form: &mut TrainForm, requests: &mut Vec<Request>) {
    show_style(ui, form);
    show_data(ui, form);
    let from = show_settings(ui, view, form);
    let Some(folder) = own_styles_folder() else {
        problem(ui, "The system tells no folder for your data: train with impasto train instead.");
        return;
    };
    match form.plan().order(&folder, from.as_deref()) {
        Ok(order) => show_start(ui, order, requests),
        Err(missing) => {
            ui.add_enabled_ui(false, |ui| {
                wide_button(ui, "Start", ui.available_width(), theme::ACCENT, theme::ON_ACCENT)
            });
            weak(ui, missing);
        }
    }
}

fn show_start(ui: &mut Ui, order: TrainingOrder, requests: &mut Vec<Request>) {
    let is_replaced = order.out.is_file();
    let command = order.shell_command();
    if wide_button(ui, "Start", ui.available_width(), theme::ACCENT, theme::ON_ACCENT).clicked() {
        requests.push(Request::StartTraining(order));
    }
    if is_replaced {
        weak(ui, "A style of this name is there already: it is replaced in the end.");
    }
    weak(ui, "It trains beside the game, at low priority. Closing Impasto stops it; what it has learnt is kept.");
    ui.vertical_centered(|ui| {
        if text_button(ui, "Copy the command line").clicked() {
            ui.ctx().copy_text(command);
        }
    });
}

fn show_style(ui: &mut Ui, form: &mut TrainForm) {
    let mut typed = form.plan().style_picture.clone();
    let is_hovered = ui.input(|input| !input.raw.hovered_files.is_empty());
    card(
        ui,
        "Style picture",
        |_| {},
        |ui| {
            if let Some(path) = form.picture.follow(ui.ctx(), &typed) {
                form.plan().suggest_name(&path);
            }
            show_picture(ui, &form.picture, is_hovered);
            text_field(ui, &mut typed, "Path of a picture", ui.available_width());
            if let Some(text) = &form.picture.problem {
                problem(ui, text.clone());
            }
        },
    );
    form.plan().style_picture = typed;
}

fn show_picture(ui: &mut Ui, picture: &ChosenPicture, is_hovered: bool) {
    let size = vec2(ui.available_width(), PICTURE_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let radius = egui::CornerRadius::same(theme::TILE_RADIUS);
    ui.painter().rect_filled(rect, radius, theme::RAISED);
    if let Some(texture) = &picture.texture {
        let scale = (rect.size() / texture.size_vec2()).min_elem();
        let shown = egui::Rect::from_center_size(rect.center(), texture.size_vec2() * scale);
        egui::Image::new((texture.id(), shown.size())).corner_radius(radius).paint_at(ui, shown);
    } else {
        let text = if is_hovered { "Drop it" } else { "Drop a picture on this window" };
        let font = egui::FontId::proportional(theme::BODY_PT);
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, font, theme::TEXT_WEAK);
    }
    if is_hovered {
        let stroke = egui::Stroke::new(2.0, theme::ACCENT);
        ui.painter().rect_stroke(rect, radius, stroke, egui::StrokeKind::Inside);
    }
}

fn show_data(ui: &mut Ui, form: &mut TrainForm) {
    let mut removed = None;
    let mut added = None;
    card(
        ui,
        "Pictures to learn on",
        |_| {},
        |ui| {
            for (index, folder) in form.plan().data.iter().enumerate() {
                ui.horizontal(|ui| {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if text_button(ui, "Remove").clicked() {
                            removed = Some(index);
                        }
                        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                            show_folder(ui, folder);
                        });
                    });
                });
            }
            ui.horizontal(|ui| {
                let width = ui.available_width() - SIDE_BUTTON_WIDTH - theme::GAP;
                let field = text_field(ui, &mut form.typed_folder, "Path of a folder", width);
                let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                let button = egui::Button::new("Add").min_size(vec2(SIDE_BUTTON_WIDTH, field.rect.height()));
                if ui.add(button).clicked() || is_entered {
                    added = Some(typed_path(&form.typed_folder));
                }
            });
            weak(ui, "Frames of the game itself, best with other pictures besides. Record them on the Paint page.");
        },
    );
    if let Some(index) = removed {
        form.plan().data.remove(index);
    }
    if let Some(folder) = added.filter(|folder| !folder.as_os_str().is_empty()) {
        form.add_folder(folder);
        form.typed_folder.clear();
    }
}

fn show_folder(ui: &mut Ui, folder: &Path) {
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
    let is_there = folder.is_dir();
    let color = if is_there { theme::TEXT } else { theme::ALARM };
    let galley = super::widgets::one_line(ui, &name, theme::BODY_PT, color, ui.available_width());
    let path = folder.display().to_string();
    ui.label(galley).on_hover_text(if is_there { path } else { format!("There is no such folder: {path}") });
}

/// Name, size of network, time; gives the model of the style to start from, where one fits.
fn show_settings(ui: &mut Ui, view: &PanelView, form: &mut TrainForm) -> Option<PathBuf> {
    let plan = form.plan();
    let folder = own_styles_folder();
    let mut from = None;
    card(
        ui,
        "Training",
        |_| {},
        |ui| {
            ui.horizontal(|ui| {
                ui.label("Name");
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    text_field(ui, &mut plan.name, "of the style", ui.available_width() * 0.75);
                });
            });
            choice(ui, "Network", &display_name(plan.tier.name()), |ui| {
                for tier in Tier::ALL {
                    ui.selectable_value(&mut plan.tier, tier, display_name(tier.name()));
                }
            });
            weak(ui, tier_words(plan.tier));
            if let Some(minutes) = slider(ui, "Time", plan.minutes, MINUTES, |minutes| format!("{minutes:.0} min")) {
                plan.minutes = minutes.round();
            }
            if folder.as_ref().and_then(|folder| plan.checkpoint(folder)).is_some()
                && switch(ui, "Go on where it was stopped", plan.is_resumed)
            {
                plan.is_resumed = !plan.is_resumed;
            }
            if let Some(style) = view.state.style.as_ref().filter(|style| is_of_tier(style, plan.tier)) {
                from = Some(style.model.clone());
                let label = format!("Start from {}", display_name(&style.name));
                if switch(ui, &label, plan.starts_from_style) {
                    plan.starts_from_style = !plan.starts_from_style;
                }
            } else {
                ui.label(
                    RichText::new("No style of this network is chosen to start from: it starts from scratch.")
                        .size(theme::SMALL_PT)
                        .color(theme::TEXT_WEAK),
                );
            }
        },
    );
    from
}

fn is_of_tier(style: &Style, tier: Tier) -> bool {
    style.manifest.as_ref().and_then(|manifest| manifest.tier.as_deref()) == Some(tier.name())
}

fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Fast => "For old machines and high frame rates.",
        Tier::Balanced => "For most machines.",
        Tier::Quality => "Finer strokes, for fast machines.",
        Tier::Classic => "The network of 2016, for comparison: slow to run.",
    }
}
