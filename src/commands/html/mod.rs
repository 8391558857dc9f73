//! Reports as one page each, which opens without a network and needs no other file.

mod curves;
mod data_uri;

pub use curves::{Curve, curves};

use crate::frame::{Frame, png_bytes};
use data_uri::png_uri;

const STYLE_SHEET: &str = include_str!("page.css");

/// Colours of curves, in order, and over again.
const COLORS: [&str; 7] = ["#9aa4b2", "#f2a65a", "#5ab0f2", "#e0607e", "#7ccf8a", "#b58cf0", "#e3d26f"];

/// A whole page; `facts` and `main` are HTML already.
pub fn page(title: &str, heading: &str, facts: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE_SHEET}</style>\n<header><p class=\"brand\">Impasto</p><h1>{heading}</h1>\
         <p class=\"facts\">{facts}</p></header>\n<main>{main}</main></html>\n",
        title = escaped(title),
        heading = escaped(heading),
    )
}

/// The colour of a curve.
pub fn color(index: usize) -> &'static str {
    COLORS[index % COLORS.len()]
}

/// A spot of the colour of a curve.
pub fn swatch(index: usize) -> String {
    format!("<i style=\"background:{}\"></i>", color(index))
}

/// A picture; `what` says what it shows.
///
/// # Errors
/// It cannot be encoded.
pub fn picture(picture: &Frame, what: &str) -> anyhow::Result<String> {
    let (uri, size) = (png_uri(&png_bytes(picture)?), picture.size);
    Ok(format!("<img alt=\"{}\" width=\"{}\" height=\"{}\" src=\"{uri}\">", escaped(what), size.width, size.height))
}

/// Text that may stand in a page.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
