//! The boxes of a fragmented MP4 file with one video track, and one of sound where there is sound (ISO/IEC 14496-12 and
//! 14496-15, and AOMedia's AV1 in ISOBMFF).
//!
//! Written by hand, because the muxers at hand either keep a recording in memory to its end, or guess the duration of
//! a fragment's last picture.

use super::{Fragment, FragmentPlace, mp4_sound};
use crate::record::sample::{Codec, TrackFormat};

/// Ticks that one picture lasts; a second has this many times the frame rate. The number makes that whole for every
/// rate in use: whole ones, thousandths, and those of television (30000/1001).
pub const TICKS_PER_PICTURE: u32 = 1_001_000;

const TRACK: u32 = 1;
/// The track of sound.
pub const SOUND_TRACK: u32 = 2;
/// The matrix that neither turns nor scales, in the fixed-point formats of the movie header.
pub const IDENTITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// Sample flags: depends on no other picture, or depends on others and is no place to start.
pub const KEY_PICTURE: u32 = 0x0200_0000;
const OTHER_PICTURE: u32 = 0x0101_0000;
/// Track fragment header: offsets count from the fragment, and a duration is given for all pictures.
pub const FRAGMENT_FLAGS: u32 = 0x02_0000 | 0x8;
/// Track run: an offset, and sizes and flags of each picture.
const RUN_FLAGS: u32 = 0x1 | 0x200 | 0x400;
/// Bytes of a movie extends header of version 1, and of the free space that holds its place.
pub const LENGTH_BOX_BYTES: usize = 20;

/// Bytes in which boxes nest.
#[derive(Default)]
pub struct Boxes {
    pub bytes: Vec<u8>,
}

impl Boxes {
    /// Appends a box with what `fill` writes into it.
    pub fn nest(&mut self, kind: &[u8; 4], fill: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.u32(0);
        self.bytes.extend_from_slice(kind);
        fill(self);
        let length = (self.bytes.len() - start) as u32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    /// A box that starts with a version and flags.
    pub fn full(&mut self, kind: &[u8; 4], version: u8, flags: u32, fill: impl FnOnce(&mut Self)) {
        self.nest(kind, |boxes| {
            boxes.u32(u32::from(version) << 24 | flags);
            fill(boxes);
        });
    }

    pub fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    pub fn u32s(&mut self, values: &[u32]) {
        values.iter().for_each(|&value| self.u32(value));
    }

    pub fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }
}

/// The start of the file, and where in it the length of the whole recording can be entered later.
pub struct Head {
    pub bytes: Vec<u8>,
    pub length_box_at: u64,
}

/// The file's start: what the tracks are, without any picture.
pub fn head(format: &TrackFormat, has_sound: bool) -> Head {
    let mut boxes = Boxes::default();
    let size = format.size;
    let timescale = (format.fps * f64::from(TICKS_PER_PICTURE)).round() as u32;
    boxes.nest(b"ftyp", |boxes| {
        boxes.bytes.extend_from_slice(b"iso6\0\0\0\0iso6isommp41");
    });
    let mut length_box_at = 0;
    boxes.nest(b"moov", |boxes| {
        boxes.full(b"mvhd", 0, 0, |boxes| {
            boxes.u32s(&[0, 0, timescale, 0, 0x1_0000]);
            boxes.u16(0x0100);
            boxes.zeros(10);
            boxes.u32s(&IDENTITY);
            boxes.zeros(24);
            boxes.u32(SOUND_TRACK + 1);
        });
        boxes.nest(b"trak", |boxes| {
            boxes.full(b"tkhd", 0, 0x3, |boxes| {
                boxes.u32s(&[0, 0, TRACK, 0, 0, 0, 0, 0, 0]);
                boxes.u32s(&IDENTITY);
                boxes.u32s(&[size.width << 16, size.height << 16]);
            });
            boxes.nest(b"mdia", |boxes| {
                media_head(boxes, timescale, b"vide");
                boxes.nest(b"minf", |boxes| {
                    boxes.full(b"vmhd", 0, 1, |boxes| boxes.zeros(8));
                    in_this_file(boxes);
                    boxes.nest(b"stbl", |boxes| {
                        sample_description(boxes, format);
                        no_samples(boxes);
                    });
                });
            });
        });
        if has_sound {
            mp4_sound::track(boxes);
        }
        boxes.nest(b"mvex", |boxes| {
            length_box_at = boxes.bytes.len() as u64;
            boxes.nest(b"free", |boxes| boxes.zeros(LENGTH_BOX_BYTES - 8));
            boxes.full(b"trex", 0, 0, |boxes| boxes.u32s(&[TRACK, 1, TICKS_PER_PICTURE, 0, 0]));
            if has_sound {
                mp4_sound::defaults(boxes);
            }
        });
    });
    Head { bytes: boxes.bytes, length_box_at }
}

