//! Pictures, and ffmpeg.

use impasto::frame::{Frame, Size, write_picture};
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether ffmpeg and ffprobe are installed. Says loudly that a test is skipped without them, or fails it where
/// `IMPASTO_TEST_ALL=1` asks for all tests.
pub fn have_ffmpeg() -> bool {
    let runs = |tool: &str| {
        Command::new(tool).arg("-version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let have = runs("ffmpeg") && runs("ffprobe");
    assert!(have || std::env::var("IMPASTO_TEST_ALL").is_err(), "ffmpeg is missing, but all tests are asked for");
    if !have {
        eprintln!("SKIPPED: ffmpeg and ffprobe are not installed");
    }
    have
}

/// Runs ffmpeg with arguments and an output file.
pub fn ffmpeg(arguments: &str, output: &Path) {
    let command = Command::new("ffmpeg")
        .args(["-nostdin", "-y", "-v", "error"])
        .args(arguments.split_whitespace())
        .arg(output)
        .status();
    assert!(command.unwrap().success(), "ffmpeg {arguments}");
}

/// Writes a picture of one grey.
pub fn write_grey(path: &Path, size: Size, grey: u8) {
    let mut frame = Frame::new(size);
    frame.pixels.fill(grey);
    write_picture(path, &frame).unwrap();
}

/// The blue byte of the first pixel.
pub fn grey_of(frame: &Frame) -> u8 {
    frame.pixels[0]
}
