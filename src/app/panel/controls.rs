//! How the painting looks, and how fast it is made.

use super::brush::show_brush;
use super::widgets::{slider, switch, weak};
use super::{PanelView, Request, widgets};
use crate::control::{Command, ParameterValue, Region, SizeRequest};
use crate::stylize::{Parameter, Style};
use egui::Ui;

/// The size is not named.
const BY_BRUSH: &str = "By the brush";

/// Inference heights on offer, in pixels.
const HEIGHTS_PX: [u32; 5] = [240, 360, 480, 540, 720];

/// Caps on offer, in frames per second.
const CAPS_FPS: [f32; 6] = [24.0, 30.0, 48.0, 60.0, 90.0, 120.0];

/// Rates of paintings on offer that are held, in frames per second.
const PACES_FPS: [f32; 4] = [20.0, 30.0, 45.0, 60.0];

/// Where the A/B split starts.
const FIRST_SPLIT: f32 = 0.5;

/// The part that is painted where the person has just asked for one: all but a status bar at the bottom.
const FIRST_REGION: Region = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 0.85 };

/// The largest share of the picture that stays as it is at one edge.
const LARGEST_MARGIN: f32 = 0.45;

/// Width of the choices at the right of their labels, in points.
const CHOICE_WIDTH: f32 = 128.0;

/// Strength, colours, clarity, split, and the network's own parameters.
pub fn show_look(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    let look = view.state.look;
    widgets::card(
        ui,
        "Look",
        |_| {},
        |ui| {
            if let Some(strength) = slider(ui, "Strength", look.strength, 0.0..=1.0, percent) {
                requests.push(Command::SetStrength(strength).into());
            }
            show_brush(ui, view, requests);
            if let Some(keep) = slider(ui, "Keep the game's colours", look.keep_colors, 0.0..=1.0, percent) {
                requests.push(Command::SetKeepColors(keep).into());
            }
            if let Some(clarity) = slider(ui, "Clarity", look.clarity, 0.0..=1.0, percent) {
                requests.push(Command::SetClarity(clarity).into());
            }
            let has_levels = view.state.style.as_ref().is_some_and(Style::has_levels);
            if switch(ui, "Auto levels", view.state.levels.applies(has_levels)) {
                requests.push(Command::SetLevels(view.state.levels.switched(has_levels)).into());
            }
            for parameter in view.figures.map_or(&[][..], |figures| &figures.parameters) {
                show_parameter(ui, parameter, requests);
            }
            show_region(ui, look.region, requests);
            if switch(ui, "Compare side by side", look.split.is_some()) {
                requests.push(Command::SetSplit(look.split.is_none().then_some(FIRST_SPLIT)).into());
            }
            if let Some(at) = look.split
                && let Some(at) = slider(ui, "Game to the left of", at, 0.0..=1.0, percent)
            {
                requests.push(Command::SetSplit(Some(at)).into());
            }
        },
    );
}

/// The part that is painted: all of it, or with margins where the game stays as it is.
fn show_region(ui: &mut Ui, region: Region, requests: &mut Vec<Request>) {
    let is_part = region != Region::ALL;
    if switch(ui, "Leave the edges as they are", is_part) {
        requests.push(Command::SetRegion(if is_part { Region::ALL } else { FIRST_REGION }).into());
    }
    if !is_part {
        return;
    }
    let mut margins = [region.left, region.top, 1.0 - region.right, 1.0 - region.bottom];
    let labels = ["Left", "Top", "Right", "Bottom"];
    let mut is_changed = false;
    for (label, margin) in labels.into_iter().zip(&mut margins) {
        if let Some(new) = slider(ui, label, *margin, 0.0..=LARGEST_MARGIN, percent) {
            *margin = new;
            is_changed = true;
        }
    }
    let [left, top, right, bottom] = margins;
    if let Some(region) = Region::new([left, top, 1.0 - right, 1.0 - bottom]).filter(|_| is_changed) {
        requests.push(Command::SetRegion(region).into());
    }
}

