//! An `ffmpeg` child that encodes sound as AAC.

use super::adts::Adts;
use super::{CHANNELS, FRAME_SAMPLES, RATE_HZ, SoundSample};
use crate::child::RunningChild;
use crossbeam_channel::{SendTimeoutError, Sender, bounded};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

/// An encoder that takes longer for a chunk hangs, and one that takes longer for its end.
const PATIENCE: Duration = Duration::from_secs(2);
/// Chunks that may wait for the encoder.
const QUEUE_LENGTH: usize = 64;
/// Bits a second: nobody hears a difference above.
const BIT_RATE: &str = "160k";
/// Read at once.
const READ_BYTES: usize = 16 << 10;

/// The child, the thread that feeds it (`sound input`), and the one that reads from it (`sound output`).
pub struct AacEncoder {
    running: RunningChild,
    input: Option<Sender<Vec<u8>>>,
    threads: Vec<JoinHandle<()>>,
}

impl AacEncoder {
    /// Starts the child; the first sample that it is given is heard at `starts_at`. `take` gets the frames, on the
    /// reading thread.
    ///
    /// # Errors
    /// ffmpeg is missing, or the system gives no more threads.
    pub fn start(starts_at: u64, take: impl Fn(SoundSample) + Send + 'static) -> Result<Self, String> {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-hide_banner", "-nostats", "-v", "error", "-probesize", "32", "-analyzeduration", "0"])
            .args(["-f", "s16le", "-ar", &RATE_HZ.to_string(), "-ac", &CHANNELS.to_string(), "-i", "pipe:0"])
            .args(["-c:a", "aac", "-profile:a", "aac_low", "-b:a", BIT_RATE, "-flush_packets", "1", "-f", "adts"])
            .arg("pipe:1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut running = RunningChild::start(command, "ffmpeg")?;
        let pipes = running.child.stdin.take().zip(running.child.stdout.take());
        let (mut stdin, mut stdout) = pipes.expect("both were asked for as pipes");
        let (input, chunks) = bounded::<Vec<u8>>(QUEUE_LENGTH);
        let feed = move || {
            // A child that has ended closes the queue.
            while let Ok(chunk) = chunks.recv() {
                if stdin.write_all(&chunk).is_err() {
                    return;
                }
            }
        };
        let read = move || {
            let (mut adts, mut buffer, mut count) = (Adts::default(), vec![0; READ_BYTES], 0u64);
            while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                let Ok(frames) = adts.take(&buffer[..length]) else { return };
                for bytes in frames {
                    // The first frame is what the encoder needs before the first sample; a decoder gives each frame's
                    // sound with the next.
                    if let Some(since) = (count * FRAME_SAMPLES).checked_sub(FRAME_SAMPLES) {
                        take(SoundSample { bytes, starts_at: starts_at + since });
                    }
                    count += 1;
                }
            }
        };
        let mut encoder = Self { running, input: Some(input), threads: Vec::new() };
        for (name, work) in
            [("sound input", Box::new(feed) as Box<dyn FnOnce() + Send>), ("sound output", Box::new(read))]
        {
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
            encoder.threads.push(thread.map_err(|error| format!("no more threads: {error}"))?);
        }
        Ok(encoder)
    }

    /// Takes the next samples, left and right interleaved.
    ///
    /// # Errors
    /// It has ended or hangs; the text says why.
    pub fn encode(&mut self, samples: &[i16]) -> Result<(), String> {
        let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        match self.input.as_ref().map(|input| input.send_timeout(bytes, PATIENCE)) {
            Some(Ok(())) => Ok(()),
            Some(Err(SendTimeoutError::Timeout(_))) => Err("it hangs".to_owned()),
            Some(Err(SendTimeoutError::Disconnected(_))) | None => Err(match self.running.complaint() {
                complaint if complaint.is_empty() => "it ended by itself".to_owned(),
                complaint => complaint,
            }),
        }
    }

    /// Waits for the last frames.
    pub fn finish(mut self) {
        self.input = None;
        if self.running.wait(PATIENCE).is_none() {
            tracing::warn!("the sound encoder hangs at its end");
        }
    }
}

impl Drop for AacEncoder {
    fn drop(&mut self) {
        self.input = None;
        // It has ended by itself where this fails.
        let _ = self.running.child.kill();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing to say any more.
            let _ = thread.join();
        }
    }
}
