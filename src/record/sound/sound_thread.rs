//! Captures what is heard, keeps it in step with the recorder's clock and has it encoded, on a thread named `sound`.

use super::aac::AacEncoder;
use super::alignment::Alignment;
use super::capture::{Capture, Chunk};
use super::target::Target;
use super::watch::Watch;
use super::{CHANNELS, RATE_HZ, SoundSample, SoundSettings};
use crate::control::SoundOptions;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, never, select};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frames that may wait for the record thread: ten seconds of them. More are left out.
const QUEUE_LENGTH: usize = 512;
/// Time between two looks at a stream that gives nothing.
const TICK: Duration = Duration::from_millis(20);
/// At its end the sound gets this long to come as far as the pictures.
const END_PATIENCE: Duration = Duration::from_millis(500);
/// A capture that gave something within this time works, whatever the look for streams says.
const HEARD_LATELY: Duration = Duration::from_secs(1);
/// An encoder that ended as often is not started again.
const MOST_ENCODERS: u32 = 5;
/// Silence is encoded in pieces of this many samples.
const PIECE_SAMPLES: usize = RATE_HZ as usize / 10;

/// What the thread reports.
#[derive(Debug)]
pub enum SoundEvent {
    /// There is sound from now on: a file can have a track of it.
    Ready,
    Sample(Arc<SoundSample>),
    /// There is no sound, or no longer; what to do.
    Trouble(String),
}

/// The sound of one recorder; dropped, it ends.
pub struct Sound {
    events: Receiver<SoundEvent>,
    /// Takes the position at which to end, in samples.
    ending: Option<Sender<u64>>,
    thread: Option<JoinHandle<()>>,
}

impl Sound {
    /// Starts the thread. The settings may change meanwhile; the clock starts at `started_at`.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(settings: Arc<Mutex<SoundSettings>>, started_at: Instant) -> std::io::Result<Self> {
        let (sender, events) = bounded(QUEUE_LENGTH);
        let (ending, ends) = bounded(1);
        let run = move || {
            // A thread less is a recording without sound.
            match Watch::start(Arc::clone(&settings)) {
                Ok(watch) => Worker::new(settings, started_at, sender).follow(&watch, &ends),
                Err(error) => tracing::warn!("no sound: no more threads: {error}"),
            }
        };
        let thread = std::thread::Builder::new().name("sound".to_owned()).spawn(run)?;
        Ok(Self { events, ending: Some(ending), thread: Some(thread) })
    }

    /// What happens; closed when the thread has ended.
    pub fn events(&self) -> &Receiver<SoundEvent> {
        &self.events
    }

    /// Ends as soon as the sound has come to a position; [`Self::events`] gives the rest, and is closed then.
    pub fn end_at(&mut self, position: u64) {
        if let Some(ending) = self.ending.take() {
            // A thread that has ended needs no order.
            let _ = ending.try_send(position);
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.ending = None;
        // It never waits for room: the queue's reader may be gone already.
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sound thread panicked");
        }
    }
}

struct Worker {
    settings: Arc<Mutex<SoundSettings>>,
    started_at: Instant,
    sender: Sender<SoundEvent>,
    /// Something was lost because the record thread was busy for long; told once.
    has_lost: Arc<AtomicBool>,
    target: Option<Target>,
    capture: Option<Capture>,
    last_chunk: Option<Instant>,
    /// From the first sound on.
    alignment: Option<Alignment>,
    encoder: Option<AacEncoder>,
    started_encoders: u32,
    /// A track was promised.
    is_ready: bool,
    /// The trouble that was told last.
    told: Option<String>,
}

impl Worker {
    fn new(settings: Arc<Mutex<SoundSettings>>, started_at: Instant, sender: Sender<SoundEvent>) -> Self {
        Self {
            settings,
            started_at,
            sender,
            has_lost: Arc::default(),
            target: None,
            capture: None,
            last_chunk: None,
            alignment: None,
            encoder: None,
            started_encoders: 0,
            is_ready: false,
            told: None,
        }
    }

    fn follow(&mut self, watch: &Watch, ends: &Receiver<u64>) {
        let mut ending: Option<(u64, Instant)> = None;
        let mut ends = ends.clone();
        loop {
            let chunks = self.capture.as_ref().map_or_else(never, |capture| capture.chunks().clone());
            select! {
                recv(chunks) -> chunk => match chunk {
                    Ok(chunk) => self.take(&chunk),
                    Err(_) => self.lose_capture(),
                },
                recv(watch.found()) -> found => match found {
                    Ok(found) => self.aim(found),
                    Err(_) => return,
                },
                recv(ends) -> end => match end {
                    Ok(position) => {
                        ending = Some((position, Instant::now() + END_PATIENCE));
                        ends = never();
                    }
                    // Whoever listened is gone.
                    Err(_) => return,
                },
                default(TICK) => {}
            }
            self.fill();
            if let Some((position, deadline)) = ending {
                let has_come = self.alignment.as_ref().is_none_or(|alignment| alignment.position() >= position);
                if has_come || Instant::now() >= deadline {
                    self.finish(position);
                    return;
                }
            }
        }
    }

    fn settings(&self) -> SoundSettings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Captures what was found, unless it is captured already.
    fn aim(&mut self, found: Result<Target, String>) {
        let target = match found {
            Ok(target) => target,
            // On a busy machine an answer may take long while all is well.
            Err(_) if self.is_heard() => return,
            Err(reason) => {
                self.trouble(&reason);
                return;
            }
        };
        if self.target.as_ref() == Some(&target) && (self.capture.is_some() || target == Target::Silence) {
            return;
        }
        self.capture = None;
        if target == Target::Silence {
            self.begin(Instant::now());
        } else {
            match Capture::start(&target, &self.settings()) {
                Ok(capture) => {
                    self.capture = Some(capture);
                    // Some devices give their first sound seconds later: the film must not wait for it.
                    self.begin(Instant::now());
                }
                Err(reason) => self.trouble(&reason),
            }
        }
        self.target = Some(target);
        if let Some(alignment) = &mut self.alignment {
            alignment.restart();
        }
    }

