//! Checkpoints: all that training needs to go on exactly where it was.
//!
//! A line that names the format, a line of JSON, then as 32-bit little-endian floats the weights, and the two moments of
//! Adam, in the order of the network's parameters. Written to a temporary name and renamed, so that a file under the
//! checkpoint's name is always whole.

use super::adam::Adam;
use super::{Losses, Settings, TrainError};
use crate::network::{Network, Random};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// The first line of a checkpoint.
const FORMAT: &str = "impasto checkpoint 2";

/// What a checkpoint says beside its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub settings: Settings,
    pub steps: u64,
    pub spent: Duration,
    pub random: Random,
    pub means: Losses,
}

/// Writes a checkpoint.
pub(super) fn write(path: &Path, state: &State, network: &Network, adam: &Adam) -> Result<(), TrainError> {
    let weights = network.parameters().iter().map(|parameter| &parameter.values);
    let floats = weights.chain(&adam.first).chain(&adam.second).flatten();
    write_whole(path, |file| {
        writeln!(file, "{FORMAT}")?;
        serde_json::to_writer(&mut *file, state)?;
        writeln!(file)?;
        let bytes: Vec<u8> = floats.flat_map(|value| value.to_le_bytes()).collect();
        file.write_all(&bytes)
    })
}

/// Reads a checkpoint into a network of the architecture that its settings name.
pub(super) fn read(path: &Path) -> Result<(State, Network, Adam), TrainError> {
    let error = |reason: String| TrainError::Checkpoint { path: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|reason| error(reason.to_string()))?;
    let mut parts = bytes.splitn(3, |&byte| byte == b'\n');
    if parts.next() != Some(FORMAT.as_bytes()) {
        return Err(error("it is no checkpoint of this version of Impasto".to_owned()));
    }
    let (json, floats) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let state: State = serde_json::from_slice(json).map_err(|reason| error(reason.to_string()))?;
    let mut network = Network::new(state.settings.architecture.clone(), &mut Random::new(0));
    let mut adam = Adam::new(network.parameters());
    adam.steps = state.steps;
    let weights = network.parameters_mut().iter_mut().map(|parameter| &mut parameter.values);
    let places: Vec<&mut f32> = weights.chain(&mut adam.first).chain(&mut adam.second).flatten().collect();
    if floats.len() != places.len() * size_of::<f32>() {
        let (found, needed) = (floats.len(), places.len() * size_of::<f32>());
        return Err(error(format!("it is damaged: {found} bytes of weights instead of {needed}")));
    }
    for (place, &bytes) in places.into_iter().zip(floats.as_chunks().0) {
        *place = f32::from_le_bytes(bytes);
    }
    Ok((state, network, adam))
}

/// Writes a file under `path` with `.part` behind its name, and renames it when all is on the disk.
pub(super) fn write_whole(path: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), TrainError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    let write = || {
        let mut file = File::create(&partial)?;
        fill(&mut file)?;
        file.sync_all()?;
        std::fs::rename(&partial, path)
    };
    write().map_err(|reason| {
        // What is left of it is of no use; where even this fails, the first reason is the one to tell.
        let _ = std::fs::remove_file(&partial);
        TrainError::Write { path: path.to_owned(), reason }
    })
}
