//! How the curve follows the light of a game: slowly, at once on a cut, and hardly on a flash.
//!
//! What tells them apart: after a cut, most of the picture shows something else, and goes on to do so. A flash (a shot,
//! an explosion) changes the light of what is still there, and is over after some frames. So a sudden change of light
//! is not followed at first. If nearly all of the picture shows something else, and the light is still another one two
//! frames later, it was a cut. If the change has gone within [`LONGEST_FLASH`], it was a flash. If it stays longer, it
//! was a cut where much of the picture is new; otherwise it was a lamp that was switched on, which is followed as any
//! change is.
//!
//! No clock is asked: times are given, so that the tests are exact.

use super::{Levels, Observation};
use std::time::Duration;

/// A change of the light is followed with this time constant.
const TIME_CONSTANT: Duration = Duration::from_millis(700);

/// The same within [`FRESH`] of a jump: a scene that has just begun is often faded in.
const FRESH_TIME_CONSTANT: Duration = Duration::from_millis(100);
const FRESH: Duration = Duration::from_millis(500);

/// From one frame to the next, a change of the curve that moves the mean pixel by more is sudden, `0..=1`; and up to
/// [`SUDDEN_GROWTH`] times as much where frames are further apart than usual.
const SUDDEN: f32 = 0.04;
const USUAL_DISTANCE: Duration = Duration::from_millis(40);
const SUDDEN_GROWTH: f32 = 3.0;

/// A sudden change is over when no more than this share of it is left, or no more than half of what is sudden:
/// meanwhile the game has moved on.
const OVER_SHARE: f32 = 0.3;

/// A smaller change is never taken for a cut: a view that turns quickly may show something else from frame to frame,
/// and following slowly does no harm.
const CUT_CHANGE: f32 = 0.1;

/// Where less of the picture can be recognized, it is another scene; where more can be, it is the same one. In between
/// it may be either, so the follower waits.
///
/// Measured on a demo of Doom with 35 frames a second: its 17 sudden changes, all of them shots, left at least 0.31
/// while the view turned. Of frames of other places, under the same weapon and status bar, half have less than that,
/// and nine of ten less than 0.5.
const OTHER_SCENE_SHARE: f32 = 0.3;
const SAME_SCENE_SHARE: f32 = 0.5;

/// Sudden light that lasts longer is no flash: five frames of 25 a second.
const LONGEST_FLASH: Duration = Duration::from_millis(200);

/// A cut is believed with this many frames of the new scene, or with the second one after this time.
const CUT_FRAMES: u32 = 3;
const CUT_TIME: Duration = Duration::from_millis(60);

/// After a pause of this length nothing is known of what was before.
const LONGEST_GAP: Duration = Duration::from_secs(2);

/// The curve has settled when it moves the mean pixel by no more, `0..=1`.
const SETTLED: f32 = 0.02;

/// Follows the light of successive frames.
#[derive(Debug, Default)]
pub struct LevelsFollower {
    state: Option<State>,
}

#[derive(Debug)]
struct State {
    /// The curve in use.
    levels: Levels,
    /// The last frame that showed the scene in its own light.
    seen: Observation,
    /// The time of the last frame.
    time: Duration,
    /// The time of the last frame whose light was followed.
    followed_until: Duration,
    fresh_until: Duration,
    /// The last frame was black, white, or otherwise blank.
    is_blank: bool,
    doubt: Option<Doubt>,
}

/// The light has changed suddenly, and it is not known yet what that was.
#[derive(Debug)]
struct Doubt {
    since: Duration,
    /// The largest change, as [`SUDDEN`] counts it.
    change: f32,
    /// Frames in the new light.
    frames: u32,
    scene: Scene,
}

/// What a sudden change shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    Same,
    Other,
    Unclear,
}

impl LevelsFollower {
    /// The curve for a frame, of which this was seen; `time` must not run backwards.
    pub fn follow(&mut self, time: Duration, seen: &Observation) -> Levels {
        match &mut self.state {
            Some(state) if time.saturating_sub(state.time) <= LONGEST_GAP => state.follow(time, seen),
            _ => self.state = Some(State::begin(time, seen)),
        }
        self.levels()
    }

    /// The curve in use; [`Levels::NEUTRAL`] before the first frame that shows something.
    pub fn levels(&self) -> Levels {
        self.state.as_ref().map_or(Levels::NEUTRAL, |state| state.levels)
    }

    /// Whether the curve would still move if the last frame came again and again.
    pub fn is_settling(&self) -> bool {
        self.state.as_ref().is_some_and(|state| {
            let is_far = state.seen.difference(state.levels, state.seen.levels) > SETTLED;
            !state.is_blank && (is_far || state.doubt.is_some())
        })
    }
}

impl State {
    fn begin(time: Duration, seen: &Observation) -> Self {
        let (seen, is_blank) = (seen.clone(), seen.is_blank);
        let levels = if is_blank { Levels::NEUTRAL } else { seen.levels };
        Self { levels, seen, time, followed_until: time, fresh_until: time + FRESH, is_blank, doubt: None }
    }

    fn follow(&mut self, time: Duration, seen: &Observation) {
        let before = std::mem::replace(&mut self.time, time);
        // What the light does during a flash is caught up with when that is over.
        let mut passed = time.saturating_sub(self.followed_until);
        self.is_blank = seen.is_blank;
        if seen.is_blank && !self.seen.is_blank {
            // A black or a white screen says nothing of the game's light.
            return;
        }
        if self.seen.is_blank {
            *self = Self::begin(time, seen);
            return;
        }
        let change = self.seen.difference(self.seen.levels, seen.levels);
        let change = change.max(seen.difference(self.seen.levels, seen.levels));
        let distance = passed.as_secs_f32() / USUAL_DISTANCE.as_secs_f32();
        match &mut self.doubt {
            None if change > SUDDEN * distance.clamp(1.0, SUDDEN_GROWTH) => {
                let scene = match self.seen.structure.same_share(&seen.structure) {
                    Some(share) if change > CUT_CHANGE && share < OTHER_SCENE_SHARE => Scene::Other,
                    Some(share) if change > CUT_CHANGE && share < SAME_SCENE_SHARE => Scene::Unclear,
                    _ => Scene::Same,
                };
                if scene != Scene::Same || time >= self.fresh_until {
                    self.doubt = Some(Doubt { since: time, change, frames: 1, scene });
                    return;
                }
            }
            None => {}
            Some(doubt) if change <= (0.5 * SUDDEN).max(OVER_SHARE * doubt.change) => {}
            Some(doubt) => {
                doubt.frames += 1;
                doubt.change = doubt.change.max(change);
                let lasted = time.saturating_sub(doubt.since);
                let is_proved = match doubt.scene {
                    Scene::Other => doubt.frames >= CUT_FRAMES || lasted >= CUT_TIME,
                    Scene::Unclear | Scene::Same => lasted >= LONGEST_FLASH,
                };
                if !is_proved {
                    return;
                }
                if doubt.scene != Scene::Same {
                    *self = Self::begin(time, seen);
                    return;
                }
                // A lamp that was switched on is followed from here on.
                passed = time.saturating_sub(before);
            }
        }
        (self.doubt, self.followed_until) = (None, time);
        self.seen.clone_from(seen);
        let constant = if time < self.fresh_until { FRESH_TIME_CONSTANT } else { TIME_CONSTANT };
        let share = 1.0 - (-passed.as_secs_f32() / constant.as_secs_f32()).exp();
        self.levels = self.levels.toward(seen.levels, share);
    }
}
