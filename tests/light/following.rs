//! How the curve follows the light of a game: its time constant, cuts, flashes, lamps, black screens.

use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size};
use impasto::light::{Leveller, Levels, LevelsFollower, LevelsTable, Observation, Observer};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const SIZE: Size = Size::new(64, 48);

/// Two places that show nothing in common.
static SCENE: LazyLock<Scene> = LazyLock::new(|| Scene::new(1));
static OTHER_SCENE: LazyLock<Scene> = LazyLock::new(|| Scene::new(9));

fn secs(secs: f32) -> Duration {
    Duration::from_secs_f32(secs)
}

/// A scene at a time, with its light changed: each byte is given with its place, in fractions of the picture.
fn lit(scene: &Scene, at: f32, light: impl Fn(f32, [f32; 2]) -> f32) -> Frame {
    let mut frame = Frame::new(SIZE);
    scene.render(secs(at), &mut frame);
    for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index as u32 % SIZE.width, index as u32 / SIZE.width);
        let place = [x as f32 / SIZE.width as f32, y as f32 / SIZE.height as f32];
        pixel[..3].iter_mut().for_each(|byte| *byte = light(f32::from(*byte), place) as u8);
    }
    frame
}

fn dark(at: f32) -> Frame {
    lit(&SCENE, at, |byte, _| byte * 0.3)
}

/// The dark scene in the light of an explosion in the middle, which covers a fifth of the picture and shines on the
/// rest.
fn exploding(at: f32) -> Frame {
    lit(&SCENE, at, |byte, [x, y]| {
        let distance = (x - 0.5).hypot(y - 0.5);
        if distance < 0.25 { 250.0 } else { byte * (0.3 + 0.3 * (1.0 - distance)) }
    })
}

/// Follows frames at a rate, from a time on; gives what each was seen as and the curve that it was painted with.
struct Play {
    observer: Observer,
    follower: LevelsFollower,
    now: f32,
    fps: f32,
}

impl Play {
    fn new(fps: f32) -> Self {
        Self { observer: Observer::default(), follower: LevelsFollower::default(), now: 0.0, fps }
    }

    fn show(&mut self, frame: &Frame) -> (Observation, Levels) {
        let seen = self.observer.look(frame);
        self.now += 1.0 / self.fps;
        let levels = self.follower.follow(secs(self.now), &seen);
        (seen, levels)
    }

    /// Shows what `frame` gives for a time.
    fn play(&mut self, time: f32, frame: impl Fn(f32) -> Frame) -> Levels {
        let end = self.now + time;
        let mut levels = self.follower.levels();
        while self.now < end {
            levels = self.show(&frame(self.now)).1;
        }
        levels
    }
}

/// How far apart two curves paint a frame, of 255 levels.
fn difference(frame: &Frame, a: Levels, b: Levels) -> f32 {
    255.0 * Observer::default().look(frame).difference(a, b)
}

#[test]
fn follows_by_time_and_not_by_the_number_of_frames() {
    let after = |fps: f32| {
        let mut play = Play::new(fps);
        play.play(2.0, dark);
        // A lamp that grows brighter is no flash: no frame differs suddenly from the one before.
        play.play(2.0, |now| lit(&SCENE, now, |byte, _| byte * (0.3 + 0.2 * (now - 2.0).clamp(0.0, 2.0))))
    };
    let [slow, fast] = [after(15.0), after(120.0)];
    assert!(difference(&dark(4.0), slow, fast) < 4.0, "{:?} {:?}", slow.parts(), fast.parts());
}

#[test]
fn closes_most_of_the_gap_within_a_second_and_a_half() {
    let mut play = Play::new(30.0);
    play.play(2.0, |_| dark(1.0));
    let brighter = |_| lit(&SCENE, 1.0, |byte, _| byte * 0.7);
    let before = play.follower.levels();
    let after = play.play(1.7, brighter);
    let seen = Observer::default().look(&brighter(0.0));
    let [left, whole] = [after, before].map(|levels| seen.difference(levels, seen.levels));
    assert!(left < 0.25 * whole, "{left} of {whole}");
    play.play(4.0, brighter);
    assert!(!play.follower.is_settling());
}

