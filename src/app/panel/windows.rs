//! The window picker.

use super::widgets::{Tile, switch, text_button, weak};
use super::{PanelView, Request, theme, widgets};
use crate::capture::{WindowInfo, WindowState};
use crate::control::Command;
use crate::frame::Frame;
use egui::{TextureHandle, Ui};
use std::collections::HashMap;

/// Aspect of a window's picture in its tile.
const ASPECT: f32 = 16.0 / 10.0;

/// The windows that can be picked, with their pictures as textures.
#[derive(Default)]
pub struct WindowTiles {
    windows: Vec<WindowInfo>,
    pictures: HashMap<u32, TextureHandle>,
    /// A picture of the built-in scene.
    pub scene: Option<TextureHandle>,
    /// Windows have been listed at least once.
    is_listed: bool,
    failure: Option<String>,
}

impl WindowTiles {
    /// Takes a new list. A window without a picture now (a minimized one) keeps its last.
    pub fn set(&mut self, context: &egui::Context, windows: Vec<(WindowInfo, Option<Frame>)>) {
        self.pictures.retain(|id, _| windows.iter().any(|(window, _)| window.id == *id));
        self.windows.clear();
        for (window, picture) in windows {
            if let Some(picture) = picture {
                let image = super::image_of(&picture);
                self.pictures
                    .entry(window.id)
                    .and_modify(|texture| texture.set(image.clone(), egui::TextureOptions::LINEAR))
                    .or_insert_with(|| {
                        context.load_texture(format!("window {}", window.id), image, egui::TextureOptions::LINEAR)
                    });
            }
            self.windows.push(window);
        }
        self.is_listed = true;
        self.failure = None;
    }

    pub fn set_failure(&mut self, text: String) {
        self.failure = Some(text);
    }
}

/// The card with the window that is painted, or with all that can be.
pub fn show(ui: &mut Ui, view: &PanelView, tiles: &WindowTiles, is_open: &mut bool, requests: &mut Vec<Request>) {
    let heading = if view.title.is_some() { "Painting" } else { "Choose a game" };
    let (mut wants_toggle, mut wants_stop) = (false, false);
    widgets::card(
        ui,
        heading,
        |ui| {
            if view.title.is_some() {
                wants_stop = text_button(ui, "Stop").clicked();
                wants_toggle = text_button(ui, if *is_open { "Keep" } else { "Change" }).clicked();
            }
        },
        |ui| {
            if let Some(title) = view.title {
                let galley = widgets::one_line(ui, title, theme::BODY_PT + 1.0, theme::TEXT, ui.available_width());
                ui.label(galley);
                if let Some(size) = view.figures.and_then(|figures| figures.source_size) {
                    weak(ui, format!("{} × {} pixels", size.width, size.height));
                }
            }
            if view.is_portal {
                if switch(ui, "Lie over the whole screen", view.covers_screen) {
                    requests.push(Request::CoverScreen(!view.covers_screen));
                }
                if view.covers_screen {
                    weak(ui, "For a game that fills the screen. It is seen while this panel is closed.");
                }
                let again = view.settings.shares_again;
                if switch(ui, "Paint it when Impasto starts", again) {
                    requests.push(Request::ShareAgain(!again));
                }
                if again {
                    weak(ui, "The desktop asks only where it has forgotten what you chose.");
                }
            }
            if *is_open || view.title.is_none() {
                grid(ui, view, tiles, requests);
            }
        },
    );
    if wants_stop {
        requests.push(Command::LeaveWindow.into());
    }
    if wants_toggle {
        *is_open = !*is_open;
    }
}

fn grid(ui: &mut Ui, view: &PanelView, tiles: &WindowTiles, requests: &mut Vec<Request>) {
    let width = ((ui.available_width() - theme::GAP) / 2.0).floor();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(theme::GAP, theme::GAP);
        for window in &tiles.windows {
            let is_chosen = view.window == Some(window.id);
            let subtitle = subtitle(window);
            let tile = Tile {
                picture: tiles.pictures.get(&window.id),
                title: title(window),
                subtitle: Some(&subtitle),
                is_chosen,
                is_weak: window.state != WindowState::Visible,
            };
            if tile.show(ui, width, ASPECT).clicked() && !is_chosen {
                requests.push(Command::PickWindow(window.id).into());
            }
        }
        if view.has_portal {
            let portal = Tile {
                picture: None,
                title: "Any window or screen",
                subtitle: Some("The desktop asks which"),
                is_chosen: view.is_portal,
                is_weak: false,
            };
            if portal.show(ui, width, ASPECT).clicked() {
                requests.push(Command::PickOnDesktop.into());
            }
        }
        let scene = Tile {
            picture: tiles.scene.as_ref(),
            title: "Built-in scene",
            subtitle: Some("Try styles without a game"),
            is_chosen: view.title.is_some() && view.window.is_none() && !view.is_portal,
            is_weak: false,
        };
        if scene.show(ui, width, ASPECT).clicked() {
            requests.push(Request::PaintScene);
        }
    });
    match &tiles.failure {
        // Where the desktop asks, no list is missed.
        Some(_) if view.has_portal => {}
        Some(text) => {
            weak(ui, text.clone());
        }
        None if !tiles.is_listed => {
            weak(ui, "Looking for windows…");
        }
        None if tiles.windows.is_empty() => {
            weak(ui, "No window is open. Start your game: it appears here.");
        }
        None => {}
    }
}

fn title(window: &WindowInfo) -> &str {
    [&window.title, &window.application].into_iter().find(|name| !name.is_empty()).map_or("(no title)", String::as_str)
}

fn subtitle(window: &WindowInfo) -> String {
    let state = match window.state {
        WindowState::Visible => "",
        WindowState::Minimized => " · minimized",
        WindowState::Hidden => " · hidden",
    };
    let size = format!("{} × {}{state}", window.size.width, window.size.height);
    if window.application.is_empty() || window.title.is_empty() {
        size
    } else {
        format!("{} · {size}", window.application)
    }
}
