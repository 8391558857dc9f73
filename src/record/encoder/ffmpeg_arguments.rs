//! The command lines of ffmpeg for each encoder.

use super::{EncoderKind, EncoderSettings};
use crate::control::RecordQuality;
use std::path::PathBuf;

/// Threads of an encoder on the processor: the game and the network need the other cores.
const PROCESSOR_THREADS: &str = "2";
/// Pictures that x264 looks ahead: more compress better, and come out later.
const LOOK_AHEAD: &str = "10";
/// The denominator of rates: it makes whole ones, thousandths, and those of television (30000/1001) exact.
const RATE_DENOMINATOR: f64 = 1_001_000.0;
/// What the planes are, said of input and output: else newer versions of ffmpeg convert.
const COLOURS: [&str; 8] =
    ["-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"];
/// Where Linux has the graphics cards that encode, by number.
const RENDER_NODES: std::ops::Range<u32> = 128..136;

/// Everything after `ffmpeg`: raw planes in at standard input, a stream of one-picture MP4 fragments out at standard
/// output.
///
/// # Errors
/// The encoder cannot be here; the text says why.
pub fn arguments(kind: EncoderKind, settings: &EncoderSettings) -> Result<Vec<String>, String> {
    let EncoderSettings { size, fps, .. } = *settings;
    let mut all = Vec::new();
    let mut add = |more: &[&str]| all.extend(more.iter().map(|&argument| argument.to_owned()));
    add(&["-hide_banner", "-nostdin", "-v", "error"]);
    if kind == EncoderKind::Vaapi {
        add(&["-vaapi_device", &render_node()?]);
    }
    let rate = format!("{}/{RATE_DENOMINATOR}", (fps * RATE_DENOMINATOR).round());
    add(&["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", &size.to_string(), "-framerate", &rate]);
    add(&COLOURS);
    add(&["-i", "pipe:0", "-an"]);
    if kind == EncoderKind::Vaapi {
        add(&["-vf", "format=nv12,hwupload"]);
    }
    let interval = settings.key_interval().to_string();
    // No picture is encoded behind a later one: times follow from counting.
    add(&["-g", &interval, "-bf", "0"]);
    add(&COLOURS);
    let encoder = encoder_arguments(kind, settings);
    all.extend(encoder);
    let mut add = |more: &[&str]| all.extend(more.iter().map(|&argument| argument.to_owned()));
    add(&["-f", "mp4", "-movflags", "frag_every_frame+delay_moov+default_base_moof", "-flush_packets", "1", "pipe:1"]);
    Ok(all)
}

fn encoder_arguments(kind: EncoderKind, settings: &EncoderSettings) -> Vec<String> {
    let by_quality = |small: u32, balanced: u32, high: u32| match settings.quality {
        RecordQuality::Small => small.to_string(),
        RecordQuality::Balanced => balanced.to_string(),
        RecordQuality::High => high.to_string(),
    };
    let arguments: Vec<String> = match kind {
        EncoderKind::Nvenc => {
            let level = by_quality(30, 25, 19);
            words("h264_nvenc -preset p4 -rc vbr -b:v 0 -cq", &level)
        }
        EncoderKind::Qsv => words("h264_qsv -preset veryfast -global_quality", &by_quality(30, 25, 19)),
        EncoderKind::Amf => {
            let level = by_quality(30, 25, 19);
            let mut all = words("h264_amf -quality speed -rc cqp -qp_i", &level);
            all.extend(["-qp_p".to_owned(), level]);
            all
        }
        EncoderKind::VideoToolbox => {
            let bits = settings.size.area() as f64 * settings.fps * bits_per_pixel(settings.quality);
            words("h264_videotoolbox -realtime 1 -b:v", &(bits as u64).to_string())
        }
        EncoderKind::Vaapi => words("h264_vaapi -rc_mode CQP -qp", &by_quality(30, 25, 19)),
        EncoderKind::SvtAv1 => {
            let mut all = words("libsvtav1 -preset 10 -crf", &by_quality(45, 35, 25));
            // Low delay: no picture waits for a later one. One logical processor more would be one less for the game.
            all.extend(["-svtav1-params".to_owned(), format!("pred-struct=1:lp={PROCESSOR_THREADS}")]);
            all
        }
        EncoderKind::X264 | EncoderKind::OpenH264 => {
            // Measured on painted pictures: at the same likeness `veryfast` takes twice the processor's time of
            // `ultrafast`, which the game would miss, for 70 % of the bytes.
            let preset = match settings.quality {
                RecordQuality::Small => "superfast",
                RecordQuality::Balanced | RecordQuality::High => "ultrafast",
            };
            let mut all = words("libx264 -pix_fmt yuv420p -preset", preset);
            let level = by_quality(26, 21, 17);
            all.extend(["-crf", &level, "-threads", PROCESSOR_THREADS, "-rc-lookahead", LOOK_AHEAD].map(str::to_owned));
            all
        }
    };
    let mut all = vec!["-c:v".to_owned()];
    all.extend(arguments);
    all
}

/// Bits per pixel and frame for encoders that have no measure of quality. Brush strokes are hard to compress.
pub fn bits_per_pixel(quality: RecordQuality) -> f64 {
    match quality {
        RecordQuality::Small => 0.35,
        RecordQuality::Balanced => 0.80,
        RecordQuality::High => 1.40,
    }
}

fn words(fixed: &str, last: &str) -> Vec<String> {
    fixed.split(' ').chain([last]).map(str::to_owned).collect()
}

/// The first graphics card that can be opened.
fn render_node() -> Result<String, String> {
    RENDER_NODES
        .map(|number| PathBuf::from(format!("/dev/dri/renderD{number}")))
        .find(|path| path.exists())
        .map(|path| path.display().to_string())
        .ok_or_else(|| "there is no graphics card in /dev/dri".to_owned())
}
