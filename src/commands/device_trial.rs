//! Tries a device for training in a process of its own, which its driver may crash, and compares what it says with what
//! the processor computes. Knows nothing of training: any program that prints such lines can be tried.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How far a loss may be from the processor's, as a share of it. Both compute with 32 bits and add up in another order:
/// the GL backend on a software driver was within 7e-5.
pub const LOSS_TOLERANCE: f32 = 1e-3;

/// How far the length of a parameter's gradient may be from the processor's. Where a value is near the kink of a ReLU,
/// or two are equally large under a maximum, the last bit decides where a gradient goes: the GL backend was within 5e-4
/// for networks of our family, and within 1e-2 for `classic`. A kernel that is wrong is farther off.
pub const GRADIENT_TOLERANCE: f32 = 5e-2;

/// Losses smaller than this are compared as if they were so large: they are differences of numbers near 1, which have
/// seven digits.
const SMALL_LOSS: f32 = 1e-5;

/// The same of gradients, as a share of the longest one of the step.
const SMALL_GRADIENT: f32 = 1e-3;

/// How often a trial is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What is read of a trial's output at most, in bytes: much more than a self-test prints.
const LONGEST_OUTPUT_BYTES: u64 = 1 << 20;

/// Exit codes that are not a crash: done, failed with an error, and a panic of Rust.
const ORDERLY_CODES: [i32; 3] = [0, 1, 101];

/// A line of a trial's standard output, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// First of all: what was opened.
    Device { name: String, is_software: bool },
    /// One of each step, in order.
    Step(Step),
    /// The end: all steps are done.
    Done,
}

/// What came out of a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Losses by name; `None` is no number.
    pub losses: BTreeMap<String, Option<f32>>,
    /// Lengths of gradients by name.
    pub gradients: BTreeMap<String, Option<f32>>,
    /// Time that it took.
    pub seconds: f32,
}

/// What a trial said.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Said {
    /// What was opened; `None` where nothing was.
    pub device: Option<String>,
    /// Whether that computes on the processor.
    pub is_software: bool,
    pub steps: Vec<Step>,
}

/// Why a device must not be used; for people, after the device's name and a colon.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("the self-test could not be started ({0})")]
    NotStarted(String),
    #[error("the driver crashed in the self-test ({0})")]
    Crashed(String),
    #[error("the self-test did not end within {} s", .0.as_secs())]
    TooSlow(Duration),
    #[error("{0}")]
    Failed(String),
    #[error("it is no graphics card but a program on the processor, and slower than training without it")]
    Software,
    #[error("the self-test said nothing that can be understood ({0})")]
    Unclear(String),
    #[error("in step {step} of the self-test its {what} is no number")]
    NotANumber { step: usize, what: String },
    #[error("in step {step} of the self-test its {what} is {found}, and not {wanted} as on the processor")]
    Differs { step: usize, what: String, found: f32, wanted: f32 },
    #[error("stopped before training began")]
    Interrupted,
}

/// How a device is tried.
pub struct Trial<'a> {
    /// What prints the lines.
    pub command: Command,
    /// It is ended after so long.
    pub limit: Duration,
    /// It is ended when this is set.
    pub stop: &'a AtomicBool,
    /// Whether a device that computes on the processor is welcome.
    pub allows_software: bool,
}

