//! Execution providers: which are tried, in which order, and the proof that one works.

use super::StylizeError;
use super::facts::ModelFacts;
use super::failures;
use super::fault::Fault;
use super::missing::{explain, not_built_in};
use super::nvidia;
use super::plugin::{OPENVINO, Plugin, TENSORRT, TURN, WEBGPU};
use super::postprocess::Postprocessor;
use super::preprocess::Preprocessor;
use super::probe::test_picture;
use super::runtime::runtime;
use super::session::{Network, NetworkPlan, first_line};
use crate::control::ProviderReport;
use crate::frame::{Frame, Size};
use ort::device::Device;
use ort::ep::{self, ExecutionProvider};
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use std::time::{Duration, Instant};

/// Which execution provider is to run the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lowercase")]
pub enum ProviderChoice {
    #[default]
    Auto,
    Cpu,
    Cuda,
    TensorRt,
    DirectMl,
    CoreMl,
    WebGpu,
    OpenVino,
}

/// From this number of processor cores on, half of them are left to the game.
const SHARING_FROM_CORES: usize = 4;

/// Runs of each network where the faster of two providers is chosen.
const RACE_RUNS: usize = 5;

/// ONNX Runtime's name for its own provider on the processor.
const CPU_PROVIDER: &str = "CPUExecutionProvider";

/// A provider's picture may differ from the CPU's by this much on average, in steps of 1/255: half precision, which
/// some providers use by themselves, stays below.
const MEAN_TOLERANCE: f64 = 2.0;

/// The part of all values that may differ by more than [`LARGE_DIFFERENCE`].
const LARGE_SHARE: f64 = 0.005;
const LARGE_DIFFERENCE: u8 = 16;

/// Why ONNX Runtime refuses a session that may not fall back to the CPU.
const FALLBACK_SIGN: &str = "fallback to CPU EP has been explicitly disabled";

impl ProviderChoice {
    /// The providers that [`Self::Auto`] tries on this system, best first; the CPU always works.
    pub fn automatic() -> &'static [Self] {
        match std::env::consts::OS {
            "windows" => &[Self::TensorRt, Self::Cuda, Self::DirectMl, Self::WebGpu, Self::OpenVino, Self::Cpu],
            "macos" => &[Self::CoreMl, Self::WebGpu, Self::Cpu],
            _ => &[Self::TensorRt, Self::Cuda, Self::WebGpu, Self::OpenVino, Self::Cpu],
        }
    }
}

impl std::fmt::Display for ProviderChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
            Self::DirectMl => "directml",
            Self::CoreMl => "coreml",
            Self::WebGpu => "webgpu",
            Self::OpenVino => "openvino",
        })
    }
}

