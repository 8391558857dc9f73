//! Automatic levels before the network: who gets them, and what they do to a dark game and to a flash.

use crate::networks::{Network, load, paint, picture};
use impasto::capture::scene::Scene;
use impasto::control::LevelsChoice;
use impasto::frame::{Frame, Size};
use impasto::light::{Levels, level_alike};
use impasto::stylize::Painter;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SIZE: Size = Size::new(96, 72);

/// A picture of which no value is above 70.
fn dark_picture() -> Frame {
    let mut frame = picture(SIZE);
    frame.pixels.iter_mut().for_each(|byte| *byte = (f32::from(*byte) * 0.28) as u8);
    frame
}

/// The lowest and the highest value of blue, green and red but for a hundredth at both ends.
fn range(frame: &Frame) -> [u8; 2] {
    let mut values: Vec<u8> = frame.pixels.chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    values.sort_unstable();
    [values[values.len() / 100], values[values.len() * 99 / 100]]
}

/// A network that leaves pictures nearly as they are, with a line in its manifest.
fn network(folder: &Path, file: &'static str, line: &str) -> PathBuf {
    let model = Network { file, ..Network::default() }.write(folder);
    let manifest = model.with_extension("toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, format!("{line}\n{text}")).unwrap();
    model
}

#[test]
fn the_manifest_asks_for_levels_and_the_person_has_the_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let frame = dark_picture();
    for (file, line, is_asked_for) in
        [("ours", "levels = true", true), ("theirs", "", false), ("not", "levels = false", false)]
    {
        let mut painter = load(&network(folder.path(), file, line), SIZE);
        for choice in [LevelsChoice::Auto, LevelsChoice::On, LevelsChoice::Off, LevelsChoice::Auto] {
            painter.set_levels(choice);
            let [low, high] = range(&paint(&mut painter, &frame));
            let is_levelled = low < 40 && high > 200;
            assert_eq!(is_levelled, choice.applies(is_asked_for), "{file} {choice:?}: {low} to {high}");
            assert!(is_levelled || high < 80, "{file} {choice:?}: {low} to {high}");
        }
    }
}

#[test]
fn a_painting_with_levels_is_that_of_the_levelled_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut painter = load(&network(folder.path(), "ours", "levels = true"), SIZE);
    let mut levelled = [dark_picture()];
    level_alike(&mut levelled);
    let painting = paint(&mut painter, &dark_picture());
    painter.set_levels(LevelsChoice::Off);
    let expected = paint(&mut painter, &levelled[0]);
    for (value, wanted) in painting.pixels.iter().zip(&expected.pixels) {
        assert!(value.abs_diff(*wanted) <= 1, "{value} {wanted}");
    }
}

/// The rate of the scene, and the frames in which something explodes.
const FPS: u32 = 30;
const FLASH: std::ops::Range<u32> = 40..44;
const FRAMES: u32 = 60;

/// A dark part of the built-in scene; an explosion in its middle shines on the rest.
fn scene_frame(scene: &Scene, index: u32, has_flash: bool) -> Frame {
    let mut frame = Frame::new(Size::new(160, 120));
    scene.render(Duration::from_secs(1) * index / FPS, &mut frame);
    for (at, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let distance = ((at % 160) as f32 / 160.0 - 0.5).hypot((at / 160) as f32 / 120.0 - 0.45);
        let is_lit = has_flash && FLASH.contains(&index);
        for byte in &mut pixel[..3] {
            let light = if is_lit { 0.35 + 0.35 * (1.0 - distance) } else { 0.35 };
            *byte = if is_lit && distance < 0.2 { 250 } else { (f32::from(*byte) * light) as u8 };
        }
    }
    frame
}

/// How the frames of the scene are levelled.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Light {
    None,
    /// Each frame by itself.
    Alone,
    /// Followed with the same time constant, whatever comes.
    Unguarded,
    /// As the program does it.
    Followed,
}

/// Mean red, green and blue outside the explosion (in the left and the right quarter of the painting), frame by frame.
fn mean_colors(painter: &mut Painter, light: Light, has_flash: bool) -> Vec<[f64; 3]> {
    let scene = Scene::new(1);
    let mut curve: Option<Levels> = None;
    let frames = (0..FRAMES).map(|index| {
        let mut frame = scene_frame(&scene, index, has_flash);
        painter.set_levels(if light == Light::Followed { LevelsChoice::On } else { LevelsChoice::Off });
        let own = Levels::of(&frame);
        if matches!(light, Light::Alone | Light::Unguarded) {
            let share = if light == Light::Alone { 1.0 } else { 1.0 - (-1.0 / (0.7 * FPS as f32)).exp() };
            curve = Some(curve.map_or(own, |curve| curve.toward(own, share)));
        }
        if let Some(curve) = curve {
            curve.apply(&mut frame);
        }
        let painting = paint(painter, &frame);
        let edge = painting.pixels.chunks_exact(4).enumerate().filter(|(at, _)| !(40..120).contains(&(at % 160)));
        let mut sums = [0.0; 3];
        for (_, pixel) in edge {
            (0..3).for_each(|channel| sums[channel] += f64::from(pixel[2 - channel]));
        }
        sums.map(|sum| sum / (80.0 * 120.0))
    });
    frames.collect()
}

/// `--nocapture` prints the figure of `docs/lab/2026-11-28-light.md`.
#[test]
fn a_flash_does_not_make_the_painting_pump() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/oil-swirls.onnx");
    let mut painter = load(&model, Size::new(160, 120));
    let mut swings = Vec::new();
    for light in [Light::None, Light::Alone, Light::Unguarded, Light::Followed] {
        let [calm, lit] = [false, true].map(|has_flash| mean_colors(&mut painter, light, has_flash));
        let distance = |index: usize| {
            let pair = calm[index].iter().zip(&lit[index]);
            pair.map(|(calm, lit)| (calm - lit).powi(2)).sum::<f64>().sqrt()
        };
        let during = FLASH.map(|index| distance(index as usize)).fold(0.0, f64::max);
        let after = (FLASH.end..FRAMES).map(|index| distance(index as usize)).fold(0.0, f64::max);
        eprintln!("{light:?}: the painting's mean colour moves by {during:.1} in the flash, by {after:.1} after it");
        for index in FLASH.start - 1..FLASH.end + 3 {
            eprintln!(
                "  frame {index}: {:.0?} without the flash, {:.0?} with it",
                calm[index as usize], lit[index as usize]
            );
        }
        swings.push((light, during, after));
    }
    let [_, (_, alone, _), (_, _, lag), (_, during, after)] = swings[..] else { panic!("{swings:?}") };
    assert!(during < 0.3 * alone, "{swings:?}");
    assert!(after < 0.1 * lag, "{swings:?}");
}
