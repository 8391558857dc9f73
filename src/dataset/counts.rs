//! What became of the frames that a recorder has seen.

use serde::{Deserialize, Serialize};

/// Why a frame is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// Nearly all of it is black.
    Black,
    /// Nearly all of it is of one brightness, as a loading screen is.
    Flat,
    /// As the frame before: a pause, a menu.
    Still,
    /// As a picture that is already kept.
    Similar,
    /// It was to be part of a burst that a cut, a pause or the end of the recording broke off.
    BrokenBurst,
    /// It came while pictures were being written.
    Busy,
}

/// Frames left out, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Skipped {
    pub black: u64,
    pub flat: u64,
    pub still: u64,
    pub similar: u64,
    pub broken_burst: u64,
    pub busy: u64,
}

impl Skipped {
    /// Every reason in words, with its count.
    pub fn by_reason(&self) -> [(&'static str, u64); 6] {
        [
            ("black", self.black),
            ("loading", self.flat),
            ("standing still", self.still),
            ("seen before", self.similar),
            ("broken bursts", self.broken_burst),
            ("too busy", self.busy),
        ]
    }

    pub fn total(&self) -> u64 {
        self.by_reason().iter().map(|(_, count)| count).sum()
    }

    fn count_mut(&mut self, skip: Skip) -> &mut u64 {
        match skip {
            Skip::Black => &mut self.black,
            Skip::Flat => &mut self.flat,
            Skip::Still => &mut self.still,
            Skip::Similar => &mut self.similar,
            Skip::BrokenBurst => &mut self.broken_burst,
            Skip::Busy => &mut self.busy,
        }
    }
}

/// What became of the frames: `seen` is always the sum of all others. A frame counts when it is decided and written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub seen: u64,
    /// Single pictures kept.
    pub kept: u64,
    /// Pictures kept in bursts.
    pub in_bursts: u64,
    pub skipped: Skipped,
}

impl Counts {
    /// Pictures kept, alone or in bursts.
    pub fn pictures(&self) -> u64 {
        self.kept + self.in_bursts
    }

    pub(super) fn count_kept(&mut self) {
        self.seen += 1;
        self.kept += 1;
    }

    pub(super) fn count_burst(&mut self, frames: u64) {
        self.seen += frames;
        self.in_bursts += frames;
    }

    pub(super) fn count_skipped(&mut self, skip: Skip, frames: u64) {
        self.seen += frames;
        *self.skipped.count_mut(skip) += frames;
    }

    /// Adds the counts of another recording.
    pub(super) fn add(&mut self, other: &Self) {
        self.seen += other.seen;
        self.kept += other.kept;
        self.in_bursts += other.in_bursts;
        self.skipped.black += other.skipped.black;
        self.skipped.flat += other.skipped.flat;
        self.skipped.still += other.skipped.still;
        self.skipped.similar += other.skipped.similar;
        self.skipped.broken_burst += other.skipped.broken_burst;
        self.skipped.busy += other.skipped.busy;
    }
}