    /// Whether sound came a moment ago.
    fn is_heard(&self) -> bool {
        self.capture.is_some() && self.last_chunk.is_some_and(|last| last.elapsed() < HEARD_LATELY)
    }

    fn lose_capture(&mut self) {
        let Some(mut capture) = self.capture.take() else { return };
        let reason = capture.reason();
        tracing::debug!("capturing sound ended: {reason}");
        // A game's stream ends with the game, and a device may be unplugged: the next look finds what there is then.
        if matches!(self.target, Some(Target::Monitor(_))) {
            self.trouble(&reason);
        }
    }

    /// Says that there is no sound, once until there is sound again.
    fn trouble(&mut self, reason: &str) {
        if self.told.is_some() {
            return;
        }
        let text = if self.is_ready {
            format!("the recording goes on in silence: {reason}")
        } else {
            format!("the recording has no sound: {reason}")
        };
        self.told = Some(text.clone());
        self.send(SoundEvent::Trouble(text));
    }

    fn send(&self, event: SoundEvent) {
        offer(&self.sender, event, &self.has_lost);
    }

    /// The sound's track begins, if it has not begun.
    fn begin(&mut self, now: Instant) {
        if self.alignment.is_none() {
            self.alignment = Some(Alignment::new(now.saturating_duration_since(self.started_at)));
            // An encoder at once: without one there is no track.
            if self.encode(&[]) {
                self.is_ready = true;
                self.send(SoundEvent::Ready);
            }
        }
    }

    fn take(&mut self, chunk: &Chunk) {
        self.last_chunk = Some(chunk.read_at);
        self.told = self.told.take().filter(|_| self.encoder.is_none());
        let Some(alignment) = &mut self.alignment else { return };
        let now = chunk.read_at.saturating_duration_since(self.started_at);
        let placement = alignment.place(chunk.samples.len() / CHANNELS, now);
        if placement.silence > 0 || placement.skip > 1 {
            tracing::debug!("sound at {now:?}: {placement:?}");
        }
        self.silence(placement.silence);
        let options = self.settings().options;
        let level = if options.is_muted { 0.0 } else { options.level.clamp(0.0, SoundOptions::LOUDEST) };
        let kept = chunk.samples.get(placement.skip * CHANNELS..).unwrap_or_default();
        let mut samples: Vec<i16> = kept.iter().map(|&sample| (f32::from(sample) * level) as i16).collect();
        if placement.repeats_last {
            samples.extend_from_within(samples.len().saturating_sub(CHANNELS)..);
        }
        self.encode(&samples);
    }

    /// Fills what nobody gave with silence.
    fn fill(&mut self) {
        let now = self.started_at.elapsed();
        let missing = self.alignment.as_mut().map_or(0, |alignment| alignment.fill(now));
        self.silence(missing);
    }

    fn silence(&mut self, mut samples: usize) {
        static PIECE: [i16; PIECE_SAMPLES * CHANNELS] = [0; PIECE_SAMPLES * CHANNELS];
        while samples > 0 {
            let count = samples.min(PIECE_SAMPLES);
            if !self.encode(&PIECE[..count * CHANNELS]) {
                return;
            }
            samples -= count;
        }
    }

    /// Encodes what follows; an encoder that ended is replaced by one that goes on where the sound is now. `false`
    /// where there is none.
    fn encode(&mut self, samples: &[i16]) -> bool {
        if self.encoder.is_none() {
            if self.started_encoders >= MOST_ENCODERS {
                return false;
            }
            self.started_encoders += 1;
            // The alignment counts what is about to be encoded already.
            let position = self.alignment.as_ref().map_or(0, Alignment::position);
            let starts_at = position.saturating_sub((samples.len() / CHANNELS) as u64);
            let (sender, has_lost) = (self.sender.clone(), Arc::clone(&self.has_lost));
            let take = move |sample| offer(&sender, SoundEvent::Sample(Arc::new(sample)), &has_lost);
            match AacEncoder::start(starts_at, take) {
                Ok(encoder) => self.encoder = Some(encoder),
                Err(reason) => {
                    self.started_encoders = MOST_ENCODERS;
                    self.trouble(&reason);
                    return false;
                }
            }
        }
        let Some(encoder) = &mut self.encoder else { return false };
        if samples.is_empty() {
            return true;
        }
        if let Err(reason) = encoder.encode(samples) {
            tracing::warn!("the sound encoder stopped ({reason})");
            self.encoder = None;
            if self.started_encoders >= MOST_ENCODERS {
                self.trouble(&format!("its encoder stopped: {reason}"));
            }
            return false;
        }
        true
    }

    /// Ends at a position: silence takes the place of what has not come.
    fn finish(&mut self, position: u64) {
        self.capture = None;
        let missing = self.alignment.as_mut().map_or(0, |alignment| alignment.fill_up_to(position as i64));
        self.silence(missing);
        if let Some(encoder) = self.encoder.take() {
            encoder.finish();
        }
    }
}

/// Hands an event on without ever waiting.
fn offer(sender: &Sender<SoundEvent>, event: SoundEvent, has_lost: &AtomicBool) {
    if let Err(TrySendError::Full(_)) = sender.try_send(event)
        && !has_lost.swap(true, Ordering::Relaxed)
    {
        tracing::warn!("the record thread was busy for so long that the film's sound has gaps");
    }
}
