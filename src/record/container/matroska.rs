//! The elements of a Matroska file with one video track, and one of sound where there is sound (RFC 8794 and RFC 9559).

use super::{Ending, Fragment, FragmentPlace};
use crate::record::sample::{Codec, TrackFormat};
use crate::record::sound::{AAC_CONFIG, CHANNELS, FRAME_SAMPLES, RATE_HZ};

/// Element identifiers, with their length markers.
pub const EBML: u32 = 0x1A45_DFA3;
pub const SEGMENT: u32 = 0x1853_8067;
pub const SEEK_HEAD: u32 = 0x114D_9B74;
pub const INFO: u32 = 0x1549_A966;
pub const TRACKS: u32 = 0x1654_AE6B;
pub const CLUSTER: u32 = 0x1F43_B675;
pub const CUES: u32 = 0x1C53_BB6B;
pub const VOID: u32 = 0xEC;
pub const DURATION: u32 = 0x4489;
pub const SIMPLE_BLOCK: u32 = 0xA3;
pub const TRACK_ENTRY: u32 = 0xAE;
pub const DEFAULT_DURATION: u32 = 0x23_E383;

/// A segment whose length is not known yet: players read it to the file's end.
const UNKNOWN_LENGTH: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// Milliseconds, in nanoseconds: the unit of all times in the file.
const TIMESTAMP_SCALE_NS: u64 = 1_000_000;
/// Bytes of the elements that take the places kept free.
const DURATION_BYTES: usize = 11;
const SEEK_HEAD_BYTES: usize = 26;
const TRACK: u64 = 1;
const SOUND_TRACK: u64 = 2;
const VIDEO: u64 = 1;
const SOUND: u64 = 2;
/// How a block of the video's track begins: its number, as a length.
pub const VIDEO_BLOCK: u8 = 0x80 | TRACK as u8;
/// Flag of a simple block that is a place to start at.
const KEY_PICTURE: u8 = 0x80;

/// Where in the file the end of a recording is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    pub segment_length_at: u64,
    /// The first byte in the segment: offsets count from here.
    pub segment_at: u64,
    pub seek_head_at: u64,
    pub duration_at: u64,
}

/// Bytes in which elements nest.
#[derive(Default)]
struct Elements {
    bytes: Vec<u8>,
}

impl Elements {
    fn id(&mut self, id: u32) {
        let bytes = id.to_be_bytes();
        let skipped = id.leading_zeros() as usize / 8;
        self.bytes.extend_from_slice(&bytes[skipped..]);
    }

    fn data(&mut self, id: u32, data: &[u8]) {
        self.id(id);
        self.length(data.len() as u64);
        self.bytes.extend_from_slice(data);
    }

    fn length(&mut self, length: u64) {
        // One byte holds seven bits, all of them set means "unknown"; eight bytes hold everything else.
        if length < 0x7F {
            self.bytes.push(0x80 | length as u8);
        } else {
            self.bytes.extend_from_slice(&(length | 1 << 56).to_be_bytes());
        }
    }

    fn uint(&mut self, id: u32, value: u64) {
        let skipped = (value.leading_zeros() as usize / 8).min(7);
        self.data(id, &value.to_be_bytes()[skipped..]);
    }

    fn float(&mut self, id: u32, value: f64) {
        self.data(id, &value.to_be_bytes());
    }

    fn nest(&mut self, id: u32, fill: impl FnOnce(&mut Self)) {
        let mut inner = Self::default();
        fill(&mut inner);
        self.data(id, &inner.bytes);
    }

    /// Free space of this many bytes, from 2 to 128.
    fn void(&mut self, bytes: usize) {
        self.data(VOID, &vec![0; bytes - 2]);
    }
}

