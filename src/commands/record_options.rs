//! The options of recordings.

use super::paint_options::seconds;
use crate::app::RecorderChoices;
use crate::control::RecordQuality;
use crate::record::{EncoderChoice, EncoderKind, try_encoder};
use anyhow::bail;
use clap::Args;
use std::time::Duration;

/// How to record.
#[derive(Debug, Args)]
pub struct RecordOptions {
    /// How much detail recordings keep: small, balanced or high.
    #[arg(long, value_name = "QUALITY", default_value = "balanced")]
    record_quality: RecordQuality,
    /// What encodes: auto, nvenc, qsv, amf, videotoolbox, vaapi, x264, openh264 or svt-av1. `impasto doctor` says which
    /// work here.
    #[arg(long, value_name = "ENCODER", default_value = "auto")]
    encoder: EncoderChoice,
    /// Keep the last seconds of what is seen; Ctrl+Alt+V saves them.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "headless")]
    replay: Option<Duration>,
    /// Record the plain game, too, into "NAME source.mp4", to paint it again with `impasto stylize --like`.
    #[arg(long)]
    record_source: bool,
}

impl RecordOptions {
    /// The choices, tried where an encoder was named.
    ///
    /// # Errors
    /// The encoder that was named does not work here.
    pub fn choices(&self) -> anyhow::Result<RecorderChoices> {
        if let EncoderChoice::Only(kind) = self.encoder
            && kind != EncoderKind::OpenH264
            && let Err(reason) = &try_encoder(kind).outcome
        {
            bail!("the video encoder {kind} does not work here ({reason}): leave --encoder away, or choose openh264");
        }
        Ok(RecorderChoices {
            encoder: self.encoder,
            quality: self.record_quality,
            replay: self.replay,
            records_source: self.record_source,
        })
    }
}
