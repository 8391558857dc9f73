//! The report on a training: `NAME.report.html`.

use super::progress_file::{Look, Progress};
use crate::commands::html::{self, Curve, color, curves, escaped, swatch};
use crate::frame::Frame;
use crate::train::Flicker;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Writes the report: what was reached, the newest preview, the curves of every loss and of the flicker, the settings.
///
/// # Errors
/// The preview cannot be encoded, or the file cannot be written.
pub fn write(
    path: &Path,
    name: &str,
    progress: &Progress,
    settings: &[(&str, String)],
    preview: &Frame,
) -> anyhow::Result<()> {
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
        push_losses(&mut main, loss, &progress.history);
    }
    push_flicker(&mut main, &progress.history);
    push_settings(&mut main, settings);
    let page = html::page(&format!("Training of {name}"), &format!("How {name} learns"), &facts, &main);
    crate::train::write_whole(path, |file| file.write_all(page.as_bytes()))?;
    Ok(())
}

/// One loss over the looks: in training, and on held-out frames.
fn push_losses(page: &mut String, loss: &str, history: &[Look]) {
    let number = |value: &f32| f64::from(*value);
    let title = match loss {
        "total" => "The weighted sum of all losses".to_owned(),
        other => format!("The {} loss", escaped(other)),
    };
    let lines = [
        ("in training", history.iter().map(|look| look.losses.get(loss).map(number)).collect()),
        ("on held-out frames", history.iter().map(|look| look.held_out.get(loss).map(number)).collect()),
    ];
    push_chart(page, &title, history, lines.into());
}

/// The measures of flicker over the looks.
fn push_flicker(page: &mut String, history: &[Look]) {
    let of = |part: fn(&Flicker) -> Option<f32>| -> Vec<Option<f64>> {
        history.iter().map(|look| look.flicker.as_ref().and_then(part).map(f64::from)).collect()
    };
    let responses = [
        ("response to noise of one level", of(|flicker| Some(flicker.noise))),
        ("response to a shift by one pixel", of(|flicker| Some(flicker.shift))),
    ];
    push_chart(page, "Flicker of held-out frames: responses", history, responses.into());
    let warp = [("warping error", of(|flicker| flicker.warp))];
    push_chart(page, "Flicker of held-out successive frames: the warping error", history, warp.into());
}

/// A drawing with its legend; nothing where nothing is known.
fn push_chart(page: &mut String, title: &str, history: &[Look], mut lines: Vec<(&str, Vec<Option<f64>>)>) {
    lines.retain(|(_, values)| values.iter().any(Option::is_some));
    if lines.is_empty() {
        return;
    }
    let drawn: Vec<Curve<'_>> =
        lines.iter().enumerate().map(|(index, (_, values))| Curve { color: color(index + 1), values }).collect();
    let iteration = |index: usize| history.get(index).map_or_else(String::new, |look| look.iteration.to_string());
    let drawing = curves(&drawn, title, iteration);
    let _ = write!(page, "<section><h2>{title}, by iterations</h2>{drawing}<p class=\"legend\">");
    for (index, (name, _)) in lines.iter().enumerate() {
        let _ = write!(page, "<span>{}{name}</span>", swatch(index + 1));
    }
    *page += "</p></section>\n";
}

fn push_settings(page: &mut String, settings: &[(&str, String)]) {
    *page += "<section class=\"words\"><h2>Settings</h2><dl>";
    for (name, value) in settings {
        let _ = write!(page, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
    }
    *page += "</dl></section>\n";
}
