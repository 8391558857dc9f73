//! The brush: how large strokes are.

use super::widgets::{slider, switch, weak};
use super::{PanelView, Request};
use crate::control::{Brush, Command, SizeRequest};
use crate::frame::Size;
use crate::stylize::Style;
use egui::Ui;

/// The slider moves by tenths.
const STEPS_PER_UNIT: f32 = 10.0;

/// The picture that is assumed before there is one.
const USUAL_SIZE: Size = Size::new(640, 480);

/// A slider for the size of strokes, and a switch that leaves it to the size of the picture.
pub fn show_brush(ui: &mut Ui, view: &PanelView, requests: &mut Vec<Request>) {
    if view.figures.is_some_and(|figures| figures.has_one_size) {
        weak(ui, "This style paints at one size only, so its strokes cannot be made larger");
        return;
    }
    let is_automatic = view.state.size == SizeRequest::AUTOMATIC;
    let factor = factor(view);
    let text = |factor: f32| if is_automatic { format!("automatic, {factor:.1}") } else { format!("{factor:.1}") };
    if let Some(new) = slider(ui, "Brush", factor, Brush::FACTORS, text) {
        requests.push(order(Brush::Factor(rounded(new))));
    }
    if switch(ui, "Fit the brush to the picture's size", is_automatic) {
        requests.push(order(if is_automatic { Brush::Factor(rounded(factor)) } else { Brush::Automatic }));
    }
}

/// How many times as large strokes are now, as far as the slider reaches.
fn factor(view: &PanelView) -> f32 {
    let shown = view.figures.and_then(|figures| figures.source_size).unwrap_or(USUAL_SIZE);
    let style = view.state.style.as_ref().map_or(1.0, Style::brush);
    match view.state.size {
        SizeRequest::Brush(brush) => brush.factor(shown, style),
        size => {
            let ratio = Brush::between(shown, size.resolve(shown, style)) as f32;
            ratio.clamp(*Brush::FACTORS.start(), *Brush::FACTORS.end())
        }
    }
}

fn rounded(factor: f32) -> f32 {
    (factor * STEPS_PER_UNIT).round() / STEPS_PER_UNIT
}

fn order(brush: Brush) -> Request {
    Command::SetInputSize(SizeRequest::Brush(brush)).into()
}