impl Trial<'_> {
    /// Runs the process to its end, and gives what it said; that is no proof yet, see [`agreement`].
    ///
    /// # Errors
    /// Together with what it said until then, why the device must not be used.
    pub fn run(self) -> (Said, Result<(), Refusal>) {
        let Self { mut command, limit, stop, allows_software } = self;
        let not_started = |error: std::io::Error| (Said::default(), Err(Refusal::NotStarted(error.to_string())));
        // Files, which never make a writer wait, and need no thread that reads.
        let files = tempfile::tempfile().and_then(|out| Ok((out, tempfile::tempfile()?)));
        let (mut out, mut errors) = match files {
            Ok(files) => files,
            Err(error) => return not_started(error),
        };
        let handles = out.try_clone().and_then(|out| Ok((out, errors.try_clone()?)));
        let started = handles.and_then(|(out, errors)| {
            command.stdin(Stdio::null()).stdout(out).stderr(errors);
            command.spawn()
        });
        let child = match started {
            Ok(child) => child,
            Err(error) => return not_started(error),
        };
        let ended = wait(child, limit, stop);
        let read = read(&mut out).and_then(|out| said(&out));
        let said = read.as_ref().map_or_else(|_| Said::default(), |(said, _)| said.clone());
        let outcome = match (ended, read) {
            (Err(refusal), _) => Err(refusal),
            (Ok(status), _) if is_crash(status) => Err(Refusal::Crashed(status.to_string())),
            (Ok(status), _) if !status.success() => Err(Refusal::Failed(complaint(&mut errors, status))),
            (Ok(_), Err(refusal)) => Err(refusal),
            (Ok(_), Ok(_)) if said.is_software && !allows_software => Err(Refusal::Software),
            (Ok(_), Ok((_, false))) => Err(Refusal::Unclear("it ended too early".to_owned())),
            (Ok(_), Ok((_, true))) => Ok(()),
        };
        (said, outcome)
    }
}

/// The largest differences from the processor, as shares of its numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Agreement {
    pub losses: f32,
    pub gradients: f32,
}

/// Compares the steps of a device with those of the processor.
///
/// # Errors
/// Why the device must not be used: something is no number, missing, or differs by more than [`LOSS_TOLERANCE`] or
/// [`GRADIENT_TOLERANCE`].
pub fn agreement(found: &[Step], wanted: &[Step]) -> Result<Agreement, Refusal> {
    if found.len() != wanted.len() || wanted.is_empty() {
        return Err(Refusal::Unclear(format!("{} steps instead of {}", found.len(), wanted.len())));
    }
    let mut worst = Agreement::default();
    for (index, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let longest = wanted.gradients.values().flatten().copied().fold(0.0, f32::max);
        let losses = Numbers { kind: "loss", small: SMALL_LOSS, tolerance: LOSS_TOLERANCE };
        let small = (SMALL_GRADIENT * longest).max(f32::MIN_POSITIVE);
        let gradients = Numbers { kind: "gradient", small, tolerance: GRADIENT_TOLERANCE };
        worst.losses = worst.losses.max(losses.compare(index + 1, &found.losses, &wanted.losses)?);
        worst.gradients = worst.gradients.max(gradients.compare(index + 1, &found.gradients, &wanted.gradients)?);
    }
    Ok(worst)
}

/// What is compared, and how.
struct Numbers {
    kind: &'static str,
    /// Smaller ones are compared as if they were so large.
    small: f32,
    tolerance: f32,
}

impl Numbers {
    /// The largest difference, as a share.
    fn compare(
        &self,
        step: usize,
        found: &BTreeMap<String, Option<f32>>,
        wanted: &BTreeMap<String, Option<f32>>,
    ) -> Result<f32, Refusal> {
        if !found.keys().eq(wanted.keys()) {
            return Err(Refusal::Unclear(format!("other names in step {step}")));
        }
        let mut worst = 0.0f32;
        for ((name, found), wanted) in found.iter().zip(wanted.values()) {
            let what = format!("{} \"{name}\"", self.kind);
            let number = |value: &Option<f32>| value.filter(|value| value.is_finite());
            let (Some(found), Some(wanted)) = (number(found), number(wanted)) else {
                return Err(Refusal::NotANumber { step, what });
            };
            let difference = (found - wanted).abs() / wanted.abs().max(self.small);
            if difference > self.tolerance {
                return Err(Refusal::Differs { step, what, found, wanted });
            }
            worst = worst.max(difference);
        }
        Ok(worst)
    }
}

