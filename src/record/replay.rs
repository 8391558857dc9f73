//! The last seconds of video, encoded, in memory.

use super::error::RecordError;
use super::file_set::FileSet;
use super::sample::Sample;
use super::sound::{FRAME_SAMPLES, SoundSample, SoundTrack, samples_at};
use super::{RecordingReport, file_name::temporary_path};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Bounds of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayLimits {
    /// What is kept: this long, and up to one second more.
    pub length: Duration,
    /// The oldest seconds go earlier where they all would need more memory than this.
    pub max_bytes: usize,
}

impl ReplayLimits {
    /// Memory for a replay, unless another bound is asked for: two minutes of a busy 1080p game.
    pub const USUAL_MAX_BYTES: usize = 384 << 20;

    /// The usual bound of memory for so many seconds.
    pub fn of_length(length: Duration) -> Self {
        Self { length, max_bytes: Self::USUAL_MAX_BYTES }
    }
}

/// Sound that may wait for its pictures: ten seconds of it.
const MOST_EARLY_SOUNDS: usize = 500;

/// What was kept, oldest first.
#[derive(Default)]
pub struct Kept {
    pub samples: Vec<Arc<Sample>>,
    pub sounds: Vec<Arc<SoundSample>>,
    /// The recorder's number of the first sample.
    pub first_number: u64,
}

/// The ring of samples; its oldest is always a key picture.
pub struct Replay {
    limits: ReplayLimits,
    fps: f64,
    samples: VecDeque<Arc<Sample>>,
    sounds: VecDeque<Arc<SoundSample>>,
    /// The recorder's number of the oldest sample.
    first_number: u64,
    bytes: usize,
}

impl Replay {
    pub fn new(limits: ReplayLimits, fps: f64) -> Self {
        Self { limits, fps, samples: VecDeque::new(), sounds: VecDeque::new(), first_number: 0, bytes: 0 }
    }

    /// Changes the bounds; what is kept stays as far as they allow.
    pub fn set_limits(&mut self, limits: ReplayLimits) {
        self.limits = limits;
        self.forget_old();
    }

    /// Takes the next sample, which has this number.
    pub fn push(&mut self, number: u64, sample: &Arc<Sample>) {
        if self.samples.is_empty() {
            if !sample.is_key {
                return;
            }
            self.first_number = number;
        }
        self.bytes += sample.bytes.len();
        self.samples.push_back(Arc::clone(sample));
        if sample.is_key {
            self.forget_old();
        }
        // Encoders that give no key pictures for long must not fill the memory.
        while self.bytes > self.limits.max_bytes && !self.samples.is_empty() {
            self.forget_first_group();
        }
    }

    /// Takes the next sound.
    pub fn push_sound(&mut self, sound: &Arc<SoundSample>) {
        self.bytes += sound.bytes.len();
        self.sounds.push_back(Arc::clone(sound));
        while self.samples.is_empty() && self.sounds.len() > MOST_EARLY_SOUNDS {
            self.forget_first_sound();
        }
    }

    fn forget_first_sound(&mut self) {
        self.bytes -= self.sounds.pop_front().map_or(0, |sound| sound.bytes.len());
    }

    /// Bytes of the samples that are kept.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Everything.
    pub fn all(&self) -> Kept {
        self.since(0)
    }

    /// What is kept since the newest key picture.
    pub fn since_last_key(&self) -> Kept {
        self.since(self.samples.iter().rposition(|sample| sample.is_key).unwrap_or(self.samples.len()))
    }

    fn since(&self, start: usize) -> Kept {
        Kept {
            samples: self.samples.range(start..).map(Arc::clone).collect(),
            // Who takes them leaves out those before the first picture.
            sounds: self.sounds.iter().map(Arc::clone).collect(),
            first_number: self.first_number + start as u64,
        }
    }

    fn forget_old(&mut self) {
        let wanted = (self.limits.length.as_secs_f64() * self.fps).ceil() as usize;
        while self.samples.len() - self.first_group() >= wanted && !self.samples.is_empty() {
            if self.first_group() == self.samples.len() {
                return;
            }
            self.forget_first_group();
        }
    }

    /// Number of samples from the oldest key picture up to the next.
    fn first_group(&self) -> usize {
        let next = self.samples.iter().skip(1).position(|sample| sample.is_key);
        next.map_or(self.samples.len(), |index| index + 1)
    }

