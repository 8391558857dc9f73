//! Protects the game's own frame rate: paints less where the game gives fewer frames than it has given before, and more
//! again once it gives them. Less is fewer paintings first, down to half of them, and then smaller ones, by a quarter
//! of the sides at most, so that strokes keep their size.
//!
//! A game may become slower for reasons of its own, which painting less does not mend. So every step is a trial: one
//! that gives the game nothing is taken back, and what the game gives then is all that is expected of it. Trials that
//! fail double the patience before the next, so that nothing swings. The clock is given: nothing here waits or asks for
//! the time.

use super::effort::{Effort, SMALLEST_SCALE};
use std::time::Duration;

/// A rate is counted over this time.
const SPAN: Duration = Duration::from_secs(2);
/// What is painted, most first.
const LADDER: [Effort; 6] = [
    Effort::FULL,
    Effort::new(0.8, 1.0),
    Effort::new(0.65, 1.0),
    Effort::new(0.5, 1.0),
    Effort::new(0.5, 0.875),
    Effort::new(0.5, SMALLEST_SCALE),
];
/// So much after a change does not count: the first paintings at a new size take longer.
const SETTLING: Duration = Duration::from_millis(500);
/// A game without a new frame for this long stands still, which says nothing about the rate it can give.
const STILL: Duration = Duration::from_millis(500);
/// A game below this share of the rate that it gave before has become slower.
const FALLEN: f32 = 0.85;
/// It has to be slower in so many rates in a row: a level that loads is not worth an answer.
const FALLEN_RATES: u32 = 2;
/// So many steps down are taken at once: one step would give too little to be told from chance.
const STRIDE: usize = 2;
/// Painting less is kept where it gives at least this share of the frames back that it would if painting alone were to
/// blame for those that are missing: what is not painted any more, it gives back.
const GAIN: f32 = 0.5;
/// At this share of the rate that it gave before, or above, a game has what it needs.
const HELD: f32 = 0.95;
/// How long a step is kept at least before another one is tried, and how long at most.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(8);
const LONGEST_PATIENCE: Duration = Duration::from_mins(5);

/// A change of what is painted, for the game's sake.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GuardChange {
    pub from: Effort,
    pub to: Effort,
    pub reason: GuardReason,
}

/// Why more or less is painted for the game's sake; rates in frames per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GuardReason {
    /// The game gives fewer frames than before.
    GameFell { fps: f32, before_fps: f32 },
    /// Painting less gave the game nothing.
    NoGain,
    /// The game gives what it gave before: perhaps it does so with more paintings, too.
    GameHolds { fps: f32 },
    /// Painting more took frames from the game.
    GameLost { fps: f32, before_fps: f32 },
}

/// Decides how often a network paints, and at what share of its size, for the game's sake.
#[derive(Debug, Clone)]
pub struct GameGuard {
    /// A place in [`LADDER`].
    step: usize,
    /// The share of the sides that somebody else holds paintings to: beyond it, a smaller scale changes nothing.
    others: f32,
    /// The rate that the game gave last.
    last_fps: Option<f32>,
    /// The best rate that is expected of the game.
    best_fps: f32,
    trial: Trial,
    window: Option<Window>,
    /// Rates in a row that have fallen.
    fallen: u32,
    changed_at: Option<Duration>,
    patience: Duration,
}

/// A change that has to prove itself, and the rate before it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trial {
    None,
    /// `wanted_fps` is the rate at which painting less has helped.
    Less {
        from_step: usize,
        before_fps: f32,
        wanted_fps: f32,
    },
    More {
        before_fps: f32,
    },
}

/// The frames that are being counted.
#[derive(Debug, Clone, Copy)]
struct Window {
    since: Duration,
    /// Frames that the game had given at the start, and at the last look.
    first: u64,
    last: u64,
    /// When the last new frame was seen.
    last_at: Duration,
}

impl GameGuard {
    pub fn new() -> Self {
        Self {
            step: 0,
            others: 1.0,
            last_fps: None,
            best_fps: 0.0,
            trial: Trial::None,
            window: None,
            fallen: 0,
            changed_at: None,
            patience: SHORTEST_PATIENCE,
        }
    }

    /// What to paint now, of all that was asked for.
    pub fn effort(&self) -> Effort {
        LADDER[self.step]
    }

    /// The rate that the game gave last, in frames per second, once it is known.
    pub fn game_fps(&self) -> Option<f32> {
        self.last_fps
    }

    /// Takes note of how many frames the game has given since the start; called with about every frame. `now` is the
    /// time on any clock that only goes forwards; `others` is the share of the sides that is painted at for other
    /// reasons, `None` while nothing is painted: then it learns what the game gives by itself. Gives changes that are
    /// seen.
    pub fn note(&mut self, frames: u64, now: Duration, others: Option<f32>) -> Option<GuardChange> {
        let fps = self.rate(frames, now)?;
        self.last_fps = Some(fps);
        let Some(others) = others else {
            self.best_fps = self.best_fps.max(fps);
            (self.trial, self.fallen) = (Trial::None, 0);
            return None;
        };
        self.others = others;
        self.decide(fps, now).filter(|change| change.from != change.to)
    }

