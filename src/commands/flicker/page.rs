//! The report as one page: it opens without a network and needs no other file.

use super::report::Report;
use super::subject::Subject;
use super::table::{Column, LIKENESS, STEADINESS, lines};
use crate::commands::html::{self, Curve, color, curves, escaped, swatch};
use std::fmt::Write;

/// The page on a report and on its subjects, of which the first is the raw video.
///
/// # Errors
/// A picture cannot be encoded.
pub fn page(report: &Report, subjects: &[Subject]) -> anyhow::Result<String> {
    let names = report.styles.iter().map(|style| style.style.as_str()).collect::<Vec<_>>().join(", ");
    let facts = format!(
        "{} &middot; {} &middot; {} frames at {:.2} fps &middot; {}",
        escaped(&report.source),
        report.size,
        report.frames,
        report.fps,
        report.flow
    );
    let mut main = String::new();
    push_steadiness(&mut main, report);
    push_likeness(&mut main, report);
    push_curves(&mut main, report);
    push_pictures(&mut main, subjects)?;
    push_words(&mut main, report);
    Ok(html::page(&format!("Flicker of {names}"), "How steady is the paint?", &facts, &main))
}

fn push_steadiness(page: &mut String, report: &Report) {
    let heads = "<th colspan=\"2\">warping error</th><th colspan=\"2\">noise response</th>\
                 <th colspan=\"3\">shift response</th><th colspan=\"3\"></th>";
    push_table(page, report, heads, &STEADINESS, 0);
}

fn push_likeness(page: &mut String, report: &Report) {
    let heads = "<th colspan=\"2\">from the style picture</th><th colspan=\"2\">from the frame</th>\
                 <th colspan=\"3\">grid</th><th>loss</th>";
    *page += "<section><h2>How good are the paintings?</h2></section>";
    push_table(page, report, heads, &LIKENESS, 1);
}

/// A table of the lines from `first`; `heads` stand above the columns' names.
fn push_table(page: &mut String, report: &Report, heads: &str, columns: &[Column], first: usize) {
    let _ = write!(page, "<section><div class=\"scroll\"><table><thead><tr><th></th>{heads}</tr><tr><th></th>");
    for column in columns {
        let _ = write!(page, "<th>{}</th>", column.name);
    }
    *page += "</tr></thead><tbody>";
    for (index, (name, figures, style)) in lines(report).enumerate().skip(first) {
        let _ = write!(page, "<tr><th>{}{}</th>", swatch(index), escaped(name));
        for column in columns {
            let _ = write!(page, "<td>{}</td>", column.cell(figures, style));
        }
        *page += "</tr>";
    }
    *page += "</tbody></table></div></section>\n";
}

fn push_curves(page: &mut String, report: &Report) {
    let drawn: Vec<Curve<'_>> = lines(report)
        .enumerate()
        .map(|(index, (_, figures, _))| Curve { color: color(index), values: &figures.warping_errors })
        .collect();
    // The first pair is that of the second frame.
    let seconds = |index: usize| format!("{:.2} s", (index + 1) as f64 / report.fps);
    let drawing = curves(&drawn, "warping error over time", seconds);
    let _ = write!(page, "<section><h2>Warping error of each frame</h2>{drawing}<p class=\"legend\">");
    for (index, (name, _, _)) in lines(report).enumerate() {
        let _ = write!(page, "<span>{}{}</span>", swatch(index), escaped(name));
    }
    *page += "</p></section>\n";
}

fn push_pictures(page: &mut String, subjects: &[Subject]) -> anyhow::Result<()> {
    *page += "<section><h2>One frame, and what changed in it besides the motion</h2>";
    for (index, subject) in subjects.iter().enumerate() {
        let Some((painting, map)) = &subject.pictures else { continue };
        let name = escaped(&subject.name);
        let _ = write!(page, "<figure><figcaption>{}{name}</figcaption>", swatch(index));
        *page += &html::picture(painting, &format!("{}: the painting", subject.name))?;
        *page += &html::picture(map, &format!("{}: where it flickers", subject.name))?;
        *page += "</figure>";
    }
    *page += "</section>\n";
    Ok(())
}

fn push_words(page: &mut String, report: &Report) {
    let _ = write!(
        page,
        "<section class=\"words\"><h2>What the figures mean</h2><dl>\
         <dt>Warping error</dt><dd>Mean squared change of the painting where the video shows the same thing in two successive \
         frames, after its motion is undone (Lai et al. 2018). The raw video's own value is the floor.</dd>\
         <dt>Noise response</dt><dd>Mean change of the painting when every channel of the frame moves by one level of 255, or by \
         normal noise of &sigma; = 0.01. All of it is flicker.</dd>\
         <dt>Shift response</dt><dd>Mean change of the painting when the frame is shifted by 1, 2 or 4 pixels and the painting \
         is shifted back.</dd>\
         <dt>Pumping</dt><dd>How far the mean colour of the painting's far side moves when a white object enters at the left.</dd>\
         <dt>Detail</dt><dd>Mean difference of neighbouring pixels. Blurred and pale paintings score well above and have little \
         of it.</dd>\
         <dt>Style</dt><dd>Distance of the paintings from the style picture in what VGG-16 sees (means and covariances at two \
         scales, all paintings together), as a share of the plain frames' own distance: 0 is the picture's look, 1 the game's.</dd>\
         <dt>Palette</dt><dd>The same of their colours (sliced Wasserstein distance).</dd>\
         <dt>Content</dt><dd>Distance of the painting from its frame in what VGG-16 sees at half size, without light and contrast: \
         0 is the frame, 2 unrelated.</dd>\
         <dt>Legibility</dt><dd>Correlation of the painting's outlines with those of the frame: 1 is wholly legible.</dd>\
         <dt>Lattice</dt><dd>Amplitude of the strongest pattern of period 2, 4 or 8 pixels in paintings of smooth pictures, \
         which should have none; beside it, that of the style picture.</dd>\
         <dt>Gram</dt><dd>Gram style loss (Gatys et al. 2016).</dd></dl>\
         <p>Steadiness, detail and lattice are on the scale from 0, black, to 1, white. Responses were measured on {probes} \
         frames, and paintings were judged on {judged}. In the maps, white is a change by a quarter of the scale.</p></section>",
        probes = report.probes,
        judged = report.judged_frames,
    );
}
