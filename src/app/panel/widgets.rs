//! The panel's own widgets: cards, tiles, switches, labelled sliders and buttons.

use super::theme;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, CornerRadius, FontId, Margin, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind,
    TextureHandle, Ui, WidgetInfo, pos2, vec2,
};
use std::ops::RangeInclusive;

/// Height of a tile's caption in points, with and without a second line.
const CAPTION_HEIGHT: f32 = 30.0;
const TWO_LINE_CAPTION_HEIGHT: f32 = 48.0;

/// Height of a card's heading in points.
const HEADING_HEIGHT: f32 = 20.0;

/// Thickness of the ring around chosen and focused tiles.
const RING: f32 = 2.0;

/// A card with a heading; `aside` stands at the right of the heading.
pub fn card(ui: &mut Ui, heading: &str, aside: impl FnOnce(&mut Ui), contents: impl FnOnce(&mut Ui)) {
    egui::Frame::new()
        .fill(theme::CARD)
        .corner_radius(CornerRadius::same(theme::CARD_RADIUS))
        .inner_margin(Margin::same(theme::CARD_PADDING))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.scope(|ui| {
                ui.spacing_mut().interact_size.y = HEADING_HEIGHT;
                heading_row(ui, heading, aside);
            });
            contents(ui);
        });
    ui.add_space(4.0);
}

fn heading_row(ui: &mut Ui, heading: &str, aside: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.label(
            RichText::new(heading.to_uppercase())
                .size(theme::SMALL_PT)
                .color(theme::TEXT_WEAK)
                .extra_letter_spacing(1.2),
        );
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), aside);
    });
}

/// Text that explains.
pub fn weak(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.label(RichText::new(text).size(theme::SMALL_PT).color(theme::TEXT_WEAK))
}

/// A small button without a background, as it stands beside a heading.
pub fn text_button(ui: &mut Ui, text: &str) -> Response {
    let text = RichText::new(text).size(theme::SMALL_PT).color(theme::ACCENT);
    ui.add(egui::Button::new(text).frame_when_inactive(false).small())
}

/// What a tile shows.
pub struct Tile<'a> {
    pub picture: Option<&'a TextureHandle>,
    pub title: &'a str,
    pub subtitle: Option<&'a str>,
    pub is_chosen: bool,
    /// Drawn weaker: the window is minimized, say.
    pub is_weak: bool,
}

impl Tile<'_> {
    /// Draws the tile `width` points wide; its picture has `aspect` (width over height).
    pub fn show(&self, ui: &mut Ui, width: f32, aspect: f32) -> Response {
        let caption = if self.subtitle.is_some() { TWO_LINE_CAPTION_HEIGHT } else { CAPTION_HEIGHT };
        let picture_height = (width / aspect).round();
        let (rect, response) = ui.allocate_exact_size(vec2(width, picture_height + caption), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, self.is_chosen, self.title));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let fill = match (self.is_chosen, response.hovered()) {
            (true, _) => theme::ACCENT_DIM,
            (false, true) => theme::RAISED_HOVER,
            (false, false) => theme::RAISED,
        };
        let painter = ui.painter();
        painter.rect_filled(rect, CornerRadius::same(theme::TILE_RADIUS), fill);
        let picture_rect = Rect::from_min_size(rect.min, vec2(width, picture_height));
        self.paint_picture(ui, picture_rect);

        let inset = 8.0;
        let text_width = width - 2.0 * inset;
        let title = one_line(ui, self.title, theme::BODY_PT - 1.0, theme::TEXT, text_width);
        let top = picture_rect.bottom() + if self.subtitle.is_some() { 6.0 } else { (caption - title.size().y) / 2.0 };
        let title_height = title.size().y;
        painter.galley(pos2(rect.left() + inset, top), title, theme::TEXT);
        if let Some(subtitle) = self.subtitle {
            let subtitle = one_line(ui, subtitle, theme::SMALL_PT - 0.5, theme::TEXT_WEAK, text_width);
            painter.galley(pos2(rect.left() + inset, top + title_height + 1.0), subtitle, theme::TEXT_WEAK);
        }

        let ring = if self.is_chosen || response.has_focus() { Some(theme::ACCENT) } else { None };
        if let Some(color) = ring {
            let stroke = Stroke::new(if response.has_focus() { RING + 1.0 } else { RING }, color);
            painter.rect_stroke(rect, CornerRadius::same(theme::TILE_RADIUS), stroke, StrokeKind::Inside);
        }
        response
    }

    fn paint_picture(&self, ui: &Ui, rect: Rect) {
        let top = CornerRadius { nw: theme::TILE_RADIUS, ne: theme::TILE_RADIUS, sw: 0, se: 0 };
        let Some(texture) = self.picture else {
            ui.painter().rect_filled(rect, top, theme::BACKGROUND.gamma_multiply(0.6));
            let letter: String = self.title.chars().next().unwrap_or('?').to_uppercase().collect();
            let font = FontId::proportional(rect.height() * 0.4);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, letter, font, theme::TEXT_WEAK);
            return;
        };
        let tint = if self.is_weak { Color32::from_gray(120) } else { Color32::WHITE };
        let shape = egui::epaint::RectShape::filled(rect, top, tint);
        ui.painter().add(shape.with_texture(texture.id(), cover(texture.size_vec2(), rect.size())));
    }
}

