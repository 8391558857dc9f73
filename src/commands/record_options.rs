//! The options of recordings.

use super::paint_options::seconds;
use crate::app::AskedRecorder;
use crate::control::{RecordQuality, SoundChoice, SoundOptions};
use crate::record::{EncoderChoice, EncoderKind, try_encoder};
use anyhow::bail;
use clap::Args;
use std::time::Duration;

/// How to record.
#[derive(Debug, Args)]
pub struct RecordOptions {
    /// How much detail recordings keep: small, balanced or high [default: balanced].
    #[arg(long, value_name = "QUALITY")]
    record_quality: Option<RecordQuality>,
    /// What encodes: auto, nvenc, qsv, amf, videotoolbox, vaapi, x264, openh264 or svt-av1. `impasto doctor` says which
    /// work here [default: auto].
    #[arg(long, value_name = "ENCODER")]
    encoder: Option<EncoderChoice>,
    /// Keep the last seconds of what is seen; Ctrl+Alt+V saves them.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "headless")]
    replay: Option<Duration>,
    /// Record the plain game, too, into "NAME source.mp4", to paint it again with `impasto stylize --like`.
    #[arg(long)]
    record_source: bool,
    /// What is heard in recordings: auto (the game's own sound where it can be told from others', else the desktop's),
    /// game, desktop or off [default: auto; off with --headless].
    #[arg(long, value_name = "SOUND")]
    sound: Option<SoundChoice>,
    /// How loud, from 0 to 2 [default: 1].
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    sound_level: Option<f32>,
}

fn level(text: &str) -> Result<f32, String> {
    let value = text.parse().ok().filter(|value| (0.0..=SoundOptions::LOUDEST).contains(value));
    value.ok_or_else(|| format!("\"{text}\" is no level: write a number from 0 to 2"))
}

impl RecordOptions {
    /// What was asked for, tried where an encoder was named.
    ///
    /// # Errors
    /// The encoder that was named does not work here.
    pub fn asked(&self) -> anyhow::Result<AskedRecorder> {
        if let Some(EncoderChoice::Only(kind)) = self.encoder
            && kind != EncoderKind::OpenH264
            && let Err(reason) = &try_encoder(kind).outcome
        {
            bail!("the video encoder {kind} does not work here ({reason}): leave --encoder away, or choose openh264");
        }
        Ok(AskedRecorder {
            encoder: self.encoder,
            quality: self.record_quality,
            replay: self.replay,
            records_source: self.record_source,
            sound: self.sound,
            sound_level: self.sound_level,
        })
    }
}
