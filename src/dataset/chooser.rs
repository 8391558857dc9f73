//! Chooses the frames worth keeping. Pure: it sees looks and times, and touches no pictures and no files.

use super::BURST_LENGTH;
use super::counts::Skip;
use super::glance::{Blank, Glance, distance_bits};
use std::time::Duration;

/// Bits in which a picture's hash must differ from that of each of the latest pictures kept. A game in motion passes
/// this about twice a second.
const NEW_AMONG_RECENT_BITS: u32 = 18;
/// So many pictures are the latest.
const RECENT: usize = 8;
/// Bits in which a picture's hash must differ from all others that are kept.
const NEW_AMONG_ALL_BITS: u32 = 10;

/// A frame that differs by less than this from the last one that moved stands still: mean levels of brightness. A
/// cursor that blinks in a menu stays below, a slow walk reaches it within a few frames.
const STILL_LEVELS: f32 = 0.4;
/// A frame that differs by less than this from the one before shows the same picture.
const REPEATED_LEVELS: f32 = 0.02;
/// A frame that differs by at least this much from the one before, and in this many bits of the hash, is of another
/// scene.
const CUT_LEVELS: f32 = 14.0;
const CUT_BITS: u32 = 18;

/// Time from the end of a burst to the next.
const BETWEEN_BURSTS: Duration = Duration::from_secs(4);
/// Frames further apart than this do not follow each other: the game was paused.
const LONGEST_STEP: Duration = Duration::from_millis(250);

/// What is to be done with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Keep it as a single picture.
    Keep,
    /// It is part of the burst that is under way, the first one where none was.
    Gather,
    /// It completes the burst: keep the whole of it.
    KeepBurst,
    Skip(Skip),
}

/// What a frame means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The burst that was under way is broken off; its frames are not kept.
    pub breaks_burst: bool,
    pub verdict: Verdict,
}

/// A burst that is being gathered.
struct Gathering {
    first_hash: u64,
    count: usize,
    last_at: Duration,
}

/// What was seen before, and what is kept.
pub struct Chooser {
    kept: Vec<u64>,
    /// Hashes of the first pictures of bursts.
    bursts: Vec<u64>,
    /// The frame before, for what moves.
    previous: Option<Glance>,
    /// The last frame that moved, for what stands still: a slow pan adds up.
    moved: Option<Glance>,
    gathering: Option<Gathering>,
    /// A burst may begin from this time on.
    next_burst: Duration,
    /// So many pictures may still be kept.
    room: u64,
}

impl Chooser {
    /// Knows nothing yet; keeps at most `room` pictures, those of bursts included.
    pub fn new(room: u64) -> Self {
        Self {
            kept: Vec::new(),
            bursts: Vec::new(),
            previous: None,
            moved: None,
            gathering: None,
            next_burst: Duration::ZERO,
            room,
        }
    }

    /// Takes the picture with this hash for known, which was kept by an earlier recording.
    pub fn know(&mut self, hash: u64, begins_burst: bool) {
        self.kept.push(hash);
        if begins_burst {
            self.bursts.push(hash);
        }
    }

    /// Whether nothing more may be kept.
    pub fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Chooses. `at` is the frame's time within its source; `follows` says that no frame is missing between it and the
    /// one looked at before.
    pub fn look(&mut self, glance: Glance, at: Duration, follows: bool) -> Choice {
        let hash = glance.hash();
        let step = self.previous.as_ref().map(|previous| {
            let difference = glance.difference(previous);
            let is_cut = difference >= CUT_LEVELS && distance_bits(hash, previous.hash()) >= CUT_BITS;
            (difference, is_cut)
        });
        let blank = glance.blank();
        let is_smooth = follows && blank.is_none() && step.is_some_and(|(_, is_cut)| !is_cut);
        let is_repeated = step.is_some_and(|(difference, _)| difference < REPEATED_LEVELS);
        let is_still = self.moved.as_ref().is_some_and(|moved| glance.difference(moved) < STILL_LEVELS);
        self.previous = Some(glance.clone());
        if !is_still {
            self.moved = Some(glance);
        }

        let mut breaks_burst = false;
        if let Some(mut gathering) = self.gathering.take() {
            let in_time = at.checked_sub(gathering.last_at).is_some_and(|step| step <= LONGEST_STEP);
            if is_smooth && in_time {
                let verdict = self.gather(&mut gathering, hash, at, is_repeated);
                if verdict != Verdict::KeepBurst {
                    self.gathering = Some(gathering);
                }
                return Choice { breaks_burst: false, verdict };
            }
            breaks_burst = true;
        }
        let verdict = match blank {
            Some(Blank::Black) => Verdict::Skip(Skip::Black),
            Some(Blank::Flat) => Verdict::Skip(Skip::Flat),
            None if is_still || is_repeated => Verdict::Skip(Skip::Still),
            None if is_smooth && self.may_begin_burst(hash, at) => {
                self.gathering = Some(Gathering { first_hash: hash, count: 1, last_at: at });
                Verdict::Gather
            }
            None if self.is_new(hash) => {
                self.kept.push(hash);
                self.room -= 1;
                Verdict::Keep
            }
            None => Verdict::Skip(Skip::Similar),
        };
        Choice { breaks_burst, verdict }
    }