/// The part of a picture that fills a rectangle of another aspect, in texture coordinates.
fn cover(picture: egui::Vec2, target: egui::Vec2) -> Rect {
    let scale = (target.x / picture.x).max(target.y / picture.y).max(f32::EPSILON);
    let seen = vec2(target.x / (picture.x * scale), target.y / (picture.y * scale));
    Rect::from_center_size(pos2(0.5, 0.5), seen)
}

/// Lays text out in one line, cut with an ellipsis where it is too long.
pub fn one_line(ui: &Ui, text: &str, size: f32, color: Color32, max_width: f32) -> std::sync::Arc<egui::Galley> {
    let format = TextFormat::simple(FontId::proportional(size), color);
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap.max_width = max_width;
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    ui.painter().layout_job(job)
}

/// A slider under its label, with the value at the right; gives the new value where it was changed.
pub fn slider(
    ui: &mut Ui,
    label: &str,
    value: f32,
    range: RangeInclusive<f32>,
    text: impl Fn(f32) -> String,
) -> Option<f32> {
    let mut new = value;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal(|ui| {
            ui.label(label);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(RichText::new(text(value)).color(theme::TEXT_WEAK));
            });
        });
        ui.spacing_mut().slider_width = ui.available_width();
        ui.spacing_mut().interact_size.y = 20.0;
        // The filled part of the rail takes the accent from the selection's colour.
        let slider = egui::Slider::new(&mut new, range).show_value(false);
        let response = ui.add(slider);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(new), label));
        if response.has_focus() {
            let stroke = Stroke::new(1.5, theme::ACCENT);
            let radius = CornerRadius::same(theme::TILE_RADIUS);
            ui.painter().rect_stroke(response.rect.expand(2.0), radius, stroke, StrokeKind::Outside);
        }
    });
    (new != value).then_some(new)
}

/// A switch with its label; tells whether it was flipped.
pub fn switch(ui: &mut Ui, label: &str, is_on: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, label));
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, label, FontId::proportional(theme::BODY_PT), theme::TEXT);
    let on = ui.animate_bool(response.id, is_on);
    let body = Rect::from_min_size(pos2(rect.right() - 40.0, rect.center().y - 11.0), vec2(40.0, 22.0));
    let fill = egui::lerp(egui::Rgba::from(theme::RAISED)..=egui::Rgba::from(theme::ACCENT), on);
    painter.rect_filled(body, CornerRadius::same(11), fill);
    if response.has_focus() {
        painter.rect_stroke(body, CornerRadius::same(11), Stroke::new(2.0, theme::TEXT), StrokeKind::Outside);
    }
    let knob = pos2(egui::lerp(body.left() + 11.0..=body.right() - 11.0, on), body.center().y);
    painter.circle_filled(knob, 8.0, if is_on { theme::ON_ACCENT } else { theme::TEXT });
    response.clicked()
}

/// Pages to choose from, side by side; gives the index of the one that was clicked.
pub fn tabs(ui: &mut Ui, titles: &[String], chosen: usize) -> Option<usize> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        let gaps = theme::GAP * titles.len().saturating_sub(1) as f32;
        let width = ((ui.available_width() - gaps) / titles.len().max(1) as f32).floor();
        for (index, title) in titles.iter().enumerate() {
            let is_chosen = index == chosen;
            let (fill, color) =
                if is_chosen { (theme::ACCENT_DIM, theme::ACCENT) } else { (theme::CARD, theme::TEXT_WEAK) };
            let text = RichText::new(title).size(theme::BODY_PT).color(color);
            let response = ui.add(egui::Button::new(text).fill(fill).min_size(vec2(width, 32.0)));
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_chosen, title));
            if response.clicked() {
                clicked = Some(index);
            }
        }
    });
    clicked
}

/// A field for one line of text, as wide as there is room; `hint` stands in it while it is empty.
pub fn text_field(ui: &mut Ui, text: &mut String, hint: &str, width: f32) -> Response {
    let field = egui::TextEdit::singleline(text)
        .hint_text(RichText::new(hint).color(theme::TEXT_WEAK))
        .margin(Margin::symmetric(10, 7))
        .desired_width(width);
    ui.add(field)
}

/// A bar that is filled from the left, `share` of `0..=1`.
pub fn progress_bar(ui: &mut Ui, share: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, format!("{:.0} %", share * 100.0)));
    let radius = CornerRadius::same(4);
    ui.painter().rect_filled(rect, radius, theme::RAISED);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), rect.height()));
    ui.painter().rect_filled(filled, radius, theme::ACCENT);
}

/// Text about something that went wrong or is missing.
pub fn problem(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.label(RichText::new(text).size(theme::SMALL_PT).color(theme::ALARM))
}

/// A large button of the given width and colours.
pub fn wide_button(ui: &mut Ui, text: &str, width: f32, fill: Color32, color: Color32) -> Response {
    let text = RichText::new(text).size(theme::BODY_PT).color(color);
    // A size of its own puts the text into the middle, also where things stand below each other.
    ui.add_sized(vec2(width, 40.0), egui::Button::new(text).fill(fill))
}

/// A short status in a rounded field.
pub fn pill(ui: &mut Ui, text: &str, dot: Color32) {
    let galley = one_line(ui, text, theme::SMALL_PT, theme::TEXT, 200.0);
    let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x + 34.0, 26.0), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(13), theme::RAISED);
    ui.painter().circle_filled(pos2(rect.left() + 14.0, rect.center().y), 4.0, dot);
    let at = pos2(rect.left() + 24.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, theme::TEXT);
}
