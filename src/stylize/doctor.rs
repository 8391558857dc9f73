//! Which execution providers work on this machine, by really running a tiny network on each.

use super::StylizeError;
use super::facts::ModelFacts;
use super::inspect::understand;
use super::manifest::Manifest;
use super::provider::{ProviderChoice, open_proved, thread_count};
use super::session::NetworkPlan;
use crate::frame::Size;
use crate::onnx::{Attribute, DataType, GraphBuilder, Model, write_model};
use std::time::Instant;

/// The size of the trial.
const TRIAL_SIZE: Size = Size::new(64, 48);

/// Whether a provider works on this machine.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ProviderProbe {
    pub choice: ProviderChoice,
    pub is_working: bool,
    /// Why it does not work, or what is to be known of it; may be empty where it works.
    pub reason: String,
    /// Milliseconds of one inference of a tiny network, where it works.
    pub ms: Option<f64>,
}

/// Tries every provider. Takes up to seconds; never fails as a whole: where the library itself is missing, every probe
/// says so.
pub fn probe_providers() -> Vec<ProviderProbe> {
    let all = [
        ProviderChoice::Cpu,
        ProviderChoice::Cuda,
        ProviderChoice::TensorRt,
        ProviderChoice::DirectMl,
        ProviderChoice::CoreMl,
        ProviderChoice::WebGpu,
        ProviderChoice::OpenVino,
    ];
    let trial = prepare();
    all.into_iter()
        .map(|choice| match &trial {
            Ok((_folder, facts, plan)) => probe_one(choice, facts, plan),
            Err(error) => ProviderProbe { choice, is_working: false, reason: error.clone(), ms: None },
        })
        .collect()
}

/// Writes the tiny network into a folder of its own, which lives as long as the trial.
fn prepare() -> Result<(tempfile::TempDir, ModelFacts, NetworkPlan), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder can be made ({error})"))?;
    let path = folder.path().join("trial.onnx");
    write_model(&path, &tiny_model()).map_err(|error| error.to_string())?;
    let text = "[input]\nrange = 'zero_to_one'\nmultiple = 1\n[output]\nrange = 'zero_to_one'\nfit = 'stretch'\n";
    let understood = Manifest::parse(text, &path)
        .and_then(|manifest| understand(&path, Some(manifest), TRIAL_SIZE))
        .map_err(|error| error.to_string())?;
    Ok((folder, understood.facts, understood.plan))
}

fn probe_one(choice: ProviderChoice, facts: &ModelFacts, plan: &NetworkPlan) -> ProviderProbe {
    let run = || -> Result<(bool, String, f64), StylizeError> {
        let (mut network, report) = open_proved(facts, plan, choice, thread_count(0), TRIAL_SIZE)?;
        let start = Instant::now();
        network.run()?;
        let reason =
            report.reason.rsplit_once(&format!("{choice}: ")).map_or(report.reason.clone(), |(_, why)| why.to_owned());
        Ok((report.running == choice.to_string(), reason, start.elapsed().as_secs_f64() * 1000.0))
    };
    match run() {
        Ok((is_working, reason, ms)) => ProviderProbe { choice, is_working, reason, ms: is_working.then_some(ms) },
        Err(error) => ProviderProbe { choice, is_working: false, reason: error.to_string(), ms: None },
    }
}

/// A network of two convolutions, as style networks have.
fn tiny_model() -> Model {
    let weights =
        |count: usize| -> Vec<f32> { (0..count).map(|index| ((index * 7 % 13) as f32 - 4.0) / 60.0).collect() };
    let mut graph = GraphBuilder::new("trial");
    graph
        .input("picture", DataType::Float, &["1", "3", "height", "width"])
        .output("painting", DataType::Float, &["1", "3", "out_height", "out_width"])
        .floats("first", &[8, 3, 3, 3], &weights(8 * 3 * 9))
        .floats("second", &[3, 8, 3, 3], &weights(3 * 8 * 9))
        .node("Conv", &["picture", "first"], "features", vec![Attribute::ints("pads", &[1, 1, 1, 1])])
        .node("Relu", &["features"], "active", Vec::new())
        .node("Conv", &["active", "second"], "mixed", vec![Attribute::ints("pads", &[1, 1, 1, 1])])
        .node("Sigmoid", &["mixed"], "painting", Vec::new());
    graph.build()
}
