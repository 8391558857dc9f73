//! What the sidecar of a recording says of how to paint it again.

use crate::capture::files::Clip;
use crate::record::{PaintedWith, Sidecar};
use crate::stylize::{Style, find_style};
use anyhow::{Context, bail};
use std::path::Path;
use std::time::Duration;

/// A sidecar, for one video.
pub struct Script {
    sidecar: Sidecar,
    /// When the video's first frame was shown, in seconds since the start of the recording.
    starts_at_secs: f64,
}

impl Script {
    /// Reads the sidecar for a video: the recording of the plain game, or any other that began with the recording.
    ///
    /// # Errors
    /// The sidecar is missing, is none, or names no style.
    pub fn read(sidecar: &Path, video: &Path) -> anyhow::Result<Self> {
        let sidecar = Sidecar::read(sidecar)?;
        if sidecar.changes.iter().all(|change| change.painted.style.is_empty()) {
            bail!("the list of the recording's styles names none: choose one with --style instead of --like");
        }
        let is_source = |source: &&crate::record::SourceFile| Some(source.file.as_os_str()) == video.file_name();
        let starts_at_secs = sidecar.source.as_ref().filter(is_source).map_or(0.0, |source| source.starts_at_secs);
        Ok(Self { sidecar, starts_at_secs })
    }

    /// How the frame of this number was painted.
    pub fn at(&self, number: u64, clip: &Clip) -> &PaintedWith {
        let secs = number as f64 / clip.fps + self.starts_at_secs;
        self.sidecar.at(Duration::from_secs_f64(secs.max(0.0)))
    }

    /// What paints first.
    ///
    /// # Errors
    /// Nothing does.
    pub fn first(&self) -> anyhow::Result<&PaintedWith> {
        let mut painted = self.sidecar.changes.iter().map(|change| &change.painted);
        painted.find(|painted| !painted.style.is_empty()).context("the recording names no style")
    }
}

/// The style that pictures were painted with: the installed one of its name, else its model.
///
/// # Errors
/// Neither is there.
pub fn style_of(painted: &PaintedWith) -> anyhow::Result<Style> {
    find_style(&painted.style).or_else(|error| match &painted.model {
        Some(model) if model.exists() => Ok(find_style(&model.display().to_string())?),
        _ => Err(error.into()),
    })
}
