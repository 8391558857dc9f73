//! Which encoders really work here: each is tried once per process, on ten pictures.

use super::{EncoderKind, EncoderSettings, open_encoder};
use crate::control::RecordQuality;
use crate::frame::{Frame, Size};
use crate::record::letterbox::Letterbox;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Large enough for every hardware encoder.
const SIZE: Size = Size::new(320, 240);
const FPS: f64 = 30.0;
const PICTURES: u8 = 10;
/// A trial gets less time than a recording: nobody misses an encoder that starts as slowly.
const TRIAL_PATIENCE: Duration = Duration::from_secs(3);

/// How the trial of an encoder went.
#[derive(Debug, Clone)]
pub struct EncoderTrial {
    pub kind: EncoderKind,
    /// How long it took for ten pictures, with its start; or why it cannot be used.
    pub outcome: Result<Duration, String>,
}

/// Tries an encoder, or tells how it went when it was tried before in this process. Takes up to a second where the
/// encoder works or fails, and some seconds where it hangs; callers on other threads then wait for the same trial.
pub fn try_encoder(kind: EncoderKind) -> &'static EncoderTrial {
    static TRIALS: [OnceLock<EncoderTrial>; EncoderKind::ALL.len()] =
        [const { OnceLock::new() }; EncoderKind::ALL.len()];
    let index = EncoderKind::ALL.iter().position(|known| *known == kind).unwrap_or_default();
    TRIALS[index].get_or_init(|| {
        let outcome = encode_ten(kind);
        tracing::debug!("encoder {kind}: {outcome:?}");
        EncoderTrial { kind, outcome }
    })
}

/// Tries all encoders of this platform.
pub fn try_all_encoders() -> Vec<&'static EncoderTrial> {
    EncoderKind::ALL.into_iter().filter(|kind| kind.is_of_this_platform()).map(try_encoder).collect()
}

/// Begins to look for the encoder that `auto` takes, on a thread of its own, named `try encoders`, so that a recording
/// need not wait for it.
pub fn try_encoders_in_background() {
    let look = || {
        automatic(&[]);
    };
    if let Err(error) = std::thread::Builder::new().name("try encoders".to_owned()).spawn(look) {
        tracing::debug!("encoders are tried when a recording starts: {error}");
    }
}

/// The first encoder that works here, none of `broken`; OpenH264 where none does.
pub fn automatic(broken: &[EncoderKind]) -> EncoderKind {
    EncoderKind::ALL
        .into_iter()
        .filter(|kind| kind.is_automatic() && kind.is_of_this_platform() && !broken.contains(kind))
        .find(|kind| *kind == EncoderKind::OpenH264 || try_encoder(*kind).outcome.is_ok())
        .unwrap_or(EncoderKind::OpenH264)
}

fn encode_ten(kind: EncoderKind) -> Result<Duration, String> {
    if !kind.is_of_this_platform() {
        return Err("it is not for this platform".to_owned());
    }
    let started = Instant::now();
    let settings = EncoderSettings { size: SIZE, fps: FPS, quality: RecordQuality::Balanced };
    let mut encoder = open_encoder(kind, &settings, TRIAL_PATIENCE)?;
    let mut samples = Vec::new();
    let (mut letterbox, mut frame) = (Letterbox::new(SIZE), Frame::new(SIZE));
    for number in 0..PICTURES {
        for (index, byte) in frame.pixels.iter_mut().enumerate() {
            *byte = (index as u8).wrapping_mul(3).wrapping_add(number * 11);
        }
        encoder.encode(letterbox.fit(&frame), &mut samples)?;
    }
    encoder.finish(&mut samples)?;
    match samples.len() {
        count if count != usize::from(PICTURES) => Err(format!("of {PICTURES} pictures it gave {count} back")),
        _ if !samples[0].is_key => Err("its first picture cannot be decoded alone".to_owned()),
        _ => Ok(started.elapsed()),
    }
}