/// The header of a track's media, whose times are in `timescale` units a second, and the kind of what plays it.
pub fn media_head(boxes: &mut Boxes, timescale: u32, handler: &[u8; 4]) {
    boxes.full(b"mdhd", 0, 0, |boxes| {
        boxes.u32s(&[0, 0, timescale, 0]);
        // The undetermined language, as three letters of five bits.
        boxes.u16(0x55C4);
        boxes.u16(0);
    });
    boxes.full(b"hdlr", 0, 0, |boxes| {
        boxes.u32(0);
        boxes.bytes.extend_from_slice(handler);
        boxes.zeros(12);
        boxes.bytes.extend_from_slice(b"Impasto\0");
    });
}

/// The media lies in this very file.
pub fn in_this_file(boxes: &mut Boxes) {
    boxes.nest(b"dinf", |boxes| {
        boxes.full(b"dref", 0, 0, |boxes| {
            boxes.u32(1);
            boxes.full(b"url ", 0, 1, |_| {});
        });
    });
}

/// The tables of samples, which are empty: all are in fragments.
pub fn no_samples(boxes: &mut Boxes) {
    boxes.full(b"stts", 0, 0, |boxes| boxes.u32(0));
    boxes.full(b"stsc", 0, 0, |boxes| boxes.u32(0));
    boxes.full(b"stsz", 0, 0, |boxes| boxes.zeros(8));
    boxes.full(b"stco", 0, 0, |boxes| boxes.u32(0));
}

fn sample_description(boxes: &mut Boxes, format: &TrackFormat) {
    let (entry, record) = match format.codec {
        Codec::H264 => (b"avc1", b"avcC"),
        Codec::Av1 => (b"av01", b"av1C"),
    };
    boxes.full(b"stsd", 0, 0, |boxes| {
        boxes.u32(1);
        boxes.nest(entry, |boxes| {
            boxes.zeros(6);
            boxes.u16(1);
            boxes.zeros(16);
            boxes.u16(format.size.width as u16);
            boxes.u16(format.size.height as u16);
            // 72 dots per inch, one frame per sample, no compressor name, 24 bits.
            boxes.u32s(&[0x48_0000, 0x48_0000, 0]);
            boxes.u16(1);
            boxes.zeros(32);
            boxes.u16(24);
            boxes.u16(0xFFFF);
            boxes.nest(record, |boxes| boxes.bytes.extend_from_slice(&format.config));
            boxes.nest(b"colr", |boxes| {
                boxes.bytes.extend_from_slice(b"nclx");
                // BT.709 primaries, transfer and matrix; limited range.
                [1, 1, 1].into_iter().for_each(|code| boxes.u16(code));
                boxes.bytes.push(0);
            });
            boxes.nest(b"pasp", |boxes| boxes.u32s(&[1, 1]));
        });
    });
}

