//! The program `impasto-scap`: where it is, and how it is started.

use super::error::ScapError;
use super::request::{ScapRequest, ScapTarget};
use crate::child::RunningChild;
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// Names the program, for tests and for who keeps it elsewhere.
const VARIABLE: &str = "IMPASTO_SCAP";
const NAME: &str = "impasto-scap";

/// The program, what it hears and what it says; it is killed when dropped.
pub struct Started {
    pub child: RunningChild,
    pub orders: ChildStdin,
    pub words: ChildStdout,
}

/// Where the program is expected.
pub fn path(request: &ScapRequest) -> PathBuf {
    let named = || std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    let beside = || Some(std::env::current_exe().ok()?.with_file_name(NAME));
    request.program.clone().or_else(named).or_else(beside).unwrap_or_else(|| NAME.into())
}

/// The arguments that ask for a target.
fn capture_arguments(target: ScapTarget) -> Result<Vec<String>, ScapError> {
    let is_chosen_in_dialog = cfg!(target_os = "linux");
    match target {
        ScapTarget::WindowId(id) if !is_chosen_in_dialog => Ok(vec!["capture".to_owned(), id.to_string()]),
        ScapTarget::WindowId(_) => Err(ScapError::NoWindowIds),
        ScapTarget::Window if !is_chosen_in_dialog => Err(ScapError::NoChoice),
        ScapTarget::Any | ScapTarget::Screen | ScapTarget::Window => Ok(vec!["capture".to_owned()]),
    }
}

/// Starts the program so that it captures.
///
/// # Errors
/// It is missing, cannot be started, or cannot capture that.
pub fn start_capture(request: &ScapRequest) -> Result<Started, ScapError> {
    start(request, &capture_arguments(request.target)?)
}

/// Starts the program with arguments.
///
/// # Errors
/// It is missing, or cannot be started.
pub fn start(request: &ScapRequest, arguments: &[String]) -> Result<Started, ScapError> {
    let path = path(request);
    if !path.is_file() {
        return Err(ScapError::Missing { path });
    }
    let mut command = Command::new(path);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = RunningChild::start(command, "it").map_err(|reason| ScapError::NotStarted { reason })?;
    let pipes = child.child.stdin.take().zip(child.child.stdout.take());
    let (orders, words) = pipes.expect("both were asked for as pipes");
    Ok(Started { child, orders, words })
}
