//! Curves as a drawing (SVG).

use std::fmt::Write;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
/// Room for the numbers at the left and below.
const LEFT: f64 = 64.0;
const BELOW: f64 = 26.0;
/// Room for line ends and the top number.
const MARGIN: f64 = 10.0;
/// Lines across the drawing.
const LINES: u32 = 4;
/// Colour of the numbers.
const INK: &str = "#9aa4b2";

/// One line of the drawing.
pub struct Curve<'a> {
    /// A CSS colour.
    pub color: &'a str,
    /// At even distances; `None` leaves a gap.
    pub values: &'a [Option<f64>],
}

/// The curves in one frame of axes, from 0 up. `what` says what they show, `place` what stands below a value.
pub fn curves(curves: &[Curve<'_>], what: &str, place: impl Fn(usize) -> String) -> String {
    let known = |curve: &Curve<'_>| curve.values.iter().copied().flatten().fold(0.0, f64::max);
    let top = round_up(curves.iter().map(known).fold(0.0, f64::max));
    let count = curves.iter().map(|curve| curve.values.len()).max().unwrap_or(0);
    let x = |index: usize| LEFT + (WIDTH - LEFT - MARGIN) * index as f64 / count.saturating_sub(1).max(1) as f64;
    let y = |value: f64| MARGIN + (HEIGHT - BELOW - MARGIN) * (1.0 - value / top);
    let mut svg = format!(
        r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{what}"><g fill="{INK}" font-size="11">"#
    );
    for line in 0..=LINES {
        let value = top * f64::from(line) / f64::from(LINES);
        let (at, right, label) = (y(value), WIDTH - MARGIN, LEFT - 8.0);
        let text = format!("{value:.6}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        let _ = write!(
            svg,
            r##"<line stroke="#2c313c" x1="{LEFT}" x2="{right}" y1="{at:.1}" y2="{at:.1}"/><text x="{label}" y="{:.1}" text-anchor="end">{text}</text>"##,
            at + 4.0
        );
    }
    for tick in 0..=LINES {
        let index = count.saturating_sub(1) * tick as usize / LINES as usize;
        let anchor = if tick == LINES { "end" } else { "middle" };
        let place = place(index);
        let (at, bottom) = (x(index), HEIGHT - 6.0);
        let _ = write!(svg, r#"<text x="{at:.1}" y="{bottom}" text-anchor="{anchor}">{place}</text>"#);
    }
    svg += r#"</g><g fill="none" stroke-width="2" stroke-linejoin="round" stroke-linecap="round">"#;
    for curve in curves {
        for run in runs(curve.values) {
            let points: Vec<String> =
                run.iter().map(|&(index, value)| format!("{:.1},{:.1}", x(index), y(value))).collect();
            let (color, points) = (curve.color, points.join(" "));
            let _ = write!(svg, r#"<polyline points="{points}" stroke="{color}"/>"#);
        }
    }
    svg + "</g></svg>"
}

/// The stretches without a gap, each value with its index.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut runs = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((index, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// The next 1, 2 or 5 times a power of ten; 1 for 0.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|&round| round >= value).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_part_a_curve() {
        let values = [None, Some(1.0), Some(2.0), None, None, Some(3.0)];
        assert_eq!(runs(&values), [vec![(1, 1.0), (2, 2.0)], vec![(5, 3.0)]]);
        let svg =
            curves(&[Curve { color: "red", values: &values }, Curve { color: "blue", values: &[] }], "both", |at| {
                at.to_string()
            });
        assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
        assert!(svg.contains("red") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn the_top_is_a_round_number() {
        for (value, top) in [(0.0, 1.0), (0.0013, 0.002), (0.005, 0.005), (3.0, 5.0), (70.0, 100.0)] {
            assert!((round_up(value) / top - 1.0).abs() < 1e-9, "{value}: {}", round_up(value));
        }
    }
}
