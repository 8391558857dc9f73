//! What was written is what plays.

use crate::tools::{colour_at, decoded, distance, have_ffmpeg, plain, probe, writer};
use impasto::capture::scene::Scene;
use impasto::frame::{Frame, Size};
use std::time::Duration;

fn scene_frames(size: Size, count: u64) -> Vec<Frame> {
    let scene = Scene::new(3);
    let at = |index: u64| {
        let mut frame = Frame::new(size);
        scene.render(Duration::from_millis(1_000 + index * 33), &mut frame);
        frame
    };
    (0..count).map(at).collect()
}

#[test]
fn plays_every_picture_at_the_right_rate() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The last one ends with a fragment of a single picture; the first is shorter than a fragment.
    for (size, fps, count) in [
        (Size::new(64, 48), 30u32, 7),
        (Size::new(320, 240), 30, 75),
        (Size::new(64, 48), 24, 48),
        (Size::new(16, 16), 1, 3),
        (Size::new(64, 48), 60, 61),
    ] {
        let path = folder.path().join(format!("{size}-{fps}.mp4"));
        let mut writer = writer(&path, size, fps).unwrap();
        for index in 0..count {
            writer.write(&plain(size, [(index * 3) as u8, 90, 200])).unwrap();
        }
        let report = writer.finish().unwrap();
        let seconds = count as f64 / f64::from(fps);
        assert_eq!((report.recorded, report.skipped, &report.path), (count, 0, &path));
        assert!((report.duration.as_secs_f64() - seconds).abs() < 1e-6);
        let probe = probe(&path);
        assert_eq!((probe.size, probe.fps.as_str(), probe.pictures), (size, format!("{fps}/1").as_str(), count));
        assert!((probe.seconds - seconds).abs() < 0.01, "{probe:?}");
        assert!(probe.key_pictures >= count.div_ceil(u64::from(fps)), "no key frame each second: {probe:?}");
    }
}

#[test]
fn keeps_rates_that_are_no_whole_number_exactly() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let size = Size::new(64, 48);
    for (fps, said) in [(30_000.0 / 1001.0, "30000/1001"), (24_000.0 / 1001.0, "24000/1001"), (12.5, "25/2")] {
        let path = folder.path().join("film.mp4");
        let mut writer = writer(&path, size, fps).unwrap();
        for index in 0..45 {
            writer.write(&plain(size, [index * 3, 90, 200])).unwrap();
        }
        writer.finish().unwrap();
        let probe = probe(&path);
        assert_eq!((probe.fps.as_str(), probe.pictures), (said, 45));
        assert!((probe.seconds - 45.0 / fps).abs() < 0.01, "{probe:?}");
    }
}

#[test]
fn keeps_colours_and_flags_them() {
    if !have_ffmpeg() {
        return;
    }
    let bars: [[u8; 3]; 8] = [
        [255, 255, 255],
        [255, 255, 0],
        [0, 255, 255],
        [0, 255, 0],
        [255, 0, 255],
        [255, 0, 0],
        [0, 0, 255],
        [90, 60, 30],
    ];
    let size = Size::new(320, 64);
    let mut picture = Frame::new(size);
    for (index, pixel) in picture.pixels.chunks_exact_mut(4).enumerate() {
        let [red, green, blue] = bars[index % 320 / 40];
        pixel.copy_from_slice(&[blue, green, red, 0]);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bars.mp4");
    let mut writer = writer(&path, size, 30).unwrap();
    for _ in 0..10 {
        writer.write(&picture).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(probe(&path).colours, "tv bt709 bt709 bt709");
    let pictures = decoded(&path, size);
    assert_eq!(pictures.len(), 10);
    for picture in [&pictures[0], &pictures[9]] {
        for (index, &bar) in bars.iter().enumerate() {
            let seen = colour_at(picture, index as u32 * 40 + 20, 32);
            assert!(distance(seen, bar) <= 6, "bar {index}: {seen:?} instead of {bar:?}");
        }
    }
}

#[test]
fn shows_the_pictures_that_were_written() {
    if !have_ffmpeg() {
        return;
    }
    let size = Size::new(640, 480);
    let frames = scene_frames(size, 45);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.mp4");
    let mut writer = writer(&path, size, 30).unwrap();
    frames.iter().for_each(|frame| writer.write(frame).unwrap());
    writer.finish().unwrap();
    let pictures = decoded(&path, size);
    assert_eq!(pictures.len(), frames.len());
    for (index, (frame, picture)) in frames.iter().zip(&pictures).enumerate() {
        let squares = frame
            .pixels
            .chunks_exact(4)
            .zip(picture.pixels.chunks_exact(4))
            .map(|(a, b)| a[..3].iter().zip(b).map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2)).sum::<f64>());
        let mean = squares.sum::<f64>() / (size.area() * 3) as f64;
        let psnr = 10.0 * (255.0f64.powi(2) / mean).log10();
        if index % 15 == 0 {
            eprintln!("picture {index}: {psnr:.1} dB");
        }
        assert!(psnr > 30.0, "picture {index}: {psnr} dB");
    }
}

#[test]
fn cuts_odd_sides() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.mp4");
    let mut writer = writer(&path, Size::new(101, 75), 30).unwrap();
    for _ in 0..3 {
        writer.write(&plain(Size::new(101, 75), [200, 100, 50])).unwrap();
    }
    writer.finish().unwrap();
    let size = Size::new(100, 74);
    assert_eq!(probe(&path).size, size);
    let pictures = decoded(&path, size);
    for (x, y) in [(0, 0), (99, 73), (50, 40)] {
        let seen = colour_at(&pictures[2], x, y);
        assert!(distance(seen, [200, 100, 50]) <= 10, "{seen:?} at {x}, {y}");
    }
}

#[test]
fn letterboxes_pictures_of_another_size_in_the_middle_of_a_recording() {
    if !have_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resized.mp4");
    let size = Size::new(160, 120);
    let mut writer = writer(&path, size, 30).unwrap();
    let orange = [240, 140, 40];
    for picture in [Size::new(160, 120), Size::new(320, 120), Size::new(33, 99), Size::new(160, 120)] {
        for _ in 0..5 {
            writer.write(&plain(picture, orange)).unwrap();
        }
    }
    writer.finish().unwrap();
    let pictures = decoded(&path, size);
    assert_eq!(pictures.len(), 20);
    let is_orange = |picture: usize, x: u32, y: u32| {
        let seen = colour_at(&pictures[picture], x, y);
        assert!(distance(seen, orange) <= 16 || distance(seen, [0, 0, 0]) <= 16, "{seen:?} in picture {picture}");
        distance(seen, orange) <= 16
    };
    // Middle, top and left of each.
    let look = |picture| (is_orange(picture, 80, 60), is_orange(picture, 80, 6), is_orange(picture, 6, 60));
    assert_eq!(look(4), (true, true, true));
    assert_eq!(look(9), (true, false, true));
    assert_eq!(look(14), (true, true, false));
    assert_eq!(look(19), (true, true, true));
}
