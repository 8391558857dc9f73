//! The options that `run`, `stylize` and `bench` share.

use super::size_options::SizeOptions;
use crate::control::{LevelsChoice, Look, ParameterValue, Region};
use crate::settings::AskedChoices;
use crate::stylize::{ProviderChoice, Style, default_style, find_style, installed_styles};
use clap::Args;
use std::path::Path;
use std::time::Duration;

/// The longest time that can be asked for, in seconds: clocks can be added to without care below it.
const LONGEST_SECS: f32 = 1e7;

/// How to paint.
#[derive(Debug, Args)]
pub struct PaintOptions {
    /// A style's name, or a model file.
    #[arg(long, value_name = "NAME|FILE.onnx")]
    pub style: Option<String>,
    #[command(flatten)]
    pub size: SizeOptions,
    /// What runs the network.
    #[arg(long, value_enum, default_value_t = ProviderChoice::Auto)]
    pub provider: ProviderChoice,
    /// How much of the painting is seen, 0 to 1 [default: 1].
    #[arg(long, value_parser = fraction)]
    pub strength: Option<f32>,
    /// How much of the game's own colours is kept, 0 to 1 [default: 0].
    #[arg(long, value_parser = fraction)]
    pub keep_colors: Option<f32>,
    /// How much of the game's large outlines and lettering is brought back into the painting, 0 to 1 [default: 0.5].
    #[arg(long, value_parser = fraction)]
    pub clarity: Option<f32>,
    /// Paint only a part of the picture, in fractions of it: a status bar or a map stays as it is.
    #[arg(long, value_name = "LEFT,TOP,RIGHT,BOTTOM")]
    pub region: Option<Region>,
    /// Stretch the light of dark and flat frames before they are painted: auto (where the style was made for it), on or
    /// off [default: auto].
    #[arg(long, value_name = "auto|on|off")]
    pub levels: Option<LevelsChoice>,
    /// A further input of the network, such as its style weights.
    #[arg(long = "param", value_name = "NAME=VALUE[,VALUE..]")]
    pub parameters: Vec<ParameterValue>,
}

impl PaintOptions {
    pub fn look(&self) -> Look {
        let usual = Look::default();
        Look {
            strength: self.strength.unwrap_or(usual.strength),
            keep_colors: self.keep_colors.unwrap_or(usual.keep_colors),
            clarity: self.clarity.unwrap_or(usual.clarity),
            region: self.region.unwrap_or(usual.region),
            ..usual
        }
    }

    /// What was asked for, over what is remembered.
    pub fn asked(&self) -> AskedChoices {
        AskedChoices {
            style: self.style.as_deref().map(as_it_will_be_found),
            strength: self.strength,
            keep_colors: self.keep_colors,
            clarity: self.clarity,
            region: self.region,
            levels: self.levels,
            size: self.size.asked(),
            ..AskedChoices::default()
        }
    }

    /// The style that was asked for, else the first one installed.
    pub fn style(&self) -> anyhow::Result<Style> {
        match &self.style {
            Some(name) => Ok(find_style(name)?),
            None => usual_style(),
        }
    }
}

/// A style's name as it is; the path of a model so that it is found from any folder.
fn as_it_will_be_found(style: &str) -> String {
    let path = Path::new(style);
    let absolute = std::path::absolute(path).ok().filter(|_| path.is_file());
    absolute.map_or_else(|| style.to_owned(), |path| path.to_string_lossy().into_owned())
}

/// The style that paints where none was asked for.
///
/// # Errors
/// None is installed.
pub fn usual_style() -> anyhow::Result<Style> {
    default_style(&installed_styles())
        .cloned()
        .ok_or_else(|| anyhow::anyhow!("no style is installed: name a model with --style FILE.onnx"))
}

/// Reads a number above 0.
pub fn positive(text: &str) -> Result<f32, String> {
    text.parse::<f32>()
        .ok()
        .filter(|value| *value > 0.0 && value.is_finite())
        .ok_or_else(|| format!("\"{text}\" is not a number above 0"))
}

/// Reads a time in seconds, above 0.
pub fn seconds(text: &str) -> Result<Duration, String> {
    match positive(text)? {
        secs if secs <= LONGEST_SECS => Ok(Duration::from_secs_f32(secs)),
        _ => Err(format!("{text} seconds are too long: at most {LONGEST_SECS}")),
    }
}

/// Reads a number from 0 to 1.
pub fn fraction(text: &str) -> Result<f32, String> {
    text.parse::<f32>()
        .ok()
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| format!("\"{text}\" is not a number from 0 to 1"))
}
