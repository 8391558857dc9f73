//! The built-in scene: repeatable, right at any size, and true to its own optical flow.

use crate::allocations;
use impasto::capture::scene::{Flow, Scene, SceneSource};
use impasto::capture::{Captured, FrameSource};
use impasto::frame::{Frame, Size};
use impasto::steadiness::{estimate_flow, warping_error};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static SCENE: LazyLock<Scene> = LazyLock::new(|| Scene::new(1));
const SMALL: Size = Size::new(320, 240);

fn rendered(scene: &Scene, millis: u64, size: Size) -> Frame {
    let mut frame = Frame::new(size);
    scene.render(Duration::from_millis(millis), &mut frame);
    frame
}

/// Peak signal-to-noise ratio in decibels of the earlier frame, warped, against the later one, where nothing is
/// occluded; and the share of pixels that are.
fn warp_psnr(before: &Frame, now: &Frame, flow: &Flow) -> (f64, f64) {
    (-10.0 * warping_error(before, now, flow).unwrap().log10(), flow.occluded_share())
}

#[test]
fn gives_the_same_bytes_for_the_same_seed_and_others_for_another() {
    let first = rendered(&SCENE, 3_210, SMALL);
    let again = rendered(&Scene::new(1), 3_210, SMALL);
    let other = rendered(&Scene::new(2), 3_210, SMALL);
    assert!(first.pixels == again.pixels);
    assert!(first.pixels != other.pixels);
    assert_eq!(first.timestamp, Duration::from_millis(3_210));
}

#[test]
fn does_not_depend_on_what_the_frame_held_before() {
    for size in [Size::new(1, 1), Size::new(17, 33), Size::new(65, 2), Size::new(1280, 720), Size::new(300, 1000)] {
        for millis in [0, 9_000, 17_000] {
            let clean = rendered(&SCENE, millis, size);
            let mut used = Frame::new(size);
            used.pixels.fill(0xEE);
            SCENE.render(Duration::from_millis(millis), &mut used);
            assert!(clean.pixels == used.pixels, "{size} at {millis} ms");
        }
    }
}

#[test]
fn allocates_nothing_per_frame() {
    // The scene itself is made on its first use.
    let mut frame = rendered(&SCENE, 0, SMALL);
    let all_along = || (0..50).for_each(|step| SCENE.render(Duration::from_millis(step * 510), &mut frame));
    assert_eq!(allocations::count(all_along), 0);
    assert!(allocations::count(|| drop(Frame::new(SMALL))) > 0, "the counter counts");
}

#[test]
fn is_rich_in_colour_and_contrast_all_along() {
    for millis in (0..Scene::LOOP.as_millis() as u64).step_by(1_500) {
        let frame = rendered(&SCENE, millis, SMALL);
        let mut lights: Vec<u16> =
            frame.pixels.chunks_exact(4).map(|pixel| pixel[..3].iter().map(|&byte| u16::from(byte)).sum()).collect();
        lights.sort_unstable();
        let spread = lights[lights.len() * 95 / 100] - lights[lights.len() / 20];
        let vivid = frame.pixels.chunks_exact(4).filter(|pixel| {
            let channels = &pixel[..3];
            channels.iter().max().unwrap() - channels.iter().min().unwrap() > 40
        });
        assert!(spread > 150, "flat at {millis} ms: {spread}");
        assert!(vivid.count() > SMALL.area() / 10, "grey at {millis} ms");
    }
}

#[test]
fn warps_by_its_flow_onto_the_next_frame() {
    // Walking, turning, in the hall, the courtyard and the corridor; one step of 60 fps, one of 30, one of 10, and back.
    // What remains is the loss of the bilinear warp on fine patterns and at outlines.
    let size = Size::new(640, 480);
    for (from, to) in [(1_000, 1_017), (5_500, 5_533), (9_000, 9_100), (12_000, 11_967), (21_000, 21_033)] {
        let (before, now) = (rendered(&SCENE, from, size), rendered(&SCENE, to, size));
        let flow = SCENE.flow(Duration::from_millis(from), Duration::from_millis(to), size);
        let (psnr, occluded) = warp_psnr(&before, &now, &flow);
        let changed = |change: &dyn Fn([f32; 2]) -> [f32; 2]| {
            let vectors = flow.vectors.iter().map(|&vector| change(vector)).collect();
            warp_psnr(&before, &now, &Flow { vectors, ..flow.clone() }).0
        };
        let still = changed(&|_| [0.0; 2]);
        let aside = changed(&|[x, y]| [x + 0.5, y]).max(changed(&|[x, y]| [x, y - 0.5]));
        let report = format!(
            "{from} -> {to} ms: {psnr:.1} dB, unwarped {still:.1}, half a pixel aside {aside:.1}, {:.1} % occluded",
            occluded * 100.0
        );
        eprintln!("{report}");
        assert!(psnr > 30.0 && psnr > still + 3.0 && psnr > aside + 1.0, "{report}");
        assert!(occluded < 0.15, "{report}");
    }
}

