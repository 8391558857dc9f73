//! A `parec` child that gives what a target plays.

use super::Chunk;
use crate::child::RunningChild;
use crate::record::sound::target::{PACKAGE, Target};
use crate::record::sound::{CHANNELS, RATE_HZ, SoundSettings};
use crossbeam_channel::{Receiver, bounded};
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Chunks that may wait: a second of them.
const QUEUE_LENGTH: usize = 128;
/// What parec is asked to collect before it gives it.
const FRAGMENT_MS: u32 = 20;
/// Read at once; a pipe holds as much.
const READ_BYTES: usize = 64 << 10;
/// Bytes of one sample of all channels.
const SAMPLE_BYTES: usize = 2 * CHANNELS;
/// parec gets this long to say why it ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The child and the thread that reads from it, named `sound capture`. Both end when dropped.
pub struct Capture {
    running: RunningChild,
    chunks: Receiver<Chunk>,
    thread: Option<JoinHandle<()>>,
}

impl Capture {
    /// Starts capturing.
    ///
    /// # Errors
    /// parec is missing or the system gives no more threads; the text says what to do.
    pub fn start(target: &Target, settings: &SoundSettings) -> Result<Self, String> {
        let mut command = Command::new("parec");
        command.args(settings.server.as_ref().map(|server| format!("--server={server}")));
        command.args(["--raw", "--format=s16le", "--client-name=Impasto", "--stream-name=recording"]).args([
            format!("--rate={RATE_HZ}"),
            format!("--channels={CHANNELS}"),
            format!("--latency-msec={FRAGMENT_MS}"),
        ]);
        match target {
            Target::Stream(index) => command.arg(format!("--monitor-stream={index}")),
            Target::Monitor(name) => command.arg(format!("--device={name}")),
            Target::Silence => return Err("there is nothing to capture".to_owned()),
        };
        command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut running = RunningChild::start(command, PACKAGE)?;
        let mut pipe = running.child.stdout.take().expect("it was asked for as a pipe");
        let (sender, chunks) = bounded(QUEUE_LENGTH);
        let read = move || {
            let (mut buffer, mut kept) = (vec![0; READ_BYTES], 0);
            loop {
                let count = match pipe.read(&mut buffer[kept..]) {
                    Ok(0) | Err(_) => return,
                    Ok(count) => kept + count,
                };
                let whole = count - count % SAMPLE_BYTES;
                let samples = buffer[..whole].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
                let chunk = Chunk { samples: samples.collect(), read_at: Instant::now() };
                if sender.send(chunk).is_err() {
                    return;
                }
                buffer.copy_within(whole..count, 0);
                kept = count - whole;
            }
        };
        let thread = std::thread::Builder::new().name("sound capture".to_owned()).spawn(read);
        let thread = thread.map_err(|error| format!("no more threads: {error}"))?;
        Ok(Self { running, chunks, thread: Some(thread) })
    }

    /// What comes; closed when the child has ended.
    pub fn chunks(&self) -> &Receiver<Chunk> {
        &self.chunks
    }

    /// Why it ended.
    pub fn reason(&mut self) -> String {
        self.running.wait(LAST_WORDS);
        match self.running.complaint() {
            complaint if complaint.is_empty() => "the sound server ended it".to_owned(),
            complaint => complaint,
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // It has ended by itself where this fails.
        let _ = self.running.child.kill();
        // The thread may wait for room.
        while self.chunks.recv().is_ok() {}
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing to say any more.
            let _ = thread.join();
        }
    }
}
