//! What a device or a process plays, as Windows lets programs hear it: WASAPI's loopback.
//!
//! It compiles for Windows; nobody has heard anything of it yet, for wine gives no loopback.

use super::Chunk;
use crate::record::sound::target::{Com, Target};
use crate::record::sound::{CHANNELS, RATE_HZ, SoundSettings};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use wasapi::{
    AudioCaptureClient, AudioClient, DeviceEnumerator, Direction, SampleType, StreamMode, WasapiError, WaveFormat,
};

/// Chunks that may wait: more than a second of them.
const QUEUE_LENGTH: usize = 128;
/// Time between two looks for what was played.
const INTERVAL: Duration = Duration::from_millis(10);
/// What the system keeps for us meanwhile, in its units of 100 ns: a fifth of a second.
const BUFFER_HNS: i64 = 2_000_000;
/// A device that takes longer to open hangs.
const PATIENCE: Duration = Duration::from_secs(4);
/// Bits of a sample.
const SAMPLE_BITS: usize = 16;

/// The thread that reads, named `sound capture`. It ends when this is dropped.
pub struct Capture {
    chunks: Receiver<Chunk>,
    is_ending: Arc<AtomicBool>,
    reason: Arc<Mutex<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Capture {
    /// Starts capturing.
    ///
    /// # Errors
    /// The device cannot be opened, or the system gives no more threads; the text says why.
    pub fn start(target: &Target, _settings: &SoundSettings) -> Result<Self, String> {
        let (sender, chunks) = bounded(QUEUE_LENGTH);
        let (opened, outcome) = bounded(1);
        let is_ending = Arc::new(AtomicBool::new(false));
        let reason = Arc::new(Mutex::new(String::new()));
        let (ends, told, target) = (Arc::clone(&is_ending), Arc::clone(&reason), target.clone());
        // Everything of COM stays on this thread.
        let run = move || {
            let _com = Com::open();
            match open(&target) {
                Ok((client, capture)) => {
                    // Whoever started it may have lost patience: the loop ends then, too.
                    let _ = opened.send(Ok(()));
                    if let Err(error) = read(&capture, &sender, &ends) {
                        *told.lock().unwrap_or_else(PoisonError::into_inner) = error.to_string();
                    }
                    // It has stopped by itself where this fails.
                    let _ = client.stop_stream();
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            }
        };
        let thread = std::thread::Builder::new().name("sound capture".to_owned()).spawn(run);
        let thread = thread.map_err(|error| format!("no more threads: {error}"))?;
        let capture = Self { chunks, is_ending, reason, thread: Some(thread) };
        match outcome.recv_timeout(PATIENCE) {
            Ok(outcome) => outcome.map(|()| capture),
            Err(_) => {
                // A thread that hangs in the system is left to itself.
                let mut capture = capture;
                capture.is_ending.store(true, Ordering::Release);
                capture.thread = None;
                Err("the sound device does not open".to_owned())
            }
        }
    }

    /// What comes; closed when it has ended by itself.
    pub fn chunks(&self) -> &Receiver<Chunk> {
        &self.chunks
    }

    /// Why it ended.
    pub fn reason(&mut self) -> String {
        let reason = self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if reason.is_empty() { "the sound device gives nothing".to_owned() } else { reason }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else { return };
        // The thread may wait for room.
        while self.chunks.recv().is_ok() {}
        // A thread that panicked has nothing to say any more.
        let _ = thread.join();
    }
}

/// Opens what the target plays, and starts it.
fn open(target: &Target) -> Result<(AudioClient, AudioCaptureClient), String> {
    let open = || -> Result<(AudioClient, AudioCaptureClient), WasapiError> {
        let mut client = match target {
            Target::Stream(process) => AudioClient::new_application_loopback_client(*process, true)?,
            _ => DeviceEnumerator::new()?.get_default_device(&Direction::Render)?.get_iaudioclient()?,
        };
        let format = WaveFormat::new(SAMPLE_BITS, SAMPLE_BITS, &SampleType::Int, RATE_HZ as usize, CHANNELS, None);
        let mode = StreamMode::PollingShared { autoconvert: true, buffer_duration_hns: BUFFER_HNS };
        // Capturing from a device that plays is the loopback.
        client.initialize_client(&format, &Direction::Capture, &mode)?;
        let capture = client.get_audiocaptureclient()?;
        client.start_stream()?;
        Ok((client, capture))
    };
    match target {
        Target::Silence => Err("there is nothing to capture".to_owned()),
        Target::Stream(_) => open().map_err(|error| format!("the game's sound cannot be captured ({error})")),
        Target::Monitor(name) => open().map_err(|error| format!("what {name} plays cannot be captured ({error})")),
    }
}

/// Reads until it is to end, or nobody listens.
fn read(capture: &AudioCaptureClient, sender: &Sender<Chunk>, ends: &AtomicBool) -> Result<(), WasapiError> {
    let mut bytes = VecDeque::new();
    while !ends.load(Ordering::Acquire) {
        while capture.get_next_packet_size()?.unwrap_or(0) > 0 {
            let before = bytes.len();
            let about = capture.read_from_device_to_deque(&mut bytes)?;
            if about.flags.silent {
                // What such a packet holds means nothing.
                bytes.range_mut(before..).for_each(|byte| *byte = 0);
            }
        }
        if !bytes.is_empty() {
            let (pairs, _) = bytes.make_contiguous().as_chunks::<2>();
            let chunk = Chunk {
                samples: pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect(),
                read_at: Instant::now(),
            };
            bytes.clear();
            if sender.send(chunk).is_err() {
                return Ok(());
            }
        }
        std::thread::sleep(INTERVAL);
    }
    Ok(())
}
