//! A program that stands for `impasto-scap`: a shell script that says what was prepared, and then does what it is told to do.

use crate::protocol::{Message, PictureHead, write_greeting, write_message};
use impasto::capture::{Captured, FrameSource as _, ScapPatience, ScapRequest, ScapSource};
use impasto::control::EndReason;
use impasto::frame::Frame;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Nothing here takes this long on a working machine, however loaded.
pub const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Limits that are short enough for a test of what happens behind them.
pub const SHORT: ScapPatience = ScapPatience {
    start: Duration::from_millis(600),
    choice: Duration::from_millis(900),
    first_picture: Duration::from_millis(600),
    life: Duration::from_millis(800),
    stillness: Duration::from_millis(300),
};

/// Limits that nothing here reaches.
pub const LONG: ScapPatience =
    ScapPatience { start: PATIENCE, choice: PATIENCE, first_picture: PATIENCE, life: PATIENCE, stillness: PATIENCE };

/// A script in a folder of its own, step by step.
pub struct Fake {
    folder: TempDir,
    script: String,
    parts: usize,
}

impl Fake {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho $$ >pid\n".to_owned();
        Self { folder, script, parts: 0 }
    }

    /// A program that has said that pictures will come.
    pub fn opened() -> Self {
        Self::new().greets().says(&Message::Asking).says(&Message::Opened)
    }

    pub fn greets(self) -> Self {
        let mut bytes = Vec::new();
        write_greeting(&mut bytes).unwrap();
        self.writes(&bytes)
    }

    pub fn says(self, message: &Message) -> Self {
        let mut bytes = Vec::new();
        write_message(&mut bytes, message).unwrap();
        self.writes(&bytes)
    }

    /// Waits until it is asked, and hands over a picture of one value.
    pub fn shows(self, width_px: u32, height_px: u32, value: u8) -> Self {
        let head = PictureHead { width_px, height_px, age: Duration::ZERO };
        let mut bytes = Vec::new();
        write_message(&mut bytes, &Message::Picture(head)).unwrap();
        bytes.resize(bytes.len() + head.byte_count(), value);
        self.does("head -c 1 >/dev/null").writes(&bytes)
    }

    pub fn writes(mut self, bytes: &[u8]) -> Self {
        self.parts += 1;
        let name = format!("part-{}", self.parts);
        std::fs::write(self.folder.path().join(&name), bytes).unwrap();
        self.does(&format!("cat {name}"))
    }

    /// A command of the shell.
    pub fn does(mut self, command: &str) -> Self {
        self.script += command;
        self.script += "\n";
        self
    }

    /// Does nothing more, and does not end.
    pub fn hangs(self) -> Self {
        self.does("exec sleep 1000")
    }

    /// Starts it.
    pub fn open(&self, patience: ScapPatience) -> ScapSource {
        ScapSource::open_with(&self.request(), patience).unwrap()
    }

    pub fn request(&self) -> ScapRequest {
        let program = self.path("impasto-scap");
        std::fs::write(&program, &self.script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        ScapRequest { program: Some(program), ..ScapRequest::default() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its process, once it has begun.
    pub fn pid(&self) -> i32 {
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(self.path("pid")).unwrap_or_default();
            if let Ok(pid) = text.trim().parse() {
                return pid;
            }
            assert!(started.elapsed() < PATIENCE, "it does not start");
            std::thread::sleep(POLL);
        }
    }
}

/// Whether a process lives.
pub fn is_alive(pid: i32) -> bool {
    // SAFETY: the call takes no pointers, and signal 0 is only a question.
    unsafe { libc::kill(pid, 0) == 0 }
}

/// Waits until a process is gone.
pub fn wait_until_gone(pid: i32) {
    let started = Instant::now();
    while is_alive(pid) {
        assert!(started.elapsed() < PATIENCE, "the program lives on");
        std::thread::sleep(POLL);
    }
}

/// Polls until there is an answer.
pub fn poll_until<T>(source: &mut ScapSource, what: &str, mut look: impl FnMut(&Captured) -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        let asked = Instant::now();
        let captured = source.poll(POLL);
        assert!(asked.elapsed() < Duration::from_secs(10), "polling blocks");
        if let Some(found) = look(&captured) {
            return found;
        }
        assert!(!matches!(captured, Captured::Ended(_)), "{captured:?} while waiting for {what}");
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
    }
}

pub fn next_frame(source: &mut ScapSource) -> Arc<Frame> {
    poll_until(source, "a frame", |captured| match captured {
        Captured::Frame(frame) => Some(Arc::clone(frame)),
        _ => None,
    })
}

/// The reason for people with which it ends.
pub fn failure(source: &mut ScapSource) -> String {
    poll_until(source, "the end", |captured| match captured {
        Captured::Ended(EndReason::Failed(reason)) => Some(reason.clone()),
        _ => None,
    })
}