    fn decide(&mut self, fps: f32, now: Duration) -> Option<GuardChange> {
        match std::mem::replace(&mut self.trial, Trial::None) {
            Trial::None => self.watch(fps, now),
            Trial::Less { from_step, before_fps, wanted_fps } if fps < wanted_fps => {
                self.best_fps = fps.max(before_fps);
                self.lose_patience();
                Some(self.change(from_step, now, GuardReason::NoGain))
            }
            Trial::Less { .. } => {
                // The patience is for what did not help: the next step comes as soon as it is known to be needed.
                self.patience = SHORTEST_PATIENCE;
                self.changed_at = (fps >= FALLEN * self.best_fps).then_some(now);
                None
            }
            Trial::More { before_fps } => self.judge_more(fps, before_fps, now),
        }
    }

    /// The rate of the frames, each time that enough of them were counted.
    fn rate(&mut self, frames: u64, now: Duration) -> Option<f32> {
        let fresh = Window { since: now, first: frames, last: frames, last_at: now };
        if self.changed_at.is_some_and(|at| now < at + SETTLING) {
            self.window = None;
            return None;
        }
        let window = self.window.get_or_insert(fresh);
        if now.saturating_sub(window.last_at) > STILL {
            *window = fresh;
            return None;
        }
        if frames > window.last {
            (window.last, window.last_at) = (frames, now);
        }
        let span = now.saturating_sub(window.since);
        if span < SPAN {
            return None;
        }
        let fps = (frames - window.first) as f32 / span.as_secs_f32();
        *window = fresh;
        Some(fps)
    }

    fn watch(&mut self, fps: f32, now: Duration) -> Option<GuardChange> {
        self.best_fps = self.best_fps.max(fps);
        let is_fallen = fps < FALLEN * self.best_fps;
        self.fallen = if is_fallen { self.fallen + 1 } else { 0 };
        let is_patient = self.changed_at.is_none_or(|at| now.saturating_sub(at) >= self.patience);
        if !is_patient {
            return None;
        }
        if self.fallen >= FALLEN_RATES {
            return self.try_less(fps, now);
        }
        if self.step > 0 && fps >= HELD * self.best_fps {
            self.trial = Trial::More { before_fps: fps };
            return Some(self.change(self.step - 1, now, GuardReason::GameHolds { fps }));
        }
        None
    }

    fn try_less(&mut self, fps: f32, now: Duration) -> Option<GuardChange> {
        let step = (self.step + STRIDE).min(LADDER.len() - 1);
        let given_back = 1.0 - LADDER[step].held_to(self.others).load() / self.seen().load();
        if given_back <= 0.0 {
            // More than this cannot be had for the game.
            self.best_fps = fps;
            return None;
        }
        let before_fps = self.best_fps;
        let wanted_fps = fps + GAIN * given_back * (before_fps - fps);
        self.trial = Trial::Less { from_step: self.step, before_fps: fps, wanted_fps };
        Some(self.change(step, now, GuardReason::GameFell { fps, before_fps }))
    }

    fn judge_more(&mut self, fps: f32, before_fps: f32, now: Duration) -> Option<GuardChange> {
        if fps >= HELD * before_fps {
            self.patience = (self.patience / 2).max(SHORTEST_PATIENCE);
            return None;
        }
        self.lose_patience();
        Some(self.change(self.step + 1, now, GuardReason::GameLost { fps, before_fps }))
    }

    fn lose_patience(&mut self) {
        self.patience = (2 * self.patience).min(LONGEST_PATIENCE);
    }

    /// What is painted now, with what others hold it to.
    fn seen(&self) -> Effort {
        self.effort().held_to(self.others)
    }

