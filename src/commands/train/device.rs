//! Where a training computes: on a graphics card only after that has shown, in a process of its own, that it computes
//! as the processor does.

use crate::commands::device_trial::{Agreement, Refusal, Said, Step, Trial, agreement};
use crate::commands::progress;
use crate::network::Architecture;
use crate::train::{Backend, Features, SelfTestStep, Subject, TrainDevice, TrainError, made_up_features, self_test};
use anyhow::{Context, bail};
use clap::ValueEnum;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A self-test is ended after so long. A step takes a card less than a second; what takes long is the driver, which
/// compiles some hundred programs in the first one.
pub const LIMIT: Duration = Duration::from_secs(300);

/// What `--device` may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceChoice {
    /// A graphics card, where this build can train on one and it passes the self-test; else the processor.
    Auto,
    /// The processor.
    Cpu,
    /// A graphics card through Vulkan.
    Vulkan,
    /// A graphics card through Metal.
    Metal,
    /// A graphics card through Direct3D 12.
    Dx12,
    /// A graphics card through OpenGL: slow, for tests.
    Gl,
}

impl DeviceChoice {
    /// What is tried, the best first.
    fn backends(self) -> Vec<Backend> {
        match self {
            Self::Auto => Backend::usual().to_vec(),
            Self::Cpu => Vec::new(),
            Self::Vulkan => vec![Backend::Vulkan],
            Self::Metal => vec![Backend::Metal],
            Self::Dx12 => vec![Backend::Dx12],
            Self::Gl => vec![Backend::Gl],
        }
    }

    /// What is opened for a self-test.
    pub fn backend(self) -> Backend {
        self.backends().first().copied().unwrap_or(Backend::Processor)
    }
}

/// What a self-test trains.
#[derive(Debug, Clone)]
pub struct TestedTraining {
    pub subject: Subject,
    pub architecture: Architecture,
    /// The file of features; `None` for made-up ones.
    pub features: Option<PathBuf>,
}

impl TestedTraining {
    /// The steps of the self-test on a device of this process; each is given to `tell` as it is done.
    ///
    /// # Errors
    /// The features cannot be read, or a loss is no number.
    pub fn run(&self, device: &TrainDevice, mut tell: impl FnMut(Step)) -> Result<(), TrainError> {
        let features = match &self.features {
            Some(file) => Features::read(file, device)?,
            None => made_up_features(device),
        };
        self_test(self.subject, &self.architecture, features, |step| tell(told(step)))
    }

    fn wanted(&self) -> Result<Vec<Step>, TrainError> {
        let mut steps = Vec::new();
        self.run(&TrainDevice::processor(), |step| steps.push(step))?;
        Ok(steps)
    }
}

fn told(step: SelfTestStep) -> Step {
    Step {
        losses: step.losses.into_iter().map(|(name, loss)| (name.to_owned(), Some(loss))).collect(),
        gradients: step.gradients.into_iter().map(|(name, length)| (name, Some(length))).collect(),
        seconds: step.seconds,
    }
}

/// What came of trying a device.
pub struct Tried {
    /// What it said.
    pub said: Said,
    /// What the processor computes; empty where the device did not get that far.
    pub wanted: Vec<Step>,
    /// How near it is to the processor, or why it must not be used.
    pub outcome: Result<Agreement, Refusal>,
}

/// Tries a device in a child process, and compares it with the processor.
///
/// # Errors
/// The processor itself cannot do the self-test, or this program cannot be found.
pub fn try_device(
    backend: Backend,
    training: &TestedTraining,
    allows_software: bool,
    limit: Duration,
    stop: &AtomicBool,
) -> anyhow::Result<Tried> {
    let command = self_test_command(backend, training, allows_software)?;
    let (said, outcome) = Trial { command, limit, stop, allows_software }.run();
    if let Err(refusal) = outcome {
        return Ok(Tried { said, wanted: Vec::new(), outcome: Err(refusal) });
    }
    let wanted = training.wanted().context("the processor failed in the self-test")?;
    let outcome = agreement(&said.steps, &wanted);
    Ok(Tried { said, wanted, outcome })
}

