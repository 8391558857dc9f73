//! An `ffmpeg` child process as an encoder: raw planes go in, encoded pictures come out. It never writes the file.

use super::ffmpeg_arguments::arguments;
use super::fragment_stream::{Part, read_stream};
use super::{EncoderKind, EncoderSettings, VideoEncoder};
use crate::child::keep_from_ctrl_c;
use crate::record::sample::{Sample, TrackFormat};
use crate::record::yuv::Planes;
use crossbeam_channel::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, bounded};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Encoded pictures that may wait for whoever encodes: more than any encoder gives for one picture that goes in.
const OUTPUT_LENGTH: usize = 512;
/// What is told of ffmpeg's complaints, in characters.
const LONGEST_REASON: usize = 240;
/// Time between two looks at a child that should end.
const END_INTERVAL: Duration = Duration::from_millis(5);

/// The child, the thread that feeds it and the one that reads from it.
pub struct FfmpegEncoder {
    kind: EncoderKind,
    settings: EncoderSettings,
    patience: Duration,
    child: Child,
    /// ffmpeg's complaints: a file, because nobody reads while it runs.
    complaints: File,
    input: Option<Sender<Arc<Planes>>>,
    output: Receiver<Result<Part, String>>,
    threads: Vec<JoinHandle<()>>,
    format: Option<Arc<TrackFormat>>,
    /// Pictures that went in and have not come out, oldest first.
    pending: VecDeque<Arc<Planes>>,
    /// Memory for pictures, used again.
    free: Vec<Arc<Planes>>,
}

impl FfmpegEncoder {
    /// Starts the child. It counts as hanging when it makes no progress for as long as `patience`.
    ///
    /// # Errors
    /// ffmpeg is missing, or this encoder cannot be here.
    pub fn open(kind: EncoderKind, settings: &EncoderSettings, patience: Duration) -> Result<Self, String> {
        let mut command = Command::new("ffmpeg");
        command.args(arguments(kind, settings)?);
        let complaints = tempfile::tempfile().map_err(|error| format!("no temporary file: {error}"))?;
        let for_child = complaints.try_clone().map_err(|error| format!("no temporary file: {error}"))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(for_child);
        keep_from_ctrl_c(&mut command);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => "ffmpeg is not installed".to_owned(),
            _ => format!("ffmpeg cannot be started: {error}"),
        })?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (mut stdin, mut stdout) = pipes.expect("both were asked for as pipes");
        let (input, pictures) = bounded::<Arc<Planes>>(1);
        let (parts, output) = bounded(OUTPUT_LENGTH);
        let feed = move || {
            for picture in pictures {
                // A child that has ended is noticed by whoever reads from it.
                if stdin.write_all(picture.bytes()).is_err() {
                    return;
                }
            }
        };
        let read = move || {
            if let Err(error) = read_stream(&mut stdout, |part| parts.send(Ok(part)).is_ok()) {
                // Nobody listens any more where this fails.
                let _ = parts.send(Err(error.to_string()));
            }
        };
        let mut encoder = Self {
            kind,
            settings: *settings,
            patience,
            child,
            complaints,
            input: Some(input),
            output,
            threads: Vec::new(),
            format: None,
            pending: VecDeque::new(),
            free: Vec::new(),
        };
        let mut spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
            thread.map(|thread| encoder.threads.push(thread)).map_err(|error| format!("no more threads: {error}"))
        };
        spawn("encoder input", Box::new(feed))?;
        spawn("encoder output", Box::new(read))?;
        Ok(encoder)
    }

    fn take_part(&mut self, part: Result<Part, String>, samples: &mut Vec<Sample>) -> Result<(), String> {
        match part? {
            Part::Format(codec, config) => {
                let EncoderSettings { size, fps, .. } = self.settings;
                self.format = Some(Arc::new(TrackFormat { codec, size, fps, config, encoder: self.kind }));
            }
            Part::Picture { bytes, is_key } => {
                let format = self.format.clone().ok_or("a picture came before its format")?;
                samples.push(Sample { bytes, is_key, format });
                self.free.extend(self.pending.pop_front());
            }
        }
        Ok(())
    }

    fn take_ready(&mut self, samples: &mut Vec<Sample>) -> Result<(), String> {
        while let Ok(part) = self.output.try_recv() {
            self.take_part(part, samples)?;
        }
        Ok(())
    }

    /// Ends a child that is broken, keeps what it still gave, and says what it complained of.
    fn give_up(&mut self, reason: &str, samples: &mut Vec<Sample>) -> String {
        // It has ended by itself where this fails.
        let _ = self.child.kill();
        self.input = None;
        while let Ok(part) = self.output.recv_timeout(self.patience) {
            if self.take_part(part, samples).is_err() {
                break;
            }
        }
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let complaints = self.complaints();
        match (reason, complaints.as_str()) {
            ("", "") => format!("it ended by itself, {status}"),
            ("", complaints) => complaints.to_owned(),
            (reason, "") => reason.to_owned(),
            (reason, complaints) => format!("{reason}: {complaints}"),
        }
    }

    /// The last line that ffmpeg wrote to its standard error.
    fn complaints(&mut self) -> String {
        let mut text = Vec::new();
        let read = self.complaints.rewind().and_then(|()| self.complaints.read_to_end(&mut text));
        if read.is_err() {
            return String::new();
        }
        let text = String::from_utf8_lossy(&text);
        // The first line names the cause, those behind its consequences.
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        line.chars().take(LONGEST_REASON).collect()
    }

    fn copy_of(&mut self, picture: &Planes) -> Arc<Planes> {
        while let Some(mut free) = self.free.pop() {
            // The feeding thread may still hold the newest.
            if let Some(memory) = Arc::get_mut(&mut free) {
                memory.copy_from(picture);
                return free;
            }
        }
        Arc::new(picture.clone())
    }
}

