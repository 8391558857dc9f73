//! Starts the program with one installed style, and waits for it with a limit.

use crate::networks::Network;
use crate::tools::skip;
use impasto::compose::Gpu;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No command of these tests takes nearly so long on an idle machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder for files, in which the style `plain` is installed, and no display.
pub struct Program {
    folder: TempDir,
}

/// A started program.
pub struct Running {
    pub child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

/// How a program ended.
#[derive(Debug)]
pub struct Outcome {
    /// `None` where a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The standard output as JSON; there must be nothing else in it.
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that the program failed with exit code 1, an error that has all of `words`, and no output.
    pub fn assert_failed(&self, words: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "\"{word}\" is not said: {}", self.stderr);
        }
    }
}

impl Program {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let styles = folder.path().join("styles");
        std::fs::create_dir(&styles).unwrap();
        Network::default().write(&styles);
        Self { folder }
    }

    /// A file in the folder, which is also the program's working folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The installed model.
    pub fn model(&self) -> PathBuf {
        self.path("styles/plain.onnx")
    }

    /// The program with arguments, to be changed before it is started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impasto"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("IMPASTO_STYLES", self.path("styles"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("IMPASTO_SETTINGS", self.path("settings"))
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// Starts the program; its output goes into files, so that it never waits for a reader.
    pub fn start(&self, mut command: Command) -> Running {
        let number = std::fs::read_dir(self.folder.path()).unwrap().count();
        let (stdout, stderr) = (self.path(&format!("stdout-{number}")), self.path(&format!("stderr-{number}")));
        command.stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
        Running { child: command.spawn().unwrap(), stdout, stderr }
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.start(self.command(arguments)).wait()
    }
}

impl Running {
    /// Waits for the end.
    pub fn wait(mut self) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                panic!("it does not end: {}", read(&self.stderr));
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        Outcome { code: status.code(), stdout: read(&self.stdout), stderr: read(&self.stderr) }
    }

    /// Waits until a file has this many bytes.
    pub fn wait_for_file(&mut self, path: &Path, bytes: u64) {
        let deadline = Instant::now() + PATIENCE;
        while !std::fs::metadata(path).is_ok_and(|file| file.len() >= bytes) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended early ({ended:?}): {}", read(&self.stderr));
            if Instant::now() > deadline {
                self.child.kill().unwrap();
                panic!("{} does not grow: {}", path.display(), read(&self.stderr));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends SIGINT, as Ctrl-C does, to the program and all in its process group where it leads one.
    #[cfg(unix)]
    pub fn interrupt(&self, whole_group: bool) {
        let id = self.child.id() as i32;
        // SAFETY: the call takes no pointers, and the child has not been waited for, so that the id is still its own.
        let sent = unsafe { libc::kill(if whole_group { -id } else { id }, libc::SIGINT) };
        assert_eq!(sent, 0);
    }
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Whether pictures can be composed here; says loudly that a test is skipped where not.
pub fn have_gpu() -> bool {
    Gpu::headless().is_ok() || skip("there is no graphics adapter, not even a software one")
}

/// Checks that an object has exactly these keys, separated by spaces.
pub fn assert_keys(value: &serde_json::Value, keys: &str) {
    let mut found: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let mut wanted: Vec<&str> = keys.split_whitespace().collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

/// Lets no file of the program that is about to start grow beyond this size.
#[cfg(unix)]
pub fn limit_files(command: &mut Command, bytes: u64) {
    // SAFETY: between fork and exec only this one call is made, which may be made there and reads its argument only.
    unsafe {
        std::os::unix::process::CommandExt::pre_exec(command, move || {
            let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
            match libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        });
    }
}
