//! The boxes of an MP4 file's track of sound (ISO/IEC 14496-12, 14496-14 and 14496-1).

use super::mp4::{Boxes, FRAGMENT_FLAGS, IDENTITY, KEY_PICTURE, SOUND_TRACK, in_this_file, media_head, no_samples};
use crate::record::sound::{AAC_CONFIG, CHANNELS, FRAME_SAMPLES, RATE_HZ, SoundSample};
use std::sync::Arc;

/// Bits a second, for players that reserve memory; it is a guess.
const BIT_RATE: u32 = 160_000;
/// Track run: an offset, and durations and sizes of each frame.
const RUN_FLAGS: u32 = 0x1 | 0x100 | 0x200;

/// What the track is.
pub fn track(boxes: &mut Boxes) {
    boxes.nest(b"trak", |boxes| {
        boxes.full(b"tkhd", 0, 0x3, |boxes| {
            boxes.u32s(&[0, 0, SOUND_TRACK, 0, 0, 0, 0]);
            // Layer 0, alternate group 1, full volume.
            [0, 1, 0x0100, 0].into_iter().for_each(|value| boxes.u16(value));
            boxes.u32s(&IDENTITY);
            boxes.zeros(8);
        });
        boxes.nest(b"mdia", |boxes| {
            media_head(boxes, RATE_HZ, b"soun");
            boxes.nest(b"minf", |boxes| {
                boxes.full(b"smhd", 0, 0, |boxes| boxes.zeros(4));
                in_this_file(boxes);
                boxes.nest(b"stbl", |boxes| {
                    boxes.full(b"stsd", 0, 0, |boxes| {
                        boxes.u32(1);
                        boxes.nest(b"mp4a", sample_entry);
                    });
                    no_samples(boxes);
                });
            });
        });
    });
}

fn sample_entry(boxes: &mut Boxes) {
    boxes.zeros(6);
    boxes.u16(1);
    boxes.zeros(8);
    // Channels, bits, and two that are kept free; the rate as a fixed-point number.
    [CHANNELS as u16, 16, 0, 0].into_iter().for_each(|value| boxes.u16(value));
    boxes.u32(RATE_HZ << 16);
    boxes.full(b"esds", 0, 0, |boxes| {
        let config = AAC_CONFIG.len() as u8;
        // The elementary stream, which holds the decoder's configuration and how it is packed.
        boxes.bytes.extend_from_slice(&[3, 3 + (2 + 13 + 2 + config) + 3, 0, SOUND_TRACK as u8, 0]);
        // MPEG-4 sound, an audio stream; no buffer size.
        boxes.bytes.extend_from_slice(&[4, 13 + 2 + config, 0x40, 0x15, 0, 0, 0]);
        boxes.u32s(&[BIT_RATE, BIT_RATE]);
        boxes.bytes.extend_from_slice(&[5, config]);
        boxes.bytes.extend_from_slice(&AAC_CONFIG);
        boxes.bytes.extend_from_slice(&[6, 1, 2]);
    });
}

/// What counts for all frames of the track.
pub fn defaults(boxes: &mut Boxes) {
    boxes.full(b"trex", 0, 0, |boxes| boxes.u32s(&[SOUND_TRACK, 1, FRAME_SAMPLES as u32, 0, KEY_PICTURE]));
}

/// A fragment's run of frames; gives the place of its offset to the bytes. A gap makes the frame before it last longer.
pub fn run(boxes: &mut Boxes, sounds: &[Arc<SoundSample>], origin: u64) -> usize {
    let mut offset_at = 0;
    let start = sounds.first().map_or(0, |first| first.starts_at.saturating_sub(origin));
    boxes.nest(b"traf", |boxes| {
        // The same flags as for pictures, whose duration is given: here it is that of a frame.
        boxes.full(b"tfhd", 0, FRAGMENT_FLAGS, |boxes| boxes.u32s(&[SOUND_TRACK, FRAME_SAMPLES as u32]));
        boxes.full(b"tfdt", 1, 0, |boxes| boxes.u64(start));
        boxes.full(b"trun", 0, RUN_FLAGS, |boxes| {
            boxes.u32(sounds.len() as u32);
            offset_at = boxes.bytes.len();
            boxes.u32(0);
            for (index, sound) in sounds.iter().enumerate() {
                let next = sounds.get(index + 1).map_or(FRAME_SAMPLES, |next| next.starts_at - sound.starts_at);
                boxes.u32s(&[next as u32, sound.bytes.len() as u32]);
            }
        });
    });
    offset_at
}
