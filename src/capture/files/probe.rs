//! What ffprobe says about a video.

use super::error::FileError;
use crate::frame::Size;
use serde_json::Value;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// Used where a video does not say its rate.
const USUAL_FPS: Rate = Rate { numerator: 30, denominator: 1 };
/// Rates that differ by less are the same: the video has a constant rate.
const RATE_TOLERANCE: f64 = 0.01;
const LONGEST_REASON: usize = 300;

/// Frames per second as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub numerator: u32,
    pub denominator: u32,
}

impl Rate {
    /// Frames per second.
    pub fn fps(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    fn parse(text: &str) -> Option<Self> {
        let (numerator, denominator) = text.split_once('/')?;
        let rate = Self { numerator: numerator.parse().ok()?, denominator: denominator.parse().ok()? };
        (rate.numerator > 0 && rate.denominator > 0 && rate.fps() <= 1000.0).then_some(rate)
    }
}

/// The facts of a video.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VideoFacts {
    /// As it is shown, turned by the file's own rotation.
    pub size: Size,
    pub rate: Rate,
    /// Whether frames come at equal intervals; else they are repeated and left out to make it so.
    pub is_constant: bool,
    pub frame_count: Option<u64>,
}

/// Asks ffprobe.
///
/// # Errors
/// ffprobe is missing, or finds no video.
pub fn probe(path: &Path) -> Result<VideoFacts, FileError> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-protocol_whitelist", "file", "-select_streams", "v:0", "-of", "json", "-show_entries"])
        .arg(
            "stream=width,height,r_frame_rate,avg_frame_rate,nb_frames,duration\
             :stream_side_data=rotation:format=duration",
        )
        .arg("-i")
        .arg(as_input(path))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| missing_or(path, &error))?;
    let not_a_video = |reason: String| FileError::NotAVideo { path: path.to_owned(), reason };
    if !output.status.success() {
        return Err(not_a_video(last_words(&output.stderr, path)));
    }
    let facts = serde_json::from_slice(&output.stdout).ok().and_then(|json| facts(&json));
    facts.ok_or_else(|| not_a_video("it has no pictures".to_owned()))
}

fn facts(json: &Value) -> Option<VideoFacts> {
    let stream = json.get("streams")?.get(0)?;
    let side = |key: &str| stream.get(key)?.as_u64().and_then(|side| u32::try_from(side).ok()).filter(|&side| side > 0);
    let (width, height) = (side("width")?, side("height")?);
    let rotation = stream
        .get("side_data_list")
        .and_then(Value::as_array)
        .and_then(|list| list.iter().find_map(|data| data.get("rotation")?.as_i64()))
        .unwrap_or(0);
    let size = if rotation.rem_euclid(180) == 90 { Size::new(height, width) } else { Size::new(width, height) };
    let rate = |key: &str| stream.get(key)?.as_str().and_then(Rate::parse);
    let (real, mean) = (rate("r_frame_rate"), rate("avg_frame_rate"));
    let is_constant = match (real, mean) {
        (Some(real), Some(mean)) => (real.fps() / mean.fps() - 1.0).abs() < RATE_TOLERANCE,
        _ => true,
    };
    let rate = mean.or(real).unwrap_or(USUAL_FPS);
    let number = |value: Option<&Value>| value?.as_str()?.parse::<f64>().ok();
    let counted = number(stream.get("nb_frames")).filter(|_| is_constant);
    let seconds = number(stream.get("duration")).or_else(|| number(json.get("format")?.get("duration")));
    let frame_count = counted.or(seconds.map(|seconds| seconds * rate.fps())).map(|count| count.round() as u64);
    Some(VideoFacts { size, rate, is_constant, frame_count: frame_count.filter(|&count| count > 0) })
}

/// The path as ffmpeg's input: never an option, a protocol or a pattern.
pub fn as_input(path: &Path) -> OsString {
    let mut input = OsString::from("file:");
    input.push(path);
    input
}

/// The error for a tool that could not be started.
pub fn missing_or(path: &Path, error: &std::io::Error) -> FileError {
    match error.kind() {
        ErrorKind::NotFound => FileError::NoFfmpeg(path.to_owned()),
        _ => FileError::Video { path: path.to_owned(), reason: format!("ffmpeg does not start: {error}") },
    }
}

/// The last line that a tool wrote to its standard error, without the path that our own sentence names.
pub fn last_words(stderr: &[u8], path: &Path) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("ffmpeg gave no reason");
    let named = format!("file:{}: ", path.display());
    let line = line.strip_prefix(&named).unwrap_or(line);
    line.chars().take(LONGEST_REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_answer_of_ffprobe() {
        let json = serde_json::json!({
            "streams": [{
                "width": 640, "height": 360, "r_frame_rate": "30000/1001", "avg_frame_rate": "30000/1001",
                "nb_frames": "90", "side_data_list": [{"rotation": -90}]
            }],
            "format": {"duration": "3.003"}
        });
        let facts = facts(&json).unwrap();
        assert_eq!(facts.size, Size::new(360, 640));
        assert_eq!(facts.rate, Rate { numerator: 30_000, denominator: 1001 });
        assert_eq!((facts.is_constant, facts.frame_count), (true, Some(90)));
    }

    #[test]
    fn evens_out_a_changing_rate() {
        let json = serde_json::json!({
            "streams": [{"width": 8, "height": 8, "r_frame_rate": "60/1", "avg_frame_rate": "20/1", "nb_frames": "7"}],
            "format": {"duration": "2.0"}
        });
        let facts = facts(&json).unwrap();
        assert_eq!((facts.is_constant, facts.rate.fps(), facts.frame_count), (false, 20.0, Some(40)));
        assert_eq!(super::facts(&serde_json::json!({"streams": []})), None);
    }
}
