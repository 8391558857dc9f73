//! Encoded pictures, and what a player must know to decode them.

use super::encoder::EncoderKind;
use crate::frame::Size;
use std::sync::Arc;

/// How pictures are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// ITU-T H.264; samples hold units with their lengths, of four bytes, before them.
    H264,
    /// AOMedia AV1; samples hold temporal units.
    Av1,
}

/// The format of a run of samples: everything that one encoder gives from its start on has one format.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackFormat {
    pub codec: Codec,
    /// Both sides are even.
    pub size: Size,
    /// Constant rate.
    pub fps: f64,
    /// The codec's configuration record: what is inside an MP4's `avcC` or `av1C` box, and Matroska's `CodecPrivate`.
    pub config: Vec<u8>,
    pub encoder: EncoderKind,
}

/// One encoded picture.
#[derive(Debug)]
pub struct Sample {
    pub bytes: Vec<u8>,
    /// Whether decoding can start here.
    pub is_key: bool,
    /// The same pointer for all samples of one encoder.
    pub format: Arc<TrackFormat>,
}