/// The file's start: what the tracks are, without any picture.
pub fn head(format: &TrackFormat, has_sound: bool) -> (Vec<u8>, Places) {
    let mut elements = Elements::default();
    elements.nest(EBML, |header| {
        header.uint(0x4286, 1);
        header.uint(0x42F7, 1);
        header.uint(0x42F2, 4);
        header.uint(0x42F3, 8);
        header.data(0x4282, b"matroska");
        header.uint(0x4287, 4);
        header.uint(0x4285, 2);
    });
    elements.id(SEGMENT);
    let segment_length_at = elements.bytes.len() as u64;
    elements.bytes.extend_from_slice(&UNKNOWN_LENGTH);
    let segment_at = elements.bytes.len() as u64;
    let seek_head_at = segment_at;
    elements.void(SEEK_HEAD_BYTES);
    let info_at = elements.bytes.len();
    elements.nest(INFO, |info| {
        info.uint(0x2A_D7B1, TIMESTAMP_SCALE_NS);
        info.data(0x4D80, b"Impasto");
        info.data(0x5741, b"Impasto");
        info.void(DURATION_BYTES);
    });
    // The duration's place is the last thing in the information.
    let duration_at = (elements.bytes.len() - DURATION_BYTES) as u64;
    debug_assert!(duration_at > info_at as u64);
    elements.nest(TRACKS, |tracks| {
        tracks.nest(TRACK_ENTRY, |entry| track(entry, format));
        if has_sound {
            tracks.nest(TRACK_ENTRY, sound_track);
        }
    });
    (elements.bytes, Places { segment_length_at, segment_at, seek_head_at, duration_at })
}

fn track(entry: &mut Elements, format: &TrackFormat) {
    let codec: &[u8] = match format.codec {
        Codec::H264 => b"V_MPEG4/ISO/AVC",
        Codec::Av1 => b"V_AV1",
    };
    entry.uint(0xD7, TRACK);
    entry.uint(0x73C5, TRACK);
    entry.uint(0x83, VIDEO);
    entry.uint(0x9C, 0);
    entry.uint(DEFAULT_DURATION, (1e9 / format.fps).round() as u64);
    entry.data(0x86, codec);
    entry.data(0x63A2, &format.config);
    entry.nest(0xE0, |video| {
        video.uint(0xB0, u64::from(format.size.width));
        video.uint(0xBA, u64::from(format.size.height));
        // Progressive; BT.709 matrix, transfer and primaries; limited range.
        video.uint(0x9A, 2);
        video.nest(0x55B0, |colour| {
            [(0x55B1, 1), (0x55B9, 1), (0x55BA, 1), (0x55BB, 1)]
                .into_iter()
                .for_each(|(id, code)| colour.uint(id, code));
        });
    });
}

fn sound_track(entry: &mut Elements) {
    entry.uint(0xD7, SOUND_TRACK);
    entry.uint(0x73C5, SOUND_TRACK);
    entry.uint(0x83, SOUND);
    entry.uint(0x9C, 0);
    entry.uint(DEFAULT_DURATION, FRAME_SAMPLES * 1_000_000_000 / u64::from(RATE_HZ));
    entry.data(0x86, b"A_AAC");
    entry.data(0x63A2, &AAC_CONFIG);
    entry.nest(0xE1, |audio| {
        audio.float(0xB5, f64::from(RATE_HZ));
        audio.uint(0x9F, CHANNELS as u64);
    });
}

/// Milliseconds at which a picture starts.
fn millis(picture: u64, fps: f64) -> u64 {
    (picture as f64 * 1000.0 / fps).round() as u64
}

/// One block of a cluster.
struct Block<'a> {
    millis: u64,
    track: u64,
    is_key: bool,
    bytes: &'a [u8],
}