/// One fragment, which must stay below 4 GiB.
pub fn fragment(fragment: &Fragment) -> Vec<u8> {
    let &Fragment { number, first_picture, samples, sounds, origin } = fragment;
    let mut boxes = Boxes::default();
    let (mut offset_at, mut sound_offset_at) = (0, None);
    boxes.nest(b"moof", |boxes| {
        boxes.full(b"mfhd", 0, 0, |boxes| boxes.u32(number));
        boxes.nest(b"traf", |boxes| {
            boxes.full(b"tfhd", 0, FRAGMENT_FLAGS, |boxes| boxes.u32s(&[TRACK, TICKS_PER_PICTURE]));
            boxes.full(b"tfdt", 1, 0, |boxes| boxes.u64(first_picture * u64::from(TICKS_PER_PICTURE)));
            boxes.full(b"trun", 0, RUN_FLAGS, |boxes| {
                boxes.u32(samples.len() as u32);
                offset_at = boxes.bytes.len();
                boxes.u32(0);
                for sample in samples {
                    let flags = if sample.is_key { KEY_PICTURE } else { OTHER_PICTURE };
                    boxes.u32s(&[sample.bytes.len() as u32, flags]);
                }
            });
        });
        if !sounds.is_empty() {
            sound_offset_at = Some(mp4_sound::run(boxes, sounds, origin));
        }
    });
    // The pictures begin behind the header of the box that holds them.
    let offset = boxes.bytes.len() as u32 + 8;
    boxes.bytes[offset_at..offset_at + 4].copy_from_slice(&offset.to_be_bytes());
    if let Some(at) = sound_offset_at {
        let pictures: usize = samples.iter().map(|sample| sample.bytes.len()).sum();
        boxes.bytes[at..at + 4].copy_from_slice(&(offset + pictures as u32).to_be_bytes());
    }
    boxes.nest(b"mdat", |boxes| {
        samples.iter().for_each(|sample| boxes.bytes.extend_from_slice(&sample.bytes));
        sounds.iter().for_each(|sound| boxes.bytes.extend_from_slice(&sound.bytes));
    });
    boxes.bytes
}

/// The box that says how long the whole recording is, to be put at [`Head::length_box_at`] at the end.
pub fn length_box(pictures: u64) -> Vec<u8> {
    let mut boxes = Boxes::default();
    boxes.full(b"mehd", 1, 0, |boxes| boxes.u64(pictures * u64::from(TICKS_PER_PICTURE)));
    boxes.bytes
}

/// The index at the file's end that lets players jump.
pub fn index(places: &[FragmentPlace]) -> Vec<u8> {
    let mut boxes = Boxes::default();
    boxes.nest(b"mfra", |boxes| {
        boxes.full(b"tfra", 1, 0, |boxes| {
            // One byte each for the numbers of track fragment, run and sample.
            boxes.u32s(&[TRACK, 0, places.len() as u32]);
            for place in places {
                boxes.u64(place.first_picture * u64::from(TICKS_PER_PICTURE));
                boxes.u64(place.offset_bytes);
                boxes.bytes.extend_from_slice(&[1, 1, 1]);
            }
        });
        let length = boxes.bytes.len() as u32 + 16;
        boxes.full(b"mfro", 0, 0, |boxes| boxes.u32(length));
    });
    boxes.bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;
    use crate::record::encoder::EncoderKind;
    use crate::record::sample::Sample;
    use std::sync::Arc;

    fn format() -> TrackFormat {
        let (codec, size, encoder) = (Codec::H264, Size::new(64, 48), EncoderKind::OpenH264);
        TrackFormat { codec, size, fps: 30.0, config: vec![1, 66, 0, 30], encoder }
    }

    #[test]
    fn keeps_exactly_the_place_of_the_length_box() {
        let head = head(&format(), true);
        let at = head.length_box_at as usize;
        assert_eq!(head.bytes[at + 4..at + 8], *b"free");
        assert_eq!(head.bytes[at..at + 4], length_box(1)[..4]);
        assert_eq!(length_box(1).len(), LENGTH_BOX_BYTES);
    }

    #[test]
    fn points_the_run_at_the_first_picture() {
        let format = Arc::new(format());
        let sample = |bytes: Vec<u8>, is_key| Arc::new(Sample { bytes, is_key, format: Arc::clone(&format) });
        let samples = [sample(vec![0xAB; 5], true), sample(vec![0xCD; 3], false)];
        let bytes = fragment(&Fragment { number: 1, first_picture: 0, samples: &samples, sounds: &[], origin: 0 });
        let moof = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
        let offset_at = moof - 2 * 8 - 4;
        let offset = u32::from_be_bytes(bytes[offset_at..offset_at + 4].try_into().unwrap()) as usize;
        assert_eq!(bytes[offset..], [0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xCD, 0xCD, 0xCD]);
    }
}
