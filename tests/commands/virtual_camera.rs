//! `impasto run --virtual-camera`: no machine of these tests has v4l2loopback, so a fake `ffmpeg` takes its place.

use crate::fake_ffmpeg::{DEVICE, broken_camera_path, camera_colour, camera_path, is_near, shown};
use crate::program::{Outcome, Program, have_gpu};
use crate::tools::have_ffmpeg;
use std::process::Command;

const COLOUR: [u8; 3] = [200, 40, 60];

/// Makes a film of one colour, three seconds long, without loss.
fn film(program: &Program) {
    let source = format!("color=0x{:02x}{:02x}{:02x}:s=320x200:r=25:d=3,format=gbrp", COLOUR[0], COLOUR[1], COLOUR[2]);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source, "-c:v", "ffv1", "-pix_fmt", "gbrp"])
        .arg(program.path("film.mkv"))
        .status();
    assert!(made.unwrap().success());
}

fn run(program: &Program, path: &str, device: &str, more: &[&str]) -> Outcome {
    let arguments =
        ["run", "--source", "film.mkv", "--headless", "--style", "plain", "--provider", "cpu", "--size", "48"];
    let mut command =
        program.command(&[&arguments[..], &["--strength", "0", "--virtual-camera", device], more].concat());
    command.env("PATH", path);
    program.start(command).wait()
}

#[test]
fn a_device_that_cannot_be_a_camera_is_said_with_what_to_do() {
    let program = Program::new();
    let path = std::env::var("PATH").unwrap();
    let missing = run(&program, &path, "/dev/video-none", &[]);
    missing.assert_failed(&["there is no such video device", "v4l2loopback-dkms", "modprobe", "/dev/video-none"]);
    std::fs::write(program.path("letter"), "Dear camera").unwrap();
    run(&program, &path, "letter", &[]).assert_failed(&["this is no video device", "letter"]);
    assert_eq!(std::fs::read_to_string(program.path("letter")).unwrap(), "Dear camera");
}

#[test]
fn the_camera_shows_what_is_finished_at_a_steady_rate() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    film(&program);
    let outcome = run(&program, &camera_path(&program.path("")), DEVICE, &[]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let arguments = std::fs::read_to_string(program.path("programs/camera.txt")).unwrap();
    assert!(arguments.trim_end().ends_with("-f v4l2 -pix_fmt yuv420p /dev/null"), "{arguments}");
    let shown = shown(&program.path(""), 320, 200);
    // Three seconds at 30 a second, less what loading took.
    assert!((45..=120).contains(&shown.len()), "{} pictures", shown.len());
    let wanted = camera_colour(COLOUR);
    let right = shown.iter().filter(|seen| is_near(**seen, wanted)).count();
    assert!(right + 15 >= shown.len(), "{right} of {} pictures are {wanted:?}: {:?}", shown.len(), shown.last());
}

#[test]
fn a_camera_that_fails_is_told_once_and_the_painting_goes_on() {
    if !have_gpu() || !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    let path = broken_camera_path(&program.path(""));
    let arguments = ["run", "--source", "scene", "--headless", "--style", "plain", "--provider", "cpu", "--size", "48"];
    let mut command = program.command(&[&arguments[..], &["--duration", "2", "--virtual-camera", DEVICE]].concat());
    command.env("PATH", path);
    let outcome = program.start(command).wait();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let told = "note: the virtual camera takes no pictures (ioctl(VIDIOC_G_FMT): Invalid argument)";
    assert_eq!(outcome.stderr.matches(told).count(), 1, "{outcome:?}");
    assert!(outcome.stdout.contains("painted with plain on cpu for"), "{outcome:?}");
}
