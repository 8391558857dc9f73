//! Frames of a video, decoded by an ffmpeg child process.

use super::error::FileError;
use super::probe::{VideoFacts, as_input, last_words, missing_or, probe};
use crate::frame::{Frame, FramePool};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// A video that is read from start to end, as often as wanted.
pub struct Video {
    path: PathBuf,
    pub facts: VideoFacts,
    child: Arc<ChildSlot>,
    running: Option<Running>,
}

struct Running {
    pixels: ChildStdout,
    /// What ffmpeg complains of: a file, because nobody reads while it runs.
    complaints: File,
    frames: u64,
}

/// The ffmpeg of a video, where another thread can end it.
#[derive(Default)]
pub struct ChildSlot {
    state: Mutex<SlotState>,
}

#[derive(Default)]
struct SlotState {
    child: Option<Child>,
    is_closed: bool,
}

impl ChildSlot {
    /// Ends ffmpeg, for good: whoever waits for its pixels sees their end.
    pub fn close(&self) {
        self.end(true);
    }

    fn end(&self, is_closed: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_closed |= is_closed;
        if let Some(mut child) = state.child.take() {
            // It fails only where the process has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Keeps a child; one that comes after closing is ended at once.
    fn keep(&self, child: Child) {
        let is_closed = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.child = Some(child);
            state.is_closed
        };
        if is_closed {
            self.end(true);
        }
    }

    /// Waits for the child, whose output has ended; `None` where it was ended by us.
    fn wait(&self) -> Option<bool> {
        let child = self.state.lock().unwrap_or_else(PoisonError::into_inner).child.take();
        child.map(|mut child| child.wait().is_ok_and(|status| status.success()))
    }
}

impl Video {
    /// Opens a video.
    ///
    /// # Errors
    /// ffprobe is missing, or finds no video.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        Ok(Self { path: path.to_owned(), facts: probe(path)?, child: Arc::default(), running: None })
    }

    /// How another thread can end the reading.
    pub fn child(&self) -> Arc<ChildSlot> {
        Arc::clone(&self.child)
    }

    /// Starts over.
    pub fn rewind(&mut self) {
        self.running = None;
        self.child.end(false);
    }

    /// The next frame; `None` at the end. `stamp` sees the frame before it is shared.
    ///
    /// # Errors
    /// ffmpeg is missing, or gave up.
    pub fn next(
        &mut self,
        pool: &mut FramePool,
        stamp: impl FnOnce(&mut Frame),
    ) -> Result<Option<Arc<Frame>>, FileError> {
        if self.running.is_none() {
            self.running = Some(self.start()?);
        }
        let Some(running) = &mut self.running else { return Ok(None) };
        let filled = pool.fill(self.facts.size, |frame| {
            running.pixels.read_exact(&mut frame.pixels)?;
            stamp(frame);
            Ok(())
        });
        match filled {
            Ok(frame) => {
                running.frames += 1;
                Ok(Some(frame))
            }
            Err(error) => self.end(&error).map(|()| None),
        }
    }

    fn start(&self) -> Result<Running, FileError> {
        let complaints = tempfile::tempfile().map_err(|error| self.error(format!("no temporary file: {error}")))?;
        let for_child = complaints.try_clone().map_err(|error| self.error(error.to_string()))?;
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i"]).arg(as_input(&self.path));
        command.args(["-map", "0:v:0", "-an", "-sn", "-dn"]);
        let (numerator, denominator) = (self.facts.rate.numerator, self.facts.rate.denominator);
        // A constant rate is counted, not timed: every frame comes out once, whatever its timestamp says.
        let filter = if self.facts.is_constant {
            format!("settb={denominator}/{numerator},setpts=N")
        } else {
            format!("fps={numerator}/{denominator}")
        };
        command.arg("-vf").arg(filter).arg("-r").arg(format!("{numerator}/{denominator}"));
        #[cfg(unix)]
        // A terminal's Ctrl-C is for us: we end ffmpeg when we are done with what it has decoded.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .args(["-f", "rawvideo", "-pix_fmt", "bgra", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(for_child)
            .spawn()
            .map_err(|error| missing_or(&self.path, &error))?;
        let pixels = child.stdout.take();
        self.child.keep(child);
        let pixels = pixels.ok_or_else(|| self.error("ffmpeg has no output".to_owned()))?;
        Ok(Running { pixels, complaints, frames: 0 })
    }

    /// Finds out why the pixels have ended.
    fn end(&mut self, error: &std::io::Error) -> Result<(), FileError> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        if error.kind() != ErrorKind::UnexpectedEof {
            self.child.end(false);
            return Err(self.error(error.to_string()));
        }
        let Some(has_succeeded) = self.child.wait() else { return Ok(()) };
        let mut text = Vec::new();
        // Without its complaints the error is only less clear.
        let _ = running.complaints.rewind().and_then(|()| running.complaints.read_to_end(&mut text));
        if !has_succeeded || running.frames == 0 {
            return Err(self.error(last_words(&text, &self.path)));
        }
        if !text.is_empty() {
            let reason = last_words(&text, &self.path);
            tracing::warn!("parts of the video are damaged ({reason}): {}", self.path.display());
        }
        Ok(())
    }

    fn error(&self, reason: String) -> FileError {
        FileError::Video { path: self.path.clone(), reason }
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        self.child.close();
    }
}