fn show_parameter(ui: &mut Ui, parameter: &Parameter, requests: &mut Vec<Request>) {
    for (index, value) in parameter.values.iter().enumerate() {
        let label = parameter.labels.get(index).map_or(parameter.name.as_str(), String::as_str);
        let changed = ui
            .push_id((&parameter.name, index), |ui| {
                slider(ui, label, *value, parameter.min..=parameter.max, |value| format!("{value:.2}"))
            })
            .inner;
        if let Some(new) = changed {
            let mut values = parameter.values.clone();
            values[index] = new;
            requests.push(Command::SetParameter(ParameterValue { name: parameter.name.clone(), values }).into());
        }
    }
}

/// Inference size and frame rate cap.
pub fn show_speed(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    choice(ui, "Inference size", &size_text(view, view.state.size), |ui| {
        let is_by_brush = !view.state.size.names_size();
        if ui.selectable_label(is_by_brush, BY_BRUSH).clicked() && !is_by_brush {
            requests.push(Command::SetInputSize(SizeRequest::AUTOMATIC).into());
        }
        let source = view.figures.and_then(|figures| figures.source_size).map(|size| size.height);
        let heights = HEIGHTS_PX.into_iter().map(|height| (height, format!("{height}p")));
        let source = source.filter(|height| !HEIGHTS_PX.contains(height)).map(|height| (height, "Source".to_owned()));
        for (height, text) in heights.chain(source) {
            let size = SizeRequest::Height(height);
            if ui.selectable_label(view.state.size == size, text).clicked() {
                requests.push(Command::SetInputSize(size).into());
            }
        }
    });
    let cap = view.state.fps_cap.map_or_else(|| "None".to_owned(), |cap| format!("{cap:.0} fps"));
    choice(ui, "Frame rate cap", &cap, |ui| {
        if ui.selectable_label(view.state.fps_cap.is_none(), "None").clicked() {
            requests.push(Command::SetFpsCap(None).into());
        }
        for cap in CAPS_FPS {
            if ui.selectable_label(view.state.fps_cap == Some(cap), format!("{cap:.0} fps")).clicked() {
                requests.push(Command::SetFpsCap(Some(cap)).into());
            }
        }
    });
    let pace = view.state.pace_fps.map_or_else(|| "Off".to_owned(), |fps| format!("{fps:.0} fps"));
    choice(ui, "Paintings to hold", &pace, |ui| {
        if ui.selectable_label(view.state.pace_fps.is_none(), "Off").clicked() {
            requests.push(Command::SetPace(None).into());
        }
        for fps in PACES_FPS {
            if ui.selectable_label(view.state.pace_fps == Some(fps), format!("{fps:.0} fps")).clicked() {
                requests.push(Command::SetPace(Some(fps)).into());
            }
        }
    });
    if let Some(pace) = view.figures.and_then(|figures| figures.pace.as_deref()) {
        weak(ui, pace);
    }
    if let Some(size) = view.figures.and_then(|figures| figures.input_size) {
        weak(ui, format!("The network paints {} × {} pixels", size.width, size.height));
    }
}

/// A choice at the right of its label.
pub fn choice(ui: &mut Ui, label: &str, text: &str, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.label(label);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            egui::ComboBox::from_id_salt(label).selected_text(text).width(CHOICE_WIDTH).show_ui(ui, contents);
        });
    });
}

fn size_text(view: &PanelView, size: SizeRequest) -> String {
    let source = view.figures.and_then(|figures| figures.source_size).map(|size| size.height);
    match size {
        SizeRequest::Brush(_) => BY_BRUSH.to_owned(),
        SizeRequest::Height(height) if HEIGHTS_PX.contains(&height) => format!("{height}p"),
        SizeRequest::Height(height) if Some(height) == source => "Source".to_owned(),
        SizeRequest::Height(height) => format!("{height}p"),
        SizeRequest::Exact(size) => format!("{} × {}", size.width, size.height),
    }
}

fn percent(value: f32) -> String {
    format!("{:.0} %", value * 100.0)
}
