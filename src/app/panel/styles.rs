//! The grid of styles.

use super::widgets::{Tile, weak};
use super::{PanelView, Request, theme, widgets};
use crate::control::Command;
use crate::frame::Frame;
use egui::{TextureHandle, Ui};
use std::collections::HashMap;

/// Aspect of a style's picture in its tile.
const ASPECT: f32 = 4.0 / 3.0;

/// Styles in a row.
const COLUMNS: f32 = 3.0;

/// Pictures of styles by name.
#[derive(Default)]
pub struct StylePictures(HashMap<String, TextureHandle>);

impl StylePictures {
    pub fn set(&mut self, context: &egui::Context, pictures: Vec<(String, Frame)>) {
        for (name, picture) in pictures {
            let image = super::image_of(&picture);
            let texture = context.load_texture(format!("style {name}"), image, egui::TextureOptions::LINEAR);
            self.0.insert(name, texture);
        }
    }
}

/// The card with the styles; the one that was asked for is marked.
pub fn show(ui: &mut Ui, view: &PanelView, pictures: &StylePictures, requests: &mut Vec<Request>) {
    let is_loading = view.figures.is_some_and(|figures| figures.is_loading);
    widgets::card(
        ui,
        "Style",
        |ui| {
            if is_loading {
                weak(ui, "Loading…");
            }
        },
        |ui| {
            if view.state.styles.is_empty() {
                weak(ui, "No style is installed: put an .onnx model into the styles folder, then start again.");
                return;
            }
            let width = ((ui.available_width() - (COLUMNS - 1.0) * theme::GAP) / COLUMNS).floor();
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(theme::GAP, theme::GAP);
                for style in &view.state.styles {
                    let is_chosen = view.state.style.as_ref() == Some(style);
                    let picture = pictures.0.get(&style.name);
                    let title = display_name(&style.name);
                    let painting = style.manifest.as_ref().and_then(|manifest| manifest.painting.as_ref());
                    let tile = Tile { picture, title: &title, subtitle: None, is_chosen, is_weak: false };
                    let response = tile.show(ui, width, ASPECT);
                    let hint = |ui: &mut Ui| {
                        ui.label(painting.map_or_else(|| title.clone(), ToString::to_string));
                    };
                    if response.on_hover_ui(hint).clicked() && !is_chosen {
                        requests.push(Command::SetStyle(style.name.clone()).into());
                    }
                }
            });
        },
    );
}

/// A style's name as a person writes it: `oil-swirls` is `Oil swirls`.
pub fn display_name(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn writes_names_as_people_do() {
        assert_eq!(super::display_name("oil-swirls"), "Oil swirls");
        assert_eq!(super::display_name(""), "");
    }
}