#[test]
fn an_estimated_flow_is_near_the_exact_one() {
    let size = Size::new(320, 240);
    let mut errors = Vec::new();
    for from in [1_000, 5_500, 9_000, 21_000] {
        let (before, now) = (rendered(&SCENE, from, size), rendered(&SCENE, from + 33, size));
        let exact = SCENE.flow(Duration::from_millis(from), Duration::from_millis(from + 33), size);
        let estimated = estimate_flow(&before, &now);
        let own = estimated.endpoint_errors_px(&exact);
        let still = Flow { vectors: vec![[0.0; 2]; size.area()], ..estimated.clone() }.endpoint_errors_px(&exact);
        let mean = |errors: &[f32]| errors.iter().sum::<f32>() / errors.len() as f32;
        let (share, seen) = (mean(&own) / mean(&still), own.len() as f64 / size.area() as f64);
        let (own_mean, still_mean, occluded) = (mean(&own), mean(&still), exact.occluded_share());
        eprintln!(
            "{from} ms: {own_mean:.2} px of {still_mean:.2} px, {seen:.2} compared, {occluded:.2} truly occluded"
        );
        assert!(share < 0.5 && seen > 0.4, "{from} ms: {own_mean} px of {still_mean} px, {seen} compared");
        errors.extend(own);
    }
    errors.sort_by(f32::total_cmp);
    let (mean, median) = (errors.iter().sum::<f32>() / errors.len() as f32, errors[errors.len() / 2]);
    assert!(mean < 1.0 && median < 0.3, "mean {mean} px, median {median} px");
}

#[test]
fn flow_between_equal_times_is_zero_and_sees_everything() {
    let time = Duration::from_millis(9_500);
    let flow = SCENE.flow(time, time, SMALL);
    let moved = flow.vectors.iter().filter(|vector| vector[0].hypot(vector[1]) > 0.02).count();
    assert_eq!(moved, 0);
    let occluded = flow.is_occluded.iter().filter(|&&is_occluded| is_occluded).count();
    // Only pixels of the muzzle flash, which has no earlier place, may be left.
    assert!(occluded < SMALL.area() / 200, "{occluded} pixels");
}

#[test]
fn the_hard_cut_occludes_everything() {
    let around = |offset: u64| (Scene::CUT - Duration::from_millis(8), Scene::CUT + Duration::from_millis(offset));
    let (from, to) = around(9);
    assert!(SCENE.cuts_between(from, to) && !SCENE.cuts_between(Duration::ZERO, from));
    let flow = SCENE.flow(from, to, SMALL);
    assert!(flow.is_occluded.iter().all(|&is_occluded| is_occluded));
    assert!(SCENE.cuts_between(from + Scene::LOOP, to + Scene::LOOP));
}

#[test]
fn flow_works_at_odd_sizes() {
    for size in [Size::new(1, 1), Size::new(17, 33)] {
        let flow = SCENE.flow(Duration::from_secs(1), Duration::from_millis(1_033), size);
        assert_eq!((flow.vectors.len(), flow.is_occluded.len()), (size.area(), size.area()));
        assert!(flow.vectors.iter().flatten().all(|value| value.is_finite()));
    }
}

#[test]
fn plays_in_real_time_with_growing_timestamps() {
    let mut source = SceneSource::new(Size::new(32, 24), 7);
    let started = Instant::now();
    let mut frames = Vec::new();
    while frames.len() < 12 {
        match source.poll(Duration::from_millis(200)) {
            Captured::Frame(frame) => frames.push(frame),
            other => panic!("{other:?}"),
        }
    }
    // The eleventh 1/60 s step is due no sooner; a loaded machine may be later.
    assert!(started.elapsed() >= Duration::from_millis(180));
    for pair in frames.windows(2) {
        assert!(pair[0].timestamp < pair[1].timestamp && pair[0].sequence + 1 == pair[1].sequence);
    }
}

#[test]
fn says_unchanged_when_no_frame_is_due_in_time() {
    let mut source = SceneSource::new(Size::new(8, 8), 7);
    assert!(matches!(source.poll(Duration::ZERO), Captured::Frame(_)));
    assert!(matches!(source.poll(Duration::ZERO), Captured::Unchanged));
}
