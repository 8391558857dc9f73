//! What Impasto understands of a model, with how sure it is and why.

use super::Parameter;
use super::convention::{Channels, Convention, Element, Layout, ValueRange};
use super::manifest::{Fit, Manifest};
use crate::frame::Size;
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;

/// How sure Impasto is of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Nothing tells: this is merely the most common.
    Guess,
    /// Seen from how the network behaves or is named.
    Likely,
    /// The file or its manifest says so.
    Certain,
}

/// A fact, how sure it is, and the reason as a sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Known<T> {
    pub value: T,
    pub confidence: Confidence,
    pub reason: String,
}

impl<T> Known<T> {
    pub(super) fn new(value: T, confidence: Confidence, reason: impl Into<String>) -> Self {
        Self { value, confidence, reason: reason.into() }
    }

    /// A fact that the file itself says.
    pub(super) fn certain(value: T, reason: impl Into<String>) -> Self {
        Self::new(value, Confidence::Certain, reason)
    }

    /// A fact that the manifest says.
    pub(super) fn said(value: T) -> Self {
        Self::certain(value, "the manifest says so")
    }
}

/// Facts about the picture that goes in or comes out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PictureFacts {
    /// The tensor's name.
    pub tensor: String,
    pub layout: Known<Layout>,
    pub element: Element,
    pub channels: Known<Channels>,
    pub range: Known<ValueRange>,
    /// The only size that the network runs at (input) or gives (output), where it has one.
    pub fixed_size: Option<Size>,
}

impl PictureFacts {
    /// How the tensor is written or read.
    pub fn convention(&self) -> Convention {
        Convention {
            layout: self.layout.value,
            element: self.element,
            channels: self.channels.value,
            range: self.range.value,
        }
    }
}

/// All that Impasto understands of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelFacts {
    pub model: PathBuf,
    pub manifest: Option<Manifest>,
    /// Length of the model file, without external data.
    pub file_bytes: u64,
    /// Number of weights.
    pub weights: u64,
    pub input: PictureFacts,
    pub output: PictureFacts,
    /// Both sides of the input must be multiples of this number of pixels.
    pub multiple: Known<u32>,
    /// How the painting lies on the frame where sizes differ.
    pub fit: Known<Fit>,
    /// Output values are multiplied by `scale`, then `offset` is added, before they are read in the output's range.
    pub scale: f32,
    pub offset: f32,
    pub parameters: Vec<Parameter>,
    /// Estimated memory for one inference at [`Self::probed_at`], weights included.
    pub memory_bytes: u64,
    /// The input size for which memory was estimated.
    pub probed_at: Size,
    /// What a person should know, as sentences.
    pub notices: Vec<String>,
}

impl fmt::Display for ModelFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let manifest = self.manifest.clone().unwrap_or_default();
        let stem = self.model.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(f, "{}", manifest.name.as_deref().unwrap_or(&stem))?;
        for (label, value) in [
            ("author", manifest.author),
            ("licence", manifest.licence),
            ("source", manifest.source),
            ("tier", manifest.tier),
            ("painting", manifest.painting.map(|painting| painting.to_string())),
        ] {
            if let Some(value) = value {
                writeln!(f, "  {label:<10} {value}")?;
            }
        }
        if let Some(brush) = manifest.brush {
            writeln!(f, "  {:<10} {brush} times the automatic one", "brush")?;
        }
        if let Some(levels) = manifest.levels {
            writeln!(f, "  {:<10} {}", "levels", if levels { "on" } else { "off" })?;
        }
        writeln!(f, "  {:<10} {}", "file", self.model.display())?;
        writeln!(f, "  {:<10} {} weights, {} kB", "size", self.weights, self.file_bytes.div_ceil(1000))?;
        writeln!(f, "  {:<10} about {} MB at {}", "memory", self.memory_bytes.div_ceil(1_000_000), self.probed_at)?;
        for (label, picture) in [("input", &self.input), ("output", &self.output)] {
            writeln!(f, "\n{label} \"{}\"", picture.tensor)?;
            write_known(f, "layout", &picture.layout)?;
            writeln!(f, "  {:<10} {}", "element", picture.element)?;
            write_known(f, "channels", &picture.channels)?;
            write_known(f, "range", &picture.range)?;
            if label == "input" {
                match picture.fixed_size {
                    Some(size) => writeln!(f, "  {:<10} always {size}", "size")?,
                    None => writeln!(f, "  {:<10} any", "size")?,
                }
                write_known(f, "multiple", &self.multiple)?;
            } else {
                if let Some(size) = picture.fixed_size {
                    writeln!(f, "  {:<10} always {size}", "size")?;
                }
                write_known(f, "fit", &self.fit)?;
                if (self.scale, self.offset) != (1.0, 0.0) {
                    writeln!(f, "  {:<10} value * {} + {}", "scale", self.scale, self.offset)?;
                }
            }
        }
        for parameter in &self.parameters {
            writeln!(f, "\nparameter \"{}\"", parameter.name)?;
            for (label, value) in parameter.labels.iter().zip(&parameter.values) {
                writeln!(f, "  {label:<24} {value} ({} to {})", parameter.min, parameter.max)?;
            }
        }
        for notice in &self.notices {
            writeln!(f, "\nnote: {notice}")?;
        }
        Ok(())
    }
}

fn write_known<T: fmt::Display>(f: &mut fmt::Formatter<'_>, label: &str, known: &Known<T>) -> fmt::Result {
    let sure = match known.confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Guess => "a guess",
    };
    writeln!(f, "  {label:<10} {:<16} ({sure}: {})", known.value, known.reason)
}
