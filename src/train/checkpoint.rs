//! Checkpoints: all that training needs to go on exactly where it was.
//!
//! A line that names the format, a line of JSON, then as 32-bit little-endian floats the weights, the two moments of
//! Adam, the running mean of the weights, and the best one so far, in the order of the network's parameters. Written to
//! a temporary name and renamed, so that a file under the checkpoint's name is always whole.

use super::adam::Adam;
use super::{Evaluation, Losses, Settings, TrainDevice, TrainError};
use crate::network::{Network, Parameter, Random};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// The first line of a checkpoint.
const FORMAT: &str = "impasto checkpoint 5";

/// What the first lines of all checkpoints begin with.
const FORMAT_FAMILY: &[u8] = b"impasto ";

/// What a checkpoint says beside its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub settings: Settings,
    pub steps: u64,
    pub spent: Duration,
    pub random: Random,
    pub means: Losses,
    /// Batches that were skipped, because a loss or gradient was NaN or infinite for them.
    pub skipped: u64,
    pub evaluations: Vec<Evaluation>,
    /// What it was trained on so far, in this order.
    pub devices: Vec<String>,
    /// Whether the weights of the best evaluation follow.
    pub has_best: bool,
}

/// What is learnt: all weights of a training, with its optimizer.
pub(super) struct Weights {
    /// The network that learns.
    pub network: Network,
    pub adam: Adam,
    /// The running mean of its weights, which is exported.
    pub mean: Network,
    /// The mean of the best evaluation.
    pub best: Option<Network>,
}

/// Writes a checkpoint.
pub(super) fn write(path: &Path, state: &State, weights: &Weights) -> Result<(), TrainError> {
    let Weights { network, adam, mean, best } = weights;
    let means = std::iter::once(mean).chain(best).flat_map(Network::parameters).map(|parameter| &parameter.values);
    write_state(path, FORMAT, state, with_moments(network.parameters(), adam).chain(means))
}

/// Reads a checkpoint into networks of the architecture that its settings name.
pub(super) fn read(path: &Path) -> Result<(State, Weights), TrainError> {
    let (state, floats): (State, _) = read_state(path, FORMAT)?;
    let mut network = Network::new(state.settings.architecture.clone(), &mut Random::new(0));
    let (mut mean, mut best) = (network.clone(), state.has_best.then(|| network.clone()));
    let mut adam = Adam::new(network.parameters());
    adam.steps = state.steps;
    let means = std::iter::once(&mut mean).chain(&mut best).flat_map(Network::parameters_mut);
    let means = means.map(|parameter| &mut parameter.values);
    fill(path, &floats, with_moments_mut(network.parameters_mut(), &mut adam).chain(means).collect())?;
    Ok((state, Weights { network, adam, mean, best }))
}

/// Notes that a training goes on upon a device.
pub(super) fn note_device(devices: &mut Vec<String>, device: &TrainDevice) {
    let device = device.to_string();
    if devices.last() != Some(&device) {
        devices.push(device);
    }
}

/// Weights, and the moments of their optimizer.
pub(super) fn with_moments<'n>(parameters: &'n [Parameter], adam: &'n Adam) -> impl Iterator<Item = &'n Vec<f32>> {
    let weights = parameters.iter().map(|parameter| &parameter.values);
    weights.chain(&adam.first).chain(&adam.second)
}

/// The same, to be filled.
pub(super) fn with_moments_mut<'n>(
    parameters: &'n mut [Parameter],
    adam: &'n mut Adam,
) -> impl Iterator<Item = &'n mut Vec<f32>> {
    let weights = parameters.iter_mut().map(|parameter| &mut parameter.values);
    weights.chain(&mut adam.first).chain(&mut adam.second)
}

/// Writes a checkpoint of any format: its state, and the floats of what is learnt.
pub(super) fn write_state<'n>(
    path: &Path,
    format: &str,
    state: &impl Serialize,
    floats: impl Iterator<Item = &'n Vec<f32>>,
) -> Result<(), TrainError> {
    write_whole(path, |file| {
        writeln!(file, "{format}")?;
        serde_json::to_writer(&mut *file, state)?;
        writeln!(file)?;
        let bytes: Vec<u8> = floats.flatten().flat_map(|value| value.to_le_bytes()).collect();
        file.write_all(&bytes)
    })
}

/// Reads what a checkpoint of this format says, and the bytes of its floats.
pub(super) fn read_state<S: DeserializeOwned>(path: &Path, format: &str) -> Result<(S, Vec<u8>), TrainError> {
    let error = |reason: String| TrainError::Checkpoint { path: path.to_owned(), reason };
    let bytes = std::fs::read(path).map_err(|reason| error(reason.to_string()))?;
    let mut parts = bytes.splitn(3, |&byte| byte == b'\n');
    let first = parts.next().unwrap_or_default();
    if first.starts_with(FORMAT_FAMILY) && first != format.as_bytes() {
        let reason = "it was written by another version of Impasto or by another kind of training, and cannot be continued: start anew \
                      without --resume, with --from STYLE to keep what a style of the same network has learnt";
        return Err(error(reason.to_owned()));
    }
    if first != format.as_bytes() {
        return Err(error("this is not a checkpoint of Impasto".to_owned()));
    }
    let (json, floats) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let state = serde_json::from_slice(json).map_err(|reason| error(reason.to_string()))?;
    Ok((state, floats.to_vec()))
}

/// Fills places with the floats of a checkpoint; there must be as many.
pub(super) fn fill(path: &Path, floats: &[u8], places: Vec<&mut Vec<f32>>) -> Result<(), TrainError> {
    let places: Vec<&mut f32> = places.into_iter().flatten().collect();
    if floats.len() != places.len() * size_of::<f32>() {
        let (found, needed) = (floats.len(), places.len() * size_of::<f32>());
        let reason = format!("it is damaged: {found} bytes of weights instead of {needed}");
        return Err(TrainError::Checkpoint { path: path.to_owned(), reason });
    }
    for (place, &bytes) in places.into_iter().zip(floats.as_chunks().0) {
        *place = f32::from_le_bytes(bytes);
    }
    Ok(())
}

/// Writes a file under `path` with `.part` behind its name, and renames it when all is on the disk.
///
/// # Errors
/// The file cannot be written; one of its name from before stays.
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), TrainError> {
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