/// The number of threads for the CPU provider: `wanted`, or for 0 every core of a small machine and half of a larger
/// one.
pub(super) fn thread_count(wanted: usize) -> usize {
    if wanted > 0 {
        return wanted;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < SHARING_FROM_CORES { cores } else { cores / 2 }
}

/// Session options common to all providers: one operation at a time, on `threads` threads that do not spin (a game runs
/// beside), with every graph optimization.
#[expect(clippy::result_large_err, reason = "the error of ort's builder hands the builder back; this is no hot path")]
fn session_options(threads: usize) -> Result<SessionBuilder, StylizeError> {
    let runtime = runtime()?;
    let build = || -> Result<SessionBuilder, String> {
        let options = Session::builder(&runtime.environment).map_err(|error| error.to_string())?;
        options
            .with_optimization_level(GraphOptimizationLevel::All)
            .and_then(|options| options.with_intra_threads(threads))
            .and_then(|options| options.with_inter_threads(1))
            .and_then(|options| options.with_intra_op_spinning(false))
            .map_err(|error| error.to_string())
    };
    build().map_err(|reason| StylizeError::RuntimeBroken { path: runtime.path.clone(), reason })
}

/// Session options for ONNX Runtime's own CPU provider, by name. Where none is named, `ort` has ONNX Runtime choose by
/// a policy, which takes a plugin that was registered for other sessions, such as OpenVINO with its half precision.
pub(super) fn cpu_options(threads: usize) -> Result<SessionBuilder, StylizeError> {
    let options = session_options(threads)?;
    let runtime = runtime()?;
    let is_own = |device: &Device<'_>| device.ep().is_ok_and(|name| name == CPU_PROVIDER);
    let own: Vec<Device<'_>> = runtime.environment.devices().filter(is_own).take(1).collect();
    let refused = |reason: String| StylizeError::RuntimeBroken { path: runtime.path.clone(), reason };
    if own.is_empty() {
        return Err(refused(format!("it has no {CPU_PROVIDER}")));
    }
    options.with_devices(own, None).map_err(|error| refused(first_line(error.message())))
}

/// A network on the first provider of the list that gives the CPU's picture, bound and warm at `size`.
///
/// # Errors
/// Not even the CPU runs the network.
pub(super) fn open_proved(
    facts: &ModelFacts,
    plan: &NetworkPlan,
    requested: ProviderChoice,
    threads: usize,
    size: Size,
) -> Result<(Network, ProviderReport), StylizeError> {
    let explicit = [requested, ProviderChoice::Cpu];
    let candidates = if requested == ProviderChoice::Auto { ProviderChoice::automatic() } else { &explicit };
    let mut on_cpu = Network::open(&facts.model, cpu_options(threads)?, plan.clone())?;
    on_cpu.bind(size)?;
    let expected = paint_test_picture(facts, &mut on_cpu, size)?;
    let mut reasons: Vec<String> = Vec::new();
    for &candidate in candidates {
        if candidate == ProviderChoice::Cpu {
            break;
        }
        match try_provider(facts, plan, candidate, threads, size, &expected) {
            Ok((mut network, remark)) => {
                let must_win = requested == ProviderChoice::Auto && candidate == ProviderChoice::OpenVino;
                if must_win && !is_faster(&mut network, &mut on_cpu)? {
                    reasons.push(format!("{candidate}: it works, but no faster than ONNX Runtime itself"));
                    continue;
                }
                reasons.extend(remark);
                let (requested, running) = (requested.to_string(), candidate.to_string());
                return Ok((network, ProviderReport { requested, running, reason: reasons.join("; ") }));
            }
            Err(reason) => {
                tracing::debug!("the provider {candidate} does not run the network: {reason}");
                reasons.push(format!("{candidate}: {reason}"));
            }
        }
    }
    let reason = match requested {
        ProviderChoice::Auto | ProviderChoice::Cpu => reasons.join("; "),
        _ => {
            let reason =
                format!("{requested} was asked for but does not work, the CPU paints instead: {}", reasons.join("; "));
            tracing::info!("{reason}");
            reason
        }
    };
    let (requested, running) = (requested.to_string(), ProviderChoice::Cpu.to_string());
    Ok((on_cpu, ProviderReport { requested, running, reason }))
}

/// Opens the network on one provider and compares its picture with the CPU's. A remark says when parts run on the CPU.
fn try_provider(
    facts: &ModelFacts,
    plan: &NetworkPlan,
    choice: ProviderChoice,
    threads: usize,
    size: Size,
    expected: &Frame,
) -> Result<(Network, Option<String>), String> {
    if let Some(reason) = failures::verdict(choice) {
        return Err(reason);
    }
    let open = |may_fall_back: bool| -> Result<Network, String> {
        let mut options = provider_options(choice, threads)?;
        if !may_fall_back {
            options = options.with_disable_cpu_fallback().map_err(|error| first_line(error.message()))?;
        }
        let turn = (choice == ProviderChoice::WebGpu).then_some(&TURN);
        Network::open_in_turn(&facts.model, options, plan.clone(), turn).map_err(|error| reason_of(&error))
    };
    let (mut network, remark) = match open(false) {
        Err(reason) if reason.contains(FALLBACK_SIGN) => {
            (open(true)?, Some(format!("{choice} leaves some operations of this network to the CPU")))
        }
        other => (other?, None),
    };
    network.set_fault(Fault::injected());
    network.bind(size).map_err(|error| reason_of(&error))?;
    let painted = paint_test_picture(facts, &mut network, size).map_err(|error| reason_of(&error))?;
    compare(expected, &painted)?;
    Ok((network, remark))
}

/// Whether a network runs faster than its rival: medians of runs in turns. Both must be bound and warm.
///
/// # Errors
/// One of them cannot run.
fn is_faster(network: &mut Network, rival: &mut Network) -> Result<bool, StylizeError> {
    let time = |network: &mut Network| -> Result<Duration, StylizeError> {
        let start = Instant::now();
        network.run()?;
        Ok(start.elapsed())
    };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..RACE_RUNS {
        times[0].push(time(network)?);
        times[1].push(time(rival)?);
    }
    times.iter_mut().for_each(|times| times.sort_unstable());
    Ok(times[0][RACE_RUNS / 2] < times[1][RACE_RUNS / 2])
}

/// Session options with a provider of a library of its own.
fn plugged_in(plugin: &Plugin, options: SessionBuilder, threads: usize) -> Result<SessionBuilder, String> {
    plugin.add_to(runtime().map_err(|error| error.to_string())?, options, threads)
}

/// What went wrong, without the path.
pub(super) fn reason_of(error: &StylizeError) -> String {
    match error {
        StylizeError::Refused { reason, .. } | StylizeError::UnsupportedOperator { reason, .. } => reason.clone(),
        StylizeError::Inference(reason) => reason.clone(),
        other => other.to_string(),
    }
}

/// Session options with one provider.
#[expect(clippy::result_large_err, reason = "the error of ort's builder hands the builder back; this is no hot path")]
fn provider_options(choice: ProviderChoice, threads: usize) -> Result<SessionBuilder, String> {
    let options = session_options(threads).map_err(|error| error.to_string())?;
    let is_built_in = match choice {
        ProviderChoice::Auto | ProviderChoice::Cpu => return cpu_options(threads).map_err(|error| error.to_string()),
        ProviderChoice::WebGpu => return plugged_in(&WEBGPU, options, threads),
        ProviderChoice::Cuda => ep::CUDA::is_available(),
        // Where the plugin was brought, it was brought because somebody wants it.
        ProviderChoice::TensorRt if TENSORRT.is_brought() => return plugged_in(&TENSORRT, options, threads),
        ProviderChoice::TensorRt => ep::TensorRT::is_available(),
        ProviderChoice::DirectMl => ep::DirectML::is_available(),
        ProviderChoice::CoreMl => ep::CoreML::is_available(),
        // A library that has it built in needs no plugin.
        ProviderChoice::OpenVino if !ep::OpenVINO::is_available().unwrap_or(false) => {
            return plugged_in(&OPENVINO, options, threads);
        }
        ProviderChoice::OpenVino => Ok(true),
    };
    if !is_built_in.unwrap_or(false) {
        return Err(not_built_in(choice));
    }
    if choice == ProviderChoice::Cuda {
        nvidia::preload();
    }
    let provider = match choice {
        ProviderChoice::Cuda => ep::CUDA::default().build(),
        ProviderChoice::TensorRt => ep::TensorRT::default().build(),
        ProviderChoice::DirectMl => ep::DirectML::default().build(),
        ProviderChoice::CoreMl => ep::CoreML::default().build(),
        _ => ep::OpenVINO::default().build(),
    };
    // DirectML demands that memory patterns are off.
    options
        .with_memory_pattern(choice != ProviderChoice::DirectMl)
        .and_then(|options| options.with_execution_providers([provider.error_on_failure()]))
        .map_err(|error| explain(error.message()))
}

/// Paints the test picture; the network must be bound at `size`.
fn paint_test_picture(facts: &ModelFacts, network: &mut Network, size: Size) -> Result<Frame, StylizeError> {
    Preprocessor::new(&facts.input.convention()).run(&test_picture(size), size, network.input()?);
    network.run()?;
    let (tensor, output_size) = network.output()?;
    let maps = facts.output.convention().maps_to_bytes(facts.scale, facts.offset);
    let mut postprocessor = Postprocessor::new(facts.output.layout.value, maps, facts.fit.value);
    let mut painting = Frame::new(postprocessor.painting_size(size, output_size));
    if postprocessor.run(tensor, output_size, &mut painting) { Ok(painting) } else { Err(StylizeError::NotANumber) }
}

/// Compares a provider's picture with the CPU's.
fn compare(expected: &Frame, painted: &Frame) -> Result<(), String> {
    if expected.size != painted.size {
        return Err(format!("it gives {} where the CPU gives {}", painted.size, expected.size));
    }
    let differences = expected.pixels.iter().zip(&painted.pixels).map(|(a, b)| a.abs_diff(*b));
    let count = expected.pixels.len().max(1) as f64;
    let mean = differences.clone().map(f64::from).sum::<f64>() / count;
    let large = differences.filter(|&difference| difference > LARGE_DIFFERENCE).count() as f64 / count;
    if mean > MEAN_TOLERANCE || large > LARGE_SHARE {
        return Err(format!("it paints another picture than the CPU (mean difference {mean:.1}/255)"));
    }
    Ok(())
}
