//! Keeps a stream of sound in step with a clock. Time is an input.
//!
//! What a device plays is read some milliseconds before it is heard there, and a read comes some milliseconds late: the
//! two are taken to be equal. Measured against the times that PulseAudio tells, sound came 6 ms too early.

use super::RATE_HZ;
use std::collections::VecDeque;
use std::time::Duration;

/// Late reads are the machine's fault; the earliest of this time tells how far the stream really is.
const WINDOW: Duration = Duration::from_secs(1);
/// A stream this late is brought back at once with silence; below, single samples do it.
const LATE_SAMPLES: i64 = RATE_HZ as i64 * 40 / 1000;
/// A stream this early is brought back at once by skipping; below, single samples do it. As nothing can be read before
/// it is played, this is sure at once.
const EARLY_SAMPLES: i64 = RATE_HZ as i64 * 20 / 1000;
/// The stream must have been late for this long before silence is put in.
const LATE_PATIENCE: Duration = Duration::from_millis(200);
/// A stream this far off is brought back by single samples, one for each chunk.
const SLEW_SAMPLES: i64 = RATE_HZ as i64 * 2 / 1000;
/// Where nothing comes, silence follows the clock at this distance.
const HOLD: Duration = Duration::from_millis(250);

/// What to do with a chunk, in this order; all in samples of each channel.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// Silence before it.
    pub silence: usize,
    /// What to leave out at its start.
    pub skip: usize,
    /// Hear its last sample twice.
    pub repeats_last: bool,
}

/// Where a stream is on the clock.
pub struct Alignment {
    received: i64,
    /// Samples given out beyond those received; negative where more were left out.
    added: i64,
    /// When chunks came, and how far the clock then was before what had been received.
    ahead: VecDeque<(Duration, i64)>,
    is_fresh: bool,
}

impl Alignment {
    /// A stream whose output starts at this time.
    pub fn new(start: Duration) -> Self {
        Self { received: 0, added: samples(start), ahead: VecDeque::new(), is_fresh: true }
    }

    /// How many samples were given out, since the clock's start.
    pub fn position(&self) -> u64 {
        u64::try_from(self.received + self.added).unwrap_or_default()
    }

    /// Another stream begins: what comes next is placed where the clock is.
    pub fn restart(&mut self) {
        self.ahead.clear();
        self.is_fresh = true;
    }

    /// Places a chunk of so many samples that was read at this time.
    pub fn place(&mut self, count: usize, now: Duration) -> Placement {
        let count_samples = count as i64;
        self.received += count_samples;
        let ahead = samples(now) - self.received;
        self.ahead.push_back((now, ahead));
        while self.ahead.front().is_some_and(|(at, _)| *at + WINDOW < now) {
            self.ahead.pop_front();
        }
        let late = |since: Duration| {
            let recent = self.ahead.iter().filter(|(at, _)| *at >= since).map(|(_, ahead)| *ahead);
            recent.min().unwrap_or(ahead) - self.added
        };
        let (late_lately, late_long) = (late(now.saturating_sub(LATE_PATIENCE)), late(Duration::ZERO));
        let has_waited = self.ahead.front().is_some_and(|(at, _)| *at + LATE_PATIENCE <= now);
        let mut placement = Placement::default();
        if self.is_fresh && late_lately > 0 || has_waited && late_lately > LATE_SAMPLES {
            placement.silence = late_lately as usize;
            self.ahead.clear();
            self.ahead.push_back((now, ahead));
        } else if late_long < -EARLY_SAMPLES {
            placement.skip = (-late_long).min(count_samples) as usize;
        } else if late_long < -SLEW_SAMPLES {
            placement.skip = count.min(1);
        } else if late_long > SLEW_SAMPLES {
            placement.repeats_last = count > 0;
        }
        self.is_fresh = false;
        self.added += placement.silence as i64 - placement.skip as i64 + i64::from(placement.repeats_last);
        placement
    }