    fn change(&mut self, step: usize, now: Duration, reason: GuardReason) -> GuardChange {
        let from = self.seen();
        self.step = step;
        self.fallen = 0;
        self.window = None;
        self.changed_at = Some(now);
        GuardChange { from, to: self.seen(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A guarded game.
    struct Game {
        guard: GameGuard,
        frames: u64,
        now: Duration,
    }

    impl Game {
        fn new() -> Self {
            Self { guard: GameGuard::new(), frames: 0, now: Duration::ZERO }
        }

        /// Lets the game run until a second of its clock, at a rate that depends on time and on the load of painting;
        /// gives the changes with their times.
        fn play(&mut self, until: u64, fps: impl Fn(Duration, f32) -> f32) -> Vec<(Duration, GuardChange)> {
            let mut changes = Vec::new();
            while self.now < Duration::from_secs(until) {
                self.now += Duration::from_secs_f32(1.0 / fps(self.now, self.guard.effort().load()));
                self.frames += 1;
                changes.extend(self.guard.note(self.frames, self.now, Some(1.0)).map(|change| (self.now, change)));
            }
            changes
        }
    }

    /// A game that gives `own` frames a second by itself, and loses up to `lost` to all paintings from the 20th second
    /// on.
    fn loaded(own: f32, lost: f32) -> impl Fn(Duration, f32) -> f32 {
        move |now, load| if now < Duration::from_secs(20) { own } else { own - lost * load }
    }

    #[test]
    fn a_game_that_holds_its_rate_is_left_alone() {
        assert_eq!(Game::new().play(600, |_, _| 60.0), []);
    }

    #[test]
    fn paints_less_until_the_game_has_its_frames_again_and_says_why() {
        let mut game = Game::new();
        let changes = game.play(60, loaded(60.0, 24.0));
        let (at, first) = changes[0];
        assert!(at < Duration::from_secs(26), "{at:?}");
        let GuardReason::GameFell { fps, before_fps } = first.reason else { panic!("{first:?}") };
        assert!((fps - 36.0).abs() < 1.0 && (before_fps - 60.0).abs() < 1.0, "{fps} of {before_fps}");
        assert!(first.to.often < 1.0 && first.to.scale == 1.0, "fewer paintings come before smaller ones: {first:?}");
        let load = game.guard.effort().load();
        assert!(60.0 - 24.0 * load >= FALLEN * 60.0 - 1.0, "{load}: {changes:?}");
    }

    #[test]
    fn a_game_that_is_slow_by_itself_is_painted_in_full() {
        let mut game = Game::new();
        let changes = game.play(300, |now, _| if now < Duration::from_secs(20) { 120.0 } else { 60.0 });
        let reasons: Vec<_> = changes.iter().map(|(_, change)| change.reason).collect();
        assert!(matches!(reasons[..], [GuardReason::GameFell { .. }, GuardReason::NoGain]), "{reasons:?}");
        assert_eq!(game.guard.effort(), Effort::FULL);
    }

    #[test]
    fn comes_back_when_the_game_can_spare_it() {
        let mut game = Game::new();
        game.play(120, loaded(60.0, 24.0));
        assert_ne!(game.guard.effort(), Effort::FULL);
        game.play(600, |_, _| 60.0);
        assert_eq!(game.guard.effort(), Effort::FULL);
    }

    #[test]
    fn a_still_picture_says_nothing_about_the_game() {
        let mut game = Game::new();
        game.play(20, |_, _| 60.0);
        // A menu that changes once a second, then the game again.
        assert_eq!(game.play(60, |_, _| 1.0), []);
        assert_eq!(game.play(80, |_, _| 60.0), []);
    }

    #[test]
    fn learns_from_the_game_alone_what_it_can_give() {
        let mut game = Game::new();
        while game.now < Duration::from_secs(6) {
            game.now += Duration::from_millis(10);
            game.frames += 1;
            assert_eq!(game.guard.note(game.frames, game.now, None), None);
        }
        let change = game.play(20, |_, load| 100.0 - 40.0 * load)[0].1;
        assert!(matches!(change.reason, GuardReason::GameFell { before_fps, .. } if before_fps > 95.0), "{change:?}");
    }

    #[test]
    fn where_others_paint_small_already_only_fewer_paintings_are_left() {
        let mut guard = GameGuard::new();
        let mut changes = Vec::new();
        let (mut now, mut frames) = (Duration::ZERO, 0);
        while now < Duration::from_secs(400) {
            let load = guard.effort().held_to(SMALLEST_SCALE).load();
            let fps = if now < Duration::from_secs(20) { 60.0 } else { 60.0 - 80.0 * load };
            now += Duration::from_secs_f32(1.0 / fps);
            frames += 1;
            changes.extend(guard.note(frames, now, Some(SMALLEST_SCALE)));
        }
        let first = changes.first().map(|change| (change.from, change.to));
        assert_eq!(first, Some((Effort::new(1.0, SMALLEST_SCALE), Effort::new(0.65, SMALLEST_SCALE))));
        assert!(changes.iter().all(|change| change.to.scale == SMALLEST_SCALE), "{changes:?}");
    }

    proptest! {
        #[test]
        fn a_steady_load_is_answered_ever_less(
            own in 30.0f32..144.0, share in 0.0f32..0.7, seed in 0u32..1000,
        ) {
            let noise = |now: Duration| {
                let mixed = (now.as_micros() as u32 ^ seed).wrapping_mul(0x9e37_79b9) >> 16;
                0.95 + 0.1 * mixed as f32 / 65536.0
            };
            let fps = loaded(own, own * share);
            let mut game = Game::new();
            let mut changes = game.play(1200, |now, load| fps(now, load) * noise(now));
            let late = game.play(2400, |now, load| fps(now, load) * noise(now));
            prop_assert!(late.len() <= 20, "{} changes in the last 20 minutes: {:?}", late.len(), late);
            changes.extend(late);
            for (_, change) in changes {
                prop_assert!(change.to.scale >= SMALLEST_SCALE && change.to.often >= 0.5, "{:?}", change);
                // Strokes change their size only once paintings are as few as may be.
                prop_assert!(change.to.scale == 1.0 || change.to.often == 0.5, "{:?}", change);
            }
        }
    }
}
