//! ffprobe and ffmpeg, and pictures to record.

use impasto::frame::{Frame, Size};
use impasto::record::{
    EncoderChoice, EncoderKind, RecordError, RecordSettings, Recorder, RecorderEvent, RecordingReport, VideoWriter,
};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Whether ffmpeg and ffprobe are installed. Says loudly that a test is skipped without them, or fails it where
/// `IMPASTO_TEST_ALL=1` asks for all tests.
pub fn have_ffmpeg() -> bool {
    let runs = |tool: &str| {
        Command::new(tool).arg("-version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if runs("ffmpeg") && runs("ffprobe") {
        return true;
    }
    skip("ffmpeg and ffprobe are not installed")
}

/// Says loudly why a test is skipped; always false.
pub fn skip(reason: &str) -> bool {
    assert!(std::env::var("IMPASTO_TEST_ALL").is_err(), "{reason}, but IMPASTO_TEST_ALL asks for all tests");
    eprintln!("SKIPPED: {reason}");
    false
}

/// Does something in a folder that is a disk of its own, of this size as `mount` takes it, where such a one may be mounted;
/// says so loudly where not.
#[cfg(target_os = "linux")]
pub fn on_small_disk(size: &str, work: impl FnOnce(&Path) + std::panic::UnwindSafe) {
    let folder = tempfile::tempdir().unwrap();
    let done = |command: &mut Command| command.arg(folder.path()).status().is_ok_and(|status| status.success());
    if !done(Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "impasto-test"])) {
        skip("this user may not mount a small disk to fill");
        return;
    }
    let outcome = std::panic::catch_unwind(|| work(folder.path()));
    let is_unmounted = done(&mut Command::new("umount"));
    outcome.unwrap();
    assert!(is_unmounted);
}

/// What ffprobe says about a file's video.
#[derive(Debug)]
pub struct Probe {
    pub size: Size,
    pub fps: String,
    pub pictures: u64,
    pub seconds: f64,
    pub key_pictures: u64,
    pub colours: String,
}

/// Reads the whole file with ffprobe and ffmpeg; neither may complain.
pub fn probe(path: &Path) -> Probe {
    let text = run(
        "ffprobe",
        &[
            "-v",
            "error",
            "-count_frames",
            "-select_streams",
            "v",
            "-show_entries",
            "stream=width,height,r_frame_rate,nb_read_frames,color_space,color_primaries,color_transfer,color_range\
             :format=duration:frame=key_frame",
            "-of",
            "default=noprint_wrappers=1",
        ],
        path,
    );
    let values =
        |key: &str| text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect::<Vec<_>>();
    let value = |key: &str| values(key).first().copied().unwrap_or_else(|| panic!("no {key} in {text}"));
    let number = |key: &str| value(key).parse::<f64>().unwrap_or_else(|_| panic!("{key} in {text}"));
    run("ffmpeg", &["-v", "error", "-f", "null", "/dev/null", "-i"], path);
    Probe {
        size: Size::new(number("width") as u32, number("height") as u32),
        fps: value("r_frame_rate").to_owned(),
        pictures: number("nb_read_frames") as u64,
        seconds: number("duration"),
        key_pictures: values("key_frame").iter().filter(|&&key| key == "1").count() as u64,
        colours: ["color_range", "color_space", "color_transfer", "color_primaries"].map(value).join(" "),
    }
}

fn run(tool: &str, arguments: &[&str], path: &Path) -> String {
    let mut command = Command::new(tool);
    if tool == "ffmpeg" {
        command.args(["-v", "error", "-i"]).arg(path).args(["-f", "null", "-"]);
    } else {
        command.args(arguments).arg(path);
    }
    let output = command.output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaints.is_empty(), "{tool}: {complaints}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// All pictures of a video, as ffmpeg shows them.
pub fn decoded(path: &Path, size: Size) -> Vec<Frame> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-f", "rawvideo", "-pix_fmt", "bgra", "-sws_flags", "accurate_rnd+full_chroma_int", "-"])
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let frame = |pixels: &[u8]| Frame { pixels: pixels.to_vec(), ..Frame::new(size) };
    let chunks = output.stdout.chunks_exact(size.area() * 4);
    assert!(chunks.remainder().is_empty());
    chunks.map(frame).collect()
}

/// Settings with OpenH264, which is the same everywhere, and no thought for the disk's room.
pub fn settings(size: Size, fps: impl Into<f64>) -> RecordSettings {
    RecordSettings {
        encoder: EncoderChoice::Only(EncoderKind::OpenH264),
        keep_free_bytes: 0,
        ..RecordSettings::new(size, fps.into())
    }
}

pub fn writer(path: &Path, size: Size, fps: impl Into<f64>) -> Result<VideoWriter, RecordError> {
    VideoWriter::create(path, &settings(size, fps))
}

/// A recorder into a file.
pub fn recorder(
    path: &Path,
    size: Size,
    fps: impl Into<f64>,
    on_failure: impl Fn(RecordError) + Send + Sync + 'static,
) -> Result<Recorder, RecordError> {
    let on_event = move |event| {
        if let RecorderEvent::Failed(error) | RecorderEvent::FileFailed(error) = event {
            on_failure(error);
        }
    };
    let mut recorder = Recorder::start(&settings(size, fps), on_event)?;
    recorder.record_to(path, None)?;
    Ok(recorder)
}

/// Ends a recording that went well.
pub fn finished(recorder: Recorder) -> RecordingReport {
    recorder.finish().unwrap().expect("there was a file")
}

/// A picture of one colour: red, green, blue.
pub fn plain(size: Size, [red, green, blue]: [u8; 3]) -> Arc<Frame> {
    let mut frame = Frame::new(size);
    frame.pixels.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&[blue, green, red, 255]));
    Arc::new(frame)
}

/// Red, green and blue of a pixel.
pub fn colour_at(frame: &Frame, x: u32, y: u32) -> [u8; 3] {
    let start = (y * frame.size.width + x) as usize * 4;
    [frame.pixels[start + 2], frame.pixels[start + 1], frame.pixels[start]]
}

/// The largest difference between two colours' channels.
pub fn distance(a: [u8; 3], b: [u8; 3]) -> u8 {
    a.iter().zip(b).map(|(&a, b)| a.abs_diff(b)).max().unwrap()
}