    /// Silence that is due where nothing came for long, in samples.
    pub fn fill(&mut self, now: Duration) -> usize {
        self.fill_up_to(samples(now.saturating_sub(HOLD)))
    }

    /// Silence up to a position.
    pub fn fill_up_to(&mut self, position: i64) -> usize {
        let missing = position - (self.received + self.added);
        if missing <= 0 {
            return 0;
        }
        self.added += missing;
        self.restart();
        missing as usize
    }
}

fn samples(time: Duration) -> i64 {
    (time.as_secs_f64() * f64::from(RATE_HZ)).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Milliseconds by which a position is off, for a chunk whose end was played at this time.
    fn off_ms(alignment: &Alignment, played: Duration) -> f64 {
        (alignment.position() as f64 - samples(played) as f64) / f64::from(RATE_HZ) * 1000.0
    }

    #[test]
    fn follows_a_slow_clock_for_ten_minutes() {
        for parts_per_million in [-300.0, -40.0, 0.0, 40.0, 300.0] {
            let mut alignment = Alignment::new(Duration::ZERO);
            let (mut worst, mut silence): (f64, usize) = (0.0, 0);
            for chunk in 1..60_000u32 {
                // 480 samples of its own clock.
                let played = Duration::from_secs_f64(f64::from(chunk) * 0.01 * (1.0 + parts_per_million / 1e6));
                silence += alignment.place(480, played).silence;
                worst = worst.max(off_ms(&alignment, played).abs());
            }
            assert!(worst < 4.0, "{parts_per_million} ppm: {worst} ms");
            assert!(silence < 10);
        }
    }

    #[test]
    fn silence_takes_the_place_of_what_never_came() {
        let mut alignment = Alignment::new(Duration::ZERO);
        let at = |millis: u64| Duration::from_millis(millis);
        for chunk in 1..=100 {
            alignment.place(480, at(chunk * 10));
        }
        assert_eq!(alignment.fill(at(1_100)), 0);
        let filled = alignment.fill(at(3_000));
        assert_eq!(alignment.position(), 48 * 2_750);
        assert!((filled as i64 - 48 * 1_750).abs() < 200);
        let placement = alignment.place(480, at(3_000));
        assert_eq!((placement.silence, placement.skip), (48 * 240, 0));
        assert!(off_ms(&alignment, at(3_000)).abs() < 0.1);
    }

    proptest! {
        #[test]
        fn comes_back_whatever_happens(
            chunks in proptest::collection::vec((1usize..2000, 0u64..60, 0u64..400), 1..80),
            parts_per_million in -200.0..200.0f64,
        ) {
            let mut alignment = Alignment::new(Duration::ZERO);
            let mut played = Duration::ZERO;
            let mut now = Duration::ZERO;
            let mut given = 0;
            let mut take = |alignment: &mut Alignment, count: usize, now: Duration| {
                let placement = alignment.place(count, now);
                assert!(placement.skip <= count);
                given += placement.silence + count - placement.skip + usize::from(placement.repeats_last);
                assert_eq!(given as u64, alignment.position());
            };
            for (count, jitter_ms, gap_ms) in chunks {
                // Sometimes the stream stands still without a word, and reads are late.
                played += Duration::from_secs_f64(count as f64 / f64::from(RATE_HZ) * (1.0 + parts_per_million / 1e6));
                if gap_ms > 300 {
                    played += Duration::from_millis(gap_ms);
                }
                now = now.max(played + Duration::from_millis(jitter_ms));
                take(&mut alignment, count, now);
            }
            // After some quiet seconds it is where it should be.
            for _ in 0..1000 {
                played += Duration::from_secs_f64(0.01 * (1.0 + parts_per_million / 1e6));
                now = now.max(played);
                take(&mut alignment, 480, now);
            }
            let off = off_ms(&alignment, played);
            prop_assert!(off.abs() < 10.0, "{} ms", off);
        }
    }
}
