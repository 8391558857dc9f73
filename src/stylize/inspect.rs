//! Understands any model: from its manifest, its graph, and by running it.

use super::StylizeError;
use super::convention::ValueRange;
use super::external_data::check_external_data;
use super::facts::{Confidence, Known, ModelFacts, PictureFacts};
use super::graph::{GraphFacts, GraphPicture, read_graph};
use super::manifest::{Fit, Manifest, PictureManifest};
use super::memory::check_memory;
use super::parameter::parameters;
use super::preprocess::Preprocessor;
use super::probe::{probe, test_picture};
use super::provider::{cpu_options, thread_count};
use super::session::{Network, NetworkPlan, PicturePlan};
use crate::control::SizeRequest;
use crate::frame::Size;
use crate::onnx::{Model, read_model};
use std::path::Path;

/// The size at which a network of any size is tried.
const PROBE_SIZE: Size = Size::new(128, 96);

/// A model, understood well enough to be run.
pub(super) struct Understood {
    pub facts: ModelFacts,
    pub plan: NetworkPlan,
}

/// What Impasto understands of a model. Runs it on the CPU to find out what neither manifest nor graph says, which
/// takes up to seconds.
///
/// # Errors
/// The model cannot be used: the error says why.
pub fn inspect(model: &Path) -> Result<ModelFacts, StylizeError> {
    let manifest = Manifest::read_beside(model)?;
    let understood = understand(model, manifest, PROBE_SIZE)?;
    let mut network = Network::open(model, cpu_options(thread_count(0))?, understood.plan)?;
    let facts = understood.facts;
    let size = facts.working_size(SizeRequest::Exact(PROBE_SIZE), PROBE_SIZE);
    network.bind(size)?;
    Preprocessor::new(&facts.input.convention()).run(&test_picture(size), size, network.input()?);
    network.run()?;
    if network.output()?.0.to_floats().iter().any(|value| value.is_nan()) {
        return Err(StylizeError::NotANumber);
    }
    Ok(facts)
}

/// Understands a model that is to run at about `size`.
pub(super) fn understand(path: &Path, manifest: Option<Manifest>, size: Size) -> Result<Understood, StylizeError> {
    if !path.is_file() {
        return Err(StylizeError::Missing(path.to_owned()));
    }
    let file_bytes = std::fs::metadata(path).map(|file| file.len()).unwrap_or_default();
    let model = read_model(path)?;
    let said = manifest.clone().unwrap_or_default();
    check_external_data(path, &model)?;
    let graph = read_graph(path, &model, &said)?;
    let size = graph.input.fixed_size.unwrap_or(size);
    let memory_bytes = check_memory(path, &model, &graph, size)?;
    let mut understood = from_graph(path, &model, manifest, &graph);
    understood.facts.file_bytes = file_bytes;
    if let Some(sum) = &said.sha256
        && !checksum_matches(path, sum)
    {
        let notice = "the model file was changed since its manifest was written: its checksum (sha256) differs";
        tracing::warn!("{notice}: {}", path.display());
        understood.facts.notices.push(notice.to_owned());
    }
    understood.facts.memory_bytes = memory_bytes;
    understood.facts.probed_at = size;
    if understood.facts.needs_probe() {
        let options = cpu_options(thread_count(0))?;
        let mut network = Network::open(path, options, understood.plan.clone())?;
        probe(&mut understood.facts, &mut network)?;
    }
    Ok(understood)
}

/// The facts that need no run, with guesses for the others.
fn from_graph(path: &Path, model: &Model, manifest: Option<Manifest>, graph: &GraphFacts) -> Understood {
    let said = manifest.clone().unwrap_or_default();
    let (parameter_plans, parameters, parameter_notices) = parameters(&graph.parameters, &said);
    let weights = model.graph.iter().flat_map(|graph| &graph.initializers);
    let weights = weights.map(|tensor| tensor.dims.iter().map(|&side| side.max(0) as u64).product::<u64>()).sum();
    let guess = |value| Known::new(value, Confidence::Guess, "nothing tells");
    let facts = ModelFacts {
        model: path.to_owned(),
        file_bytes: 0,
        weights,
        multiple: said.input.multiple.map_or_else(|| guess_multiple(&graph.input), Known::said),
        fit: said.output.fit.map_or_else(|| Known::new(Fit::Stretch, Confidence::Guess, "nothing tells"), Known::said),
        scale: said.output.scale.unwrap_or(1.0),
        offset: said.output.offset.unwrap_or(0.0),
        input: picture_facts(&graph.input, &said.input, guess(ValueRange::ZeroToOne)),
        output: picture_facts(&graph.output, &said.output, guess(ValueRange::ZeroToOne)),
        parameters,
        memory_bytes: 0,
        probed_at: PROBE_SIZE,
        notices: said.notices.iter().cloned().chain(parameter_notices).collect(),
        manifest,
    };
    let plan = NetworkPlan {
        input: picture_plan(&facts.input),
        output: picture_plan(&facts.output),
        parameters: parameter_plans,
    };
    Understood { facts, plan }
}

fn guess_multiple(input: &GraphPicture) -> Known<u32> {
    match input.fixed_size {
        Some(_) => Known::certain(1, "the size is fixed"),
        None => Known::new(1, Confidence::Guess, "nothing tells"),
    }
}

fn picture_facts(graph: &GraphPicture, said: &PictureManifest, guess: Known<ValueRange>) -> PictureFacts {
    let range = match (said.range, graph.element) {
        (_, super::Element::Uint8) => Known::certain(ValueRange::ZeroTo255, "bytes go from 0 to 255"),
        (Some(range), _) => Known::said(range),
        (None, _) => guess,
    };
    PictureFacts {
        tensor: graph.tensor.clone(),
        layout: graph.layout.clone(),
        element: graph.element,
        channels: graph.channels.clone(),
        range,
        fixed_size: graph.fixed_size,
    }
}

fn picture_plan(facts: &PictureFacts) -> PicturePlan {
    PicturePlan {
        tensor: facts.tensor.clone(),
        layout: facts.layout.value,
        channels: facts.channels.value.count(),
        element: facts.element,
    }
}

impl ModelFacts {
    /// Whether anything is a guess that running the network can improve.
    fn needs_probe(&self) -> bool {
        let is_open = |confidence: Confidence| confidence != Confidence::Certain;
        is_open(self.multiple.confidence)
            || is_open(self.fit.confidence)
            || is_open(self.input.range.confidence)
            || is_open(self.output.range.confidence)
    }
}

/// Whether a file has this SHA-256 checksum, in hexadecimal digits of either case.
fn checksum_matches(path: &Path, expected: &str) -> bool {
    use sha2::Digest;
    let Ok(mut file) = std::fs::File::open(path) else { return false };
    let mut hasher = sha2::Sha256::new();
    if std::io::copy(&mut file, &mut hasher).is_err() {
        return false;
    }
    let digits: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.eq_ignore_ascii_case(expected)
}
