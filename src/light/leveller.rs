//! Curves for frames as they come.

use super::{Levels, LevelsFollower, LevelsTable, Observer};
use crate::frame::Frame;
use std::time::{Duration, Instant};

/// Gives the frames of a game the curve that they are painted with. Lives on one thread.
#[derive(Debug, Default)]
pub struct Leveller {
    observer: Observer,
    follower: LevelsFollower,
    last: Option<Last>,
}

/// The frame that was levelled last.
#[derive(Debug)]
struct Last {
    timestamp: Duration,
    captured_at: Instant,
    /// The time that it was levelled for.
    time: Duration,
}

impl Leveller {
    /// The curve for a frame that is painted at `time`, which is its timestamp, or later where it is painted again.
    ///
    /// Frames are successive as long as their timestamps grow. One whose timestamp does not, and that is not the last
    /// one again, begins another sequence, and has its own curve: pictures without times are each on their own. Where
    /// nothing but a blank picture is known (black, white), the curve is [`Levels::NEUTRAL`].
    ///
    /// Allocates nothing once it has seen a frame of this size.
    pub fn table(&mut self, frame: &Frame, time: Duration) -> LevelsTable {
        let is_again = |last: &Last| last.timestamp == frame.timestamp && last.captured_at == frame.captured_at;
        let time = match &self.last {
            // What is compared with a painting, such as the same frame with noise, has the frame's own curve.
            Some(last) if is_again(last) && time <= last.time => return self.follower.levels().table(),
            Some(last) if is_again(last) || frame.timestamp > last.timestamp => time.max(last.time),
            _ => {
                self.follower = LevelsFollower::default();
                time
            }
        };
        self.last = Some(Last { timestamp: frame.timestamp, captured_at: frame.captured_at, time });
        let seen = self.observer.look(frame);
        self.follower.follow(time, &seen).table()
    }

    /// The curve that [`Self::table`] gave last; [`Levels::NEUTRAL`] before.
    pub fn levels(&self) -> Levels {
        self.follower.levels()
    }

    /// Whether the curve would still move if the game stood still: the last frame should be painted again.
    pub fn is_settling(&self) -> bool {
        self.follower.is_settling()
    }
}

/// Levels successive pictures with the first one's curve. They may have different sizes; none is no error.
pub fn level_alike(pictures: &mut [Frame]) {
    if let Some(first) = pictures.first() {
        let levels = Levels::of(first);
        pictures.iter_mut().for_each(|picture| levels.apply(picture));
    }
}

impl Levels {
    /// The curve of a picture on its own.
    pub fn of(picture: &Frame) -> Self {
        Observer::default().look(picture).levels
    }
}