/// One cluster, of at most half a minute.
pub fn cluster(fps: f64, fragment: &Fragment) -> Vec<u8> {
    let start = millis(fragment.first_picture, fps);
    let pictures = (fragment.first_picture..).zip(fragment.samples).map(|(number, sample)| Block {
        millis: millis(number, fps),
        track: TRACK,
        is_key: sample.is_key,
        bytes: &sample.bytes,
    });
    let sounds = fragment.sounds.iter().map(|sound| {
        let since = sound.starts_at.saturating_sub(fragment.origin) as f64 * 1000.0 / f64::from(RATE_HZ);
        Block { millis: since.round() as u64, track: SOUND_TRACK, is_key: true, bytes: &sound.bytes }
    });
    let mut blocks: Vec<Block> = pictures.chain(sounds).collect();
    // The order within a track stays.
    blocks.sort_by_key(|block| block.millis);
    let mut elements = Elements::default();
    elements.nest(CLUSTER, |cluster| {
        cluster.uint(0xE7, start);
        for block in blocks {
            cluster.id(SIMPLE_BLOCK);
            cluster.length(block.bytes.len() as u64 + 4);
            // Sound that came late lies before the cluster's own time.
            let since_start = (block.millis as i64 - start as i64) as i16;
            cluster.bytes.push(0x80 | block.track as u8);
            cluster.bytes.extend_from_slice(&since_start.to_be_bytes());
            cluster.bytes.push(if block.is_key { KEY_PICTURE } else { 0 });
            cluster.bytes.extend_from_slice(block.bytes);
        }
    });
    elements.bytes
}

/// The index behind the last cluster, and what the head says of length and index.
pub fn ending(places: &Places, fps: f64, pictures: u64, clusters: &[FragmentPlace], file_bytes: u64) -> Ending {
    let mut cues = Elements::default();
    cues.nest(CUES, |cues| {
        for place in clusters {
            cues.nest(0xBB, |point| {
                point.uint(0xB3, millis(place.first_picture, fps));
                point.nest(0xB7, |position| {
                    position.uint(0xF7, TRACK);
                    position.uint(0xF1, place.offset_bytes - places.segment_at);
                });
            });
        }
    });
    let mut duration = Elements::default();
    duration.float(DURATION, pictures as f64 * 1000.0 / fps);
    let mut seek_head = Elements::default();
    seek_head.nest(SEEK_HEAD, |seek_head| {
        seek_head.nest(0x4DBB, |seek| {
            seek.data(0x53AB, &CUES.to_be_bytes());
            seek.data(0x53AC, &(file_bytes - places.segment_at).to_be_bytes());
        });
    });
    debug_assert_eq!((duration.bytes.len(), seek_head.bytes.len()), (DURATION_BYTES, SEEK_HEAD_BYTES));
    let segment_bytes = file_bytes + cues.bytes.len() as u64 - places.segment_at;
    Ending {
        behind: cues.bytes,
        at: vec![
            (places.duration_at, duration.bytes),
            (places.seek_head_at, seek_head.bytes),
            (places.segment_length_at, (segment_bytes | 1 << 56).to_be_bytes().to_vec()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use crate::record::encoder::EncoderKind;

    #[test]
    fn the_ending_fits_into_the_places_that_were_kept_free() {
        let (codec, size, encoder) = (Codec::H264, Size::new(64, 48), EncoderKind::OpenH264);
        let format = TrackFormat { codec, size, fps: 30.0, config: vec![1; 300], encoder };
        let (bytes, places) = head(&format, true);
        let void_at = |at: u64, length: usize| {
            let void = &bytes[at as usize..][..length];
            assert_eq!((void[0], usize::from(void[1] & 0x7F)), (VOID as u8, length - 2));
        };
        void_at(places.seek_head_at, SEEK_HEAD_BYTES);
        void_at(places.duration_at, DURATION_BYTES);
        let ending = ending(&places, 30.0, 45, &[FragmentPlace { first_picture: 0, offset_bytes: 500 }], 900);
        let lengths: Vec<_> = ending.at.iter().map(|(_, bytes)| bytes.len()).collect();
        assert_eq!(lengths, [DURATION_BYTES, SEEK_HEAD_BYTES, 8]);
    }
}