/// Plays the dark scene twice, once with a flash in the frames of which `is_lit` says so; gives how far apart the two
/// curves paint the dark scene at most, of 255 levels.
fn sway(fps: f32, flash: impl Fn(f32) -> Frame, is_lit: impl Fn(u32) -> bool) -> f32 {
    let [mut calm, mut lit] = [Play::new(fps), Play::new(fps)];
    calm.play(3.0, dark);
    lit.play(3.0, dark);
    let sways = (0..(2.0 * fps) as u32).map(|index| {
        let at = calm.now;
        let frame = dark(at);
        let usual = calm.show(&frame).1;
        let levels = lit.show(&if is_lit(index) { flash(at) } else { frame.clone() }).1;
        difference(&frame, usual, levels)
    });
    sways.fold(0.0, f32::max)
}

#[test]
fn a_flash_of_one_to_five_frames_hardly_moves_the_curve() {
    let flashes: [(&str, fn(f32) -> Frame); 3] = [
        ("an explosion", exploding),
        ("a shot", |at| lit(&SCENE, at, |byte, _| byte * 0.75)),
        ("a white screen", |at| lit(&SCENE, at, |_, _| 255.0)),
    ];
    for (name, flash) in flashes {
        for frames in 1..=5 {
            let sway = sway(30.0, flash, |index| index < frames);
            assert!(sway < 5.0, "{name} of {frames} frames: {sway}");
        }
    }
}

#[test]
fn a_burst_of_shots_does_not_pump() {
    let sway = sway(35.0, exploding, |index| index % 5 < 2);
    assert!(sway < 4.0, "{sway}");
}

#[test]
fn a_cut_is_followed_within_a_quarter_of_a_second() {
    for fps in [10.0, 30.0, 60.0] {
        let mut play = Play::new(fps);
        let frames = (0.25 * fps) as u32 + 2;
        play.play(3.0, dark);
        let bright = |at: f32| lit(&OTHER_SCENE, at + 9.0, |byte, _| 90.0 + byte * 0.65);
        let jumped = (1..=frames).find(|_| {
            let (seen, levels) = play.show(&bright(play.now));
            levels == seen.levels
        });
        assert!(jumped.is_some(), "no jump at {fps} frames a second");
        // And back.
        play.play(1.0, bright);
        let jumped = (1..=frames).find(|_| {
            let (seen, levels) = play.show(&dark(play.now));
            levels == seen.levels
        });
        assert!(jumped.is_some(), "no jump back at {fps} frames a second");
    }
}

#[test]
fn a_lamp_that_is_switched_on_is_followed_slowly() {
    let mut play = Play::new(30.0);
    let before = play.play(3.0, |_| dark(1.0));
    let lamp = |_| lit(&SCENE, 1.0, |byte, _| byte * 0.8);
    let seen = Observer::default().look(&lamp(0.0));
    let whole = seen.difference(before, seen.levels);
    let left = |levels: Levels| seen.difference(levels, seen.levels) / whole;
    let early = play.play(0.15, lamp);
    assert_eq!(early, before, "it may be a flash yet");
    let later = left(play.play(0.4, lamp));
    assert!((0.3..0.95).contains(&later), "{later}");
    let end = left(play.play(4.0, lamp));
    assert!(end < 0.1, "{end}");
}

#[test]
fn a_game_that_begins_after_a_black_screen_is_shown_in_its_own_light_at_once() {
    let mut play = Play::new(30.0);
    play.play(1.0, |_| Frame::new(SIZE));
    let (seen, levels) = play.show(&dark(3.0));
    assert_eq!(levels, seen.levels);
    // A black screen in between changes nothing.
    let levels = play.play(2.0, dark);
    assert_eq!(play.play(1.0, |_| Frame::new(SIZE)), levels);
    assert!(!play.follower.is_settling(), "a black screen that stays is not painted again and again");
}

