//! The trainer as a child process at low priority.

use super::progress::ReportedState;
use super::{TrainingOrder, TrainingProgress};
use crate::frame::{Frame, read_picture};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

/// How much the child yields to other programs, 0 to 19 (Unix).
#[cfg(unix)]
const NICENESS: libc::c_int = 10;

/// So much of the end of the log is searched for an error.
const LOG_TAIL_BYTES: u64 = 8192;

/// How a training stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It has not said anything yet.
    Starting,
    Running,
    /// It was told to stop, and writes the style.
    Stopping,
    Finished,
    /// It was stopped before its time; what was learnt is kept.
    Stopped,
    /// The text says why, for people.
    Failed(String),
}

/// A training that runs, or has ended. Lives on the main thread.
pub struct Training {
    pub order: TrainingOrder,
    stage: Stage,
    progress: Option<TrainingProgress>,
    preview: Option<Arc<Frame>>,
    child: Child,
    is_told_to_stop: bool,
    progress_seen: Option<SystemTime>,
    preview_seen: Option<SystemTime>,
}

impl Training {
    /// Starts `program` with the order's command line; what it says goes into `NAME.log` beside the style.
    ///
    /// # Errors
    /// The folder cannot be written, or the program cannot be started; the text is for people.
    pub fn start(program: &Path, order: TrainingOrder) -> Result<Self, String> {
        let log = order.out.with_extension("log");
        if let Some(folder) = order.out.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| format!("cannot make the folder for styles ({error}): {}", folder.display()))?;
        }
        // What an earlier training said would be taken for this one's words.
        let _ = std::fs::remove_file(order.out.with_extension("progress.json"));
        let written = File::create(&log)
            .and_then(|file| Ok((file.try_clone()?, file)))
            .map_err(|error| format!("cannot write the training's log ({error}): {}", log.display()))?;
        let mut command = Command::new(program);
        command.args(&order.arguments).stdin(Stdio::null()).stdout(written.0).stderr(written.1);
        yield_to_others(&mut command);
        let child = command.spawn().map_err(|error| format!("the trainer cannot be started: {error}"))?;
        Ok(Self {
            order,
            stage: Stage::Starting,
            progress: None,
            preview: None,
            child,
            is_told_to_stop: false,
            progress_seen: None,
            preview_seen: None,
        })
    }

    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// What the trainer said last.
    pub fn progress(&self) -> Option<&TrainingProgress> {
        self.progress.as_ref()
    }

    /// The newest preview: pictures, and how the style paints them.
    pub fn preview(&self) -> Option<&Arc<Frame>> {
        self.preview.as_ref()
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Finished | Stage::Stopped | Stage::Failed(_))
    }

    /// Tells the trainer to stop: it keeps what it has learnt and writes the style, which takes a few seconds. The
    /// second time it is ended at once; its last checkpoint stays.
    pub fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        if self.is_told_to_stop || !interrupt(&self.child) {
            // It may have ended this moment.
            let _ = self.child.kill();
        }
        self.is_told_to_stop = true;
        self.stage = Stage::Stopping;
    }

    /// Looks how far it is; tells whether anything is new. Called about twice a second.
    pub fn poll(&mut self) -> bool {
        if self.has_ended() {
            return false;
        }
        let before = self.stage.clone();
        // Asked first: what is written before the end is then read after it.
        let ended = self.child.try_wait();
        if matches!(ended, Ok(Some(_))) {
            // Two writes in quick succession can have the same time.
            self.progress_seen = None;
        }
        let has_news = self.read_progress() | self.read_preview();
        match ended {
            Ok(Some(status)) => self.stage = self.stage_after(status),
            Ok(None) if self.is_told_to_stop => {}
            Ok(None) if self.progress.is_some() => self.stage = Stage::Running,
            Ok(None) => {}
            Err(error) => self.stage = Stage::Failed(format!("the trainer was lost: {error}")),
        }
        has_news || self.stage != before
    }

    fn read_progress(&mut self) -> bool {
        let path = self.order.out.with_extension("progress.json");
        if !is_newer(&path, &mut self.progress_seen) {
            return false;
        }
        let read = TrainingProgress::read(&path);
        let is_read = read.is_some();
        if !is_read {
            // It may be half written.
            self.progress_seen = None;
        }
        self.progress = read.or(self.progress.take());
        is_read
    }

    fn read_preview(&mut self) -> bool {
        let path = self.preview_path();
        if !is_newer(&path, &mut self.preview_seen) {
            return false;
        }
        // A picture that is just being written is read the next time.
        match read_picture(&path) {
            Ok(picture) => {
                self.preview = Some(Arc::new(picture));
                true
            }
            Err(error) => {
                tracing::debug!("{error}");
                self.preview_seen = None;
                false
            }
        }
    }

    fn preview_path(&self) -> PathBuf {
        let usual = self.order.out.with_extension("preview.png");
        let named = self.progress.as_ref().and_then(|progress| progress.preview.as_ref());
        match (named, self.order.out.parent()) {
            (Some(named), Some(folder)) => folder.join(named),
            _ => usual,
        }
    }

    fn stage_after(&self, status: ExitStatus) -> Stage {
        let reported = self.progress.as_ref();
        let state = reported.map(|progress| progress.state);
        if !status.success() {
            return if self.is_told_to_stop { Stage::Stopped } else { Stage::Failed(self.why(status)) };
        }
        match state {
            Some(ReportedState::Failed) => Stage::Failed(self.why(status)),
            Some(ReportedState::Stopped) => Stage::Stopped,
            Some(ReportedState::Finished) => Stage::Finished,
            _ if self.is_told_to_stop => Stage::Stopped,
            _ => Stage::Finished,
        }
    }

    /// What went wrong: in the trainer's words, or those of its log.
    fn why(&self, status: ExitStatus) -> String {
        let failed = self.progress.as_ref().filter(|progress| progress.state == ReportedState::Failed);
        let message = failed.and_then(|progress| progress.message.clone());
        message.or_else(|| last_error(&self.order.out.with_extension("log"))).unwrap_or_else(|| {
            format!("the trainer ended ({status}): see {}", self.order.out.with_extension("log").display())
        })
    }
}

