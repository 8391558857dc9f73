//! Turns pictures with times into pictures at a constant rate, and hands what the encoder makes of them to file and
//! replay. Lives on the record thread.

use super::encoder::EncoderKind;
use super::encoding::Encoding;
use super::error::RecordError;
use super::file_set::FileSet;
use super::recorded_file::RecordedFile;
use super::recorder::{About, Offer, OnEvent, Order, Progress, RecorderEvent};
use super::replay::{Replay, save_kept};
use super::sample::Sample;
use super::sidecar::PaintedWith;
use super::sound::{FRAME_SAMPLES, Sound, SoundEvent, SoundTrack, samples_at};
use super::{RecordSettings, RecordingReport};
use crossbeam_channel::{Receiver, never, select};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// After this long without a picture the last one is recorded again, so that a still game fills the file, too.
const STILL: Duration = Duration::from_millis(500);
/// The encoder gets this long to give the newest pictures for a replay that is to be saved.
const SAVING_PATIENCE: Duration = Duration::from_secs(2);
/// At the end, the sound gets this long to come as far as the pictures, its encoder's time included.
const SOUND_PATIENCE: Duration = Duration::from_secs(3);
/// Time between two looks at what waits for the encoder.
const WAITING: Duration = Duration::from_millis(50);

/// Everything that the record thread owns.
pub struct Timeline {
    encoding: Encoding,
    fps: f64,
    keep_free_bytes: u64,
    /// Pictures that went into the encoder, and samples that came out.
    written: u64,
    delivered: u64,
    /// The newest picture, which is recorded as soon as its frame interval has passed.
    last: Option<Last>,
    file: Option<RecordedFile>,
    replay: Option<Replay>,
    sound: Option<Sound>,
    track: SoundTrack,
    /// The end of the newest sound.
    heard_until: u64,
    saving: Option<Saving>,
    savers: Vec<JoinHandle<()>>,
    painted: PaintedWith,
    progress: Arc<Progress>,
    on_event: OnEvent,
    told_encoder: Option<EncoderKind>,
    told_broken: usize,
}

struct Last {
    offer: Offer,
    received: Instant,
}

/// A replay that is saved as soon as the samples before `wanted` have come.
struct Saving {
    path: PathBuf,
    wanted: u64,
    deadline: Instant,
}

impl Timeline {
    pub fn new(
        encoding: Encoding,
        sound: Option<Sound>,
        settings: &RecordSettings,
        progress: Arc<Progress>,
        on_event: OnEvent,
    ) -> Self {
        Self {
            encoding,
            fps: settings.fps,
            keep_free_bytes: settings.keep_free_bytes,
            written: 0,
            delivered: 0,
            last: None,
            file: None,
            replay: None,
            track: if sound.is_some() { SoundTrack::Pending } else { SoundTrack::None },
            sound,
            heard_until: 0,
            saving: None,
            savers: Vec::new(),
            painted: PaintedWith::default(),
            progress,
            on_event,
            told_encoder: None,
            told_broken: 0,
        }
    }

    /// The file that is being recorded, for messages.
    pub fn path(&self) -> PathBuf {
        self.file.as_ref().map(|file| file.files().paths()[0].clone()).unwrap_or_default()
    }

    /// Records until the queues are closed and empty.
    ///
    /// # Errors
    /// Every encoder broke; or the file failed, and there is no replay to go on for.
    pub fn follow(&mut self, offers: &Receiver<Offer>, orders: &Receiver<Order>) -> Result<(), RecordError> {
        loop {
            let heard = self.sound.as_ref().map_or_else(never, |sound| sound.events().clone());
            let is_waiting = self.saving.is_some() || self.file.as_ref().is_some_and(RecordedFile::is_ending);
            select! {
                recv(offers) -> offer => match offer {
                    Ok(offer) => self.take_offer(offer)?,
                    Err(_) => {
                        for order in orders {
                            self.carry_out(order, offers)?;
                        }
                        return Ok(());
                    }
                },
                recv(orders) -> order => match order {
                    Ok(order) => self.carry_out(order, offers)?,
                    Err(_) => {
                        for offer in offers {
                            self.take_offer(offer)?;
                        }
                        return Ok(());
                    }
                },
                recv(heard) -> event => match event {
                    Ok(event) => self.take_sound(event),
                    // Its thread ended before its time, which it has told.
                    Err(_) => self.sound = None,
                },
                default(if is_waiting { WAITING } else { STILL }) => self.record_still()?,
            }
            self.end_file_if_complete();
            self.save_what_is_complete();
        }
    }