/// Waits for the end, and brings it about where it does not come.
fn wait(mut child: Child, limit: Duration, stop: &AtomicBool) -> Result<ExitStatus, Refusal> {
    let start = Instant::now();
    let refusal = loop {
        match child.try_wait() {
            // Ctrl-C in a terminal ends the child, too: that says nothing of its driver.
            Ok(Some(_)) if stop.load(Ordering::SeqCst) => return Err(Refusal::Interrupted),
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(error) => break Refusal::NotStarted(error.to_string()),
        }
        if stop.load(Ordering::SeqCst) {
            break Refusal::Interrupted;
        }
        if start.elapsed() >= limit {
            break Refusal::TooSlow(limit);
        }
        std::thread::sleep(LOOK_EVERY);
    };
    // It may have ended this moment.
    let _ = child.kill();
    let _ = child.wait();
    Err(refusal)
}

/// Whether a signal, or on Windows an exception, ended a process.
fn is_crash(status: ExitStatus) -> bool {
    status.code().is_none_or(|code| !ORDERLY_CODES.contains(&code))
}

fn read(file: &mut File) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.take(LONGEST_OUTPUT_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| Refusal::Unclear(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the lines say, and whether they are complete. A last line that was cut off by a crash does not count.
fn said(out: &str) -> Result<(Said, bool), Refusal> {
    let mut said = Said::default();
    for line in out.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        match serde_json::from_str(line) {
            Ok(Line::Device { name, is_software }) => {
                said.device = Some(name);
                said.is_software = is_software;
            }
            Ok(Line::Step(step)) => said.steps.push(step),
            Ok(Line::Done) => return Ok((said, true)),
            Err(error) => return Err(Refusal::Unclear(error.to_string())),
        }
    }
    Ok((said, false))
}

/// What a process complained of: its error, or the words of its panic.
fn complaint(errors: &mut File, status: ExitStatus) -> String {
    let text = read(errors).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let error = lines.iter().rev().find_map(|line| line.strip_prefix("error: "));
    let after_panic = || lines.iter().position(|line| line.contains("panicked at")).and_then(|at| lines.get(at + 1));
    let words = error.or_else(|| after_panic().copied()).or_else(|| lines.last().copied());
    words.map_or_else(|| format!("the self-test failed ({status})"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    const DEVICE: &str = r#"{"device":{"name":"Some card","is_software":false}}"#;
    #[cfg(unix)]
    const STEP: &str =
        r#"{"step":{"losses":{"style":0.5,"total":4.0},"gradients":{"stem":2.0,"head":0.00001},"seconds":0.1}}"#;

    fn step(style: f32, stem: f32, head: f32) -> Step {
        let named =
            |pairs: &[(&str, f32)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), Some(*value))).collect();
        Step {
            losses: named(&[("style", style), ("total", 4.0)]),
            gradients: named(&[("stem", stem), ("head", head)]),
            seconds: 1.0,
        }
    }

    #[cfg(unix)]
    fn trial(script: &str, seconds: f32, stop: &AtomicBool, allows_software: bool) -> (Said, Result<(), Refusal>) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        Trial { command, limit: Duration::from_secs_f32(seconds), stop, allows_software }.run()
    }

    #[cfg(unix)]
    fn run(script: &str) -> (Said, Result<(), Refusal>) {
        trial(script, 60.0, &AtomicBool::new(false), true)
    }

    #[cfg(unix)]
    fn refusal(script: &str) -> String {
        run(script).1.unwrap_err().to_string()
    }

    #[cfg(unix)]
    #[test]
    fn hears_what_a_device_computed() {
        let (said, outcome) = run(&format!("echo '{DEVICE}'; echo '{STEP}'; echo '\"done\"'"));
        assert_eq!(outcome, Ok(()));
        assert_eq!((said.device.as_deref(), said.is_software, said.steps.len()), (Some("Some card"), false, 1));
        assert_eq!(agreement(&said.steps, &[step(0.5, 2.0, 0.000_01)]), Ok(Agreement::default()));
    }

    #[cfg(unix)]
    #[test]
    fn a_crash_of_the_driver_is_survived_and_told() {
        let (said, outcome) = run(&format!("echo '{DEVICE}'; printf '{{\"st'; kill -SEGV $$"));
        assert_eq!(said.device.as_deref(), Some("Some card"), "what crashed is known");
        let words = outcome.unwrap_err().to_string();
        assert!(words.contains("crashed") && words.contains("SIGSEGV"), "{words}");
        assert!(refusal("kill -ABRT $$").contains("SIGABRT"));
        assert!(refusal("exit 134").contains("crashed"), "an exception has an exit code of its own");
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_ended() {
        let start = Instant::now();
        let (said, outcome) = trial(&format!("echo '{DEVICE}'; exec sleep 100"), 0.5, &AtomicBool::new(false), true);
        assert_eq!(outcome, Err(Refusal::TooSlow(Duration::from_millis(500))));
        assert_eq!(said.device.as_deref(), Some("Some card"));
        let (_, outcome) = trial("exec sleep 100", 60.0, &AtomicBool::new(true), true);
        assert_eq!(outcome, Err(Refusal::Interrupted), "Ctrl-C is no fault of the device");
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[cfg(unix)]
    #[test]
    fn an_error_is_told_in_its_own_words() {
        let script = "echo 'WARN wgpu: x' >&2; echo 'error: no adapter was found' >&2; echo 'note: y' >&2; exit 1";
        assert_eq!(refusal(script), "no adapter was found");
        let script =
            "printf \"thread 'main' panicked at a.rs:1:\\nthe device is lost\\nnote: run with\\n\" >&2; exit 101";
        assert_eq!(refusal(script), "the device is lost");
        assert!(refusal("exit 1").contains("failed"));
        assert!(refusal("true").contains("too early"));
        assert!(refusal("echo nonsense").contains("understood"));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_stands_for_a_card_is_refused_unless_it_was_asked_for() {
        let script = r#"echo '{"device":{"name":"llvmpipe","is_software":true}}'; echo '"done"'"#;
        let (said, outcome) = trial(script, 60.0, &AtomicBool::new(false), false);
        assert_eq!((said.device.as_deref(), outcome), (Some("llvmpipe"), Err(Refusal::Software)));
        assert_eq!(run(script).1, Ok(()));
    }

    #[test]
    fn what_cannot_be_started_is_told() {
        let command = Command::new("/no/such/program");
        let stop = AtomicBool::new(false);
        let trial = Trial { command, limit: Duration::from_secs(1), stop: &stop, allows_software: true };
        assert!(matches!(trial.run().1, Err(Refusal::NotStarted(_))));
    }

    #[test]
    fn wrong_losses_and_gradients_are_refused() {
        let wanted = [step(0.5, 2.0, 1e-5), step(0.4, 2.0, 1e-5)];
        let with = |second: Step| agreement(&[wanted[0].clone(), second], &wanted);
        let worst = with(step(0.4002, 2.02, 1e-5)).unwrap();
        assert!((worst.losses - 5e-4).abs() < 1e-5 && (worst.gradients - 1e-2).abs() < 1e-5, "{worst:?}");
        let words = with(step(0.41, 2.0, 1e-5)).unwrap_err().to_string();
        assert!(words.contains("step 2") && words.contains("\"style\"") && words.contains("0.41"), "{words}");
        assert!(matches!(with(step(0.4, 2.2, 1e-5)), Err(Refusal::Differs { step: 2, .. })), "a wrong gradient");
        assert!(with(step(0.4, 2.0, 3e-5)).is_ok(), "of a tiny gradient no digit is sure");
        let words = with(step(f32::NAN, 2.0, 1e-5)).unwrap_err().to_string();
        assert!(words.contains("no number"), "{words}");
        // JSON has no word for what is no number: it writes null.
        let mut silent = step(0.4, 2.0, 1e-5);
        silent.losses.insert("total".to_owned(), None);
        assert!(matches!(with(silent), Err(Refusal::NotANumber { step: 2, .. })));
    }

    #[test]
    fn what_is_missing_is_no_proof() {
        let wanted = [step(0.5, 2.0, 1e-5), step(0.4, 2.0, 1e-5)];
        let mut nameless = wanted.clone();
        nameless[1].losses.remove("style");
        for found in [&wanted[..1], &[], &nameless] {
            assert!(matches!(agreement(found, &wanted), Err(Refusal::Unclear(_))));
        }
        assert!(matches!(agreement(&[], &[]), Err(Refusal::Unclear(_))));
    }
}