/// The end of Impasto: the trainer keeps what it has learnt.
impl Drop for Training {
    fn drop(&mut self) {
        if self.has_ended() || self.is_told_to_stop {
            return;
        }
        self.stop();
    }
}

/// Whether a file has changed since this was asked last.
fn is_newer(path: &Path, seen: &mut Option<SystemTime>) -> bool {
    let changed = path.metadata().and_then(|facts| facts.modified()).ok();
    let is_new = changed.is_some() && changed != *seen;
    if is_new {
        *seen = changed;
    }
    is_new
}

/// The last error that a log tells of.
fn last_error(log: &Path) -> Option<String> {
    let mut file = OpenOptions::new().read(true).open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES))).ok()?;
    let mut bytes = Vec::new();
    file.take(LOG_TAIL_BYTES).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("error: "))?;
    Some(line.to_owned())
}

/// Lets the child yield to the game, and keeps a Ctrl-C in the terminal from it: it is told to stop by us, once.
#[cfg(unix)]
fn yield_to_others(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
    // SAFETY: between fork and exec only this one system call is made, which takes no pointers and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            // A child that yields less trains all the same.
            libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS);
            Ok(())
        });
    }
}

#[cfg(windows)]
fn yield_to_others(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x4000;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(BELOW_NORMAL_PRIORITY_CLASS | CREATE_NO_WINDOW);
}

#[cfg(not(any(unix, windows)))]
fn yield_to_others(_command: &mut Command) {}

