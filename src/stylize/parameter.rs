//! The further inputs of a network, as a person sees them.

use super::graph::GraphParameter;
use super::manifest::Manifest;
use super::session::ParameterPlan;

/// A further input of a network, as a person sees it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Parameter {
    /// The network's input name.
    pub name: String,
    /// What a person reads, one label per value.
    pub labels: Vec<String>,
    /// Smallest and largest sensible value.
    pub min: f32,
    pub max: f32,
    /// The current values: one for a scalar, several for a vector.
    pub values: Vec<f32>,
}

/// Joins what the graph and the manifest say of the further inputs, and gives every one its default: the manifest's;
/// else the first value 1 and the others 0, which is one style of a blend, or 1 for a scalar.
pub(super) fn parameters(
    graph: &[GraphParameter],
    manifest: &Manifest,
) -> (Vec<ParameterPlan>, Vec<Parameter>, Vec<String>) {
    let (mut plans, mut parameters, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for input in graph {
        let said = manifest.parameters.iter().find(|said| said.name == input.name).cloned().unwrap_or_default();
        let mut values = said.default;
        if values.is_empty() {
            values = vec![0.0; said.labels.len().max(1)];
            values[0] = 1.0;
        }
        let mut plan = ParameterPlan::new(input, values);
        let count = plan.count();
        if plan.values.len() != count {
            if !manifest.parameters.iter().all(|said| said.name != input.name || said.default.is_empty()) {
                notices.push(format!(
                    "the manifest gives {} values for \"{}\", which takes {count}",
                    plan.values.len(),
                    input.name
                ));
            }
            plan.values.resize(count, 0.0);
        }
        let label = |index: usize| match said.labels.get(index) {
            Some(label) => label.clone(),
            None if count == 1 => input.name.clone(),
            None => format!("{} {}", input.name, index + 1),
        };
        parameters.push(Parameter {
            name: input.name.clone(),
            labels: (0..count).map(label).collect(),
            min: said.min.unwrap_or(0.0),
            max: said.max.unwrap_or(1.0),
            values: plan.values.clone(),
        });
        plans.push(plan);
    }
    for said in manifest.parameters.iter().filter(|said| graph.iter().all(|input| input.name != said.name)) {
        notices.push(format!("the manifest's parameter \"{}\" is no input of the network and ignored", said.name));
    }
    (plans, parameters, notices)
}
