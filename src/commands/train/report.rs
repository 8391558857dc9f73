//! The report on a training: `NAME.report.html`.

use super::progress_file::{Look, NamedLosses, Progress};
use crate::commands::html::{self, Curve, color, curves, escaped, swatch};
use crate::frame::Frame;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Writes the report: what was reached, the curves of every loss, and the newest preview.
///
/// # Errors
/// The preview cannot be encoded, or the file cannot be written.
pub fn write(path: &Path, name: &str, progress: &Progress, preview: &Frame) -> anyhow::Result<()> {
    let facts = format!(
        "iteration {} &middot; {:.2} iterations a second &middot; {:.0} % done{}",
        progress.iteration,
        progress.iterations_per_second,
        progress.share * 100.0,
        progress.message.as_deref().map_or_else(String::new, |message| format!(" &middot; {}", escaped(message)))
    );
    let mut main = String::from("<section><h2>Frames that nothing is learnt from, and their paintings</h2><figure>");
    main += &html::picture(preview, "frames beside their paintings")?;
    main += "</figure></section>\n";
    for loss in progress.losses.keys() {
        push_curves(&mut main, loss, &progress.history);
    }
    let page = html::page(&format!("Training of {name}"), &format!("How {name} learns"), &facts, &main);
    crate::train::write_whole(path, |file| file.write_all(page.as_bytes()))?;
    Ok(())
}

/// One loss over the looks: in training, and on held-out frames.
fn push_curves(page: &mut String, loss: &str, history: &[Look]) {
    let values = |of: fn(&Look) -> &NamedLosses| -> Vec<Option<f64>> {
        history.iter().map(|look| of(look).get(loss).map(|&value| f64::from(value))).collect()
    };
    let lines = [("in training", values(|look| &look.losses)), ("on held-out frames", values(|look| &look.held_out))];
    let lines: Vec<_> = lines.iter().filter(|(_, values)| values.iter().any(Option::is_some)).collect();
    if lines.is_empty() {
        return;
    }
    let drawn: Vec<Curve<'_>> =
        lines.iter().enumerate().map(|(index, (_, values))| Curve { color: color(index + 1), values }).collect();
    let iteration = |index: usize| history.get(index).map_or_else(String::new, |look| look.iteration.to_string());
    let title = match loss {
        "steadiness" => "Flicker: the steadiness loss".to_owned(),
        "total" => "The weighted sum of all losses".to_owned(),
        other => format!("The {} loss", escaped(other)),
    };
    let drawing = curves(&drawn, &title, iteration);
    let _ = write!(page, "<section><h2>{title}, by iterations</h2>{drawing}<p class=\"legend\">");
    for (index, (name, _)) in lines.iter().enumerate() {
        let _ = write!(page, "<span>{}{name}</span>", swatch(index + 1));
    }
    *page += "</p></section>\n";
}
