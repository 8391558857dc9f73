//! `impasto styles`.

use crate::stylize::{Manifest, Style, installed_styles, style_folders};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct StylesArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    model: PathBuf,
    thumbnail: Option<PathBuf>,
    manifest: Option<Manifest>,
}

impl From<Style> for Listed {
    fn from(style: Style) -> Self {
        Self { name: style.name, model: style.model, thumbnail: style.thumbnail, manifest: style.manifest }
    }
}

pub fn run(args: &StylesArgs) -> anyhow::Result<()> {
    let styles = installed_styles();
    if args.json {
        return super::print_json(&styles.into_iter().map(Listed::from).collect::<Vec<_>>());
    }
    if styles.is_empty() {
        out!("No style is installed. Put .onnx files into one of these folders:");
        style_folders().iter().for_each(|folder| out!("  {}", folder.display()));
    }
    for style in styles {
        out!("{}\n  {}", style.name, style.model.display());
    }
    Ok(())
}
