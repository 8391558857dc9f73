//! H.264 in process, by OpenH264.

use super::ffmpeg_arguments::bits_per_pixel;
use super::{EncoderKind, EncoderSettings, VideoEncoder};
use crate::control::RecordQuality;
use crate::record::sample::{Codec, Sample, TrackFormat};
use crate::record::yuv::Planes;
use openh264::encoder::{
    BitRate, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, QpRange, RateControlMode, UsageType,
    VuiConfig,
};
use openh264::{OpenH264API, Timestamp};
use std::ffi::c_int;
use std::sync::Arc;

/// Largest quantization parameter: above, blocks are to be seen.
const COARSEST_QUANTIZATION: u8 = 38;
/// Limits of the bit rate: small pictures need more per pixel, and level 5.2 ends above.
const LEAST_BITS_PER_SECOND: f64 = 1_500_000.0;
const MOST_BITS_PER_SECOND: f64 = 80_000_000.0;
/// Kinds of network abstraction layer units (ITU-T H.264, table 7-1).
const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;
const ACCESS_UNIT_DELIMITER: u8 = 9;
/// From OpenH264's `codec_app_def.h`: the option that sets what is logged, and the level that logs nothing.
const ENCODER_OPTION_TRACE_LEVEL: c_int = 25;
const WELS_LOG_QUIET: c_int = 0;

/// An encoder on the caller's thread.
pub struct OpenH264Encoder {
    encoder: Encoder,
    settings: EncoderSettings,
    encoded: u64,
    format: Option<Arc<TrackFormat>>,
    /// The picture at which it broke.
    unfinished: Option<Arc<Planes>>,
}

impl OpenH264Encoder {
    /// Prepares an encoder.
    ///
    /// # Errors
    /// OpenH264 refuses.
    pub fn open(settings: &EncoderSettings) -> Result<Self, String> {
        let EncoderSettings { size, fps, quality } = *settings;
        let bits =
            (size.area() as f64 * fps * bits_per_pixel(quality)).clamp(LEAST_BITS_PER_SECOND, MOST_BITS_PER_SECOND);
        // Below the smaller one nothing is to be seen any more.
        let quantization = match quality {
            RecordQuality::Small => QpRange::new(18, COARSEST_QUANTIZATION + 4),
            RecordQuality::Balanced => QpRange::new(12, COARSEST_QUANTIZATION),
            RecordQuality::High => QpRange::new(8, COARSEST_QUANTIZATION - 6),
        };
        let config = EncoderConfig::new()
            .bitrate(BitRate::from_bps(bits as u32))
            .max_frame_rate(FrameRate::from_hz(fps as f32))
            .rate_control_mode(RateControlMode::Bitrate)
            // A skipped picture would break the constant rate.
            .skip_frames(false)
            .qp(quantization)
            .usage_type(UsageType::CameraVideoRealTime)
            .complexity(openh264::encoder::Complexity::Low)
            .intra_frame_period(IntraFramePeriod::from_num_frames(settings.key_interval()))
            // The game and the network need the other cores.
            .num_threads(1)
            .vui(VuiConfig::bt709());
        let mut encoder =
            Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| error.to_string())?;
        quieten(&mut encoder);
        Ok(Self { encoder, settings: *settings, encoded: 0, format: None, unfinished: None })
    }

    fn try_encode(&mut self, picture: &Planes) -> Result<Sample, String> {
        let millis = (self.encoded as f64 * 1000.0 / self.settings.fps) as u64;
        let stream =
            self.encoder.encode_at(picture, Timestamp::from_millis(millis)).map_err(|error| error.to_string())?;
        self.encoded += 1;
        let is_key = stream.frame_type() == FrameType::IDR;
        let mut bytes = Vec::new();
        let (mut sequence, mut parameters) = (None, None);
        for layer in (0..stream.num_layers()).filter_map(|index| stream.layer(index)) {
            for unit in (0..layer.nal_count()).filter_map(|index| layer.nal_unit(index)) {
                let unit = without_start_code(unit);
                match unit.first().map(|header| header & 0x1F) {
                    None | Some(ACCESS_UNIT_DELIMITER) => {}
                    Some(SEQUENCE_PARAMETERS) => sequence = Some(unit.to_vec()),
                    Some(PICTURE_PARAMETERS) => parameters = Some(unit.to_vec()),
                    Some(_) => {
                        bytes.extend_from_slice(&(unit.len() as u32).to_be_bytes());
                        bytes.extend_from_slice(unit);
                    }
                }
            }
        }
        if let (None, Some((sequence, parameters))) = (&self.format, sequence.zip(parameters)) {
            let EncoderSettings { size, fps, .. } = self.settings;
            let config = configuration_record(&sequence, &parameters);
            let encoder = EncoderKind::OpenH264;
            self.format = Some(Arc::new(TrackFormat { codec: Codec::H264, size, fps, config, encoder }));
        }
        match &self.format {
            Some(format) if !bytes.is_empty() => Ok(Sample { bytes, is_key, format: Arc::clone(format) }),
            _ => Err("it gave no picture".to_owned()),
        }
    }
}

impl VideoEncoder for OpenH264Encoder {
    fn encode(&mut self, picture: &Planes, samples: &mut Vec<Sample>) -> Result<(), String> {
        let sample = self.try_encode(picture).inspect_err(|_| self.unfinished = Some(Arc::new(picture.clone())))?;
        samples.push(sample);
        Ok(())
    }

    fn finish(&mut self, _samples: &mut Vec<Sample>) -> Result<(), String> {
        Ok(())
    }

    fn take_unfinished(&mut self) -> Vec<Arc<Planes>> {
        self.unfinished.take().into_iter().collect()
    }
}

/// The decoder configuration record of one sequence and one picture parameter set (ISO/IEC 14496-15, 5.3.3.1).
fn configuration_record(sequence_parameters: &[u8], picture_parameters: &[u8]) -> Vec<u8> {
    let mut record = vec![1];
    record.extend_from_slice(sequence_parameters.get(1..4).unwrap_or(&[66, 0, 51]));
    // Lengths of four bytes, one sequence parameter set.
    record.extend_from_slice(&[0xFF, 0xE1]);
    record.extend_from_slice(&(sequence_parameters.len() as u16).to_be_bytes());
    record.extend_from_slice(sequence_parameters);
    record.push(1);
    record.extend_from_slice(&(picture_parameters.len() as u16).to_be_bytes());
    record.extend_from_slice(picture_parameters);
    record
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