    fn take_sound(&mut self, event: SoundEvent) {
        match event {
            SoundEvent::Ready => self.set_track(SoundTrack::Present),
            SoundEvent::Trouble(text) => {
                // What was promised stays: the track is silent then.
                if self.track == SoundTrack::Pending {
                    self.set_track(SoundTrack::None);
                }
                (self.on_event)(RecorderEvent::Sound(text));
            }
            SoundEvent::Sample(sound) => {
                self.heard_until = sound.starts_at + FRAME_SAMPLES;
                if let Some(replay) = &mut self.replay {
                    replay.push_sound(&sound);
                }
                if let Some(file) = &mut self.file {
                    file.push_sound(&sound);
                }
            }
        }
    }

    fn set_track(&mut self, track: SoundTrack) {
        self.track = track;
        if let Some(file) = &mut self.file {
            file.set_track(track);
        }
    }

    /// How far the sound has come, and without sound as far as anybody may ask.
    fn heard_until(&self) -> u64 {
        if self.sound.is_some() && self.track != SoundTrack::None { self.heard_until } else { u64::MAX }
    }

    /// Takes what is left of the sound, up to the last picture.
    fn finish_sound(&mut self) {
        let end = samples_at(self.written, self.fps);
        let deadline = Instant::now() + SOUND_PATIENCE;
        let Some(sound) = &mut self.sound else { return };
        sound.end_at(end);
        let events = sound.events().clone();
        while let Ok(event) = events.recv_deadline(deadline) {
            self.take_sound(event);
        }
        self.sound = None;
    }

    fn take_offer(&mut self, offer: Offer) -> Result<(), RecordError> {
        self.record_until(self.interval_of(offer.elapsed))?;
        self.last = Some(Last { offer, received: Instant::now() });
        Ok(())
    }

    fn record_still(&mut self) -> Result<(), RecordError> {
        match &self.last {
            Some(last) => self.record_until(self.interval_of(last.offer.elapsed + last.received.elapsed())),
            None => Ok(()),
        }
    }

    fn carry_out(&mut self, order: Order, offers: &Receiver<Offer>) -> Result<(), RecordError> {
        match order {
            Order::Record { files, about } => self.start_file(files, about),
            Order::StopFile => {
                while let Ok(offer) = offers.try_recv() {
                    self.take_offer(offer)?;
                }
                self.record_still()?;
                let written = self.written;
                if let Some(file) = &mut self.file {
                    file.end_at(written);
                }
                self.end_file_if_complete();
                Ok(())
            }
            Order::SetReplay(None) => {
                self.replay = None;
                Ok(())
            }
            Order::SetReplay(Some(limits)) => {
                match &mut self.replay {
                    Some(replay) => replay.set_limits(limits),
                    None => self.replay = Some(Replay::new(limits, self.fps)),
                }
                Ok(())
            }
            Order::SaveReplay(path) => {
                self.record_still()?;
                let deadline = Instant::now() + SAVING_PATIENCE;
                self.saving = Some(Saving { path, wanted: self.written, deadline });
                Ok(())
            }
            Order::Painted(elapsed, painted) => {
                self.painted = painted.clone();
                if let Some(file) = &mut self.file {
                    file.note_painted(elapsed, painted, &self.on_event);
                }
                Ok(())
            }
        }
    }

    fn start_file(&mut self, files: FileSet, about: Option<About>) -> Result<(), RecordError> {
        // One that was still being ended ends now.
        self.finish_file();
        let mut file = RecordedFile::new(files, about, self.fps);
        file.set_track(self.track);
        let before = self.replay.as_ref().map(Replay::since_last_key).unwrap_or_default();
        let pushed = (before.first_number..)
            .zip(&before.samples)
            .try_for_each(|(number, sample)| file.push(number, sample, &self.painted, &self.on_event));
        before.sounds.iter().for_each(|sound| file.push_sound(sound));
        self.file = Some(file);
        pushed.or_else(|error| self.fail_file(error))?;
        self.tell_progress();
        Ok(())
    }

    /// Number of the frame interval that a time falls into.
    fn interval_of(&self, elapsed: Duration) -> u64 {
        (elapsed.as_secs_f64() * self.fps + 0.5) as u64
    }

    /// Records the last picture as often as it takes to reach an interval, which is left to the next picture.
    fn record_until(&mut self, interval: u64) -> Result<(), RecordError> {
        while self.written < interval {
            let Some(last) = &self.last else { return Ok(()) };
            let mut samples = Vec::new();
            let encoded = self.encoding.encode(&last.offer.picture, &mut samples);
            self.written += 1;
            self.deliver(samples)?;
            encoded?;
        }
        Ok(())
    }

