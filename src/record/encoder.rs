//! H.264 in process, by OpenH264.

use super::error::RecordError;
use super::yuv::Planes;
use crate::frame::Size;
use openh264::encoder::{
    BitRate, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, QpRange, RateControlMode, UsageType,
    VuiConfig,
};
use openh264::{OpenH264API, Timestamp};
use std::ffi::c_int;

/// Bits per pixel and frame. Brush strokes are hard to compress: at half of this they blur, at a quarter blocks show.
const BITS_PER_PIXEL: f64 = 0.80;
/// Range of the quantization parameter: below, nothing is to be seen any more; above, blocks are.
const QUANTIZATION: QpRange = QpRange::new(12, 38);
/// Limits of the bit rate: small pictures need more per pixel, and level 5.2 ends above.
const LEAST_BITS_PER_SECOND: f64 = 1_500_000.0;
const MOST_BITS_PER_SECOND: f64 = 80_000_000.0;
/// Limits of OpenH264: one macroblock, and level 5.2.
const SMALLEST_SIDE: u32 = 16;
const LONGEST_SIDE: u32 = 3840;
const LONGEST_SHORT_SIDE: u32 = 2160;
/// Kinds of network abstraction layer units (ITU-T H.264, table 7-1).
const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;
const ACCESS_UNIT_DELIMITER: u8 = 9;
/// From OpenH264's `codec_app_def.h`: the option that sets what is logged, and the level that logs nothing.
const ENCODER_OPTION_TRACE_LEVEL: c_int = 25;
const WELS_LOG_QUIET: c_int = 0;

/// One encoded picture.
#[derive(Debug, Default)]
pub struct Sample {
    /// Units with their lengths before them, as MP4 wants them.
    pub bytes: Vec<u8>,
    /// Whether decoding can start here.
    pub is_key: bool,
}

/// Encodes pictures of one size at a constant rate, with a key frame each second.
pub struct H264Encoder {
    encoder: Encoder,
    fps: f64,
    encoded: u64,
    /// Sequence and picture parameter sets, known from the first picture on.
    pub parameter_sets: Option<(Vec<u8>, Vec<u8>)>,
}

impl H264Encoder {
    /// Prepares an encoder for pictures of an even size.
    ///
    /// # Errors
    /// Size or rate is beyond the encoder's limits.
    pub fn new(size: Size, fps: f64) -> Result<Self, RecordError> {
        let (long, short) = (size.width.max(size.height), size.width.min(size.height));
        if short < SMALLEST_SIDE || long > LONGEST_SIDE || short > LONGEST_SHORT_SIDE {
            return Err(RecordError::Size { size });
        }
        if !(1.0..=240.0).contains(&fps) {
            return Err(RecordError::Rate { fps });
        }
        let bits = (size.area() as f64 * fps * BITS_PER_PIXEL).clamp(LEAST_BITS_PER_SECOND, MOST_BITS_PER_SECOND);
        let config = EncoderConfig::new()
            .bitrate(BitRate::from_bps(bits as u32))
            .max_frame_rate(FrameRate::from_hz(fps as f32))
            .rate_control_mode(RateControlMode::Bitrate)
            // A skipped picture would break the constant rate.
            .skip_frames(false)
            .qp(QUANTIZATION)
            .usage_type(UsageType::CameraVideoRealTime)
            .complexity(openh264::encoder::Complexity::Low)
            .intra_frame_period(IntraFramePeriod::from_num_frames(fps.round() as u32))
            // The game and the network need the other cores.
            .num_threads(1)
            .vui(VuiConfig::bt709());
        let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config)
            .map_err(|error| RecordError::Encoder(error.to_string()))?;
        quieten(&mut encoder);
        Ok(Self { encoder, fps, encoded: 0, parameter_sets: None })
    }

    /// Encodes the next picture.
    ///
    /// # Errors
    /// The encoder failed.
    pub fn encode(&mut self, planes: &Planes) -> Result<Sample, RecordError> {
        let millis = (self.encoded as f64 * 1000.0 / self.fps) as u64;
        let stream = self
            .encoder
            .encode_at(planes, Timestamp::from_millis(millis))
            .map_err(|error| RecordError::Encoder(error.to_string()))?;
        self.encoded += 1;
        let mut sample = Sample { bytes: Vec::new(), is_key: stream.frame_type() == FrameType::IDR };
        let (mut sequence, mut picture) = (None, None);
        for layer in (0..stream.num_layers()).filter_map(|index| stream.layer(index)) {
            for unit in (0..layer.nal_count()).filter_map(|index| layer.nal_unit(index)) {
                let unit = without_start_code(unit);
                match unit.first().map(|header| header & 0x1F) {
                    None | Some(ACCESS_UNIT_DELIMITER) => {}
                    Some(SEQUENCE_PARAMETERS) => sequence = Some(unit.to_vec()),
                    Some(PICTURE_PARAMETERS) => picture = Some(unit.to_vec()),
                    Some(_) => {
                        sample.bytes.extend_from_slice(&(unit.len() as u32).to_be_bytes());
                        sample.bytes.extend_from_slice(unit);
                    }
                }
            }
        }
        if self.parameter_sets.is_none() {
            self.parameter_sets = sequence.zip(picture);
        }
        if sample.bytes.is_empty() || self.parameter_sets.is_none() {
            return Err(RecordError::Encoder("it gave no picture".to_owned()));
        }
        Ok(sample)
    }
}

/// Keeps OpenH264 from writing to standard error by itself: on its first picture it warns that without skipped pictures
/// the bit rate is not exact, which is what a recording at a constant rate wants. The wrapper's own `debug` setting
/// comes too late, after that warning.
fn quieten(encoder: &mut Encoder) {
    let mut level = WELS_LOG_QUIET;
    // SAFETY: the option reads one 32-bit integer through the pointer, before the call returns, and is allowed on an
    // encoder that is not initialized yet. A refusal only leaves the encoder talkative.
    unsafe {
        encoder.raw_api().set_option(ENCODER_OPTION_TRACE_LEVEL, (&raw mut level).cast());
    }
}

fn without_start_code(unit: &[u8]) -> &[u8] {
    unit.strip_prefix(&[0, 0, 0, 1]).or_else(|| unit.strip_prefix(&[0, 0, 1])).unwrap_or(unit)
}