    fn gather(&mut self, gathering: &mut Gathering, hash: u64, at: Duration, is_repeated: bool) -> Verdict {
        if is_repeated {
            return Verdict::Skip(Skip::Still);
        }
        gathering.count += 1;
        gathering.last_at = at;
        if gathering.count < BURST_LENGTH {
            return Verdict::Gather;
        }
        self.bursts.push(gathering.first_hash);
        self.kept.extend([gathering.first_hash, hash]);
        self.room -= BURST_LENGTH as u64;
        self.next_burst = at + BETWEEN_BURSTS;
        Verdict::KeepBurst
    }

    fn may_begin_burst(&self, hash: u64, at: Duration) -> bool {
        self.room >= BURST_LENGTH as u64
            && (at >= self.next_burst)
            && self.bursts.iter().all(|&burst| distance_bits(burst, hash) >= NEW_AMONG_ALL_BITS)
    }

    fn is_new(&self, hash: u64) -> bool {
        let differs = |hashes: &[u64], bits: u32| hashes.iter().all(|&kept| distance_bits(kept, hash) >= bits);
        let recent = &self.kept[self.kept.len().saturating_sub(RECENT)..];
        self.room > 0 && differs(recent, NEW_AMONG_RECENT_BITS) && differs(&self.kept, NEW_AMONG_ALL_BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Frame, Size};

    const STEP: Duration = Duration::from_millis(33);

    /// A view of a room, `way` steps into it: each step moves the picture by a little, far steps show other things.
    fn view(way: f32) -> Glance {
        glance(|x, y| {
            let x = x + way * 0.01;
            (120.0 + 60.0 * (x * 11.0).sin() * (y * 8.0 + x).cos() + 50.0 * (x * 3.7 + y * 5.0).sin()) as u8
        })
    }

    fn glance(brightness: impl Fn(f32, f32) -> u8) -> Glance {
        let size = Size::new(72, 64);
        let mut frame = Frame::new(size);
        for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            let (x, y) = (index as u32 % size.width, index as u32 / size.width);
            pixel[..3].fill(brightness(x as f32 / size.width as f32, y as f32 / size.height as f32));
        }
        Glance::at(&frame)
    }

    /// Looks at frames that follow each other; gives the verdicts, and how often a burst broke.
    fn look(chooser: &mut Chooser, from: Duration, glances: impl IntoIterator<Item = Glance>) -> (Vec<Verdict>, usize) {
        let mut broken = 0;
        let mut verdicts = Vec::new();
        for (number, glance) in (0..).zip(glances) {
            let choice = chooser.look(glance, from + STEP * number, true);
            broken += usize::from(choice.breaks_burst);
            verdicts.push(choice.verdict);
        }
        (verdicts, broken)
    }

    fn count(verdicts: &[Verdict], wanted: Verdict) -> usize {
        verdicts.iter().filter(|&&verdict| verdict == wanted).count()
    }