    /// Hands samples to file and replay, in order.
    fn deliver(&mut self, samples: Vec<Sample>) -> Result<(), RecordError> {
        self.tell_encoder();
        for sample in samples {
            let sample = Arc::new(sample);
            let number = self.delivered;
            self.delivered += 1;
            if let Some(replay) = &mut self.replay {
                replay.push(number, &sample);
            }
            if let Some(file) = &mut self.file
                && let Err(error) = file.push(number, &sample, &self.painted, &self.on_event)
            {
                self.fail_file(error)?;
            }
        }
        self.tell_progress();
        self.end_file_if_complete();
        Ok(())
    }

    /// The file broke: without a replay that is the end, else the replay goes on.
    fn fail_file(&mut self, error: RecordError) -> Result<(), RecordError> {
        if self.replay.is_none() {
            return Err(error);
        }
        // Closing comes first: whoever hears of the failure finds what was saved.
        self.file = None;
        (self.on_event)(RecorderEvent::FileFailed(error));
        Ok(())
    }

    fn end_file_if_complete(&mut self) {
        let heard_until = self.heard_until();
        if self.file.as_ref().is_some_and(|file| file.is_complete(self.delivered, heard_until)) {
            self.finish_file();
        }
    }

    /// Ends the file while the recorder goes on.
    fn finish_file(&mut self) {
        let Some(file) = self.file.take() else { return };
        (self.on_event)(match file.finish() {
            Ok(report) => RecorderEvent::Finished(report),
            Err(error) => RecorderEvent::FileFailed(error),
        });
    }

    fn tell_encoder(&mut self) {
        for (kind, reason) in self.encoding.broken().iter().skip(self.told_broken) {
            (self.on_event)(RecorderEvent::Notice(format!(
                "the video encoder {kind} stopped ({reason}), another goes on"
            )));
        }
        self.told_broken = self.encoding.broken().len();
        let running = self.encoding.running();
        if let (Some(kind), true) = (running, running != self.told_encoder) {
            self.told_encoder = running;
            (self.on_event)(RecorderEvent::Encoder(kind));
        }
    }

    fn tell_progress(&self) {
        if let Some(file) = &self.file {
            self.progress.recorded.store(file.files().pictures(), Ordering::Relaxed);
            self.progress.bytes.store(file.files().bytes(), Ordering::Relaxed);
        }
    }

    /// Saves the replay that was asked for, once its newest pictures are there, on a thread of its own, named
    /// `save replay`.
    fn save_what_is_complete(&mut self) {
        let (delivered, now) = (self.delivered, Instant::now());
        let (heard_until, fps) = (self.heard_until(), self.fps);
        let ready = self.saving.take_if(|saving| {
            let is_complete = delivered >= saving.wanted && heard_until >= samples_at(saving.wanted, fps);
            is_complete || now >= saving.deadline
        });
        let Some(Saving { path, .. }) = ready else { return };
        let kept = self.replay.as_ref().map(Replay::all).unwrap_or_default();
        let (on_event, keep_free_bytes) = (Arc::clone(&self.on_event), self.keep_free_bytes);
        self.savers.retain(|saver| !saver.is_finished());
        let saver = std::thread::Builder::new().name("save replay".to_owned()).spawn(move || {
            on_event(RecorderEvent::ReplaySaved(save_kept(&kept, &path, keep_free_bytes)));
        });
        match saver {
            Ok(saver) => self.savers.push(saver),
            Err(error) => {
                (self.on_event)(RecorderEvent::ReplaySaved(Err(RecordError::Thread(error.to_string()))));
            }
        }
    }

    /// Records the last picture once more for its own interval, and ends file and encoder.
    ///
    /// # Errors
    /// The file's end cannot be written, or every encoder broke.
    pub fn finish(mut self) -> Result<Option<RecordingReport>, RecordError> {
        if let Some(last) = &self.last {
            let own = self.interval_of(last.offer.elapsed) + 1;
            self.record_until(own)?;
        }
        let mut samples = Vec::new();
        let encoded = self.encoding.finish(&mut samples);
        self.deliver(samples)?;
        encoded?;
        self.finish_sound();
        if let Some(saving) = &mut self.saving {
            saving.deadline = Instant::now();
        }
        self.save_what_is_complete();
        let report = self.file.take().map(RecordedFile::finish).transpose()?;
        if let Some(report) = &report {
            self.progress.recorded.store(report.recorded, Ordering::Relaxed);
        }
        for saver in self.savers.drain(..) {
            // It has reported by itself how it went.
            let _ = saver.join();
        }
        Ok(report)
    }
}
