//! `impasto stylize`.

use crate::networks::{Body, Network, picture};
use crate::program::{Program, have_gpu};
use crate::tools::{decoded, have_ffmpeg, probe};
use impasto::frame::{Frame, Size, read_picture, write_picture};
use std::process::Command;

const SIZE: Size = Size::new(120, 90);
const PLAIN: [&str; 4] = ["--style", "plain", "--provider", "cpu"];

fn stylize(program: &Program, input: &str, output: &str, more: &[&str]) -> crate::program::Outcome {
    program.run(&[&["stylize", input, output], &PLAIN[..], more].concat())
}

fn mean(frame: &Frame, channel: usize) -> f64 {
    let values = frame.pixels.chunks_exact(4).map(|pixel| f64::from(pixel[channel]));
    values.sum::<f64>() / frame.size.area() as f64
}

#[test]
fn a_picture_is_painted_the_same_each_time() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    write_picture(&program.path("in.png"), &picture(SIZE)).unwrap();
    for output in ["once.png", "again.png"] {
        let outcome = stylize(&program, "in.png", output, &["--size", "60"]);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stdout.contains(output), "{outcome:?}");
    }
    assert_eq!(std::fs::read(program.path("once.png")).unwrap(), std::fs::read(program.path("again.png")).unwrap());
    let (before, after) =
        (read_picture(&program.path("in.png")).unwrap(), read_picture(&program.path("once.png")).unwrap());
    assert_eq!(after.size, SIZE);
    assert_ne!(after.pixels, before.pixels);
    let outcome = stylize(&program, "in.png", "plain.bmp", &["--strength", "0"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(read_picture(&program.path("plain.bmp")).unwrap().pixels, before.pixels, "nothing of the painting");
}

#[test]
fn parameters_reach_the_network_and_unknown_ones_are_said() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    Network { file: "tinted", body: Body::Parameters, ..Network::default() }.write(&program.path("styles"));
    write_picture(&program.path("in.png"), &picture(SIZE)).unwrap();
    let paint = |output: &str, tint: &str| {
        let tint = format!("tint={tint}");
        let arguments = ["stylize", "in.png", output, "--style", "tinted", "--provider", "cpu", "--param", &tint];
        let outcome = program.run(&arguments);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        read_picture(&program.path(output)).unwrap()
    };
    let (dark, green) = (paint("dark.png", "0,0,0"), paint("green.png", "0,0.4,0"));
    assert!(mean(&green, 1) - mean(&dark, 1) > 80.0, "green rises by 0.4");
    assert!((mean(&green, 2) - mean(&dark, 2)).abs() < 1.0, "red stays");
    let outcome = stylize(&program, "in.png", "out.png", &["--param", "tint=0,0,0"]);
    outcome.assert_failed(&["no parameter \"tint\""]);
}

#[test]
fn levels_are_the_styles_unless_the_command_line_says_otherwise() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let mut dark = picture(SIZE);
    dark.pixels.iter_mut().for_each(|byte| *byte = (f32::from(*byte) * 0.25) as u8);
    write_picture(&program.path("in.png"), &dark).unwrap();
    let paint = |output: &str, more: &[&str]| {
        let outcome = stylize(&program, "in.png", output, more);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        mean(&read_picture(&program.path(output)).unwrap(), 1)
    };
    let [usual, off, on] =
        [paint("usual.png", &[]), paint("off.png", &["--levels", "off"]), paint("on.png", &["--levels", "on"])];
    assert_eq!(usual, off, "the network is not ours");
    assert!(on > off + 60.0, "{on} {off}");
    let outcome = stylize(&program, "in.png", "out.png", &["--levels", "much"]);
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    assert!(outcome.stderr.contains("auto, on or off"), "{outcome:?}");
}

#[test]
fn the_pictures_of_a_folder_keep_their_names_and_broken_ones_are_left_out() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    std::fs::create_dir(program.path("in")).unwrap();
    for (name, size) in [("p10.png", SIZE), ("p2.png", Size::new(64, 64)), ("p1.webp", SIZE)] {
        write_picture(&program.path("in").join(name), &picture(size)).unwrap();
    }
    std::fs::write(program.path("in/p3.png"), "Dear picture").unwrap();
    std::fs::write(program.path("in/notes.txt"), "no picture").unwrap();
    for output in ["once/deep", "again"] {
        let outcome = stylize(&program, "in", output, &["--size", "60"]);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stdout.contains("painted 3 pictures (1 left out)"), "{outcome:?}");
        assert!(outcome.stderr.contains("p3.png"), "{outcome:?}");
    }
    let mut names: Vec<_> =
        std::fs::read_dir(program.path("again")).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["p1.webp", "p10.png", "p2.png"]);
    for name in names {
        let (once, again) = (program.path("once/deep").join(&name), program.path("again").join(&name));
        assert_eq!(std::fs::read(&once).unwrap(), std::fs::read(&again).unwrap(), "{name:?}");
        assert_eq!(read_picture(&once).unwrap().size, read_picture(&program.path("in").join(&name)).unwrap().size);
    }
    std::fs::create_dir(program.path("broken")).unwrap();
    std::fs::write(program.path("broken/a.png"), "Dear picture").unwrap();
    stylize(&program, "broken", "out", &[]).assert_failed(&["none of the 1 pictures"]);
}