/// This program's own self-test.
fn self_test_command(backend: Backend, training: &TestedTraining, allows_software: bool) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    let mut command = Command::new(program);
    command.args(["train-self-test", "--device", backend.name()]);
    command.arg("--network").arg(serde_json::to_string(&training.architecture)?);
    match &training.features {
        Some(file) => command.arg("--features").arg(file),
        None => command.arg("--made-up-features"),
    };
    if training.subject == Subject::Keyframes {
        command.arg("--keyframes");
    }
    if !allows_software {
        command.arg("--no-software");
    }
    Ok(command)
}

/// The device of a training, and how it was found.
pub struct ChosenDevice {
    pub device: TrainDevice,
    /// For people: what the self-test said, where there was one.
    pub note: Option<String>,
}

impl ChosenDevice {
    /// The device and how it was found, in words.
    pub fn in_words(&self) -> String {
        match &self.note {
            Some(note) => format!("{} ({note})", self.device),
            None => self.device.to_string(),
        }
    }
}

/// The device to train on: the first that passes the self-test, else the processor. Says on standard error which
/// graphics card it is, or why it is none.
///
/// # Errors
/// A graphics card is asked for and this build cannot use any, the self-test cannot be done at all, or `stop` was set
/// meanwhile.
pub fn choose(choice: DeviceChoice, training: &TestedTraining, stop: &AtomicBool) -> anyhow::Result<ChosenDevice> {
    let backends = choice.backends();
    if !backends.is_empty() && !Backend::has_graphics() {
        bail!(
            "this impasto trains on the processor only: \"scripts/run --gpu-training train ...\" builds one that trains on \
             graphics cards (or cargo build --release --features train-gpu), and --device cpu trains with this one"
        );
    }
    let mut refusals = Vec::new();
    for backend in backends {
        let name = backend.name();
        let spinner = progress::spinner("testing whether the graphics card computes as the processor does");
        // A program that stands for a card is slower than none: only who asks for it gets it.
        let tried = try_device(backend, training, choice != DeviceChoice::Auto, LIMIT, stop)?;
        spinner.finish_and_clear();
        let opened = match tried.outcome {
            Err(Refusal::Interrupted) => bail!("{}", Refusal::Interrupted),
            Err(refusal) => Err(refusal.to_string()),
            Ok(near) => TrainDevice::open(backend).map(|device| (device, near)).map_err(|error| error.to_string()),
        };
        match opened {
            Ok((device, Agreement { losses, gradients })) => {
                let (losses, gradients) = (percent(losses), percent(gradients));
                let note = format!(
                    "self-test passed: losses within {losses} % of the processor's, gradients within {gradients} %"
                );
                err!("note: training on {device} ({note})");
                return Ok(ChosenDevice { device, note: Some(note) });
            }
            Err(reason) => {
                let named = tried.said.device.map_or_else(|| name.to_owned(), |device| format!("{name}, {device}"));
                refusals.push(format!("{named}: {reason}"));
            }
        }
    }
    let note = (!refusals.is_empty()).then(|| refusals.join("; "));
    if let Some(note) = &note {
        err!("{}: training on the processor instead ({note})", severity(choice));
    }
    Ok(ChosenDevice { device: TrainDevice::processor(), note })
}

/// Who named a device should notice; who did not, need not.
fn severity(choice: DeviceChoice) -> &'static str {
    if choice == DeviceChoice::Auto { "note" } else { "warning" }
}

/// A share in percent, with one digit that means something.
fn percent(share: f32) -> String {
    let percent = share * 100.0;
    let digits = if percent > 0.0 { (-percent.log10().floor()).clamp(0.0, 6.0) as usize } else { 0 };
    format!("{percent:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_with_one_digit() {
        for (share, words) in [(6e-5, "0.006"), (0.0, "0"), (0.0012, "0.1"), (0.02, "2")] {
            assert_eq!(percent(share), words);
        }
    }

    #[test]
    fn every_choice_has_its_backend() {
        for choice in
            [DeviceChoice::Cpu, DeviceChoice::Vulkan, DeviceChoice::Metal, DeviceChoice::Dx12, DeviceChoice::Gl]
        {
            let value = choice.to_possible_value().unwrap();
            assert_eq!(value.get_name(), choice.backend().name());
        }
    }
}