#[test]
fn a_frame_that_stands_still_settles_when_it_is_painted_again() {
    let mut leveller = Leveller::default();
    let step = secs(0.033);
    let mut now = Duration::ZERO;
    let mut table = |leveller: &mut Leveller, mut frame: Frame| -> (Frame, LevelsTable) {
        now += step;
        frame.timestamp = now;
        (frame.clone(), leveller.table(&frame, now))
    };
    for _ in 0..60 {
        table(&mut leveller, dark(1.0));
    }
    let (menu, _) = table(&mut leveller, lit(&OTHER_SCENE, 9.0, |byte, _| 90.0 + byte * 0.65));
    assert!(leveller.is_settling());
    let noisy = Frame { pixels: menu.pixels.iter().map(|byte| byte ^ 1).collect(), ..menu.clone() };
    let same = leveller.table(&noisy, noisy.timestamp);
    assert_eq!(same, leveller.table(&menu, menu.timestamp), "what is compared with it has its curve");
    leveller.table(&menu, menu.timestamp + secs(0.08));
    assert_eq!(leveller.table(&menu, menu.timestamp + secs(0.16)), Levels::of(&menu).table());
    assert!(!leveller.is_settling());
}

#[test]
#[ignore = "prints times for docs/lab, and holds nothing to them"]
fn what_it_costs() {
    for size in [Size::new(640, 480), Size::new(1280, 720), Size::new(1920, 1080), Size::new(3840, 2160)] {
        let mut frame = Frame::new(size);
        SCENE.render(secs(3.0), &mut frame);
        let mut leveller = Leveller::default();
        let mut times: Vec<Duration> = (1..200)
            .map(|index| {
                frame.timestamp = Duration::from_millis(16) * index;
                let start = Instant::now();
                std::hint::black_box(leveller.table(&frame, frame.timestamp));
                start.elapsed()
            })
            .collect();
        times.sort();
        eprintln!("{size}: {:.2?}", times[times.len() / 2]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes, also out of time: no number is lost, and the curve stays one.
    #[test]
    fn any_frames_at_any_times_give_a_curve(
        frames in proptest::collection::vec((0u64..4, 0.0f32..3.0, 0.0f32..1.2, 0u8..=255), 1..24),
        size in (1u32..40, 1u32..30),
    ) {
        let mut leveller = Leveller::default();
        for (seed, time, gain, offset) in frames {
            let mut frame = Frame::new(Size::new(size.0, size.1));
            for (index, byte) in frame.pixels.iter_mut().enumerate() {
                let value = (index as u64 * (37 + seed * 12) % 251) as f32 * gain + f32::from(offset);
                *byte = value.min(255.0) as u8;
            }
            frame.timestamp = secs(time);
            let table = leveller.table(&frame, frame.timestamp);
            prop_assert!(table.values.iter().all(|value| (12.7..=242.3).contains(value)), "{:?}", table);
            prop_assert!(table.values.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", table);
        }
    }

    /// From any light to any other one, in the end the curve is that of the frame.
    #[test]
    fn converges(from in 0.15f32..1.0, to in 0.15f32..1.0, fps in 5.0f32..144.0) {
        let mut play = Play::new(fps);
        let frame = |gain: f32| lit(&SCENE, 1.0, |byte, _| byte * gain);
        let [first, last] = [from, to].map(|gain| play.observer.look(&frame(gain)));
        for index in 0..(7.0 * fps) as u32 {
            let seen = if (index as f32) < fps { &first } else { &last };
            play.follower.follow(secs(index as f32 / fps), seen);
        }
        prop_assert!(last.difference(play.follower.levels(), last.levels) < 0.01);
        prop_assert!(!play.follower.is_settling());
    }
}