#[test]
fn every_frame_of_a_video_is_painted_in_order_at_its_rate() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    make_video(&program, "in.mp4", "nullsrc=size=96x64:rate=24000/1001,geq=lum='30+N*8':cb=128:cr=128", 24);
    for output in ["once.mp4", "again.mp4"] {
        let outcome = stylize(&program, "in.mp4", output, &["--size", "32"]);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stdout.contains("24 frames"), "{outcome:?}");
    }
    assert_eq!(std::fs::read(program.path("once.mp4")).unwrap(), std::fs::read(program.path("again.mp4")).unwrap());
    let film = probe(&program.path("once.mp4"));
    assert_eq!((film.size, film.fps.as_str(), film.pictures), (Size::new(96, 64), "24000/1001", 24));
    let brightness: Vec<f64> =
        decoded(&program.path("once.mp4"), film.size).iter().map(|frame| mean(frame, 1)).collect();
    assert!(brightness.windows(2).all(|pair| pair[1] > pair[0] + 2.0), "out of order: {brightness:?}");
}

#[test]
fn the_sound_of_a_video_is_kept() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    make_video(&program, "mute.mp4", "testsrc2=size=96x64:rate=30", 60);
    // Sound that MP4 holds as it is, sound that it does not, and sound that is shorter than the pictures.
    for (input, codec, seconds) in [("aac.mp4", "aac", "2"), ("pcm.mkv", "pcm_s16le", "2"), ("short.mp4", "aac", "1")] {
        let made = Command::new("ffmpeg")
            .args(["-nostdin", "-y", "-v", "error", "-i"])
            .arg(program.path("mute.mp4"))
            .args(["-f", "lavfi", "-t", seconds, "-i", "sine", "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a"])
            .args([codec].map(std::ffi::OsString::from).into_iter().chain([program.path(input).into()]))
            .status();
        assert!(made.unwrap().success());
        let outcome = stylize(&program, input, "out.mp4", &["--size", "32"]);
        assert_eq!((outcome.code, outcome.stderr.contains("no sound")), (Some(0), false), "{outcome:?}");
        let film = probe(&program.path("out.mp4"));
        assert_eq!((film.pictures, film.fps.as_str()), (60, "30/1"), "{input}");
        let found = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name,duration"])
            .args(["-of", "csv=p=0"])
            .arg(program.path("out.mp4"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        let length: f64 =
            text.trim().strip_prefix("aac,").unwrap_or_else(|| panic!("{input}: {text}")).parse().unwrap();
        assert!((length - seconds.parse::<f64>().unwrap()).abs() < 0.1, "{input}: {text}");
    }
    assert!(
        !std::fs::read_dir(program.path("."))
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().starts_with(".impasto") })
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_what_was_painted() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    make_video(&program, "in.mp4", "testsrc2=size=320x240:rate=30", 3000);
    let mut command = program.command(&[&["stylize", "in.mp4", "out.mp4"], &PLAIN[..]].concat());
    // A group of its own, so that the signal can go to all of it, as from a terminal.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut running = program.start(command);
    running.wait_for_file(&program.path("out.mp4"), 1000);
    running.interrupt(true);
    let outcome = running.wait();
    outcome.assert_failed(&["interrupted", "kept", "out.mp4"]);
    let film = probe(&program.path("out.mp4"));
    assert!((1..3000).contains(&film.pictures), "{film:?}");
    assert!(outcome.stderr.contains(&format!("{} frames", film.pictures)), "{film:?} {outcome:?}");
}

#[test]
fn inputs_and_outputs_that_do_not_fit_are_refused_before_any_work() {
    let program = Program::new();
    write_picture(&program.path("in.png"), &picture(SIZE)).unwrap();
    std::fs::create_dir(program.path("folder")).unwrap();
    std::fs::create_dir(program.path("empty")).unwrap();
    write_picture(&program.path("folder/a.png"), &picture(SIZE)).unwrap();
    let before = std::fs::read(program.path("in.png")).unwrap();
    for (input, output, words) in [
        ("none.png", "out.png", &["no such file or folder: none.png"][..]),
        ("empty", "out", &["holds no pictures", "empty"]),
        ("in.png", "in.png", &["input itself", "in.png"]),
        ("in.png", "folder/../in.png", &["input itself"]),
        ("in.png", "folder", &["this is a folder: folder"]),
        ("in.png", "out.mp4", &[".png", "out.mp4"]),
        ("in.png", "none/out.png", &["does not exist", "none"]),
        ("folder", "in.png", &["this is a file: in.png"]),
        ("folder", "folder/.", &["input itself"]),
    ] {
        stylize(&program, input, output, &[]).assert_failed(words);
    }
    assert_eq!(std::fs::read(program.path("in.png")).unwrap(), before);
    if have_ffmpeg() {
        make_video(&program, "in.mp4", "testsrc2=size=64x48:rate=10", 3);
        let before = std::fs::read(program.path("in.mp4")).unwrap();
        stylize(&program, "in.mp4", "in.mp4", &[]).assert_failed(&["input itself"]);
        stylize(&program, "in.mp4", "out.png", &[]).assert_failed(&[".mp4", "out.png"]);
        assert_eq!(std::fs::read(program.path("in.mp4")).unwrap(), before);
    }
}

/// Makes a video of so many frames from a description of ffmpeg's.
fn make_video(program: &Program, name: &str, source: &str, frames: u32) {
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-y", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", &frames.to_string()])
        .args(["-c:v", "mpeg4", "-q:v", "3"])
        .arg(program.path(name))
        .status();
    assert!(made.unwrap().success());
}