    fn forget_first_group(&mut self) {
        let count = self.first_group();
        let forgotten: usize = self.samples.drain(..count).map(|sample| sample.bytes.len()).sum();
        self.bytes -= forgotten;
        self.first_number += count as u64;
        let start = samples_at(self.first_number, self.fps);
        while self.sounds.front().is_some_and(|sound| sound.starts_at + FRAME_SAMPLES <= start) {
            self.forget_first_sound();
        }
    }
}

/// Writes what was kept into a new file, which appears whole under its name: not for the thread that encodes.
///
/// # Errors
/// There is no sample, or the file cannot be written.
pub fn save_kept(kept: &Kept, path: &Path, keep_free_bytes: u64) -> Result<RecordingReport, RecordError> {
    let samples = &kept.samples;
    let Some(first) = samples.first() else { return Err(RecordError::EmptyReplay) };
    let temporary = temporary_path(path);
    let written = write_all(kept, first.format.fps, &temporary, keep_free_bytes);
    let renamed = written.and_then(|paths| {
        let named = paths.iter().enumerate().map(|(index, from)| {
            let to = if index == 0 { path.to_owned() } else { numbered(path, index + 1) };
            std::fs::rename(from, &to).map_err(|error| RecordError::writing(&to, &error)).map(|()| to)
        });
        named.collect::<Result<Vec<_>, _>>()
    });
    let paths = renamed.inspect_err(|_| {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    })?;
    Ok(RecordingReport {
        path: path.to_owned(),
        paths,
        duration: Duration::from_secs_f64(samples.len() as f64 / first.format.fps),
        recorded: samples.len() as u64,
        skipped: 0,
        encoder: samples.last().map(|sample| sample.format.encoder),
    })
}

fn write_all(kept: &Kept, fps: f64, path: &Path, keep_free_bytes: u64) -> Result<Vec<PathBuf>, RecordError> {
    let mut files = FileSet::create(path, keep_free_bytes, None)?;
    files.set_track(if kept.sounds.is_empty() { SoundTrack::None } else { SoundTrack::Present });
    files.set_origin(samples_at(kept.first_number, fps));
    let mut sounds = kept.sounds.iter().peekable();
    for (number, sample) in (kept.first_number..).zip(&kept.samples) {
        // A fragment takes what is of its time when it is written.
        while let Some(sound) = sounds.next_if(|sound| sound.starts_at < samples_at(number + 1, fps)) {
            files.push_sound(sound);
        }
        files.push(sample)?;
    }
    files.finish()
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{number}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use crate::record::encoder::EncoderKind;
    use crate::record::sample::{Codec, TrackFormat};

    const FPS: f64 = 10.0;

    fn fill(replay: &mut Replay, count: usize, key_interval: usize, bytes: usize) {
        let (codec, size, encoder) = (Codec::H264, Size::new(64, 48), EncoderKind::OpenH264);
        let format = Arc::new(TrackFormat { codec, size, fps: FPS, config: Vec::new(), encoder });
        for index in 0..count {
            let is_key = index % key_interval == 0;
            replay.push(index as u64, &Arc::new(Sample { bytes: vec![0; bytes], is_key, format: Arc::clone(&format) }));
        }
    }

    #[test]
    fn keeps_its_length_to_within_a_key_interval() {
        let limits = ReplayLimits { length: Duration::from_secs(5), max_bytes: 1 << 20 };
        for count in [1, 9, 10, 49, 50, 51, 60, 233] {
            let mut replay = Replay::new(limits, FPS);
            fill(&mut replay, count, 10, 8);
            let samples = replay.all().samples;
            assert!(samples[0].is_key);
            assert!(samples.len() >= count.min(50) && samples.len() <= 60, "{} of {count}", samples.len());
            assert_eq!(replay.bytes(), samples.len() * 8);
        }
    }

    #[test]
    fn keeps_its_memory_whatever_comes() {
        let limits = ReplayLimits { length: Duration::from_secs(3600), max_bytes: 1000 };
        for key_interval in [1, 10, 10_000] {
            let mut replay = Replay::new(limits, FPS);
            fill(&mut replay, 500, key_interval, 30);
            assert!(replay.bytes() <= 1000, "{}", replay.bytes());
            assert_eq!(replay.bytes(), replay.all().samples.len() * 30);
        }
    }

    #[test]
    fn shorter_limits_take_effect_at_once() {
        let mut replay = Replay::new(ReplayLimits::of_length(Duration::from_secs(20)), FPS);
        fill(&mut replay, 200, 10, 8);
        replay.set_limits(ReplayLimits::of_length(Duration::from_secs(2)));
        assert!(replay.all().samples.len() <= 30);
        assert_eq!(replay.since_last_key().samples.len(), 10);
    }
}
