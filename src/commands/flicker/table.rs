//! The report as tables, for people.

use super::report::{Figures, Report, StyleFigures};
use std::fmt;

/// A column of a table.
pub struct Column {
    pub name: &'static str,
    /// In letters.
    width: usize,
    /// The cell of a line as a text, or that of the raw video; `None` where there is no figure.
    text: fn(&Figures, Option<&StyleFigures>) -> Option<String>,
}

/// How steady paintings are.
pub const STEADINESS: [Column; 10] = [
    column("E_warp", 10, |figures, _| Some(format!("{:.6}", figures.warping_error?))),
    column("of raw", 8, |_, style| Some(format!("{:.2}", style?.warping_error_of_raw?))),
    column("±1/255", 9, |figures, _| response(figures.noise_response.one_level)),
    column("σ 0.01", 9, |figures, _| response(figures.noise_response.sigma_0_01)),
    column("1 px", 9, |figures, _| response(figures.shift_response.px_1)),
    column("2 px", 9, |figures, _| response(figures.shift_response.px_2)),
    column("4 px", 9, |figures, _| response(figures.shift_response.px_4)),
    column("pumping", 9, |figures, _| response(figures.color_pumping)),
    column("detail", 9, |figures, _| response(figures.detail)),
    column("ms", 8, |_, style| Some(format!("{:.1}", style?.ms_per_frame))),
];

/// How good paintings are.
pub const LIKENESS: [Column; 8] = [
    column("style", 8, |_, style| figure(style?.likeness.style)),
    column("palette", 9, |_, style| figure(style?.likeness.palette)),
    column("content", 9, |_, style| figure(style?.likeness.content)),
    column("legibility", 12, |_, style| figure(style?.likeness.legibility)),
    column("lattice", 9, |_, style| Some(format!("{:.4}", style?.likeness.lattice?))),
    column("period", 8, |_, style| Some(format!("{} px", style?.likeness.lattice_period_px?))),
    column("picture's", 11, |_, style| Some(format!("{:.4}", style?.likeness.style_picture_lattice?))),
    column("Gram", 8, |_, style| figure(style?.likeness.gram_style_loss)),
];

const fn column(
    name: &'static str,
    width: usize,
    text: fn(&Figures, Option<&StyleFigures>) -> Option<String>,
) -> Column {
    Column { name, width, text }
}

fn response(value: f64) -> Option<String> {
    Some(format!("{value:.5}"))
}

fn figure(value: Option<f64>) -> Option<String> {
    Some(format!("{:.3}", value?))
}

impl Column {
    /// The cell of a style's line, or that of the raw video.
    pub fn cell(&self, figures: &Figures, style: Option<&StyleFigures>) -> String {
        (self.text)(figures, style).unwrap_or_else(|| "-".to_owned())
    }
}

/// Name and figures of the raw video and the styles, in order.
pub fn lines(report: &Report) -> impl Iterator<Item = (&str, &Figures, Option<&StyleFigures>)> {
    let styles = report.styles.iter().map(|style| (style.style.as_str(), &style.figures, Some(style)));
    std::iter::once(("raw video", &report.raw, None)).chain(styles)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, size, fps, frames, probes, flow, .. } = self;
        writeln!(f, "{source} at {size}, {frames} frames at {fps:.3} fps, responses from {probes} of them\n{flow}\n")?;
        let name_width = lines(self).map(|(name, ..)| name.chars().count()).max().unwrap_or(0) + 2;
        write!(f, "  {:<name_width$}", "")?;
        writeln!(f, "{:>18}{:>18}{:>27}", "", "noise response", "shift response")?;
        self.write_table(f, &STEADINESS, name_width, lines(self))?;
        writeln!(f, "\nSmaller is steadier, but so is a blurred or pale painting: it has less detail.\n")?;
        self.write_table(f, &LIKENESS, name_width, lines(self).skip(1))?;
        writeln!(
            f,
            "\nFrom {} frames. Style and palette: distance from the style picture, of the plain frames' own (0 is its look, 1 the\n\
             game's). Content: distance from the frame's shapes (0 is the frame). Legibility: how far the frame's outlines are\n\
             those of the painting (1 is wholly). Lattice: what the network's grid paints where there is nothing (0 is none),\n\
             beside the style picture's own. Gram: Gram style loss.",
            self.judged_frames
        )
    }
}

impl Report {
    fn write_table<'r>(
        &self,
        f: &mut fmt::Formatter<'_>,
        columns: &[Column],
        name_width: usize,
        lines: impl Iterator<Item = (&'r str, &'r Figures, Option<&'r StyleFigures>)>,
    ) -> fmt::Result {
        write!(f, "  {:<name_width$}", "")?;
        for Column { name, width, .. } in columns {
            write!(f, "{name:>width$}")?;
        }
        writeln!(f)?;
        for (name, figures, style) in lines {
            write!(f, "  {name:<name_width$}")?;
            for column in columns {
                write!(f, "{:>width$}", column.cell(figures, style), width = column.width)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
