//! How far a training is, for the panel and for the report: `NAME.progress.json`, replaced whole.

use crate::train::Flicker;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// What the trainer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Running,
    Finished,
    /// Told to stop; the style was kept.
    Stopped,
    Failed,
}

/// Losses by their names.
pub type NamedLosses = BTreeMap<String, f32>;

/// One look at the held-out frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    pub iteration: u64,
    /// Running means of training.
    pub losses: NamedLosses,
    /// The losses on held-out frames; empty where the training has none.
    pub held_out: NamedLosses,
    /// The flicker on held-out frames.
    #[serde(default)]
    pub flicker: Option<Flicker>,
}

/// All that is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub state: State,
    pub iteration: u64,
    /// Of the whole training, `0..=1`.
    pub share: f32,
    pub seconds_left: f32,
    pub iterations_per_second: f32,
    pub losses: NamedLosses,
    /// As of the last look.
    pub flicker: Option<Flicker>,
    /// The preview's file, in the folder of this one; `None` before there is one.
    pub preview: Option<String>,
    pub message: Option<String>,
    /// What it is trained on.
    #[serde(default)]
    pub device: String,
    /// How that was found: what the self-test of a graphics card said, where there was one.
    #[serde(default)]
    pub device_note: Option<String>,
    /// The looks so far, those of earlier sittings too.
    pub history: Vec<Look>,
}

impl Progress {
    /// The looks of the sittings before, which a training that goes on adds to.
    pub fn history(path: &Path) -> Vec<Look> {
        let read = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        read.map_or_else(Vec::new, |progress| progress.history)
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        crate::train::write_whole(path, |file| file.write_all(&bytes))?;
        Ok(())
    }
}

/// Losses with their names.
pub fn named(losses: impl IntoIterator<Item = (&'static str, f32)>) -> NamedLosses {
    losses.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
