//! Child processes that end with whoever started them.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Time between two looks at a child that should end.
const END_INTERVAL: Duration = Duration::from_millis(5);
/// What is told of a program's complaints, in characters.
const LONGEST_REASON: usize = 200;

/// A running program, killed with whatever it has started, and waited for when dropped. Its complaints go into a file,
/// because nobody reads them while it runs.
pub struct RunningChild {
    pub child: Child,
    complaints: File,
}

impl RunningChild {
    /// Starts the program, out of reach of a terminal's Ctrl-C; `package` is what to install where it is missing.
    ///
    /// # Errors
    /// It cannot be started; the text says what to do.
    pub fn start(mut command: Command, package: &str) -> Result<Self, String> {
        let no_file = |error: std::io::Error| format!("no temporary file: {error}");
        let complaints = tempfile::tempfile().map_err(no_file)?;
        command.stderr(complaints.try_clone().map_err(no_file)?);
        keep_from_ctrl_c(&mut command);
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => format!("{name} is missing, install {package}"),
            _ => format!("{name} cannot be started: {error}"),
        })?;
        Ok(Self { child, complaints })
    }

    /// Waits for the program's end; `None` where it takes longer than `patience`.
    pub fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(END_INTERVAL);
        }
    }

    /// The first line of what it complained of.
    pub fn complaint(&mut self) -> String {
        let mut text = Vec::new();
        if self.complaints.rewind().and_then(|()| self.complaints.read_to_end(&mut text)).is_err() {
            return String::new();
        }
        let text = String::from_utf8_lossy(&text);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        line.chars().take(LONGEST_REASON).collect()
    }
}

impl Drop for RunningChild {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Ok(None) = self.child.try_wait() {
            // SAFETY: the call takes no pointers; the child leads its group, and has not been waited for, so that the
            // id is its own.
            unsafe { libc::kill(-(self.child.id() as i32), libc::SIGKILL) };
        }
        // Both fail only where the child has ended, and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end and gives what it printed.
///
/// # Errors
/// It is missing, fails, or takes longer than `patience`; the text says which.
#[cfg_attr(windows, allow(dead_code, reason = "nothing is asked of programs there"))]
pub fn output_of(mut command: Command, package: &str, patience: Duration) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let no_file = |error: std::io::Error| format!("no temporary file: {error}");
    let mut printed = tempfile::tempfile().map_err(no_file)?;
    command.stdin(Stdio::null()).stdout(printed.try_clone().map_err(no_file)?);
    let mut running = RunningChild::start(command, package)?;
    match running.wait(patience) {
        Some(status) if status.success() => {}
        Some(_) => return Err(format!("{name}: {}", running.complaint())),
        None => return Err(format!("{name} gets no answer")),
    }
    let mut bytes = Vec::new();
    printed.rewind().and_then(|()| printed.read_to_end(&mut bytes)).map_err(no_file)?;
    Ok(bytes)
}

/// Keeps a program out of reach of a terminal's Ctrl-C, which is for us: we end it in order. On Windows it opens no
/// console.
pub(super) fn keep_from_ctrl_c(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(windows)]
    {
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
    }
}
