//! `impasto train-self-test`, which `impasto train` starts as a process of its own: a few small steps on a graphics
//! card, as lines of JSON. With `--judge` it does what `train` does: it starts that process, and prints what to think
//! of it.

use super::device::{DeviceChoice, LIMIT, TestedTraining, Tried, try_device};
use super::fault::Fault;
use crate::commands::device_trial::{Agreement, Line, Said, Step};
use crate::commands::features_file::features_file;
use crate::commands::print_json;
use crate::commands::signals::stop_on_interrupt;
use crate::network::{Architecture, Tier};
use crate::train::{Subject, TrainDevice};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
pub struct SelfTestArgs {
    /// What to test.
    #[arg(long, value_enum)]
    device: DeviceChoice,
    /// The network, as JSON [default: that of the tier fast].
    #[arg(long, value_name = "JSON")]
    network: Option<String>,
    /// VGG-16 as ONNX with Keras names [default: what scripts/fetch-features brought, else made-up features].
    #[arg(long, value_name = "FILE")]
    features: Option<PathBuf>,
    /// Use small made-up features.
    #[arg(long, conflicts_with = "features")]
    made_up_features: bool,
    /// Test a training from key frames.
    #[arg(long)]
    keyframes: bool,
    /// Stop where the device is a program on the processor.
    #[arg(long)]
    no_software: bool,
    /// Do it in another process, compare with the processor, and print whether training would use the device.
    #[arg(long)]
    judge: bool,
    /// With --judge: end the other process after so long.
    #[arg(long, value_name = "N", requires = "judge", default_value_t = LIMIT.as_secs())]
    seconds: u64,
}

/// What is thought of a device.
#[derive(Serialize)]
struct Judgement {
    backend: &'static str,
    /// Whether training would use it.
    is_passed: bool,
    /// Why it would not.
    reason: Option<String>,
    /// The largest differences from the processor, as shares.
    worst_difference: Option<Agreement>,
    /// Whether real features were looked through, or made-up ones.
    has_features: bool,
    #[serde(flatten)]
    said: Said,
    processor: Vec<Step>,
}

pub fn run(args: &SelfTestArgs) -> anyhow::Result<()> {
    let training = TestedTraining {
        subject: if args.keyframes { Subject::Keyframes } else { Subject::Picture },
        architecture: match &args.network {
            Some(json) => serde_json::from_str(json)?,
            None => Architecture::from(Tier::Fast),
        },
        features: if args.made_up_features { None } else { features_file(args.features.as_deref()) },
    };
    if args.judge { judge(args, &training) } else { test(args, &training) }
}

/// Prints the steps.
fn test(args: &SelfTestArgs, training: &TestedTraining) -> anyhow::Result<()> {
    end_after(2 * LIMIT);
    let fault = Fault::injected()?;
    let device = match fault {
        // What goes wrong on purpose can do so on any machine.
        Some(_) => TrainDevice::processor(),
        None => TrainDevice::open(args.device.backend())?,
    };
    let (name, is_software) = match (fault, device.adapter()) {
        (Some(fault), _) => ("an injected fault".to_owned(), fault == Fault::Software),
        (None, Some(adapter)) => (adapter.name.clone(), adapter.is_software),
        (None, None) => (device.to_string(), false),
    };
    print_line(&Line::Device { name, is_software })?;
    if is_software && args.no_software {
        return Ok(());
    }
    if let Some(fault) = fault {
        fault.happen();
    }
    let mut printed = Ok(());
    training.run(&device, |mut step| {
        if let Some(fault) = fault {
            fault.spoil(&mut step);
        }
        let line = print_line(&Line::Step(step));
        if printed.is_ok() {
            printed = line;
        }
    })?;
    printed?;
    print_line(&Line::Done)
}

/// Prints a line at once: the next moment may be the driver's last.
fn print_line(line: &Line) -> anyhow::Result<()> {
    out!("{}", serde_json::to_string(line)?);
    Ok(std::io::stdout().flush()?)
}

/// Ends this process after so long, should nobody be there any more to end it.
fn end_after(limit: Duration) {
    #[cfg(unix)]
    // SAFETY: the call takes no pointers; the signal that it brings ends the process.
    unsafe {
        libc::alarm(limit.as_secs() as libc::c_uint);
    }
    #[cfg(not(unix))]
    let _ = limit;
}

fn judge(args: &SelfTestArgs, training: &TestedTraining) -> anyhow::Result<()> {
    let stop = stop_on_interrupt();
    let (backend, limit) = (args.device.backend(), Duration::from_secs(args.seconds));
    let Tried { said, wanted, outcome } = try_device(backend, training, !args.no_software, limit, &stop)?;
    print_json(&Judgement {
        backend: backend.name(),
        is_passed: outcome.is_ok(),
        reason: outcome.as_ref().err().map(ToString::to_string),
        worst_difference: outcome.ok(),
        has_features: training.features.is_some(),
        said,
        processor: wanted,
    })
}
