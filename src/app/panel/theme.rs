//! The panel's look: warm dark surfaces, one accent colour, a scale of four type sizes, and spacing in steps of 4
//! points.

use super::system_fonts::system_font;
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, vec2};
use std::sync::Arc;

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x14, 0x13, 0x15);
/// Cards.
pub const CARD: Color32 = Color32::from_rgb(0x1E, 0x1C, 0x1F);
/// Buttons, rails and empty pictures on cards.
pub const RAISED: Color32 = Color32::from_rgb(0x2D, 0x2A, 0x2E);
/// The same under the pointer.
pub const RAISED_HOVER: Color32 = Color32::from_rgb(0x3A, 0x36, 0x3B);
/// Hairlines.
pub const OUTLINE: Color32 = Color32::from_rgb(0x38, 0x34, 0x39);
/// Text that matters: 14:1 on a card.
pub const TEXT: Color32 = Color32::from_rgb(0xF2, 0xED, 0xE6);
/// Text that explains: 6:1 on a card.
pub const TEXT_WEAK: Color32 = Color32::from_rgb(0xAB, 0xA3, 0x9B);
/// The one accent.
pub const ACCENT: Color32 = Color32::from_rgb(0xF2, 0xA6, 0x5A);
/// The accent as a background of chosen things.
pub const ACCENT_DIM: Color32 = Color32::from_rgb(0x4A, 0x35, 0x22);
/// Text on the accent.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x22, 0x16, 0x0A);
/// Recording, and what went wrong.
pub const ALARM: Color32 = Color32::from_rgb(0xE8, 0x5D, 0x4C);
/// The second line of the graph.
pub const SECOND: Color32 = Color32::from_rgb(0x6F, 0xB7, 0xC4);

/// Distances in points.
pub const GAP: f32 = 8.0;

/// Margin of the page, and padding of cards, in points.
pub const PAGE_MARGIN: i8 = 16;
pub const CARD_PADDING: i8 = 16;

/// Height of a row of small text, in points.
pub const ROW_HEIGHT: f32 = 16.0;

/// Corner radii of cards and of what lies on them.
pub const CARD_RADIUS: u8 = 12;
pub const TILE_RADIUS: u8 = 8;

/// Type sizes in points.
pub const TITLE_PT: f32 = 22.0;
pub const BODY_PT: f32 = 14.5;
pub const SMALL_PT: f32 = 12.5;

/// Dresses a context.
pub fn apply(context: &egui::Context) {
    context.set_theme(egui::Theme::Dark);
    context.add_font_provider(Arc::new(system_font));
    context.all_styles_mut(|style| {
        let proportional = |size| FontId::new(size, FontFamily::Proportional);
        style.text_styles = [
            (TextStyle::Small, proportional(SMALL_PT)),
            (TextStyle::Body, proportional(BODY_PT)),
            (TextStyle::Button, proportional(BODY_PT)),
            (TextStyle::Heading, proportional(TITLE_PT)),
            (TextStyle::Monospace, FontId::new(SMALL_PT, FontFamily::Monospace)),
        ]
        .into();
        let spacing = &mut style.spacing;
        spacing.item_spacing = vec2(GAP, GAP);
        spacing.button_padding = vec2(12.0, 7.0);
        spacing.interact_size = vec2(40.0, 32.0);
        spacing.slider_rail_height = 4.0;
        spacing.menu_margin = Margin::same(8);
        spacing.combo_height = 280.0;
        spacing.icon_width = 12.0;
        spacing.scroll = egui::style::ScrollStyle::floating();
        spacing.scroll.bar_width = 6.0;
        style.visuals = visuals();
        style.animation_time = 0.08;
    });
}

fn visuals() -> egui::Visuals {
    let mut visuals = egui::Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = CARD;
    visuals.window_stroke = Stroke::new(1.0, OUTLINE);
    visuals.window_corner_radius = CornerRadius::same(CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(TILE_RADIUS);
    visuals.popup_shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: Color32::from_black_alpha(140) };
    visuals.extreme_bg_color = BACKGROUND;
    visuals.faint_bg_color = RAISED;
    visuals.weak_text_color = Some(TEXT_WEAK);
    visuals.hyperlink_color = ACCENT;
    visuals.selection.bg_fill = ACCENT;
    visuals.selection.stroke = Stroke::new(1.0, ON_ACCENT);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.interact_cursor = Some(egui::CursorIcon::PointingHand);
    let radius = CornerRadius::same(TILE_RADIUS);
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = radius;
        widget.expansion = 0.0;
        widget.bg_fill = RAISED;
        widget.weak_bg_fill = RAISED;
        widget.bg_stroke = Stroke::NONE;
        widget.fg_stroke = Stroke::new(1.0, TEXT);
    }
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, OUTLINE);
    widgets.hovered.bg_fill = RAISED_HOVER;
    widgets.hovered.weak_bg_fill = RAISED_HOVER;
    widgets.active.bg_fill = RAISED_HOVER;
    widgets.active.weak_bg_fill = RAISED_HOVER;
    // Keyboard focus is shown in the accent.
    widgets.active.bg_stroke = Stroke::new(1.5, ACCENT);
    widgets.hovered.fg_stroke = Stroke::new(1.5, TEXT);
    widgets.active.fg_stroke = Stroke::new(2.0, TEXT);
    visuals
}