    #[test]
    fn a_walk_gives_bursts_and_ever_fewer_new_pictures() {
        let mut chooser = Chooser::new(u64::MAX);
        let walk = || (0..600).map(|step| view(step as f32));
        let (first, broken) = look(&mut chooser, Duration::ZERO, walk());
        assert_eq!(broken, 0);
        // Twenty seconds with four between bursts.
        let bursts = count(&first, Verdict::KeepBurst);
        assert!((3..=5).contains(&bursts), "{bursts}");
        assert_eq!(count(&first, Verdict::Gather), bursts * (BURST_LENGTH - 1));
        let kept = count(&first, Verdict::Keep);
        assert!((5..200).contains(&kept), "{kept}");
        let (again, _) = look(&mut chooser, Duration::from_secs(60), walk());
        assert!(count(&again, Verdict::Keep) * 4 < kept, "the same walk shows little that is new");
    }

    #[test]
    fn a_pause_and_a_blinking_cursor_stand_still() {
        let mut chooser = Chooser::new(u64::MAX);
        let menu = |is_lit: bool| {
            glance(move |x, y| {
                let is_cursor = (0.3..0.33).contains(&x) && (0.5..0.55).contains(&y);
                if is_cursor && is_lit { 255 } else { (60.0 + 50.0 * (x * 9.0).sin() + 40.0 * (y * 7.0).cos()) as u8 }
            })
        };
        let (verdicts, broken) = look(&mut chooser, Duration::ZERO, (0..60).map(|step| menu(step % 8 < 4)));
        assert_eq!((verdicts[0], broken), (Verdict::Keep, 0));
        assert_eq!(count(&verdicts, Verdict::Skip(Skip::Still)), 59);
    }

    #[test]
    fn black_and_loading_screens_are_told_apart() {
        let mut chooser = Chooser::new(u64::MAX);
        let screens = [glance(|_, _| 2), glance(|_, _| 90)];
        let (verdicts, _) = look(&mut chooser, Duration::ZERO, screens);
        assert_eq!(verdicts, [Verdict::Skip(Skip::Black), Verdict::Skip(Skip::Flat)]);
    }

    #[test]
    fn a_cut_a_gap_a_pause_and_a_blank_screen_break_a_burst() {
        let other = || glance(|x, y| (130.0 - 120.0 * (x * 14.0 + 2.0).sin() * (y * 9.0).sin()) as u8);
        let breakers: [(Glance, Duration, bool); 5] = [
            (other(), STEP * 4, true),
            (view(4.0), STEP * 4, false),
            (view(4.0), STEP * 40, true),
            (glance(|_, _| 1), STEP * 4, true),
            // A source that was started anew.
            (view(4.0), Duration::ZERO, true),
        ];
        for (number, (breaker, at, follows)) in breakers.into_iter().enumerate() {
            let mut chooser = Chooser::new(u64::MAX);
            let (verdicts, _) = look(&mut chooser, STEP, (0..3).map(|step| view(step as f32)));
            assert_eq!(verdicts, [Verdict::Keep, Verdict::Gather, Verdict::Gather]);
            assert!(chooser.look(breaker, at, follows).breaks_burst, "breaker {number}");
        }
    }

    #[test]
    fn a_frame_shown_twice_is_left_out_of_a_burst_and_does_not_break_it() {
        let mut chooser = Chooser::new(u64::MAX);
        let (verdicts, broken) = look(&mut chooser, Duration::ZERO, (0..20).map(|step| view((step / 2) as f32)));
        assert_eq!(broken, 0);
        assert_eq!(count(&verdicts, Verdict::KeepBurst), 1);
        assert_eq!(count(&verdicts, Verdict::Gather), BURST_LENGTH - 1);
    }

    #[test]
    fn what_is_known_is_not_kept_again_and_room_is_never_exceeded() {
        let mut chooser = Chooser::new(u64::MAX);
        chooser.know(view(0.0).hash(), true);
        assert_eq!(chooser.look(view(0.0), Duration::ZERO, false).verdict, Verdict::Skip(Skip::Similar));
        let walk: Vec<Glance> = (0..900).map(|step| view(step as f32 * 3.0)).collect();
        for room in 1..30 {
            let mut chooser = Chooser::new(room);
            let (verdicts, _) = look(&mut chooser, Duration::ZERO, walk.iter().cloned());
            let kept = count(&verdicts, Verdict::Keep) + count(&verdicts, Verdict::KeepBurst) * BURST_LENGTH;
            assert!(kept as u64 <= room, "{kept} of {room}");
            assert_eq!(chooser.is_full(), kept as u64 == room);
        }
    }
}
