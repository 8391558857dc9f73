//! Frame rate and latency over the last minute, and where the time of one picture goes.

use super::widgets::weak;
use super::{theme, widgets};
use crate::pipeline::LiveFigures;
use egui::{Align2, Color32, CornerRadius, FontId, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};
use std::collections::VecDeque;

/// Points that the graph holds: one minute at two a second.
const CAPACITY: usize = 120;

/// Height of the graph and of the bar of stages, in points.
const GRAPH_HEIGHT: f32 = 72.0;
const BAR_HEIGHT: f32 = 12.0;

/// Stages in the order in which a frame passes them, with their colours.
const STAGES: [(&str, Color32); 6] = [
    ("capture", Color32::from_rgb(0x6F, 0xB7, 0xC4)),
    ("preprocess", Color32::from_rgb(0x8A, 0xA8, 0x6E)),
    ("inference", theme::ACCENT),
    ("postprocess", Color32::from_rgb(0xD9, 0xC0, 0x7A)),
    ("compose", Color32::from_rgb(0xE0, 0x7A, 0x6B)),
    ("present", Color32::from_rgb(0xA9, 0x8B, 0xC7)),
];

/// What the graph remembers.
#[derive(Default)]
pub struct History {
    points: VecDeque<[f32; 2]>,
}

impl History {
    /// Adds the figures of now; called twice a second.
    pub fn push(&mut self, figures: &LiveFigures) {
        if self.points.len() == CAPACITY {
            self.points.pop_front();
        }
        self.points.push_back([figures.presented_fps, figures.latency_ms]);
    }

    pub fn clear(&mut self) {
        self.points.clear();
    }

    /// The highest value of one line, rounded up so that the scale rarely changes.
    fn ceiling(&self, line: usize, step: f32) -> f32 {
        let highest = self.points.iter().map(|point| point[line]).fold(0.0, f32::max);
        ((highest / step).ceil() * step).max(step)
    }
}

/// Draws the graph.
pub fn show_history(ui: &mut Ui, history: &History, figures: &LiveFigures) {
    ui.horizontal(|ui| {
        figure(ui, theme::ACCENT, &format!("{:.0}", figures.presented_fps), "fps");
        ui.add_space(theme::GAP);
        figure(ui, theme::SECOND, &format!("{:.0}", figures.latency_ms), "ms latency");
    });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), GRAPH_HEIGHT), Sense::hover());
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(theme::TILE_RADIUS), theme::BACKGROUND);
    let inner = rect.shrink2(vec2(0.0, 8.0));
    for part in [0.0, 0.5, 1.0] {
        let y = egui::lerp(inner.bottom()..=inner.top(), part);
        painter.hline(rect.x_range(), y, Stroke::new(1.0, theme::CARD));
    }
    for (line, step, color) in [(1, 50.0, theme::SECOND), (0, 30.0, theme::ACCENT)] {
        let points = polyline(history, line, history.ceiling(line, step), inner);
        if line == 0 {
            fill_below(&painter, &points, inner.bottom(), color.gamma_multiply(0.18));
        }
        painter.line(points, Stroke::new(1.75, color));
    }
}

fn polyline(history: &History, line: usize, ceiling: f32, rect: Rect) -> Vec<Pos2> {
    // The newest point stands at the right.
    let first = CAPACITY - history.points.len();
    let step = rect.width() / (CAPACITY - 1) as f32;
    let point = |(index, point): (usize, &[f32; 2])| {
        let height = (point[line] / ceiling).clamp(0.0, 1.0);
        pos2(rect.left() + (first + index) as f32 * step, egui::lerp(rect.bottom()..=rect.top(), height))
    };
    history.points.iter().enumerate().map(point).collect()
}

fn fill_below(painter: &egui::Painter, points: &[Pos2], bottom: f32, color: Color32) {
    for pair in points.windows(2) {
        let quad = vec![pair[0], pair[1], pos2(pair[1].x, bottom), pos2(pair[0].x, bottom)];
        let mut mesh = egui::Mesh::default();
        quad.into_iter().for_each(|corner| mesh.colored_vertex(corner, color));
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(0, 2, 3);
        painter.add(Shape::mesh(mesh));
    }
}

fn figure(ui: &mut Ui, color: Color32, number: &str, unit: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (dot, _) = ui.allocate_exact_size(vec2(8.0, 24.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, color);
        ui.label(egui::RichText::new(number).size(theme::TITLE_PT));
        weak(ui, unit);
    });
}

/// Draws how the time of one picture is spent.
pub fn show_stages(ui: &mut Ui, figures: &LiveFigures) {
    let times = [
        figures.capture_ms,
        figures.preprocess_ms,
        figures.inference_ms,
        figures.postprocess_ms,
        figures.compose_ms,
        figures.present_ms,
    ]
    .map(|time| time.max(0.0));
    let total: f32 = times.iter().sum();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), BAR_HEIGHT), Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(6), theme::BACKGROUND);
    let mut left = rect.left();
    for (time, (_, color)) in times.iter().zip(STAGES) {
        let width = if total > 0.0 { rect.width() * time / total } else { 0.0 };
        let part = Rect::from_min_size(pos2(left, rect.top()), vec2(width, BAR_HEIGHT)).intersect(rect);
        // A gap of one point keeps neighbours apart; slivers are left out.
        if width > 1.5 {
            painter.rect_filled(part.with_max_x(part.right() - 1.0), CornerRadius::same(3), color);
        }
        left += width;
    }
    let column = ((ui.available_width() - theme::GAP) / 2.0).floor();
    for row in 0..STAGES.len() / 2 {
        ui.horizontal(|ui| {
            for index in [row, row + STAGES.len() / 2] {
                legend(ui, column, STAGES[index], times[index]);
            }
        });
    }
}

fn legend(ui: &mut Ui, width: f32, (name, color): (&str, Color32), time_ms: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, 16.0), Sense::hover());
    let painter = ui.painter();
    painter.circle_filled(pos2(rect.left() + 4.0, rect.center().y), 4.0, color);
    let name = widgets::one_line(ui, name, theme::SMALL_PT, theme::TEXT_WEAK, width);
    painter.galley(pos2(rect.left() + 16.0, rect.center().y - name.size().y / 2.0), name, theme::TEXT_WEAK);
    let font = FontId::proportional(theme::SMALL_PT);
    painter.text(
        rect.right_center() - vec2(theme::GAP, 0.0),
        Align2::RIGHT_CENTER,
        format!("{time_ms:.1} ms"),
        font,
        theme::TEXT,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_one_minute_and_scales_in_steps() {
        let mut history = History::default();
        assert_eq!(history.ceiling(0, 30.0), 30.0);
        for second in 0..CAPACITY + 5 {
            let figures = LiveFigures { presented_fps: second as f32, ..LiveFigures::default() };
            history.push(&figures);
        }
        assert_eq!(history.points.len(), CAPACITY);
        assert_eq!(history.points[0][0], 5.0);
        assert_eq!(history.ceiling(0, 30.0), 150.0);
    }
}