/// Ctrl-C; false where the system has none for other programs.
fn interrupt(child: &Child) -> bool {
    #[cfg(unix)]
    {
        // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
        unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) == 0 }
    }
    #[cfg(not(unix))]
    {
        let _ = child;
        false
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::frame::{Size, write_picture};
    use std::time::{Duration, Instant};

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Starts shell commands in place of the trainer; `$0` is the path of the style in `folder`, without its ending.
    fn start(folder: &Path, commands: &str) -> Training {
        let arguments = vec!["-c".into(), commands.into(), folder.join("oil").into()];
        let order = TrainingOrder { name: "Oil".to_owned(), out: folder.join("oil.onnx"), arguments };
        Training::start(Path::new("/bin/sh"), order).unwrap()
    }

    fn wait_until(training: &mut Training, is_reached: impl Fn(&Training) -> bool) {
        let start = Instant::now();
        while !is_reached(training) {
            assert!(start.elapsed() < PATIENCE, "it stays {:?}", training.stage());
            std::thread::sleep(Duration::from_millis(10));
            training.poll();
        }
    }

    #[test]
    fn follows_the_trainer_to_its_end_at_low_priority() {
        let folder = tempfile::tempdir().unwrap();
        write_picture(&folder.path().join("oil.preview.png"), &Frame::new(Size::new(6, 4))).unwrap();
        std::fs::write(folder.path().join("oil.progress.json"), r#"{"state": "failed"}"#).unwrap();
        let mut training = start(
            folder.path(),
            r#"nice > "$0.nice"
               echo '{"state": "running", "share": 0.5}' > "$0.progress.json"
               until [ -e "$0.go" ]; do sleep 0.02; done
               echo '{"state": "finished", "share": 1}' > "$0.progress.json""#,
        );
        assert_eq!(*training.stage(), Stage::Starting, "an earlier training's words do not count");
        wait_until(&mut training, |training| *training.stage() == Stage::Running);
        assert_eq!(training.progress().unwrap().share, Some(0.5));
        wait_until(&mut training, |training| training.preview().is_some());
        assert_eq!(training.preview().unwrap().size, Size::new(6, 4));
        assert!(!training.poll(), "nothing is new");
        std::fs::write(folder.path().join("oil.go"), b"").unwrap();
        wait_until(&mut training, Training::has_ended);
        assert_eq!((training.stage(), training.progress().unwrap().share), (&Stage::Finished, Some(1.0)));
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(read("oil.nice").trim().parse::<i32>().unwrap() >= NICENESS);
    }

    #[test]
    fn stops_as_by_ctrl_c_and_the_second_time_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let waits = |end: &str| {
            format!(
                "trap '{end}' INT; echo '{{\"state\": \"running\"}}' > \"$0.progress.json\"; while :; do sleep 0.02; done"
            )
        };
        let mut training = start(folder.path(), &waits("echo kept > \"$0.onnx\"; exit 0"));
        wait_until(&mut training, |training| *training.stage() == Stage::Running);
        training.stop();
        assert_eq!(*training.stage(), Stage::Stopping);
        wait_until(&mut training, Training::has_ended);
        assert_eq!(*training.stage(), Stage::Stopped);
        assert!(folder.path().join("oil.onnx").exists());
        let mut stubborn = start(folder.path(), &waits(":"));
        wait_until(&mut stubborn, |training| *training.stage() == Stage::Running);
        stubborn.stop();
        stubborn.poll();
        assert_eq!(*stubborn.stage(), Stage::Stopping);
        stubborn.stop();
        wait_until(&mut stubborn, Training::has_ended);
        assert_eq!(*stubborn.stage(), Stage::Stopped);
    }

    #[test]
    fn the_end_of_impasto_is_ctrl_c_for_the_trainer() {
        let folder = tempfile::tempdir().unwrap();
        let commands = r#"trap 'echo > "$0.kept"; exit 0' INT
            echo '{"state": "running"}' > "$0.progress.json"; while :; do sleep 0.02; done"#;
        let mut training = start(folder.path(), commands);
        wait_until(&mut training, |training| *training.stage() == Stage::Running);
        drop(training);
        let start = Instant::now();
        while !folder.path().join("oil.kept").exists() {
            assert!(start.elapsed() < PATIENCE, "it was not told to stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_failure_is_told_in_the_trainers_words() {
        let folder = tempfile::tempdir().unwrap();
        for (commands, words) in [
            (r#"echo "error: built without the trainer" >&2; exit 1"#, "built without the trainer"),
            (r#"echo '{"state": "failed", "message": "no more room"}' > "$0.progress.json"; exit 1"#, "no more room"),
            ("exit 7", "oil.log"),
            ("kill -9 $$", "oil.log"),
        ] {
            let mut training = start(folder.path(), commands);
            wait_until(&mut training, Training::has_ended);
            assert!(matches!(training.stage(), Stage::Failed(why) if why.contains(words)), "{:?}", training.stage());
        }
        let order = TrainingOrder { name: String::new(), out: folder.path().join("a.onnx"), arguments: Vec::new() };
        let error = Training::start(&folder.path().join("gone"), order).err().unwrap();
        assert!(error.contains("cannot be started"), "{error}");
    }
}