impl VideoEncoder for FfmpegEncoder {
    fn encode(&mut self, picture: &Planes, samples: &mut Vec<Sample>) -> Result<(), String> {
        let copy = self.copy_of(picture);
        self.pending.push_back(Arc::clone(&copy));
        let Some(input) = &self.input else { return Err("it has ended".to_owned()) };
        let reason = match input.send_timeout(copy, self.patience) {
            Ok(()) => match self.take_ready(samples) {
                Ok(()) => return Ok(()),
                Err(reason) => reason,
            },
            Err(SendTimeoutError::Timeout(_)) => "it hangs".to_owned(),
            Err(SendTimeoutError::Disconnected(_)) => String::new(),
        };
        Err(self.give_up(&reason, samples))
    }

    fn finish(&mut self, samples: &mut Vec<Sample>) -> Result<(), String> {
        self.input = None;
        loop {
            let reason = match self.output.recv_timeout(self.patience) {
                Ok(part) => match self.take_part(part, samples) {
                    Ok(()) => continue,
                    Err(reason) => reason,
                },
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => "it hangs at the end".to_owned(),
            };
            return Err(self.give_up(&reason, samples));
        }
        let is_complete = self.pending.is_empty();
        let deadline = Instant::now() + self.patience;
        while is_complete && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return Ok(());
            }
            std::thread::sleep(END_INTERVAL);
        }
        if is_complete {
            // Every picture is here: how it ends does not matter.
            self.give_up("", samples);
            return Ok(());
        }
        // Told before it is killed, which would hide why it ended.
        Err(self.give_up("", samples))
    }

    fn take_unfinished(&mut self) -> Vec<Arc<Planes>> {
        self.pending.drain(..).collect()
    }
}

impl Drop for FfmpegEncoder {
    fn drop(&mut self) {
        self.input = None;
        // Both fail only where the child has ended, and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The reading thread may wait for room.
        while self.output.recv().is_ok() {}
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing to say any more.
            let _ = thread.join();
        }
    }
}
